package nnc.onnx.model;

import java.util.Arrays;
import java.util.stream.LongStream;
import nnc.runtime.base.Tensor;

/**
 * A constant array, row-major.
 *
 * @param data {@code float[]} of 16 and 32 bits, {@code double[]} of 64, {@code long[]} of whole numbers and truth values
 */
public record OnnxTensor(ElementType type, int[] shape, Object data) {

  public OnnxTensor {
    if (Tensor.elements(shape) != java.lang.reflect.Array.getLength(data)) {
      throw new IllegalArgumentException(Arrays.toString(shape) + " does not have " + java.lang.reflect.Array.getLength(data) + " elements");
    }
  }

  /** Of values as doubles, in the storage of the type: floats are rounded to it. */
  public static OnnxTensor of(ElementType type, int[] shape, double[] values) {
    if (type == ElementType.DOUBLE) {
      return new OnnxTensor(type, shape, values.clone());
    } else if (type.isFloat()) {
      var floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return new OnnxTensor(type, shape, floats);
    }
    return new OnnxTensor(type, shape, Arrays.stream(values).mapToLong(value -> (long) value).toArray());
  }

  /** Whole numbers in a row. */
  public static OnnxTensor ofLongs(long... values) {
    return new OnnxTensor(ElementType.INT64, new int[] {values.length}, values);
  }

  public int size() {
    return java.lang.reflect.Array.getLength(data);
  }

  public int rank() {
    return shape.length;
  }

  /** Element {@code index} in row-major order. */
  public double get(int index) {
    return switch (data) {
      case float[] floats -> floats[index];
      case double[] doubles -> doubles[index];
      default -> ((long[]) data)[index];
    };
  }

  /** All elements; of 64-bit whole numbers beyond 2^53 the nearest double. */
  public double[] toDoubles() {
    return switch (data) {
      case double[] doubles -> doubles.clone();
      case float[] floats -> {
        var values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = floats[i];
        }
        yield values;
      }
      default -> LongStream.of((long[]) data).asDoubleStream().toArray();
    };
  }

  /** All elements as whole numbers; fractions are cut off. */
  public long[] toLongs() {
    return data instanceof long[] longs ? longs.clone() : Arrays.stream(toDoubles()).mapToLong(value -> (long) value).toArray();
  }

  /** The same elements in another shape of as many. */
  public OnnxTensor reshaped(int... other) {
    return new OnnxTensor(type, other, data);
  }

  /** Of a matrix: rows and columns change places. */
  public OnnxTensor transposed() {
    int rows = shape[0];
    int columns = shape[1];
    var from = toDoubles();
    var to = new double[from.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[j * rows + i] = from[i * columns + j];
      }
    }
    return of(type, new int[] {columns, rows}, to);
  }

  /** The elements {@code from} up to {@code to} of the first axis. */
  public OnnxTensor rows(int from, int to) {
    var part = shape.clone();
    int row = shape[0] == 0 ? 0 : size() / shape[0];
    part[0] = to - from;
    return of(type, part, Arrays.copyOfRange(toDoubles(), from * row, to * row));
  }

  /** As files of weights have it: floats of 32 bits. */
  public Tensor asFloats() {
    if (data instanceof float[] floats) {
      return new Tensor(shape, floats);
    }
    var floats = new float[size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) get(i);
    }
    return new Tensor(shape, floats);
  }
}
