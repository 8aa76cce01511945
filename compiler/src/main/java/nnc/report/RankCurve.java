package nnc.report;

import java.util.Arrays;

/**
 * Examples of two kinds in the order of their scores. At each score that occurs, from the highest down, all examples with at least that score are taken;
 * equal scores come together, whatever the order of the examples.
 *
 * @param hits   by score, how many positive examples are taken
 * @param misses by score, how many negative ones are
 */
record RankCurve(long[] hits, long[] misses) {

  /** @param positive scores of the positive examples; both arrays are sorted in place */
  static RankCurve of(double[] positive, double[] negative) {
    Arrays.sort(positive);
    Arrays.sort(negative);
    var hits = new long[positive.length + negative.length];
    var misses = new long[hits.length];
    int count = 0;
    int p = positive.length;
    int n = negative.length;
    while (p + n > 0) {
      double score = p == 0 ? negative[n - 1] : n == 0 ? positive[p - 1] : Math.max(positive[p - 1], negative[n - 1]);
      while (p > 0 && positive[p - 1] == score) {
        p--;
      }
      while (n > 0 && negative[n - 1] == score) {
        n--;
      }
      hits[count] = (long) positive.length - p;
      misses[count++] = (long) negative.length - n;
    }
    return new RankCurve(Arrays.copyOf(hits, count), Arrays.copyOf(misses, count));
  }

  private long positives() {
    return hits.length == 0 ? 0 : hits[hits.length - 1];
  }

  private long negatives() {
    return misses.length == 0 ? 0 : misses[misses.length - 1];
  }

  /**
   * The area under the receiver operating characteristic: how often a positive example has a higher score than a negative one, ties counting half
   * (Mann and Whitney 1947). NaN where one kind has no examples.
   */
  double rocArea() {
    if (positives() == 0 || negatives() == 0) {
      return Double.NaN;
    }
    double twice = 0;
    for (int i = 0; i < hits.length; i++) {
      long before = i == 0 ? 0 : hits[i - 1];
      twice += (double) (misses[i] - (i == 0 ? 0 : misses[i - 1])) * (before + hits[i]);
    }
    return twice / 2 / positives() / negatives();
  }

  /**
   * Average precision: the sum over scores of the recall that is gained there times the precision there, without interpolation, which would flatter
   * (Davis and Goadrich 2006). NaN where there is no positive example.
   */
  double averagePrecision() {
    double sum = 0;
    for (int i = 0; i < hits.length; i++) {
      sum += (double) (hits[i] - (i == 0 ? 0 : hits[i - 1])) * hits[i] / (hits[i] + misses[i]);
    }
    return positives() == 0 ? Double.NaN : sum / positives();
  }

  /** True against false positives, as shares of each. */
  ReportChart.Line roc(String name) {
    var x = new double[hits.length + 1];
    var y = new double[hits.length + 1];
    for (int i = 0; i < hits.length; i++) {
      x[i + 1] = (double) misses[i] / negatives();
      y[i + 1] = (double) hits[i] / positives();
    }
    return new ReportChart.Line(name, x, y).thinned();
  }

  /** Precision against recall, in steps: a recall between two scores is had with the precision of the lower one. */
  ReportChart.Line precisionRecall(String name) {
    var x = new double[2 * hits.length];
    var y = new double[2 * hits.length];
    for (int i = 0; i < hits.length; i++) {
      x[2 * i] = i == 0 ? 0 : (double) hits[i - 1] / positives();
      x[2 * i + 1] = (double) hits[i] / positives();
      y[2 * i] = y[2 * i + 1] = (double) hits[i] / (hits[i] + misses[i]);
    }
    return new ReportChart.Line(name, x, y).thinned();
  }
}
