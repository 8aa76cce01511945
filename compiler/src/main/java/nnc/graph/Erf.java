package nnc.graph;

/** The error function in double, for constants and the interpreter. */
public final class Erf {
  private Erf() {}

  /** By its Maclaurin series below 1 and the continued fraction of erfc above; relative error below 1e-15, zeros keep their sign. */
  public static double of(double x) {
    double a = Math.abs(x);
    return Double.isNaN(x) ? x : Math.copySign(a < 1 ? series(a) : 1 - complement(a), x);
  }

  /** {@code 2/sqrt(pi) e^{-x^2} x (1 + 2x^2/3 (1 + 2x^2/5 (1 + ...)))}: all terms are positive. Abramowitz and Stegun 7.1.6. */
  private static double series(double x) {
    double sum = 1;
    for (int n = 24; n >= 1; n--) {
      sum = 1 + 2 * x * x / (2 * n + 1) * sum;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum * x;
  }

  /** erfc by its continued fraction, from the inside out; what is left out is about {@code e^{-2x sqrt(2k)}}. Abramowitz and Stegun 7.1.14. */
  private static double complement(double x) {
    if (x > 27) {
      return 0;
    }
    double fraction = x;
    for (int k = (int) (10 + 250 / (x * x)); k >= 1; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  }
}
