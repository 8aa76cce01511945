package nnc.pictures;

import java.util.Random;

/** Principal components: the directions in which rows differ most, by powers of their products (Golub and Van Loan). */
final class Components {
  private static final int ROUNDS = 200;

  private Components() {}

  /**
   * The directions of most variance, each of length 1, orthogonal to each other.
   *
   * @param rows  taken as they are: whoever wants them about their mean subtracts it before
   * @param count of directions; those without variance are zero
   */
  static double[][] of(double[][] rows, int count) {
    var found = new double[count][];
    int width = rows[0].length;
    var random = new Random(1);
    for (int k = 0; k < count; k++) {
      var direction = random.doubles(width, -1, 1).toArray();
      for (int round = 0; round < ROUNDS; round++) {
        var next = new double[width];
        for (var row : rows) {
          double along = dot(row, direction);
          for (int j = 0; j < width; j++) {
            next[j] += along * row[j];
          }
        }
        for (int earlier = 0; earlier < k; earlier++) {
          double along = dot(next, found[earlier]);
          for (int j = 0; j < width; j++) {
            next[j] -= along * found[earlier][j];
          }
        }
        double length = Math.sqrt(dot(next, next));
        for (int j = 0; j < width; j++) {
          next[j] = length > 1e-200 ? next[j] / length : 0;
        }
        boolean still = dot(next, direction) > 1 - 1e-12;
        direction = next;
        if (still) {
          break;
        }
      }
      found[k] = direction;
    }
    return found;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
