package nnc.passes;

/** What no result needs is dropped. */
public final class DeadCodeElimination {
  private DeadCodeElimination() {}

  public static final Pass PASS = new Pass("dead", graph -> graph.needed(_ -> false));
}
