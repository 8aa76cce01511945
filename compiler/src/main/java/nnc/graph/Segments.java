package nnc.graph;

import java.util.Optional;

/**
 * The turns of a loop, cut into as many segments as each has turns, and the turns that are left behind them: with {@code k = isqrt(T)}, {@code T = k k + rest}, where the rest is no
 * more than {@code 2 k}.
 *
 * @param length turns of a segment, and how many segments there are
 * @param rest   turns behind them
 */
public record Segments(Dim length, Dim rest) {
  /** What the names of segments, of their turns, and of the turns behind them have behind the name of the loop's turn. */
  private static final String SEGMENT = "/", WITHIN = "|", REST = ".";
  /** Of fewer turns nothing is gained. */
  private static final long LEAST = 9;
  /** Of {@code T - 1} turns there may be none, of {@code T - 3} two less than none: by so much they may be less than one. */
  private static final int MOST_LESS = 3;

  /** Empty if it is not known that there are any turns, or that there are enough. */
  public static Optional<Segments> of(Dim turns) {
    if (turns.isConstant()) {
      // some are left
      return turns.constant().getAsLong() < LEAST ? Optional.empty() : Optional.of(of(turns, turns.plus(-1).root()));
    }
    if (turns.plus(-1).isNatural()) {
      return Optional.of(of(turns, turns.root()));
    }
    for (int more = 1; more <= MOST_LESS; more++) {
      var one = turns.plus(more);
      if (one.plus(-1).isNatural()) {
        // k = isqrt(T + m) - 1 is zero, or has k^2 <= T + m + 1 - 2 isqrt(T + m) <= T + m - 3
        return Optional.of(of(turns, one.root().plus(-1)));
      }
    }
    return Optional.empty();
  }

  private static Segments of(Dim turns, Dim length) {
    return new Segments(length, turns.minus(length.times(length)));
  }

  /** Turns of all segments together. */
  public Dim cut() {
    return length.times(length);
  }

  /** The open dimension that counts segments. */
  public static String segment(String turn) {
    return turn + SEGMENT;
  }

  /** That which counts the turns of a segment. */
  public static String within(String turn) {
    return turn + WITHIN;
  }

  /** That which counts the turns behind the segments. */
  public static String rest(String turn) {
    return turn + REST;
  }

  /** Whether it is one of these. */
  public static boolean isSegment(String turn) {
    return turn.endsWith(SEGMENT) || turn.endsWith(WITHIN) || turn.endsWith(REST);
  }

  /** The turn of the loop, from 1, that is one of a segment's, both counted from 1. */
  public Dim turn(Dim segment, Dim within) {
    return segment.plus(-1).times(length).plus(within);
  }
}
