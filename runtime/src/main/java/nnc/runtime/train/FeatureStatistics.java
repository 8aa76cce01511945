package nnc.runtime.train;

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
 * States that start as statistics of the training data: {@code data_mean INPUT} and {@code data_deviation INPUT}, over all elements or, if
 * the initialiser has an argument, at each place of that axis. They are fitted on the part that is trained on, before the first step, and are
 * kept with the weights like every state.
 */
public final class FeatureStatistics {
  private FeatureStatistics() {}

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
        List<Double> axis = start.arguments();
        boolean wide = model.spec().precision() == 64;
        fill(weight, of(column, table, axis.isEmpty() ? 0 : axis.getFirst().intValue(), weight, wide), start.kind() == InitialiserKind.DATA_MEAN, model.writable());
      }
    }
  }

  private static void fill(Weight weight, double[][] statistics, boolean mean, Object weights) {
    for (int i = 0; i < weight.size(); i++) {
      int at = weight.offset() + i;
      NumericArrays.set(weights, at, statistics[mean ? 0 : 1][i]);
      if (!mean && NumericArrays.get(weights, at) == 0) {
        NumericArrays.set(weights, at, 1);
      }
    }
  }

  /**
   * Mean and deviation (of the whole, not of a sample) at each place of a row's axis, which counts from 1; over all for axis 0. They are those of
   * the numbers as the network is fed them, less the first one, so that what is the same in all rows deviates by nothing at all.
   */
  private static double[][] of(Column column, Table table, int declared, Weight weight, boolean wide) {
    int[] shape = column.shape();
    int places = weight.size();
    int axis = places == 1 && column.width() == 1 ? 0 : declared;
    int inner = 1;
    for (int i = axis; axis > 0 && i < shape.length; i++) {
      inner *= shape[i];
    }
    if (axis > shape.length || axis > 0 && shape[axis - 1] != places) {
      throw new Fault(weight.path() + ": column " + column + " of " + table.origin() + " has no " + places + " places on axis " + axis);
    }
    int stride = axis == 0 ? column.width() : inner;
    double[] first = firsts(column, table, stride, places, wide);
    double[] mean = new double[places];
    double[] square = new double[places];
    double count = (double) table.size() * column.width() / places;
    for (int pass = 0; pass < 2; pass++) {
      for (int row : table.rows()) {
        for (int i = 0; i < column.width(); i++) {
          int place = i / stride % places;
          double value = fed(column, row * column.width() + i, wide) - first[place];
          if (!Double.isFinite(value)) {
            throw new Fault(weight.path() + ": " + column.name() + " is " + column.get(row * column.width() + i) + " in row " + row + " of " + table.origin()
                + ", of which there is no mean");
          }
          if (pass == 0) {
            mean[place] += value;
          } else {
            square[place] += (value - mean[place]) * (value - mean[place]);
          }
        }
      }
      double[] sums = pass == 0 ? mean : square;
      for (int place = 0; place < places; place++) {
        sums[place] /= count;
      }
    }
    for (int place = 0; place < places; place++) {
      mean[place] += first[place];
      square[place] = Math.sqrt(square[place]);
    }
    return new double[][] {mean, square};
  }

  /** What stands first at each place. */
  private static double[] firsts(Column column, Table table, int stride, int places, boolean wide) {
    double[] first = new double[places];
    for (int place = 0; place < places; place++) {
      first[place] = fed(column, table.rows()[0] * column.width() + place * stride, wide);
    }
    return first;
  }

  private static double fed(Column column, int index, boolean wide) {
    double value = column.get(index);
    return wide ? value : (float) value;
  }
}
