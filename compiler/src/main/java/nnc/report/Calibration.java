package nnc.report;

/**
 * How often what is said with some probability is so, in bins of equal width: of probabilities in (i / n, (i + 1) / n], the first with 0.
 *
 * @param counts    by bin
 * @param said      by bin, the mean probability
 * @param happened  by bin, the share of examples where it was so
 * @param brier     the mean square of what probability and truth are apart
 */
record Calibration(long[] counts, double[] said, double[] happened, double brier) {
  /** As Guo et al. 2017 have it. */
  private static final int BINS = 15;

  static Calibration of(double[] probability, boolean[] truth) {
    var counts = new long[BINS];
    var said = new double[BINS];
    var happened = new double[BINS];
    double squares = 0;
    for (int i = 0; i < probability.length; i++) {
      int bin = bin(probability[i]);
      counts[bin]++;
      said[bin] += probability[i];
      happened[bin] += truth[i] ? 1 : 0;
      double off = probability[i] - (truth[i] ? 1 : 0);
      squares += off * off;
    }
    for (int bin = 0; bin < BINS; bin++) {
      said[bin] /= counts[bin];
      happened[bin] /= counts[bin];
    }
    return new Calibration(counts, said, happened, squares / probability.length);
  }

  private static int bin(double probability) {
    return Math.clamp((int) Math.ceil(probability * BINS) - 1, 0, BINS - 1);
  }

  /** The expected calibration error: the mean over examples of how far their bin's share is from its mean probability (Naeini et al. 2015). */
  double expectedError() {
    double sum = 0;
    long all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += counts[bin] == 0 ? 0 : counts[bin] * Math.abs(happened[bin] - said[bin]);
      all += counts[bin];
    }
    return sum / all;
  }

  /** The bin that is furthest off. */
  double largestError() {
    double most = 0;
    for (int bin = 0; bin < BINS; bin++) {
      most = counts[bin] == 0 ? most : Math.max(most, Math.abs(happened[bin] - said[bin]));
    }
    return most;
  }
}
