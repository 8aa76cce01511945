package nnc.runtime.train;

import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.runtime.spec.ModelSpec.Weight;

/**
 * Of the numbers of a row, D of them, their means, and what makes them uncorrelated: with the covariance {@code U L U'} of the training data (over n, not n - 1)
 * and epsilon e, for ZCA {@code U (L + e)^-1/2 U'} (Bell and Sejnowski 1997), {@code [D, D]}; for PCA the first columns of {@code U}, those of the largest
 * variances, times {@code (L + e)^-1/2} where an epsilon is given, {@code [D, k]}. The largest number of each column of {@code U} is positive. Where numbers do not
 * vary, but for roundings, and e is 0, there is nothing to be divided, and they stay 0.
 */
final class PrincipalAxes implements DataStatistic {
  /** Rows whose products are summed together: they stay in a cache. */
  private static final int BLOCK = 32;

  @Override
  public void fit(Weight weight, Column column, Table table, Model model) {
    InitialiserKind kind = weight.initialiser().kind();
    boolean wide = model.spec().precision() == 64;
    double[] mean = mean(weight, column, table, wide);
    Object weights = model.writable();
    if (kind == InitialiserKind.DATA_CENTRE) {
      for (int i = 0; i < mean.length; i++) {
        NumericArrays.set(weights, weight.offset() + i, mean[i]);
      }
      return;
    }
    var axes = new SymmetricEigen(covariance(column, table, mean, wide));
    boolean isDivided = !weight.initialiser().arguments().isEmpty();
    double[] factors = factors(axes.values(), isDivided ? weight.initialiser().arguments().get(0) : 0);
    double[][] result = kind == InitialiserKind.DATA_ZCA ? symmetric(axes.vectors(), factors) : columns(axes.vectors(), isDivided ? factors : null,
        weight.shape().get(weight.shape().size() - 1));
    int next = weight.offset();
    for (double[] row : result) {
      for (double number : row) {
        NumericArrays.set(weights, next++, number);
      }
    }
  }

  private static void read(Column column, int row, double[] numbers, boolean wide) {
    column.read(row, numbers, 0);
    for (int i = 0; i < numbers.length && !wide; i++) {
      numbers[i] = (float) numbers[i];
    }
  }

  private static double[] mean(Weight weight, Column column, Table table, boolean wide) {
    double[] mean = new double[column.width()];
    double[] first = new double[mean.length];
    double[] numbers = new double[mean.length];
    for (int k = 0; k < table.size(); k++) {
      read(column, table.rows()[k], numbers, wide);
      for (int i = 0; i < numbers.length; i++) {
        if (!Double.isFinite(numbers[i])) {
          throw new Fault(weight.path() + ": " + column.name() + " is " + numbers[i] + " in " + column.place(table.rows()[k], i, table.origin())
              + ", of which there is no mean", "whitening takes numbers that are all there");
        }
        // less the first row's, so that what is the same in all rows deviates by nothing
        first[i] = k == 0 ? numbers[i] : first[i];
        mean[i] += numbers[i] - first[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] = first[i] + mean[i] / table.size();
    }
    return mean;
  }

  private static double[][] covariance(Column column, Table table, double[] mean, boolean wide) {
    int width = mean.length;
    double[][] sums = new double[width][width];
    double[][] block = new double[BLOCK][width];
    for (int from = 0; from < table.size(); from += BLOCK) {
      int count = Math.min(BLOCK, table.size() - from);
      for (int k = 0; k < count; k++) {
        read(column, table.rows()[from + k], block[k], wide);
        for (int i = 0; i < width; i++) {
          block[k][i] -= mean[i];
        }
      }
      for (int i = 0; i < width; i++) {
        for (int k = 0; k < count; k++) {
          add(block[k], block[k][i], sums[i], i + 1);
        }
      }
    }
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        sums[i][j] /= table.size();
        sums[j][i] = sums[i][j];
      }
    }
    return sums;
  }

  /** Adds the first numbers of a row times a factor to others. */
  private static void add(double[] row, double factor, double[] to, int count) {
    for (int j = 0; j < count; j++) {
      to[j] += factor * row[j];
    }
  }

  /** {@code (L + e)^-1/2}. */
  private static double[] factors(double[] variances, double epsilon) {
    double largest = 0;
    for (double variance : variances) {
      largest = Math.max(largest, variance);
    }
    double least = variances.length * Math.ulp(largest);
    double[] factors = new double[variances.length];
    for (int i = 0; i < factors.length; i++) {
      double variance = Math.max(0, variances[i]);
      factors[i] = epsilon == 0 && variance <= least ? 0 : 1 / Math.sqrt(variance + epsilon);
    }
    return factors;
  }

  private static double[][] symmetric(double[][] vectors, double[] factors) {
    int width = factors.length;
    double[][] transposed = new double[width][width];
    for (int i = 0; i < width; i++) {
      for (int k = 0; k < width; k++) {
        transposed[k][i] = vectors[i][k];
      }
    }
    double[][] result = new double[width][width];
    for (int i = 0; i < width; i++) {
      for (int k = 0; k < width; k++) {
        add(transposed[k], vectors[i][k] * factors[k], result[i], width);
      }
    }
    return result;
  }

  /** @param factors of the axes; null if they stay as they are */
  private static double[][] columns(double[][] vectors, double[] factors, int count) {
    double[][] result = new double[vectors.length][count];
    for (int k = 0; k < count; k++) {
      // the last are those of the largest variances
      int axis = vectors.length - 1 - k;
      double largest = 0;
      for (double[] row : vectors) {
        largest = Math.abs(row[axis]) > Math.abs(largest) ? row[axis] : largest;
      }
      double factor = (largest < 0 ? -1 : 1) * (factors == null ? 1 : factors[axis]);
      for (int i = 0; i < vectors.length; i++) {
        result[i][k] = factor * vectors[i][axis];
      }
    }
    return result;
  }
}
