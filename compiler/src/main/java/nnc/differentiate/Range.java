package nnc.differentiate;

/**
 * What a value's elements can be, as long as what is fed and kept is finite and nothing overflows by its size alone.
 *
 * @param low  none is less
 * @param high none is more
 * @param wild whether one may be infinite or NaN all the same: at a pole, by an exponential, from an infinite constant
 */
record Range(double low, double high, boolean wild) {
  static final Range ANY = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false);
  static final Range TRUTH = new Range(0, 1, false);
  static final Range COUNT = new Range(0, Double.POSITIVE_INFINITY, false);

  /** Positive numbers below are zero in a network of 32 bits. */
  private static final double LEAST = 1e-37;

  static Range of(double value) {
    double kept = Math.abs(value) < LEAST ? 0 : value;
    return new Range(kept, kept, !Double.isFinite(value));
  }

  static Range between(double low, double high) {
    return new Range(low, high, false);
  }

  Range tamed(boolean stillWild) {
    return new Range(low, high, stillWild);
  }

  boolean isPositive() {
    return low > 0;
  }

  boolean isApartFromZero() {
    return low > 0 || high < 0;
  }

  Range or(Range other) {
    return new Range(Math.min(low, other.low), Math.max(high, other.high), wild || other.wild);
  }

  Range and(Range other) {
    return new Range(Math.max(low, other.low), Math.min(high, other.high), wild);
  }

  Range negated() {
    return new Range(-high, -low, wild);
  }

  Range plus(Range other) {
    return new Range(low + other.low, high + other.high, wild || other.wild).known();
  }

  Range times(Range other) {
    double a = product(low, other.low);
    double b = product(low, other.high);
    double c = product(high, other.low);
    double d = product(high, other.high);
    return new Range(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)), wild || other.wild).known();
  }

  /** Zero times a bound that is none is zero: it stands for numbers. */
  private static double product(double x, double y) {
    return x == 0 || y == 0 ? 0 : x * y;
  }

  Range over(Range divisor) {
    if (!divisor.isApartFromZero()) {
      return ANY.tamed(true);
    }
    return times(new Range(1 / divisor.high, 1 / divisor.low, divisor.wild));
  }

  /** Without bounds that came out as no numbers. */
  private Range known() {
    return Double.isNaN(low) || Double.isNaN(high) ? ANY.tamed(wild) : this;
  }

  /** The sum of one or more, each within. */
  Range summed() {
    return new Range(low >= 0 ? low : Double.NEGATIVE_INFINITY, high <= 0 ? high : Double.POSITIVE_INFINITY, wild);
  }
}
