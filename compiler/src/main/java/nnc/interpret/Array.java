package nnc.interpret;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** A dense array in row-major order. */
public record Array(int[] shape, double[] values) {

  public Array {
    if (values.length != size(shape)) {
      throw new IllegalArgumentException(values.length + " values for the shape " + java.util.Arrays.toString(shape));
    }
  }

  public static int size(int[] shape) {
    int size = 1;
    for (var dim : shape) {
      size *= dim;
    }
    return size;
  }

  /** Every element from its index. The index array is reused: it must not be kept. */
  public static Array of(int[] shape, ToDoubleFunction<int[]> element) {
    var values = new double[size(shape)];
    var index = new int[shape.length];
    for (int e = 0; e < values.length; e++) {
      values[e] = element.applyAsDouble(index);
      next(index, shape);
    }
    return new Array(shape, values);
  }

  /** To the next index in row-major order. */
  static void next(int[] index, int[] shape) {
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) {
        return;
      }
      index[axis] = 0;
    }
  }

  /** How far elements are apart whose indices differ by one in an axis. */
  static int[] strides(int[] shape) {
    var strides = new int[shape.length];
    for (int axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]) {
      strides[axis] = stride;
    }
    return strides;
  }

  public int offset(int[] index) {
    int offset = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      offset = offset * shape[axis] + index[axis];
    }
    return offset;
  }

  public double at(int... index) {
    return values[offset(index)];
  }

  Array map(DoubleUnaryOperator fn) {
    return new Array(shape, java.util.Arrays.stream(values).map(fn).toArray());
  }

  /** The index without some axes. */
  static int[] without(int[] index, List<Integer> axes) {
    var rest = new int[index.length - axes.size()];
    for (int axis = 0, k = 0; axis < index.length; axis++) {
      if (!axes.contains(axis)) {
        rest[k++] = index[axis];
      }
    }
    return rest;
  }
}
