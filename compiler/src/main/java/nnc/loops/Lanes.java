package nnc.loops;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;

/** Which loop of a nest runs in lanes. */
final class Lanes {
  private Lanes() {}

  /**
   * The name of the better of the innermost loops, that over the axes that remain and that over the reduced ones; null if there is none.
   *
   * @param loads what the nest reads
   */
  static String best(Axes axes, List<Index> loads) {
    var candidates = new ArrayList<Index.Atom.Var>();
    if (!axes.outer().isEmpty()) {
      candidates.add(axes.outer().getLast());
    }
    if (!axes.inner().isEmpty()) {
      candidates.add(axes.inner().getLast());
    }
    String best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (var candidate : candidates) {
      double points = score(candidate, axes, loads);
      if (points > most) {
        best = candidate.name();
        most = points;
      }
    }
    return best;
  }

  /**
   * Loads with unit stride are worth most, then those that repeat or do not move, then those with a stride; what an inner loop repeats counts many
   * times, and lanes that stay empty count nothing.
   */
  private static double score(Index.Atom.Var var, Axes axes, List<Index> loads) {
    double points = 0;
    for (var load : loads) {
      var factor = load.factor(var.name());
      boolean tangled = load.entangled().contains(var.name()) || load.entangled().contains("*");
      int often = axes.inner().stream().anyMatch(v -> load.variables().contains(v.name())) ? 16 : 1;
      points += often * (load.repeats(var.name()) > 1 ? 6 : tangled ? -8 : factor.is(1) ? 8 : factor.is(0) ? 4 : 2);
    }
    return points > 0 ? points * filled(var.extent()) : points;
  }

  /** The share of lanes that a loop of this length uses; a loop that is shorter than any vector is none. */
  private static double filled(Dim extent) {
    return extent.isConstant() && extent.fixed() < 4 ? 0.01 : extent.isConstant() ? extent.fixed() / (16.0 * Math.ceilDiv(extent.fixed(), 16)) : 1;
  }
}
