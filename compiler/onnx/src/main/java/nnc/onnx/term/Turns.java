package nnc.onnx.term;

import nnc.graph.Dim;

/** The turns of one loop: what tells its values from those of another. Two are the same only if they are one object. */
public final class Turns {
  private final int depth;
  private final Dim count;

  /**
   * Of a new loop.
   *
   * @param depth greater than that of any loop around it
   * @param count how many there are, at most
   */
  public Turns(int depth, Dim count) {
    this.depth = depth;
    this.count = count;
  }

  public int depth() {
    return depth;
  }

  public Dim count() {
    return count;
  }
}
