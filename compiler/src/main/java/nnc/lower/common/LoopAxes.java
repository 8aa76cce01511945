package nnc.lower.common;

import java.util.ArrayList;
import java.util.List;
import nnc.schedule.IterationSpace;

/** How a kernel's axes become loops: the index of each axis, and the loops outside and inside, in order. */
public record LoopAxes(List<AffineIndex> indices, List<AffineIndex.Atom.Var> outer, List<AffineIndex.Atom.Var> inner) {
  /** A loop for every axis of a kernel's space that is longer than 1. */
  public static LoopAxes of(IterationSpace domain) {
    var indices = new ArrayList<AffineIndex>();
    var outer = new ArrayList<AffineIndex.Atom.Var>();
    var inner = new ArrayList<AffineIndex.Atom.Var>();
    for (int i = 0; i < domain.shape().size(); i++) {
      var extent = domain.shape().get(i);
      if (extent.is(1)) {
        indices.add(AffineIndex.ZERO);
        continue;
      }
      var var = new AffineIndex.Atom.Var("i" + i, extent);
      indices.add(AffineIndex.of(var));
      (domain.reduced().contains(i) ? inner : outer).add(var);
    }
    return new LoopAxes(indices, outer, inner);
  }

  /**
   * Two neighbouring loops are one where every index runs through them without a seam, those on the way to others too: an index that is no longer
   * that of an axis is only good for what is linear in both loops alike.
   *
   * @param values all that is computed in the loops
   */
  public LoopAxes merged(ValueLowering values) {
    var indices = new ArrayList<>(this.indices);
    return new LoopAxes(indices, merged(outer, indices, values), merged(inner, indices, values));
  }

  private static List<AffineIndex.Atom.Var> merged(List<AffineIndex.Atom.Var> loops, List<AffineIndex> indices, ValueLowering values) {
    var result = new ArrayList<AffineIndex.Atom.Var>();
    for (var loop : loops) {
      if (!result.isEmpty() && adjacent(result.getLast(), loop, indices) && values.seamless(result.getLast(), loop)) {
        var before = result.removeLast();
        var wide = new AffineIndex.Atom.Var(loop.name(), before.extent().times(loop.extent()));
        indices.set(indices.indexOf(AffineIndex.of(loop)), AffineIndex.of(wide));
        indices.set(indices.indexOf(AffineIndex.of(before)), AffineIndex.ZERO);
        result.add(wide);
      } else {
        result.add(loop);
      }
    }
    return result;
  }

  private static boolean adjacent(AffineIndex.Atom.Var first, AffineIndex.Atom.Var second, List<AffineIndex> indices) {
    int from = indices.indexOf(AffineIndex.of(first));
    int to = indices.indexOf(AffineIndex.of(second));
    return to >= 0 && indices.subList(from + 1, to).stream().allMatch(AffineIndex.ZERO::equals);
  }
}
