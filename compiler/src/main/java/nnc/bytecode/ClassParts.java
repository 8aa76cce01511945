package nnc.bytecode;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import nnc.loops.Loop.Fn;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What kernels want their class to have: constant masks and index maps as static finals, and the folds of accumulators. */
final class ClassParts {
  private final ClassWriter writer;
  private int outlined;
  final Set<Integer> masks = new TreeSet<>();
  final Set<Integer> maps = new TreeSet<>();
  final Set<Fn> folds = EnumSet.noneOf(Fn.class);

  ClassParts(ClassWriter writer) {
    this.writer = writer;
  }

  /** A name for another method of the class. */
  String outline() {
    return "part" + outlined++;
  }

  MethodVisitor method(String name, String descriptor) {
    return writer.visitMethod(Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC, name, descriptor, null, null);
  }

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
