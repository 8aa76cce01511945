package nnc.runtime.train;

/**
 * Eigenvalues and vectors of a symmetric matrix: brought to three diagonals by Householder's reflections, then to one by QL with implicit shifts (Martin,
 * Reinsch and Wilkinson 1968: {@code tred2}; Bowdler, Martin, Reinsch and Wilkinson 1968: {@code tql2}). All is done with additions, products and roots, so that
 * every machine has the same bits.
 */
final class SymmetricEigen {
  private static final int MOST_TURNS = 100;

  private final int n;
  /** Columns are vectors in the end. */
  private final double[][] v;
  private final double[] d;
  /** Beside the diagonal. */
  private final double[] e;

  /** @param symmetric is overwritten */
  SymmetricEigen(double[][] symmetric) {
    n = symmetric.length;
    v = symmetric;
    d = v[n - 1].clone();
    e = new double[n];
    reduce();
    accumulate();
    diagonalise();
    sort();
  }

  /** In growing order. */
  double[] values() {
    return d;
  }

  /** The vector of value k is column k; its length is 1. */
  double[][] vectors() {
    return v;
  }

  /** A reflection for each row from the last on, which leaves one number beside the diagonal. */
  private void reduce() {
    for (int i = n - 1; i > 0; i--) {
      double scale = 0;
      for (int k = 0; k < i; k++) {
        scale += Math.abs(d[k]);
      }
      double h = 0;
      if (scale == 0) {
        e[i] = d[i - 1];
        for (int j = 0; j < i; j++) {
          d[j] = v[i - 1][j];
          v[i][j] = 0;
          v[j][i] = 0;
        }
      } else {
        h = reflect(i, scale);
      }
      d[i] = h;
    }
  }

  private double reflect(int i, double scale) {
    double h = 0;
    for (int k = 0; k < i; k++) {
      d[k] /= scale;
      h += d[k] * d[k];
    }
    double f = d[i - 1];
    double g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
    e[i] = scale * g;
    h -= f * g;
    d[i - 1] = f - g;
    for (int j = 0; j < i; j++) {
      e[j] = 0;
    }
    for (int j = 0; j < i; j++) {
      v[j][i] = d[j];
    }
    // the lower half stands for both: its rows and columns are met in one go
    for (int j = 0; j < i; j++) {
      double[] row = v[j];
      double sum = row[j] * d[j];
      for (int k = 0; k < j; k++) {
        sum += row[k] * d[k];
        e[k] += row[k] * d[j];
      }
      e[j] += sum;
    }
    double sum = 0;
    for (int j = 0; j < i; j++) {
      e[j] /= h;
      sum += e[j] * d[j];
    }
    double half = sum / (h + h);
    for (int j = 0; j < i; j++) {
      e[j] -= half * d[j];
    }
    for (int j = 0; j < i; j++) {
      double[] row = v[j];
      double dj = d[j];
      double ej = e[j];
      for (int k = 0; k <= j; k++) {
        row[k] -= d[k] * ej + e[k] * dj;
      }
    }
    for (int j = 0; j < i; j++) {
      d[j] = v[i - 1][j];
      v[i][j] = 0;
    }
    return h;
  }

  /** The product of all reflections. */
  private void accumulate() {
    double[] sums = new double[n];
    for (int i = 0; i < n - 1; i++) {
      v[n - 1][i] = v[i][i];
      v[i][i] = 1;
      double h = d[i + 1];
      if (h != 0) {
        for (int k = 0; k <= i; k++) {
          d[k] = v[k][i + 1] / h;
          sums[k] = 0;
        }
        for (int k = 0; k <= i; k++) {
          double factor = v[k][i + 1];
          double[] row = v[k];
          for (int j = 0; j <= i; j++) {
            sums[j] += factor * row[j];
          }
        }
        for (int k = 0; k <= i; k++) {
          double factor = d[k];
          double[] row = v[k];
          for (int j = 0; j <= i; j++) {
            row[j] -= sums[j] * factor;
          }
        }
      }
      for (int k = 0; k <= i; k++) {
        v[k][i + 1] = 0;
      }
    }
    for (int j = 0; j < n; j++) {
      d[j] = v[n - 1][j];
      v[n - 1][j] = 0;
    }
    v[n - 1][n - 1] = 1;
    e[0] = 0;
  }

  private void diagonalise() {
    // vectors are rows while they are turned: two of them are next to each other in memory
    transpose();
    for (int i = 1; i < n; i++) {
      e[i - 1] = e[i];
    }
    e[n - 1] = 0;
    double shift = 0;
    double largest = 0;
    for (int l = 0; l < n; l++) {
      largest = Math.max(largest, Math.abs(d[l]) + Math.abs(e[l]));
      int m = l;
      while (m < n - 1 && Math.abs(e[m]) > Math.ulp(1.0) * largest) {
        m++;
      }
      for (int turn = 0; m > l && turn < MOST_TURNS && (turn == 0 || Math.abs(e[l]) > Math.ulp(1.0) * largest); turn++) {
        shift += turn(l, m);
      }
      d[l] += shift;
      e[l] = 0;
    }
    transpose();
  }

  /** One turn of QL over the block from l to m; gives what the diagonal was shifted by. */
  private double turn(int l, int m) {
    double before = d[l];
    double p = (d[l + 1] - before) / (2 * e[l]);
    double r = p < 0 ? -hypotenuse(p, 1) : hypotenuse(p, 1);
    d[l] = e[l] / (p + r);
    d[l + 1] = e[l] * (p + r);
    double next = d[l + 1];
    double shift = before - d[l];
    for (int i = l + 2; i < n; i++) {
      d[i] -= shift;
    }
    p = d[m];
    double c = 1;
    double c2 = 1;
    double c3 = 1;
    double s = 0;
    double s2 = 0;
    double beside = e[l + 1];
    for (int i = m - 1; i >= l; i--) {
      c3 = c2;
      c2 = c;
      s2 = s;
      double g = c * e[i];
      double h = c * p;
      r = hypotenuse(p, e[i]);
      e[i + 1] = s * r;
      s = e[i] / r;
      c = p / r;
      p = c * d[i] - s * g;
      d[i + 1] = h + s * (c * g + s * d[i]);
      rotate(v[i], v[i + 1], c, s);
    }
    p = -s * s2 * c3 * beside * e[l] / next;
    e[l] = s * p;
    d[l] = c * p;
    return shift;
  }

  private static void rotate(double[] low, double[] high, double c, double s) {
    for (int k = 0; k < low.length; k++) {
      double h = high[k];
      high[k] = s * low[k] + c * h;
      low[k] = c * low[k] - s * h;
    }
  }

  private static double hypotenuse(double a, double b) {
    double large = Math.max(Math.abs(a), Math.abs(b));
    double ratio = large == 0 ? 0 : Math.min(Math.abs(a), Math.abs(b)) / large;
    return large * Math.sqrt(1 + ratio * ratio);
  }

  private void transpose() {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double number = v[i][j];
        v[i][j] = v[j][i];
        v[j][i] = number;
      }
    }
  }

  private void sort() {
    for (int i = 0; i < n - 1; i++) {
      int least = i;
      for (int j = i + 1; j < n; j++) {
        least = d[j] < d[least] ? j : least;
      }
      double value = d[least];
      d[least] = d[i];
      d[i] = value;
      for (int k = 0; least != i && k < n; k++) {
        double number = v[k][i];
        v[k][i] = v[k][least];
        v[k][least] = number;
      }
    }
  }
}
