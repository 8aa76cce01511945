package nnc.passes;

import nnc.graph.Op;

/** After differentiation a cut means nothing. */
public final class StopGradients {
  private StopGradients() {}

  public static final Pass PASS = new Pass("stops", graph ->
      Rewrite.each(graph, (old, in, _) -> old.op() instanceof Op.StopGradient ? in.getFirst() : null));
}
