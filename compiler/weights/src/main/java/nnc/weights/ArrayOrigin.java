package nnc.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/**
 * Of what arrays of a file a weight is made: the sum of one or more, perhaps transposed.
 *
 * @param transposed whether rows become columns, of two axes
 */
record ArrayOrigin(List<Part> parts, boolean transposed) {
  private static final Pattern ROWS = Pattern.compile("(.+)\\[([0-9]{1,9}):([0-9]{1,9})\\]");

  /**
   * An array, or some of its rows.
   *
   * @param to the first row that is not taken; -1 if all are
   */
  record Part(String name, int from, int to) {
    static Part whole(String name) {
      return new Part(name, 0, -1);
    }

    @Override
    public String toString() {
      return to < 0 ? name : name + "[" + from + ":" + to + "]";
    }

    int[] shape(int[] whole) {
      if (to < 0) {
        return whole;
      }
      var shape = whole.clone();
      shape[0] = to - from;
      return shape;
    }
  }

  static ArrayOrigin of(String name) {
    return new ArrayOrigin(List.of(Part.whole(name)), false);
  }

  static ArrayOrigin transposed(String name) {
    return new ArrayOrigin(List.of(Part.whole(name)), true);
  }

  /** As a line of a map says it. */
  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining(" + ")) + (transposed ? " transpose" : "");
  }

  /** As {@link #toString} writes it, without the transposition. */
  static List<Part> parse(String text) {
    var parts = new ArrayList<Part>();
    for (var part : text.split(" \\+ ")) {
      var rows = ROWS.matcher(part.strip());
      parts.add(rows.matches() ? new Part(rows.group(1), Integer.parseInt(rows.group(2)), Integer.parseInt(rows.group(3))) : Part.whole(part.strip()));
    }
    return parts;
  }

  /** Whether all of it is there and has a weight's shape. */
  boolean fits(Map<String, Tensor> arrays, List<Integer> wanted) {
    return problem(arrays, wanted).isEmpty();
  }

  /** What is in the way; empty if nothing is. */
  String problem(Map<String, Tensor> arrays, List<Integer> wanted) {
    int[] common = null;
    for (var part : parts) {
      var array = arrays.get(part.name);
      if (array == null) {
        return "the file has no array " + part.name;
      } else if (part.to >= 0 && (array.shape().length == 0 || part.from >= part.to || part.to > array.shape()[0])) {
        return part + " are no rows of " + array;
      }
      var shape = part.shape(array.shape());
      if (common != null && !Arrays.equals(common, shape)) {
        return this + " are of different shapes";
      }
      common = shape;
    }
    if (transposed && common.length != 2) {
      return parts.getFirst().name + " is " + arrays.get(parts.getFirst().name) + ", and two axes can be transposed";
    }
    var shape = transposed ? new int[] {common[1], common[0]} : common;
    return wide(Arrays.stream(shape).boxed().toList()).equals(wide(wanted)) ? "" : this + " is " + Arrays.toString(shape) + ", the weight's shape is " + wanted;
  }

  /** Axes of one element make no difference: a vector may be kept as a column. */
  private static List<Integer> wide(List<Integer> shape) {
    return shape.stream().filter(size -> size != 1).toList();
  }

  /** The weight's values. */
  Tensor value(Map<String, Tensor> arrays, List<Integer> wanted) {
    var problem = problem(arrays, wanted);
    if (!problem.isEmpty()) {
      throw new Fault(problem);
    }
    var shape = wanted.stream().mapToInt(Integer::intValue).toArray();
    if (parts.size() == 1 && parts.getFirst().to < 0 && !transposed) {
      return new Tensor(shape, arrays.get(parts.getFirst().name).data(), arrays.get(parts.getFirst().name).unsigned());
    }
    boolean wide = parts.stream().anyMatch(part -> arrays.get(part.name).data() instanceof double[]);
    var values = new double[Math.toIntExact(Tensor.elements(shape))];
    for (var part : parts) {
      var array = arrays.get(part.name);
      int first = part.to < 0 ? 0 : part.from * (array.size() / array.shape()[0]);
      IntStream.range(0, values.length).forEach(i -> values[i] += array.get(first + i));
    }
    var laid = transposed ? turned(values, shape[1], shape[0]) : values;
    if (wide) {
      return new Tensor(shape, laid);
    }
    var floats = new float[laid.length];
    IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) laid[i]);
    return new Tensor(shape, floats);
  }

  private static double[] turned(double[] values, int rows, int columns) {
    var turned = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = values[i * columns + j];
      }
    }
    return turned;
  }
}
