package nnc.runtime.base;

import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * An array with a shape at the runtime's boundary, row-major.
 *
 * @param shape sizes; none for a scalar
 * @param data  {@code float[]}, {@code double[]}, {@code int[]}, {@code long[]}, {@code short[]}, {@code byte[]} or {@code boolean[]};
 *              {@code String[]} in files only, of which nothing is computed
 * @param unsigned whether a {@code byte[]} holds 0 to 255
 */
public record Tensor(int[] shape, Object data, boolean unsigned) {
  /** Elements that one array can hold. */
  public static final int LARGEST = Integer.MAX_VALUE - 8;

  public Tensor {
    if (elements(shape) != Array.getLength(data)) {
      throw new IllegalArgumentException(Arrays.toString(shape) + " does not have " + Array.getLength(data) + " elements");
    }
  }

  /** The number of elements of a shape; {@code Long.MAX_VALUE} if it is beyond that of any array. */
  public static long elements(int[] shape) {
    long size = 1;
    for (int axis : shape) {
      size = axis == 0 ? 0 : size > LARGEST / axis ? Long.MAX_VALUE : size * axis;
    }
    return size;
  }

  /** Signed, or of a float type. */
  public Tensor(int[] shape, Object data) {
    this(shape, data, false);
  }

  /** The number of elements. */
  public int size() {
    return Array.getLength(data);
  }

  /** NumPy's name of the element type. */
  public String kind() {
    if (data instanceof float[]) {
      return "float32";
    } else if (data instanceof double[]) {
      return "float64";
    } else if (data instanceof int[]) {
      return "int32";
    } else if (data instanceof long[]) {
      return "int64";
    } else if (data instanceof short[]) {
      return "int16";
    } else if (data instanceof boolean[]) {
      return "bool";
    } else if (data instanceof String[]) {
      return "text";
    }
    return unsigned ? "uint8" : "int8";
  }

  /** A copy of what is at a place of the first axis. */
  public Tensor row(int place) {
    int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
    int size = (int) elements(rest);
    Object part = Array.newInstance(data.getClass().getComponentType(), size);
    System.arraycopy(data, place * size, part, 0, size);
    return new Tensor(rest, part, unsigned);
  }

  /** Element {@code index} in row-major order. */
  public double get(int index) {
    if (data instanceof float[] a) {
      return a[index];
    } else if (data instanceof double[] a) {
      return a[index];
    } else if (data instanceof int[] a) {
      return a[index];
    } else if (data instanceof long[] a) {
      return a[index];
    } else if (data instanceof short[] a) {
      return a[index];
    } else if (data instanceof boolean[] a) {
      return a[index] ? 1 : 0;
    }
    byte value = ((byte[]) data)[index];
    return unsigned ? value & 0xff : value;
  }

  /**
   * A copy of the elements as Java's own arrays, one in the other: a {@code float[][]} of a {@code float32[2, 3]}; of a scalar its only element in an array.
   */
  public Object toArrays() {
    return arrays(0, 0, size());
  }

  private Object arrays(int axis, int from, int count) {
    Class<?> element = data.getClass().getComponentType();
    if (axis >= shape.length - 1) {
      Object own = Array.newInstance(element, count);
      System.arraycopy(data, from, own, 0, count);
      return own;
    }
    int[] sizes = new int[shape.length - axis];
    sizes[0] = shape[axis];
    Object[] rows = (Object[]) Array.newInstance(element, sizes);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = arrays(axis + 1, from + i * (count / rows.length), count / rows.length);
    }
    return rows;
  }

  /** Elements as doubles. */
  public double[] toDoubles() {
    double[] values = new double[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(i);
    }
    return values;
  }

  /** Copies {@code count} elements from place {@code from} to {@code memory}, a {@code float[]} or {@code double[]}, from {@code to} on. */
  public void copy(int from, int count, Object memory, int to) {
    if (memory instanceof float[] floats) {
      copy(from, count, floats, to);
    } else {
      copy(from, count, (double[]) memory, to);
    }
  }

  private void copy(int from, int count, float[] memory, int to) {
    if (data instanceof float[] a) {
      System.arraycopy(a, from, memory, to, count);
    } else if (data instanceof byte[] a && unsigned) {
      for (int i = 0; i < count; i++) {
        memory[to + i] = a[from + i] & 0xff;
      }
    } else if (data instanceof int[] a) {
      for (int i = 0; i < count; i++) {
        memory[to + i] = a[from + i];
      }
    } else if (data instanceof double[] a) {
      for (int i = 0; i < count; i++) {
        memory[to + i] = (float) a[from + i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        memory[to + i] = (float) get(from + i);
      }
    }
  }

  private void copy(int from, int count, double[] memory, int to) {
    if (data instanceof double[] a) {
      System.arraycopy(a, from, memory, to, count);
    } else {
      for (int i = 0; i < count; i++) {
        memory[to + i] = get(from + i);
      }
    }
  }

  /** {@code float32[2, 3]}. */
  @Override
  public String toString() {
    return kind() + Arrays.toString(shape);
  }
}
