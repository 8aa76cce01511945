package nnc.lectures;

/** Principal components by power iteration, as an oracle. */
final class Principal {
  private Principal() {}

  /** The {@code count} directions of largest second moment of rows of {@code size} numbers. */
  static double[][] directions(double[] rows, int size, int count) {
    var moments = new double[size][size];
    for (int row = 0; row < rows.length; row += size) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          moments[i][j] += rows[row + i] * rows[row + j];
        }
      }
    }
    var found = new double[count][size];
    for (int k = 0; k < count; k++) {
      var v = new double[size];
      v[k] = 1;
      for (int turn = 0; turn < 10_000; turn++) {
        var next = new double[size];
        for (int i = 0; i < size; i++) {
          next[i] = dot(moments[i], v);
        }
        for (int before = 0; before < k; before++) {
          subtract(next, found[before], dot(next, found[before]));
        }
        v = scaled(next);
      }
      found[k] = v;
    }
    return found;
  }

  /** Gram and Schmidt. */
  static double[][] orthonormal(double[][] rows) {
    var result = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      var v = rows[i].clone();
      for (int j = 0; j < i; j++) {
        subtract(v, result[j], dot(v, result[j]));
      }
      result[i] = scaled(v);
    }
    return result;
  }

  /** The length of what of {@code v} lies outside the span of orthonormal rows. */
  static double outside(double[] v, double[][] span) {
    var rest = v.clone();
    for (var direction : span) {
      subtract(rest, direction, dot(rest, direction));
    }
    return Math.sqrt(dot(rest, rest));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(double[] v, double[] direction, double share) {
    for (int i = 0; i < v.length; i++) {
      v[i] -= share * direction[i];
    }
  }

  private static double[] scaled(double[] v) {
    double length = Math.sqrt(dot(v, v));
    var unit = v.clone();
    for (int i = 0; i < v.length; i++) {
      unit[i] /= length;
    }
    return unit;
  }
}
