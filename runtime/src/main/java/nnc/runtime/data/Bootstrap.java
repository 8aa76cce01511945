package nnc.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * As many rows as there are, each drawn from all of them, so that some come several times and about 37 of a hundred never (Efron's bootstrap); and those
 * that never come, for the same seed.
 */
final class Bootstrap implements DerivedTable {
  @Override
  public Table of(String source, SourceArguments arguments, List<Table> of, Map<String, Feed> feeds) {
    long seed = arguments.whole("seed", 0);
    arguments.end();
    Table whole = of.get(0);
    int size = whole.size();
    var random = new Generator("bootstrap", seed);
    int[] drawn = new int[size];
    for (int i = 0; i < size; i++) {
      drawn[i] = random.below(size);
    }
    Arrays.sort(drawn);
    int[] places = source.equals("bootstrap") ? drawn : absent(drawn);
    if (places.length == 0) {
      throw arguments.fault("each of the " + size + " rows of " + whole.origin() + " was drawn");
    }
    int[] rows = new int[places.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = whole.rows()[places[i]];
    }
    return whole.select(rows);
  }

  /** The numbers below the length that are not there. */
  private static int[] absent(int[] sorted) {
    int[] absent = new int[sorted.length];
    int count = 0;
    int next = 0;
    for (int i = 0; i < sorted.length; i++) {
      while (next < sorted.length && sorted[next] < i) {
        next++;
      }
      if (next == sorted.length || sorted[next] > i) {
        absent[count++] = i;
      }
    }
    return Arrays.copyOf(absent, count);
  }
}
