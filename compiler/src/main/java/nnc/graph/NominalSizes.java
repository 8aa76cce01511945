package nnc.graph;

/** Sizes for the sake of choosing: what is open at compile time is taken for a usual batch. */
public final class NominalSizes {
  /** What an open dimension is taken for. */
  public static final int OPEN = 64;

  private NominalSizes() {}

  /** A dimension's size, or a polynomial's value. */
  public static long of(Dim dim) {
    return dim.evaluate(_ -> OPEN);
  }
}
