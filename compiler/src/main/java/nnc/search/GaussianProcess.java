package nnc.search;

import java.util.Arrays;
import java.util.Random;
import nnc.graph.Erf;

/**
 * A Gaussian process of mean zero with the Matérn kernel of 5/2 and a length for each coordinate (Rasmussen and Williams 2006: equations 2.25, 2.26
 * and 2.30 by algorithm 2.1, kernel 4.17). The variance of the signal is the one that makes the values most likely.
 */
final class GaussianProcess {
  private static final double SHORTEST = 0.05, LONGEST = 5, USUAL_LENGTH = 0.5, QUIETEST = 1e-6, USUAL_NOISE = 1e-2;
  private static final int DRAWS = 150, STEPS = 150;

  private final double[][] places;
  private final double[] lengths;
  /** Lower triangle L of K + noise I = L L'. */
  private final double[][] factor;
  /** (K + noise I)^-1 values. */
  private final double[] weights;
  private final double signal;

  /**
   * What is known of a function after some of its values.
   *
   * @param places  a row a value
   * @param lengths of the coordinates: over so much the function changes
   * @param noise   variance of the values about the function, as a share of the signal's
   */
  GaussianProcess(double[][] places, double[] values, double[] lengths, double noise) {
    this.places = places;
    this.lengths = lengths;
    int n = values.length;
    var kernel = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        kernel[i][j] = correlation(places[i], places[j]) + (i == j ? noise : 0);
      }
    }
    factor = cholesky(kernel);
    weights = backward(forward(values));
    double square = 0;
    for (int i = 0; i < n; i++) {
      square += values[i] * weights[i];
    }
    signal = Math.max(square / n, Double.MIN_NORMAL);
  }

  /** The process that is most likely of some, with a mild belief that functions change over half of a range and values have little noise. */
  static GaussianProcess fit(double[][] places, double[] values, Random random) {
    int size = places[0].length + 1;
    double[] best = new double[size];
    Arrays.fill(best, Math.log(USUAL_LENGTH));
    best[size - 1] = Math.log(USUAL_NOISE);
    double most = belief(places, values, best);
    for (int i = 0; i < DRAWS + STEPS; i++) {
      var other = new double[size];
      for (int k = 0; k < size; k++) {
        double low = Math.log(k < size - 1 ? SHORTEST : QUIETEST);
        double high = Math.log(k < size - 1 ? LONGEST : 1);
        other[k] = Math.clamp(i < DRAWS ? low + random.nextDouble() * (high - low) : best[k] + random.nextGaussian() * (high - low) / 20, low, high);
      }
      double likely = belief(places, values, other);
      if (likely > most) {
        most = likely;
        best = other;
      }
    }
    return of(places, values, best);
  }

  /** @param logs of the lengths, then of the noise */
  private static GaussianProcess of(double[][] places, double[] values, double[] logs) {
    var lengths = new double[logs.length - 1];
    for (int k = 0; k < lengths.length; k++) {
      lengths[k] = Math.exp(logs[k]);
    }
    return new GaussianProcess(places, values, lengths, Math.exp(logs[lengths.length]));
  }

  private static double belief(double[][] places, double[] values, double[] logs) {
    double sum = of(places, values, logs).logLikelihood();
    for (int k = 0; k < logs.length - 1; k++) {
      double off = logs[k] - Math.log(USUAL_LENGTH);
      sum -= off * off / 2;
    }
    double off = (logs[logs.length - 1] - Math.log(USUAL_NOISE)) / 2;
    return sum - off * off / 2;
  }

  /** How likely the values are. */
  double logLikelihood() {
    double half = 0;
    for (int i = 0; i < factor.length; i++) {
      half += Math.log(factor[i][i]);
    }
    int n = factor.length;
    return -0.5 * n - half - 0.5 * n * Math.log(2 * Math.PI * signal);
  }

  /** Of the function, not of a value with its noise. */
  record Estimate(double mean, double deviation) {}

  /** The function's value at a place. */
  Estimate at(double[] place) {
    int n = factor.length;
    var near = new double[n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      near[i] = correlation(place, places[i]);
      mean += near[i] * weights[i];
    }
    double known = 0;
    for (double v : forward(near)) {
      known += v * v;
    }
    return new Estimate(mean, Math.sqrt(Math.max(0, signal * (1 - known))));
  }

  /** What is expected to be gained below {@code least} (Jones, Schonlau and Welch 1998, equation 15). */
  static double expectedImprovement(Estimate estimate, double least) {
    double gain = least - estimate.mean;
    if (estimate.deviation == 0) {
      return Math.max(0, gain);
    }
    double z = gain / estimate.deviation;
    double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    return Math.max(0, gain * (1 + Erf.of(z / Math.sqrt(2))) / 2 + estimate.deviation * density);
  }

  private double correlation(double[] a, double[] b) {
    double square = 0;
    for (int k = 0; k < a.length; k++) {
      double off = (a[k] - b[k]) / lengths[k];
      square += off * off;
    }
    double far = Math.sqrt(5 * square);
    return (1 + far + far * far / 3) * Math.exp(-far);
  }

  /** Of a matrix whose lower triangle is given; noise keeps it positive definite. */
  private static double[][] cholesky(double[][] matrix) {
    int n = matrix.length;
    var lower = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / lower[j][j];
      }
    }
    return lower;
  }

  /** Solves L x = b. */
  private double[] forward(double[] b) {
    var x = new double[b.length];
    for (int i = 0; i < b.length; i++) {
      double sum = b[i];
      for (int k = 0; k < i; k++) {
        sum -= factor[i][k] * x[k];
      }
      x[i] = sum / factor[i][i];
    }
    return x;
  }

  /** Solves L' x = b. */
  private double[] backward(double[] b) {
    var x = new double[b.length];
    for (int i = b.length - 1; i >= 0; i--) {
      double sum = b[i];
      for (int k = i + 1; k < b.length; k++) {
        sum -= factor[k][i] * x[k];
      }
      x[i] = sum / factor[i][i];
    }
    return x;
  }
}
