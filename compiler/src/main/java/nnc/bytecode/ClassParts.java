package nnc.bytecode;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import nnc.loops.Loop.Fn;

/** What kernels want their class to have: constant masks and index maps as static finals, and the folds of accumulators. */
final class ClassParts {
  final Set<Integer> masks = new TreeSet<>();
  final Set<Integer> maps = new TreeSet<>();
  final Set<Fn> folds = EnumSet.noneOf(Fn.class);

  /** The first {@code count} lanes. */
  String mask(int count) {
    masks.add(count);
    return "MASK" + count;
  }

  /** Lane times stride. */
  String map(int stride) {
    maps.add(stride);
    return "MAP" + (stride < 0 ? "_" : "") + Math.abs(stride);
  }

  void needFold(Fn fn) {
    folds.add(fn);
  }
}
