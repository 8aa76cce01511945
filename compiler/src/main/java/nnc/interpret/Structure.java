package nnc.interpret;

import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import nnc.graph.ReduceFn;

/** The meaning of views, reductions and moves. */
final class Structure {
  private Structure() {}

  static Array transpose(int[] shape, List<Integer> order, Array x) {
    return Array.of(shape, i -> {
      var from = new int[i.length];
      for (int axis = 0; axis < i.length; axis++) {
        from[order.get(axis)] = i[axis];
      }
      return x.at(from);
    });
  }

  static Array slice(int[] shape, int[] start, List<Integer> step, Array x) {
    return Array.of(shape, i -> {
      var from = new int[i.length];
      for (int axis = 0; axis < i.length; axis++) {
        from[axis] = start[axis] + i[axis] * step.get(axis);
      }
      return x.at(from);
    });
  }

  static Array pad(int[] shape, int[] low, List<Integer> interior, double value, Array x) {
    return Array.of(shape, i -> {
      var from = new int[i.length];
      for (int axis = 0; axis < i.length; axis++) {
        int off = i[axis] - low[axis];
        int step = interior.get(axis) + 1;
        if (off < 0 || off % step != 0 || off / step >= x.shape()[axis]) {
          return value;
        }
        from[axis] = off / step;
      }
      return x.at(from);
    });
  }

  static Array concat(int[] shape, int axis, List<Array> parts) {
    return Array.of(shape, i -> {
      var from = i.clone();
      for (var part : parts) {
        if (from[axis] < part.shape()[axis]) {
          return part.at(from);
        }
        from[axis] -= part.shape()[axis];
      }
      throw new IllegalStateException("outside all parts");
    });
  }

  /** Where window place (o, k) reads: {@code o * stride + k * dilation} on the windowed axes, which come last. */
  private static int[] place(int[] index, List<Integer> stride, List<Integer> dilation) {
    int windows = stride.size();
    int lead = index.length - 2 * windows;
    var from = new int[lead + windows];
    System.arraycopy(index, 0, from, 0, lead);
    for (int w = 0; w < windows; w++) {
      from[lead + w] = index[lead + w] * stride.get(w) + index[lead + windows + w] * dilation.get(w);
    }
    return from;
  }

  static Array windows(int[] shape, List<Integer> size, List<Integer> stride, List<Integer> dilation, Array x) {
    return Array.of(shape, i -> x.at(place(i, stride, dilation)));
  }

  static Array fold(int[] shape, List<Integer> size, List<Integer> stride, List<Integer> dilation, Array x) {
    var result = new Array(shape, new double[Array.size(shape)]);
    var index = new int[x.shape().length];
    for (var value : x.values()) {
      result.values()[result.offset(place(index, stride, dilation))] += value;
      Array.next(index, x.shape());
    }
    return result;
  }

  static Array reduce(int[] shape, ReduceFn fn, List<Integer> axes, Array x) {
    var values = new double[Array.size(shape)];
    java.util.Arrays.fill(values, switch (fn) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    });
    var result = new Array(shape, values);
    var index = new int[x.shape().length];
    for (var value : x.values()) {
      int at = result.offset(Array.without(index, axes));
      values[at] = switch (fn) {
        case SUM -> values[at] + value;
        case PROD -> values[at] * value;
        case MAX -> Math.max(values[at], value);
        case MIN -> Math.min(values[at], value);
      };
      Array.next(index, x.shape());
    }
    return result;
  }

  private static int[] with(int[] index, int axis, int place) {
    var full = new int[index.length + 1];
    System.arraycopy(index, 0, full, 0, axis);
    full[axis] = place;
    System.arraycopy(index, axis, full, axis + 1, index.length - axis);
    return full;
  }

  static Array argReduce(int[] shape, boolean largest, int axis, Array x) {
    return Array.of(shape, i -> {
      int best = 0;
      for (int k = 1; k < x.shape()[axis]; k++) {
        double value = x.at(with(i, axis, k));
        double champion = x.at(with(i, axis, best));
        if (!Double.isNaN(champion) && (Double.isNaN(value) || (largest ? value > champion : value < champion))) {
          best = k;
        }
      }
      return best;
    });
  }

  /** What each addition rounds off is summed beside; infinities round nothing off. */
  static Array cumSum(int axis, boolean reverse, Array x) {
    return byRow(axis, x, row -> {
      double sum = 0;
      double lost = 0;
      for (int k = 0; k < row.length; k++) {
        int at = reverse ? row.length - 1 - k : k;
        double next = sum + row[at];
        double added = next - sum;
        double off = (sum - (next - added)) + (row[at] - added);
        lost += Double.isNaN(off) ? 0 : off;
        sum = next;
        row[at] = sum + lost;
      }
      return row;
    });
  }

  static Array argSort(int axis, boolean descending, Array x) {
    return byRow(axis, x, row -> {
      Comparator<Integer> order = (p, q) -> compare(row[p], row[q]);
      return IntStream.range(0, row.length).boxed().sorted(descending ? order.reversed() : order).mapToDouble(place -> place).toArray();
    });
  }

  /** By size: zeros of either sign are equal, and not a number is the largest. */
  private static int compare(double a, double b) {
    return a < b ? -1 : a > b ? 1 : Boolean.compare(Double.isNaN(a), Double.isNaN(b));
  }

  /** What a function makes of each row along an axis. */
  private static Array byRow(int axis, Array x, UnaryOperator<double[]> fn) {
    int size = x.shape()[axis];
    int step = IntStream.of(x.shape()).skip(axis + 1).reduce(1, (a, b) -> a * b);
    var values = x.values().clone();
    for (int start = 0; start < values.length; start++) {
      if (start / step % size == 0) {
        int from = start;
        var row = IntStream.range(0, size).mapToDouble(k -> x.values()[from + k * step]).toArray();
        var made = fn.apply(row);
        for (int k = 0; k < size; k++) {
          values[from + k * step] = made[k];
        }
      }
    }
    return new Array(x.shape(), values);
  }

  static Array gather(int axis, Array x, Array index) {
    return Array.of(index.shape(), i -> {
      var from = i.clone();
      from[axis] = (int) index.at(i);
      return x.at(from);
    });
  }

  static Array scatterAdd(int[] shape, int axis, Array index, Array values) {
    var result = new Array(shape, new double[Array.size(shape)]);
    var i = new int[index.shape().length];
    for (var value : values.values()) {
      var to = i.clone();
      to[axis] = (int) index.at(i);
      result.values()[result.offset(to)] += value;
      Array.next(i, values.shape());
    }
    return result;
  }
}
