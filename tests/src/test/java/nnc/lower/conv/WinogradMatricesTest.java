package nnc.lower.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Toom's and Cook's way gives what a plain correlation does, and nearly as many digits. */
class WinogradMatricesTest {

  @Test
  void sumsWhatAPlainCorrelationSums() {
    var random = new Random(3);
    for (int out = 1; out < WinogradMatrices.MAX_PRODUCTS; out++) {
      for (int taps = 1; out + taps - 1 <= WinogradMatrices.MAX_PRODUCTS; taps++) {
        var way = WinogradMatrices.of(out, taps);
        var x = random.doubles(way.products(), -1, 1).toArray();
        var w = random.doubles(taps, -1, 1).toArray();
        var y = correlated(way, x, w);
        for (int j = 0; j < out; j++) {
          assertThat(y[j]).as("%d results of %d taps", out, taps).isCloseTo(plain(x, w, j), within(1e-14));
        }
      }
    }
  }

  /** Over many channels, in float: the reason for these points and for no more of them. */
  @Test
  void losesLessThanADigit() {
    var random = new Random(5);
    for (int taps = 2; taps < WinogradMatrices.MAX_PRODUCTS; taps++) {
      var way = WinogradMatrices.of(WinogradMatrices.MAX_PRODUCTS + 1 - taps, taps);
      double own = 0;
      double direct = 0;
      for (int trial = 0; trial < 300; trial++) {
        var products = new float[way.products()];
        var sums = new float[way.out()];
        var exact = new double[way.out()];
        for (int channel = 0; channel < 32; channel++) {
          var x = floats(random, way.products());
          var w = floats(random, taps);
          for (int k = 0; k < products.length; k++) {
            products[k] = Math.fma(combined(way.filters()[k], w), combined(way.inputs()[k], x), products[k]);
          }
          for (int j = 0; j < sums.length; j++) {
            for (int i = 0; i < taps; i++) {
              sums[j] = Math.fma(w[i], x[j + i], sums[j]);
              exact[j] += (double) w[i] * x[j + i];
            }
          }
        }
        for (int j = 0; j < sums.length; j++) {
          own += Math.pow(combined(way.results()[j], products) - exact[j], 2);
          direct += Math.pow(sums[j] - exact[j], 2);
        }
      }
      assertThat(Math.sqrt(own / direct)).as("%d taps", taps).isLessThan(2.5);
    }
  }

  /** Of a residual network's layers those with many channels; not what steps over rows, or has a single tap. */
  @Test
  void isChosenWhereItPays() {
    assertThat(WinogradRows.choose(picture(16, 16, new ConvolutionGeometry.Axis(32, 32, 3, 1, 1, 1, 1)), 16).out()).isEqualTo(4);
    assertThat(WinogradRows.choose(picture(64, 64, new ConvolutionGeometry.Axis(8, 8, 3, 1, 1, 1, 1)), 16)).isNotNull();
    assertThat(WinogradRows.choose(picture(64, 64, new ConvolutionGeometry.Axis(8, 8, 1, 1, 1, 1, 0)), 16)).isNull();
    assertThat(WinogradRows.choose(picture(64, 64, new ConvolutionGeometry.Axis(8, 16, 3, 2, 1, 1, 1)), 16)).isNull();
    assertThat(WinogradRows.choose(picture(1, 1, new ConvolutionGeometry.Axis(8, 8, 3, 1, 1, 1, 1)), 16)).isNull();
  }

  private static ConvolutionGeometry picture(int channels, int columns, ConvolutionGeometry.Axis axis) {
    return new ConvolutionGeometry(null, null, false, 1, channels, columns, true, 2, axis, axis);
  }

  private static float[] floats(Random random, int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float combined(double[] coefficients, float[] terms) {
    float sum = 0;
    for (int i = 0; i < terms.length; i++) {
      sum = Math.fma((float) coefficients[i], terms[i], sum);
    }
    return sum;
  }

  private static double plain(double[] x, double[] w, int j) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += w[i] * x[j + i];
    }
    return sum;
  }

  private static double[] correlated(WinogradMatrices way, double[] x, double[] w) {
    var y = new double[way.out()];
    for (int k = 0; k < way.products(); k++) {
      double product = dot(way.filters()[k], w) * dot(way.inputs()[k], x);
      for (int j = 0; j < y.length; j++) {
        y[j] += way.results()[j][k] * product;
      }
    }
    return y;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
