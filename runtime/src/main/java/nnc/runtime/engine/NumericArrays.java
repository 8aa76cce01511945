package nnc.runtime.engine;

import java.util.Arrays;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.spec.ModelSpec.ElementKind;

/**
 * Arrays of the network's float type: a {@code float[]} or a {@code double[]} held as an object, and where things begin in them. Weights and slots
 * of the arena each begin a cache line, and are followed by spare elements. A whole number, which has 32 bits, lies in the place of an element: as
 * its bits, with its sign in the upper half where these are 64.
 *
 * <pre>
 *   | 16 bytes | ... | weight or slot | spare | ... | the next | spare | ...
 *   ^ start          ^ line                         ^ line
 * </pre>
 */
public final class NumericArrays {
  /** Elements behind each weight that vectors may read on over its end: as many as the widest holds, and the lanes that sums are made in. */
  public static final int SPARE = 16;

  /** Elements behind each slot that rows of a tile, two vectors wide, may be written to over its end. */
  public static final int SLOT_SPARE = 32;

  private NumericArrays() {}

  /** Arrays from this size on are made large enough for the collector to give them regions of their own, which aligns them. */
  private static final int LARGE = 1 << 16;

  /** The size of an aligned array in bytes; half of the largest region of common heaps. */
  private static final int ALIGNED = 4 << 20;

  /**
   * A new array of at least {@code elements} zeros.
   *
   * @param what   it is for
   * @param remedy where it is too large, e.g. {@code use a smaller batch}
   */
  public static Object allocate(int precision, long elements, String what, String remedy) {
    int width = precision / 8;
    long size = elements * width >= LARGE ? Math.max(elements, ALIGNED / width) : elements;
    if (size > Integer.MAX_VALUE - 8) {
      throw new Fault(what + " needs " + megabytes(elements * width) + ", more than the " + megabytes((Integer.MAX_VALUE - 8L) * width)
          + " that one array can hold", remedy);
    }
    if ((double) elements * width > Runtime.getRuntime().maxMemory()) {
      throw missing(elements * width, what, remedy, null);
    }
    try {
      return precision == 32 ? new float[(int) size] : (Object) new double[(int) size];
    } catch (OutOfMemoryError e) {
      throw missing(elements * width, what, remedy, e);
    }
  }

  private static Fault missing(long bytes, String what, String remedy, OutOfMemoryError cause) {
    return new Fault("not enough memory: " + what + " needs " + megabytes(bytes) + ", and Java has " + megabytes(Runtime.getRuntime().maxMemory()) + " for all",
        remedy + ", or give Java more memory with -Xmx", cause);
  }

  private static String megabytes(long bytes) {
    return (bytes >> 20) + " MB";
  }

  /**
   * The first index from {@code index} on that lies on a cache line, given that the array begins a region of memory: elements begin
   * 16 bytes behind its start.
   */
  public static long align(int precision, long index) {
    int line = 512 / precision;
    int first = line - 128 / precision;
    return first + Integers.ceilDiv(index - first, (long) line) * line;
  }

  public static int length(Object memory) {
    return memory instanceof float[] floats ? floats.length : ((double[]) memory).length;
  }

  public static double get(Object memory, int index) {
    return memory instanceof float[] floats ? floats[index] : ((double[]) memory)[index];
  }

  public static void set(Object memory, int index, double value) {
    if (memory instanceof float[] floats) {
      floats[index] = (float) value;
    } else {
      ((double[]) memory)[index] = value;
    }
  }

  /** The whole number at a place. */
  public static int getWhole(Object memory, int index) {
    return memory instanceof float[] floats ? Float.floatToRawIntBits(floats[index]) : (int) Double.doubleToRawLongBits(((double[]) memory)[index]);
  }

  public static void setWhole(Object memory, int index, int value) {
    if (memory instanceof float[] floats) {
      floats[index] = Float.intBitsToFloat(value);
    } else {
      ((double[]) memory)[index] = Double.longBitsToDouble(value);
    }
  }

  /** The number at a place whose elements are of a kind. */
  public static double get(ElementKind kind, Object memory, int index) {
    return kind == ElementKind.INT ? getWhole(memory, index) : get(memory, index);
  }

  /** Sets the number at a place whose elements are of a kind; a whole one without its fraction. */
  public static void set(ElementKind kind, Object memory, int index, double value) {
    if (kind == ElementKind.INT) {
      setWhole(memory, index, (int) value);
    } else {
      set(memory, index, value);
    }
  }

  public static void fill(Object memory, int from, int to, double value) {
    if (memory instanceof float[] floats) {
      Arrays.fill(floats, from, to, (float) value);
    } else {
      Arrays.fill((double[]) memory, from, to, value);
    }
  }

  public static Object copy(Object memory) {
    return memory instanceof float[] floats ? floats.clone() : ((double[]) memory).clone();
  }

  public static Object copy(Object memory, int from, int to) {
    return memory instanceof float[] floats ? Arrays.copyOfRange(floats, from, to) : Arrays.copyOfRange((double[]) memory, from, to);
  }

  /** The first index in [from, to) that holds no finite number; -1 if there is none. */
  public static int firstNotFinite(Object memory, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Double.isFinite(get(memory, i))) {
        return i;
      }
    }
    return -1;
  }

  /** The first index in [from, to) that holds no finite number where {@code before} holds one; -1 if there is none. */
  public static int firstSpoiled(Object memory, Object before, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Double.isFinite(get(memory, i)) && Double.isFinite(get(before, i))) {
        return i;
      }
    }
    return -1;
  }
}
