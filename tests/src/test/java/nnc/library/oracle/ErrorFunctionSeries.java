package nnc.library.oracle;

/** The error function: its power series (Abramowitz and Stegun 7.1.5) near 0, and the continued fraction of what is left to 1 (7.1.14) elsewhere. */
final class ErrorFunctionSeries {
  private ErrorFunctionSeries() {}

  private static final double NEAR = 2;

  static double of(double x) {
    return Math.abs(x) < NEAR ? series(x) : x < 0 ? tail(-x) - 1 : 1 - tail(x);
  }

  /** 1 - erf(x). */
  static double complement(double x) {
    return Math.abs(x) < NEAR ? 1 - series(x) : x < 0 ? 2 - tail(-x) : tail(x);
  }

  private static double series(double x) {
    double power = x;
    double sum = x;
    for (int n = 1; Math.abs(power) > 1e-18 * Math.abs(x); n++) {
      power *= -x * x / n;
      sum += power / (2 * n + 1);
    }
    return sum * 2 / Math.sqrt(Math.PI);
  }

  /** e^(-x^2) / sqrt(pi) times 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), from the inside. */
  private static double tail(double x) {
    double fraction = x;
    for (int n = 80; n > 0; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }
}
