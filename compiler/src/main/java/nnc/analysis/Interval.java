package nnc.analysis;

import nnc.graph.Dim;

/**
 * Between what numbers all elements of a tensor lie, as far as that is known.
 *
 * @param low  the least
 * @param high the largest
 * @param top  null; or a size that is at least as large as the largest, where {@code high} is no bound that tells
 * @param nan  whether one may be no number
 */
public record Interval(double low, double high, Dim top, boolean nan) {
  /** What no size that is a polynomial in sizes of arrays comes to: sums and products of sizes are numbers. */
  static final double LARGEST_SIZE = 0x1p62;

  public static final Interval ANY = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, null, true);
  public static final Interval WHOLE = between(Integer.MIN_VALUE, Integer.MAX_VALUE);
  static final Interval TRUTH = between(0, 1);

  static Interval between(double low, double high) {
    return Double.isNaN(low) || Double.isNaN(high) ? ANY : new Interval(low, high, null, false);
  }

  /** The places of an axis. */
  static Interval below(Dim size) {
    return size.isConstant() ? between(0, size.fixed() - 1.0) : new Interval(0, LARGEST_SIZE, size.plus(-1), false);
  }

  /** A size as a number. */
  static Interval size(Dim size) {
    return new Interval(size.plus(-1).isNatural() ? 1 : 0, LARGEST_SIZE, size, false);
  }

  /** Of whole numbers, which wrap around where they leave 32 bits; an axis has fewer places than these count. */
  Interval wrapped() {
    return low >= Integer.MIN_VALUE && (high <= Integer.MAX_VALUE || top != null) ? this : new Interval(WHOLE.low, WHOLE.high, null, nan);
  }

  /** Of floats that become whole numbers: beyond 32 bits they are the nearest there are. */
  Interval saturated() {
    return new Interval(Math.clamp(low, WHOLE.low, WHOLE.high), high <= WHOLE.high || top == null ? Math.clamp(high, WHOLE.low, WHOLE.high) : high, top, nan);
  }

  /** What either holds. */
  public Interval or(Interval other) {
    return new Interval(Math.min(low, other.low), Math.max(high, other.high), higher(other), nan || other.nan);
  }

  /** The larger of two bounds that are sizes or numbers; null if that is not known. */
  private Dim higher(Interval other) {
    if (top == null || other.top == null) {
      var open = top == null ? other.top : top;
      double number = top == null ? high : other.high;
      return open != null && isSmall(number) && open.minus(Dim.of((long) Math.ceil(number))).isNatural() ? open : null;
    }
    return top.minus(other.top).isNatural() ? top : other.top.minus(top).isNatural() ? other.top : null;
  }

  /** Of the smaller of two numbers. */
  Interval least(Interval other) {
    boolean others = top == null || other.top != null && top.minus(other.top).isNatural();
    return new Interval(Math.min(low, other.low), Math.min(high, other.high), others ? other.top : top, nan || other.nan);
  }

  /** Of the larger of two numbers. */
  Interval most(Interval other) {
    return new Interval(Math.max(low, other.low), Math.max(high, other.high), higher(other), nan || other.nan);
  }

  /** Whether each element is a place of an axis, for whatever sizes of at least one. */
  public boolean within(Dim size) {
    if (nan || low < 0) {
      return false;
    }
    return size.isConstant() ? high < size.fixed()
        : top != null && size.minus(top).plus(-1).isNatural() || isSmall(high) && size.minus(Dim.of((long) Math.floor(high) + 1)).isNatural();
  }

  /** Whether no element is a place of an axis. */
  public boolean outside(Dim size) {
    return high < 0 || size.isConstant() && low >= size.fixed();
  }

  private static boolean isSmall(double number) {
    return Math.abs(number) < 1L << 40;
  }
}
