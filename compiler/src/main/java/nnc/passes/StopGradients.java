package nnc.passes;

import nnc.graph.Op;
import nnc.optimizations.Optimization;

/** After differentiation a cut means nothing. */
public final class StopGradients {
  private StopGradients() {}

  public static final Pass PASS = new Pass(Optimization.STOP_GRADIENTS, graph ->
      Rewrite.each(graph, (old, in, _) -> old.op() instanceof Op.StopGradient ? in.getFirst() : null));
}
