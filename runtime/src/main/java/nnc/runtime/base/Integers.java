package nnc.runtime.base;

/** Arithmetic of whole numbers that Java has from version 18 on; jars run on 17. */
public final class Integers {
  private Integers() {}

  /** The least whole number that is not below {@code a / b}. */
  public static int ceilDiv(int a, int b) {
    return -Math.floorDiv(-a, b);
  }

  /** As above. */
  public static long ceilDiv(long a, long b) {
    return -Math.floorDiv(-a, b);
  }
}
