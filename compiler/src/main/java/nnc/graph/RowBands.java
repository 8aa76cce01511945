package nnc.graph;

import java.util.List;

/** Into how many bands of equal height a picture's rows are cut, for threads that share an example. */
public final class RowBands {
  /** The best first: few, but even for a few threads. */
  private static final List<Integer> COUNTS = List.of(4, 5, 6, 7, 3, 2);

  private RowBands() {}

  /** The counts that cut so many pieces evenly, the best first. */
  public static List<Integer> counts(int pieces) {
    return COUNTS.stream().filter(count -> pieces % count == 0).toList();
  }
}
