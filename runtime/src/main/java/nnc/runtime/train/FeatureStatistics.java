package nnc.runtime.train;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Column;
import nnc.runtime.data.Data;
import nnc.runtime.data.Table;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.runtime.spec.ModelSpec.Weight;

/**
 * States that start as statistics of the training data: {@code data_mean INPUT} and its like, over all elements or, if the initialiser has an argument,
 * at each place of that axis. They are fitted on the part that is trained on, before the first step, and are kept with the weights like every
 * state. Of an input that may be missing they are over the numbers that are there.
 */
public final class FeatureStatistics {
  /** Fits the states that need it, but for those named in {@code but}, and learns the names of categories that are not known. */
  public static void fit(Model model, Data data, Collection<String> but) {
    Table table = null;
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      if (feed.column() instanceof ColumnType.Learned) {
        table = data.table("train");
        Categories.learn(feed, table, model.vocabulary());
      }
    }
    for (Weight weight : model.spec().weights()) {
      Initialiser start = weight.initialiser();
      if (start.kind().fitted() && !but.contains(weight.path())) {
        table = table == null ? data.table("train") : table;
        Column column = table.column(start.input());
        if (column == null) {
          throw new Fault(weight.path() + ": " + table.origin() + " has no column " + start.input() + " to fit it on");
        }
        if (DataStatistic.className(start.kind()) != null) {
          DataStatistic.of(start.kind()).fit(weight, column, table, model);
          continue;
        }
        List<Double> axis = start.arguments();
        new FeatureStatistics(weight, column, table, axis.isEmpty() ? 0 : axis.get(0).intValue(), model).fill(start.kind(), model.writable());
      }
    }
  }

  private final Weight weight;
  private final Column column;
  private final Table table;
  /** In double precision. */
  private final boolean wide;
  private final boolean gaps;
  private final int places;
  /** Elements of a row that are of one place behind each other. */
  private final int stride;
  /** Of the row that is looked at, and how many it has. */
  private final double[] numbers;
  private int size;
  private final int[] counts;

  private FeatureStatistics(Weight weight, Column column, Table table, int declared, Model model) {
    this.weight = weight;
    this.column = column;
    this.table = table;
    wide = model.spec().precision() == 64;
    boolean missing = false;
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      missing |= feed.isCalled(column.name()) && feed.column().hasGaps();
    }
    gaps = missing;
    int[] shape = column.shape();
    places = declared == 0 ? 1 : weight.size();
    int axis = places == 1 && column.width() == 1 ? 0 : declared;
    int inner = 1;
    for (int i = axis; axis > 0 && i < shape.length; i++) {
      inner *= shape[i];
    }
    if (axis > shape.length || axis > 0 && shape[axis - 1] != places) {
      throw new Fault(weight.path() + ": column " + column + " of " + table.origin() + " has no " + places + " places on axis " + axis);
    }
    stride = axis == 0 ? column.width() : inner;
    numbers = new double[column.width()];
    counts = counts();
  }

  /** How many numbers there are at each place. */
  private int[] counts() {
    int[] counts = new int[places];
    for (int row : table.rows()) {
      read(row);
      for (int i = 0; i < size; i++) {
        double value = numbers[i];
        if (!Double.isFinite(value) && !(gaps && Double.isNaN(value))) {
          throw new Fault(weight.path() + ": " + column.name() + " is " + column.get(row, i) + " in row " + row + " of " + table.origin()
              + ", of which there is no mean", Double.isNaN(value) ? "if numbers may be missing, declare it so: input " + column.name()
              + ": float?[N], and fill them: " + column.name() + " |> fill(\"mean\")" : "");
        }
        counts[place(i)] += Double.isNaN(value) ? 0 : 1;
      }
    }
    for (int place = 0; place < places; place++) {
      if (counts[place] == 0) {
        throw new Fault(weight.path() + ": all numbers of " + column.name() + (places == 1 ? "" : " at place " + place) + " are missing in the "
            + table.size() + " rows of " + table.origin() + " that are trained on", "fill them with a number: " + column.name() + " |> fill(0)");
      }
    }
    return counts;
  }

  private int place(int element) {
    return element / stride % places;
  }

  /** Reads the numbers of a row as the network is fed them. */
  private void read(int row) {
    column.readOwn(row, numbers, 0);
    size = column.size(row);
    for (int i = 0; i < size && !wide; i++) {
      numbers[i] = (float) numbers[i];
    }
  }

  private void fill(InitialiserKind kind, Object weights) {
    boolean ofOrder = kind == InitialiserKind.DATA_MEDIAN || kind == InitialiserKind.DATA_MODE;
    double[] values = ofOrder ? ordered(kind == InitialiserKind.DATA_MODE) : moment(kind == InitialiserKind.DATA_MEAN);
    // a statistic of the whole column is where all elements start
    for (int i = 0; i < weight.size(); i++) {
      NumericArrays.set(weights, weight.offset() + i, values[i % places]);
      if (kind == InitialiserKind.DATA_DEVIATION && NumericArrays.get(weights, weight.offset() + i) == 0) {
        NumericArrays.set(weights, weight.offset() + i, 1);
      }
    }
  }

  /**
   * Mean or deviation (of the whole, not of a sample) at each place of a row's axis, which counts from 1; over all for axis 0. They are those of
   * the numbers less the first one, so that what is the same in all rows deviates by nothing at all.
   */
  private double[] moment(boolean middle) {
    double[] first = firsts();
    double[] mean = new double[places];
    double[] square = new double[places];
    for (int pass = 0; pass < 2; pass++) {
      for (int row : table.rows()) {
        read(row);
        for (int i = 0; i < size; i++) {
          int place = place(i);
          double value = numbers[i] - first[place];
          if (Double.isNaN(value)) {
            continue;
          } else if (pass == 0) {
            mean[place] += value;
          } else {
            square[place] += (value - mean[place]) * (value - mean[place]);
          }
        }
      }
      double[] sums = pass == 0 ? mean : square;
      for (int place = 0; place < places; place++) {
        sums[place] /= counts[place];
      }
    }
    for (int place = 0; place < places; place++) {
      mean[place] += first[place];
      square[place] = Math.sqrt(square[place]);
    }
    return middle ? mean : square;
  }

  /** The first number at each place. */
  private double[] firsts() {
    double[] first = new double[places];
    Arrays.fill(first, Double.NaN);
    int found = 0;
    for (int k = 0; found < places; k++) {
      read(table.rows()[k]);
      for (int i = 0; i < size; i++) {
        double value = numbers[i];
        if (Double.isNaN(first[place(i)]) && !Double.isNaN(value)) {
          first[place(i)] = value;
          found++;
        }
      }
    }
    return first;
  }

  /** What is in the middle, or between the two that are; or the most frequent number, of equally frequent ones the smallest. */
  private double[] ordered(boolean mode) {
    double[][] values = new double[places][];
    for (int place = 0; place < places; place++) {
      values[place] = new double[counts[place]];
    }
    int[] next = new int[places];
    for (int row : table.rows()) {
      read(row);
      for (int i = 0; i < size; i++) {
        double value = numbers[i];
        if (!Double.isNaN(value)) {
          values[place(i)][next[place(i)]++] = value;
        }
      }
    }
    double[] result = new double[places];
    for (int place = 0; place < places; place++) {
      double[] sorted = values[place];
      Arrays.sort(sorted);
      result[place] = mode ? mostFrequent(sorted) : sorted[(sorted.length - 1) / 2] / 2 + sorted[sorted.length / 2] / 2;
    }
    return result;
  }

  private static double mostFrequent(double[] sorted) {
    int best = 0;
    int most = 0;
    for (int from = 0, to; from < sorted.length; from = to) {
      to = from + 1;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      if (to - from > most) {
        most = to - from;
        best = from;
      }
    }
    return sorted[best];
  }
}
