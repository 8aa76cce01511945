package nnc.report;

import java.util.Arrays;

/** How predicted numbers miss true ones; a residual is truth less prediction. */
final class Residuals {
  private final double[] truth;
  private final double[] prediction;
  private final double[] sorted;

  /** Of elements in turn, as many of one as of the other. */
  Residuals(double[] truth, double[] prediction) {
    this.truth = truth;
    this.prediction = prediction;
    sorted = all();
    Arrays.sort(sorted);
  }

  int count() {
    return truth.length;
  }

  /** One an element, in the elements' order. */
  double[] all() {
    var all = new double[truth.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = truth[i] - prediction[i];
    }
    return all;
  }

  double[] predictions() {
    return prediction;
  }

  /** The mean absolute error. */
  double mae() {
    return Arrays.stream(sorted).map(Math::abs).average().orElse(Double.NaN);
  }

  private double squares() {
    return Arrays.stream(sorted).map(x -> x * x).sum();
  }

  /** The root of the mean squared error. */
  double rmse() {
    return Math.sqrt(squares() / count());
  }

  /** The mean residual: what predictions are too low by. */
  double mean() {
    return Arrays.stream(sorted).average().orElse(Double.NaN);
  }

  /** The coefficient of determination: 1 less the squares of residuals over those of what the truth is from its mean; NaN where that is constant. */
  double r2() {
    double middle = Arrays.stream(truth).average().orElse(Double.NaN);
    double spread = Arrays.stream(truth).map(t -> (t - middle) * (t - middle)).sum();
    return spread == 0 ? Double.NaN : 1 - squares() / spread;
  }

  double medianAbsolute() {
    var sizes = Arrays.stream(sorted).map(Math::abs).sorted().toArray();
    return quantile(sizes, 0.5);
  }

  double largest() {
    return Math.max(Math.abs(sorted[0]), Math.abs(sorted[count() - 1]));
  }

  /** A quantile of the residuals, linear between two (type 7 of Hyndman and Fan 1996). */
  double quantile(double share) {
    return quantile(sorted, share);
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int low = (int) Math.floor(place);
    int high = Math.min(low + 1, sorted.length - 1);
    double part = place - low;
    // an end that is infinite and has no part stays out
    return part == 0 ? sorted[low] : sorted[low] + part * (sorted[high] - sorted[low]);
  }

  /** Of so many bins of equal width from the lowest residual to the highest. */
  ReportChart.Histogram histogram(String title) {
    double low = sorted[0];
    double high = sorted[count() - 1];
    int bins = low == high ? 1 : Math.clamp((int) Math.ceil(Math.sqrt(count())), 5, 40);
    var edges = new double[bins + 1];
    var counts = new double[bins];
    for (int i = 0; i <= bins; i++) {
      edges[i] = low == high ? low - 0.5 + i : low + (high - low) * i / bins;
    }
    for (double residual : sorted) {
      counts[low == high ? 0 : Math.clamp((int) ((residual - low) / (high - low) * bins), 0, bins - 1)]++;
    }
    return new ReportChart.Histogram(title, "truth less prediction", edges, counts);
  }
}
