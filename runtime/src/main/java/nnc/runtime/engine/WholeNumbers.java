package nnc.runtime.engine;

import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;

/** What an {@code int} input may be given: whole numbers of its range, which 32 bits hold; and a {@code bool} one: 0 and 1. */
public final class WholeNumbers {
  private WholeNumbers() {}

  /** What is wrong with a number; null if nothing is. */
  public static String fault(Feed feed, double value) {
    if (feed.kind() == ElementKind.BOOL) {
      return value == 0 || value == 1 ? null : value + " is neither 0 nor 1, as false and true are";
    }
    if (value != Math.rint(value) || Double.isInfinite(value)) {
      return value + " is no whole number";
    }
    return value >= Long.MIN_VALUE && value < Long.MAX_VALUE ? fault(feed, (long) value) : beyond(Double.toString(value));
  }

  /** What is wrong with a whole number; null if nothing is. */
  public static String fault(Feed feed, long value) {
    if (feed.kind() == ElementKind.BOOL) {
      return fault(feed, (double) value);
    }
    if (feed.low() < feed.high() && (value < feed.low() || value >= feed.high())) {
      return value + " is none of the " + (feed.high() - feed.low()) + " classes " + feed.low() + " to " + (feed.high() - 1);
    }
    return value != (int) value ? beyond(Long.toString(value)) : null;
  }

  private static String beyond(String value) {
    return value + " is beyond an int's 32 bits";
  }
}
