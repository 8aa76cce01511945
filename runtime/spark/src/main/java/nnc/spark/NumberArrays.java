package nnc.spark;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Arrays of a network's numbers, {@code float[]} or {@code double[]}, as executors add and send them. */
final class NumberArrays {
  private NumberArrays() {}

  static Object of(int length, boolean wide) {
    return wide ? new double[length] : (Object) new float[length];
  }

  static int length(Object array) {
    return array instanceof float[] floats ? floats.length : ((double[]) array).length;
  }

  /** Bytes of an element. */
  static int bytes(Object array) {
    return array instanceof float[] ? Float.BYTES : Double.BYTES;
  }

  /** Adds elements of another array, each with one rounding. */
  static void add(Object to, Object other, int from, int end) {
    if (to instanceof float[] sums && other instanceof float[] more) {
      for (int i = from; i < end; i++) {
        sums[i] += more[i];
      }
    } else {
      double[] sums = (double[]) to;
      double[] more = (double[]) other;
      for (int i = from; i < end; i++) {
        sums[i] += more[i];
      }
    }
  }

  static void put(Object array, int from, int end, ByteBuffer into) {
    if (array instanceof float[] floats) {
      into.asFloatBuffer().put(floats, from, end - from);
    } else {
      into.asDoubleBuffer().put((double[]) array, from, end - from);
    }
  }

  static void get(ByteBuffer from, Object array, int at, int end) {
    if (array instanceof float[] floats) {
      from.asFloatBuffer().get(floats, at, end - at);
    } else {
      from.asDoubleBuffer().get((double[]) array, at, end - at);
    }
  }

  /** Follows from the bits of all elements. */
  static int hash(Object array) {
    return array instanceof float[] floats ? Arrays.hashCode(floats) : Arrays.hashCode((double[]) array);
  }

  /** Whether two arrays have the same bits. */
  static boolean same(Object one, Object other) {
    return one instanceof float[] floats ? Arrays.equals(floats, (float[]) other) : Arrays.equals((double[]) one, (double[]) other);
  }
}
