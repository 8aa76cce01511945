package nnc.elaborate;

import nnc.graph.Dim;

/**
 * Between what numbers all elements of a tensor lie, as far as that is known.
 *
 * @param low  the least
 * @param high the largest
 * @param top  null; or a size that is at least as large as the largest, where {@code high} is infinite
 * @param nan  whether one may be no number
 */
record Range(double low, double high, Dim top, boolean nan) {
  static final Range ANY = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, null, true);
  static final Range WHOLE = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, null, false);
  static final Range TRUTH = between(0, 1);

  static Range between(double low, double high) {
    return Double.isNaN(low) || Double.isNaN(high) ? ANY : new Range(low, high, null, false);
  }

  /** The places of an axis. */
  static Range below(Dim size) {
    return size.isConstant() ? between(0, size.fixed() - 1.0) : new Range(0, Double.POSITIVE_INFINITY, size.plus(-1), false);
  }

  /** What either holds. */
  Range or(Range other) {
    return new Range(Math.min(low, other.low), Math.max(high, other.high), higher(other), nan || other.nan);
  }

  /** The larger of two bounds that are sizes or numbers; null if that is not known. */
  private Dim higher(Range other) {
    if (top == null || other.top == null) {
      var open = top == null ? other.top : top;
      double number = top == null ? high : other.high;
      return open != null && isSmall(number) && open.minus(Dim.of((long) Math.ceil(number))).isNatural() ? open : null;
    }
    return top.minus(other.top).isNatural() ? top : other.top.minus(top).isNatural() ? other.top : null;
  }

  /** Of the smaller of two numbers. */
  Range least(Range other) {
    return new Range(Math.min(low, other.low), Math.min(high, other.high), top != null ? top : other.top, nan || other.nan);
  }

  /** Of the larger of two numbers. */
  Range most(Range other) {
    return new Range(Math.max(low, other.low), Math.max(high, other.high), higher(other), nan || other.nan);
  }

  /** Whether each element is a place of an axis, for whatever sizes of at least one. */
  boolean within(Dim size) {
    if (nan || low < 0) {
      return false;
    }
    return size.isConstant() ? high < size.fixed()
        : top != null && size.minus(top).plus(-1).isNatural() || isSmall(high) && size.minus(Dim.of((long) Math.floor(high) + 1)).isNatural();
  }

  /** Whether no element is a place of an axis. */
  boolean outside(Dim size) {
    return high < 0 || size.isConstant() && low >= size.fixed();
  }

  private static boolean isSmall(double number) {
    return Math.abs(number) < 1L << 40;
  }
}
