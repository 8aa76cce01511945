package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code A = V L V'} and {@code V'V = 1}, of matrices of every size and rank. */
class SymmetricEigenTest {
  private static void check(double[][] a) {
    int n = a.length;
    double scale = Double.MIN_NORMAL;
    var copy = new double[n][];
    for (int i = 0; i < n; i++) {
      copy[i] = a[i].clone();
      for (double number : a[i]) {
        scale = Math.max(scale, Math.abs(number));
      }
    }
    var eigen = new SymmetricEigen(copy);
    for (int i = 0; i < n; i++) {
      assertThat(i == 0 || eigen.values()[i] >= eigen.values()[i - 1]).isTrue();
      for (int j = 0; j < n; j++) {
        double made = 0;
        double one = 0;
        for (int k = 0; k < n; k++) {
          made += eigen.vectors()[i][k] * eigen.values()[k] * eigen.vectors()[j][k];
          one += eigen.vectors()[k][i] * eigen.vectors()[k][j];
        }
        assertThat(made / scale).isCloseTo(a[i][j] / scale, within(1e-12 * n));
        assertThat(one).isCloseTo(i == j ? 1 : 0, within(1e-13 * n));
      }
    }
  }

  @Test
  void anyMatrix() {
    var random = new Random(1);
    for (int n = 1; n < 30; n++) {
      for (int rank = 0; rank <= n; rank += 1 + n / 4) {
        var a = new double[n][n];
        double scale = Math.pow(10, random.nextInt(-90, 90));
        for (int r = 0; r < rank; r++) {
          double[] v = random.doubles(n, -1, 1).toArray();
          double sign = random.nextBoolean() ? scale : -scale;
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              a[i][j] += sign * (v[i] * v[j]);
            }
          }
        }
        check(a);
      }
    }
  }

  @Test
  void equalValuesAndDiagonals() {
    for (int n = 1; n < 9; n++) {
      var same = new double[n][n];
      var falling = new double[n][n];
      var ones = new double[n][n];
      for (int i = 0; i < n; i++) {
        same[i][i] = 3;
        falling[i][i] = n - i;
        java.util.Arrays.fill(ones[i], 1);
      }
      check(same);
      check(falling);
      check(ones);
    }
  }
}
