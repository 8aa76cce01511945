package nnc.passes;

import nnc.optimizations.Optimization;

/** What no result needs is dropped. */
public final class DeadCodeElimination {
  private DeadCodeElimination() {}

  public static final Pass PASS = new Pass(Optimization.DEAD_CODE_ELIMINATION, graph -> LoopPruning.pruned(graph.needed(_ -> false)));
}
