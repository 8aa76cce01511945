package nnc.runtime.train;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Column;
import nnc.runtime.data.Data;
import nnc.runtime.data.Table;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Check sums of what a training is fed, a column each: they are saved with it, and one that is resumed sees by them that its data are the same. They depend on
 * the numbers, the names of what these stand for, and the order of the rows, not on how a file holds them. Of rows that are not in memory a few are looked at.
 */
public final class DataSums {
  private DataSums() {}

  private static final String ARRAY = WeightFile.DATA;
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  /** Rows that are looked at where they are read each time anew: the first, the last, and some between. */
  private static final int SOME = 64;

  /** Of all inputs and targets for which there are columns, as arrays of a weight file: {@code nnc.data.train.age}. */
  static Map<String, long[]> of(ModelSpec spec, Data data) {
    Map<String, long[]> sums = new TreeMap<>();
    for (String role : new String[] {"train", "validate"}) {
      for (Feed feed : spec.inputs()) {
        Column column = data.has(role) ? data.table(role).column(feed) : null;
        if (column != null) {
          sums.put(ARRAY + role + "." + feed.name(), new long[] {of(column, data.table(role))});
        }
      }
    }
    return sums;
  }

  /**
   * Compares what was saved with what there is. A file that has no check sums is as good as one with the right ones.
   *
   * @throws Fault if a column has changed
   */
  static void require(Map<String, Tensor> arrays, Map<String, long[]> sums, String origin) {
    for (var sum : sums.entrySet()) {
      Tensor saved = arrays.get(sum.getKey());
      if (saved != null && !(saved.data() instanceof long[] numbers && Arrays.equals(numbers, sum.getValue()))) {
        String[] name = sum.getKey().substring(ARRAY.length()).split("[.]", 2);
        throw new Fault(origin + ": cannot go on to the same result: the data have changed since it was saved: " + name[1] + " of the data for " + name[0],
            "bring back the data, or start from its weights with --init instead");
      }
    }
  }

  /** What weights tell of the data that they were trained on, by part and input: {@code train.age}. */
  public static Map<String, String> recorded(Map<String, long[]> record) {
    Map<String, String> sums = new TreeMap<>();
    for (var entry : record.entrySet()) {
      if (entry.getKey().startsWith(ARRAY) && entry.getValue().length == 1) {
        sums.put(entry.getKey().substring(ARRAY.length()), Long.toHexString(entry.getValue()[0]));
      }
    }
    return sums;
  }

  private static long of(Column column, Table table) {
    int[] rows = table.rows();
    long sum = rows.length;
    for (String name : column.classes()) {
      sum = mixed(sum, name.hashCode());
    }
    double[] numbers = new double[column.width()];
    int count = column.isStreamed() ? Math.min(SOME, rows.length) : rows.length;
    for (int i = 0; i < count; i++) {
      int row = rows[(int) ((long) i * (rows.length - 1) / Math.max(1, count - 1))];
      column.readOwn(row, numbers, 0);
      sum = mixed(column.isRagged() ? mixed(sum, column.size(row)) : sum, numbers, column.size(row));
    }
    return sum;
  }

  private static long mixed(long before, double[] numbers, int count) {
    long sum = before;
    for (int i = 0; i < count; i++) {
      sum = mixed(sum, Double.doubleToLongBits(numbers[i]));
    }
    return sum;
  }

  /** A step of a sum that depends on order; the high bits of a product, which depend on all of its factor's, go to the low ones. */
  private static long mixed(long sum, long bits) {
    long product = (sum ^ bits) * FACTOR;
    return product ^ product >>> 32;
  }
}
