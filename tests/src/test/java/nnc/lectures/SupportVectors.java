package nnc.lectures;

/** A linear support vector machine without bias by dual coordinate descent (Hsieh et al. 2008), as an oracle. */
final class SupportVectors {
  private SupportVectors() {}

  /** The minimum of the mean hinge loss plus {@code lambda / 2 |w|^2}; rows of {@code size} numbers, truth 1 or -1. */
  static double[] solve(double[] rows, double[] truth, int size, double lambda) {
    int n = truth.length;
    double most = 1 / (lambda * n);
    var dual = new double[n];
    var w = new double[size];
    for (int turn = 0; turn < 20_000; turn++) {
      for (int i = 0; i < n; i++) {
        double score = 0;
        double square = 0;
        for (int k = 0; k < size; k++) {
          score += w[k] * rows[size * i + k];
          square += rows[size * i + k] * rows[size * i + k];
        }
        double next = Math.clamp(dual[i] + (1 - truth[i] * score) / square, 0, most);
        for (int k = 0; k < size; k++) {
          w[k] += (next - dual[i]) * truth[i] * rows[size * i + k];
        }
        dual[i] = next;
      }
    }
    return w;
  }
}
