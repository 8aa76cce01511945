package nnc.loops;

import java.util.ArrayList;
import java.util.List;
import nnc.schedule.Domain;

/** How a kernel's axes become loops: the index of each axis, and the loops outside and inside, in order. */
record Axes(List<Index> places, List<Index.Atom.Var> outer, List<Index.Atom.Var> inner) {
  /** A loop for every axis of a kernel's space that is longer than 1. */
  static Axes of(Domain domain) {
    var places = new ArrayList<Index>();
    var outer = new ArrayList<Index.Atom.Var>();
    var inner = new ArrayList<Index.Atom.Var>();
    for (int i = 0; i < domain.shape().size(); i++) {
      var extent = domain.shape().get(i);
      if (extent.is(1)) {
        places.add(Index.ZERO);
        continue;
      }
      var var = new Index.Atom.Var("i" + i, extent);
      places.add(Index.of(var));
      (domain.reduced().contains(i) ? inner : outer).add(var);
    }
    return new Axes(places, outer, inner);
  }

  /**
   * Two neighbouring loops are one where every index runs through them without a seam, those on the way to others too: a place that is no longer
   * that of an axis is only good for what is linear in both loops alike.
   *
   * @param values all that is computed in the loops
   */
  Axes merged(Values values) {
    var places = new ArrayList<>(this.places);
    return new Axes(places, merged(outer, places, values), merged(inner, places, values));
  }

  private static List<Index.Atom.Var> merged(List<Index.Atom.Var> loops, List<Index> places, Values values) {
    var result = new ArrayList<Index.Atom.Var>();
    for (var loop : loops) {
      if (!result.isEmpty() && adjacent(result.getLast(), loop, places) && values.seamless(result.getLast(), loop)) {
        var before = result.removeLast();
        var wide = new Index.Atom.Var(loop.name(), before.extent().times(loop.extent()));
        places.set(places.indexOf(Index.of(loop)), Index.of(wide));
        places.set(places.indexOf(Index.of(before)), Index.ZERO);
        result.add(wide);
      } else {
        result.add(loop);
      }
    }
    return result;
  }

  private static boolean adjacent(Index.Atom.Var first, Index.Atom.Var second, List<Index> places) {
    int from = places.indexOf(Index.of(first));
    int to = places.indexOf(Index.of(second));
    return to >= 0 && places.subList(from + 1, to).stream().allMatch(Index.ZERO::equals);
  }
}
