package nnc.runtime.train;

import java.util.Arrays;
import nnc.runtime.Output;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Text;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.Role;

/** A result of a plan for several batches together, joined as its role says. It is made with all the memory that it takes. */
final class BatchResult {
  private final Output output;
  private final Role role;
  /** What is joined; of rows, all of them one behind the other, as they lie in memory. */
  private final double[] joined;
  private final Object rows;
  /** Elements of an example, in the batches that are joined at present. */
  private int width;
  /** Whether they are whole numbers. */
  private final boolean whole;

  /**
   * @param batch how many examples {@code output} has at present
   * @param count of all examples
   */
  BatchResult(Output output, int batch, int count, int precision) {
    this.output = output;
    role = output.role();
    whole = output.kind().equals("int");
    boolean collects = role == Role.ROWS;
    width = collects ? output.size() / batch : 0;
    joined = new double[collects ? 0 : output.size()];
    rows = collects ? NumericArrays.allocate(precision, (long) count * width, "what a metric compares of " + Text.grouped(count) + " examples",
        "use fewer examples") : null;
    clear();
  }

  String name() {
    return output.name();
  }

  /** Whether the values for several batches are the mean of theirs. */
  boolean isMean() {
    return rows == null && role != Role.SUM && role != Role.PROD && role != Role.MAX && role != Role.MIN;
  }

  boolean collects() {
    return rows != null;
  }

  int[] shape() {
    return output.shape();
  }

  void clear() {
    Arrays.fill(joined, role == Role.PROD ? 1 : role == Role.MAX ? Double.NEGATIVE_INFINITY : role == Role.MIN ? Double.POSITIVE_INFINITY : 0);
  }

  /**
   * Whether what the last run has given for {@code count} examples, behind {@code before} others, has as many elements as theirs: not where rows differ in length.
   */
  boolean fits(long before, int count) {
    width = rows != null && before == 0 && count > 0 ? output.size() / count : width;
    return output.size() == (rows != null ? count * width : joined.length);
  }

  /** Joins what the last run has given for {@code count} examples, behind {@code before} others. */
  void add(long before, int count) {
    if (rows != null) {
      collect((int) before * width);
      return;
    }
    for (int i = 0; i < joined.length; i++) {
      joined[i] = joined(joined[i], output.get(i), count);
    }
  }

  private void collect(int at) {
    if (whole) {
      for (int i = 0; i < output.size(); i++) {
        NumericArrays.setWhole(rows, at + i, (int) output.get(i));
      }
    } else if (rows instanceof float[] floats) {
      output.copyTo(floats, at);
    } else {
      output.copyTo((double[]) rows, at);
    }
  }

  private double joined(double present, double value, int count) {
    return role == Role.SUM ? present + value : role == Role.PROD ? present * value : role == Role.MAX ? Math.max(present, value)
        : role == Role.MIN ? Math.min(present, value) : present + value * count;
  }

  /** An element for {@code count} examples. */
  double value(int element, long count) {
    return rows != null ? whole ? NumericArrays.getWhole(rows, element) : NumericArrays.get(rows, element) : isMean() ? joined[element] / count : joined[element];
  }

  /** How many values there are of {@code count} examples. */
  int size(long count) {
    return rows != null ? (int) count * width : joined.length;
  }

  /** What was joined, to go on with later; of rows nothing. */
  double[] state() {
    return joined;
  }

  /** The rows of the first {@code count} examples. */
  Tensor rows(long count) {
    int[] shape = {(int) count, width};
    if (whole) {
      int[] values = new int[(int) count * width];
      for (int i = 0; i < values.length; i++) {
        values[i] = NumericArrays.getWhole(rows, i);
      }
      return new Tensor(shape, values);
    }
    Object data = NumericArrays.copy(rows, 0, (int) count * width);
    return data instanceof float[] floats ? new Tensor(shape, floats) : new Tensor(shape, (double[]) data);
  }

  /** Takes up what {@link #rows(long)} gave; false if it is of another shape. */
  boolean restore(Tensor kept, long count) {
    if (kept == null || kept.size() != count * width) {
      return false;
    }
    if (!whole) {
      kept.copy(0, kept.size(), rows, 0);
      return true;
    }
    for (int i = 0; i < kept.size(); i++) {
      NumericArrays.setWhole(rows, i, (int) kept.get(i));
    }
    return true;
  }
}
