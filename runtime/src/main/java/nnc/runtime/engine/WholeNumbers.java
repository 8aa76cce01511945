package nnc.runtime.engine;

import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * What an {@code int} input may be given: whole numbers of its range, as far as the network's floats hold every one of them; and a {@code bool} one: 0 and 1.
 */
public final class WholeNumbers {
  private WholeNumbers() {}

  /** From here on doubles do not tell whole numbers from their neighbours. */
  public static final double DOUBLES = 0x1p53;

  /** What is wrong with a number; null if nothing is. */
  public static String fault(Feed feed, double value, int precision) {
    if (feed.kind() == ElementKind.BOOL) {
      return value == 0 || value == 1 ? null : value + " is neither 0 nor 1, as false and true are";
    }
    if (value != Math.rint(value) || Double.isInfinite(value)) {
      return value + " is no whole number";
    }
    return Math.abs(value) > DOUBLES ? beyond(value < Long.MAX_VALUE && value > Long.MIN_VALUE ? Long.toString((long) value) : Double.toString(value), precision)
        : fault(feed, (long) value, precision);
  }

  /** What is wrong with a whole number; null if nothing is. */
  public static String fault(Feed feed, long value, int precision) {
    if (feed.kind() == ElementKind.BOOL) {
      return fault(feed, (double) value, precision);
    }
    if (feed.low() < feed.high() && (value < feed.low() || value >= feed.high())) {
      return value + " is none of the " + (feed.high() - feed.low()) + " classes " + feed.low() + " to " + (feed.high() - 1);
    }
    long limit = 1L << digits(precision);
    return value > limit || value < -limit ? beyond(Long.toString(value), precision) : null;
  }

  private static String beyond(String value, int precision) {
    return value + " is beyond 2^" + digits(precision) + " and not exact in " + precision + " bits";
  }

  /** Binary digits of a float's whole numbers. */
  private static int digits(int precision) {
    return precision == 32 ? 24 : 53;
  }
}
