package nnc.analysis;

/**
 * What a value's elements can be, as long as what is fed and kept is finite and nothing overflows by its size alone.
 *
 * @param low   none is less
 * @param high  none is more
 * @param reach whether one may be infinite or NaN all the same: at a pole, by an exponential, from an infinite constant
 */
public record ValueBounds(double low, double high, Reach reach) {
  /** How far elements may be from numbers. */
  public enum Reach {
    FINITE,
    /** Numbers, or minus infinity, as a mask gives to what has no share in a softmax. */
    MINUS_INFINITY,
    /** Infinite either way, or NaN. */
    ANYTHING
  }

  static final ValueBounds ANY = new ValueBounds(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false);
  static final ValueBounds TRUTH = new ValueBounds(0, 1, false);
  static final ValueBounds COUNT = new ValueBounds(0, Double.POSITIVE_INFINITY, false);

  /** Positive numbers below are zero in a network of 32 bits. */
  private static final double MIN_FLOAT = 1e-37;

  ValueBounds(double low, double high, boolean wild) {
    this(low, high, wild ? Reach.ANYTHING : Reach.FINITE);
  }

  static ValueBounds of(double value) {
    double kept = Math.abs(value) < MIN_FLOAT ? 0 : value;
    return new ValueBounds(kept, kept, value == Double.NEGATIVE_INFINITY ? Reach.MINUS_INFINITY : Double.isFinite(value) ? Reach.FINITE : Reach.ANYTHING);
  }

  static ValueBounds between(double low, double high) {
    return new ValueBounds(low, high, false);
  }

  /** Whether one may be infinite or NaN. */
  public boolean wild() {
    return reach != Reach.FINITE;
  }

  ValueBounds tamed(boolean stillWild) {
    return new ValueBounds(low, high, stillWild);
  }

  /** Of a function that is finite where its argument is minus infinity. */
  ValueBounds above(ValueBounds argument) {
    return tamed(argument.reach == Reach.ANYTHING);
  }

  ValueBounds within(Reach other) {
    return new ValueBounds(low, high, reach.compareTo(other) < 0 ? reach : other);
  }

  private Reach beyond(ValueBounds other) {
    return reach.compareTo(other.reach) > 0 ? reach : other.reach;
  }

  public boolean isPositive() {
    return low > 0;
  }

  public boolean isApartFromZero() {
    return low > 0 || high < 0;
  }

  ValueBounds or(ValueBounds other) {
    return new ValueBounds(Math.min(low, other.low), Math.max(high, other.high), beyond(other));
  }

  ValueBounds and(ValueBounds other) {
    return new ValueBounds(Math.max(low, other.low), Math.min(high, other.high), reach);
  }

  ValueBounds negated() {
    return new ValueBounds(-high, -low, wild());
  }

  ValueBounds plus(ValueBounds other) {
    return new ValueBounds(low + other.low, high + other.high, beyond(other)).known();
  }

  ValueBounds times(ValueBounds other) {
    double a = product(low, other.low);
    double b = product(low, other.high);
    double c = product(high, other.low);
    double d = product(high, other.high);
    return new ValueBounds(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)), wild() || other.wild()).known();
  }

  /** Zero times a bound that is none is zero: it stands for numbers. */
  private static double product(double x, double y) {
    return x == 0 || y == 0 ? 0 : x * y;
  }

  ValueBounds over(ValueBounds divisor) {
    if (!divisor.isApartFromZero()) {
      return ANY.tamed(true);
    }
    return times(new ValueBounds(1 / divisor.high, 1 / divisor.low, divisor.wild()));
  }

  /** Without bounds that came out as no numbers. */
  private ValueBounds known() {
    return Double.isNaN(low) || Double.isNaN(high) ? new ValueBounds(ANY.low, ANY.high, reach) : this;
  }

  /** The sum of one or more, each within. */
  ValueBounds summed() {
    return new ValueBounds(low >= 0 ? low : Double.NEGATIVE_INFINITY, high <= 0 ? high : Double.POSITIVE_INFINITY, wild());
  }
}
