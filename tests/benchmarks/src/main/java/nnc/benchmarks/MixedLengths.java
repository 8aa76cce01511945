package nnc.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Rows of 5 to 200 steps, each length about as often as the others, in batches. Every engine is given the same ones; what is behind a row's end is for each to leave out. */
final class MixedLengths {
  private MixedLengths() {}

  /** The name of their network. */
  static final String NETWORK = "LEN";

  static final int ROWS = 256, BATCH = 64, LONGEST = 200, CLASSES = 12;
  private static final int SHORTEST = 5, WIDTH = 32;

  /** Odd, so that its multiples take every place of 256. */
  private static final int STRIDE = 67;

  /** The lengths of all rows. Of each {@code pool} that follow each other, those that are about as long stand together, as in nnc's training. */
  private static int[] lengths(int pool) {
    var lengths = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      lengths[i] = SHORTEST + i * STRIDE % ROWS * (LONGEST - SHORTEST) / (ROWS - 1);
    }
    for (int from = 0; from < ROWS; from += pool) {
      Arrays.sort(lengths, from, from + pool);
    }
    return lengths;
  }

  /** The steps of all rows. */
  static int steps() {
    return Arrays.stream(lengths(ROWS)).sum();
  }

  /** What inputs and target of all batches are fed: {@code x0[batch, steps of its longest row, width]}, {@code count0[batch]}, {@code y0[batch, steps]}, and so on. */
  static Map<String, Array> arrays(int pool, long seed) {
    var random = new Random(seed);
    var lengths = lengths(pool);
    var arrays = new LinkedHashMap<String, Array>();
    for (int batch = 0; batch < ROWS / BATCH; batch++) {
      var counts = Arrays.copyOfRange(lengths, batch * BATCH, (batch + 1) * BATCH);
      int longest = Arrays.stream(counts).max().orElseThrow();
      var x = new float[BATCH * longest * WIDTH];
      var y = new float[BATCH * longest];
      var count = new float[BATCH];
      for (int row = 0; row < BATCH; row++) {
        count[row] = counts[row];
        for (int step = row * longest; step < row * longest + counts[row]; step++) {
          y[step] = random.nextInt(CLASSES);
          for (int i = 0; i < WIDTH; i++) {
            x[step * WIDTH + i] = random.nextFloat();
          }
        }
      }
      arrays.put("x" + batch, new Array(x, BATCH, longest, WIDTH));
      arrays.put("count" + batch, new Array(count, BATCH));
      arrays.put("y" + batch, new Array(y, BATCH, longest));
    }
    return arrays;
  }

  /** The batches of {@link #arrays}, by the names of the program. */
  static List<Map<String, Array>> batches(Map<String, Array> arrays) {
    var batches = new ArrayList<Map<String, Array>>();
    for (int batch = 0; batch < ROWS / BATCH; batch++) {
      batches.add(Map.of("x", arrays.get("x" + batch), "count", arrays.get("count" + batch), "y", arrays.get("y" + batch)));
    }
    return batches;
  }
}
