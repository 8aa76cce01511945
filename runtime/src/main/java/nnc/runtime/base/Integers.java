package nnc.runtime.base;

import java.util.Arrays;

/** What is done with whole numbers; rounding up is in Java from version 18 on, and jars run on 17. */
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

  /** The largest whole number whose square is no more; 0 of what is negative. */
  public static long root(long square) {
    long root = (long) Math.sqrt((double) Math.max(0, square));
    return root * root > square ? Math.max(0, root - 1) : root;
  }

  /** The places of numbers that are not negative, from that of the least on; places of equal ones stay in their order. */
  public static int[] order(int[] numbers) {
    long[] keys = new long[numbers.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) numbers[i] << 32 | i;
    }
    Arrays.sort(keys);
    int[] places = new int[keys.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = (int) keys[i];
    }
    return places;
  }
}
