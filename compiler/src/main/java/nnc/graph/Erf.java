package nnc.graph;

/** The error function in double, for constants and the interpreter. */
public final class Erf {
  private Erf() {}

  /** By its Maclaurin series below 3 and the continued fraction of erfc above; relative error below 1e-15. */
  public static double of(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    double a = Math.abs(x);
    double value = a < 3 ? series(a) : 1 - complement(a);
    return x < 0 ? -value : value;
  }

  /** {@code 2/sqrt(pi) e^{-x^2} sum 2^n x^{2n+1} / (2n+1)!!}: all terms are positive. Abramowitz and Stegun 7.1.6. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; term > sum * 1e-18; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** erfc by its continued fraction, from the inside out. Abramowitz and Stegun 7.1.14. */
  private static double complement(double x) {
    if (x > 27) {
      return 0;
    }
    double fraction = x;
    for (int k = 60; k >= 1; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  }
}
