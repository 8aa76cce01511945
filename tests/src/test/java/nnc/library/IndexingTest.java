package nnc.library;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Elements taken from and added to computed places, as torch.gather, torch.scatter_add and numpy.take do it. */
class IndexingTest {
  private static final int ROWS = 4;
  private static final int COLUMNS = 5;

  private final Piece gathered = Piece.of("""
      input x: float[N, 4, 5]
      input m: int[N, 4, 5]
      output rows = gather(sin(x), m, axis = 1) * cos(x)
      output columns = gather(sin(x), m) * cos(x)
      output part = gather(x, m[:, :3, :2], axis = 1)
      output added = scatter_add(x, m, sin(x), axis = 1)
      output slope = grad(sum(scatter_add(zeros(N, 4, 5), m, x * x) * cos(x)), x)
      output taken = take(sin(x), m[0, 0], axis = 1)
      output named = cast(x > 0, int) + cast(cast(m, float) / 2, bool)
      """, 1);

  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void places(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 4) int n) {
    var random = new Random(seed);
    int size = n * ROWS * COLUMNS;
    double[] x = gathered.feed(n, "x", size, random);
    double[] m = random.ints(size, 0, ROWS).asDoubleStream().toArray();
    gathered.feed(n, "m", m);
    var rows = new double[size];
    var columns = new double[size];
    var added = x.clone();
    var sums = new double[size];
    for (int i = 0; i < size; i++) {
      int picture = i / (ROWS * COLUMNS) * ROWS * COLUMNS;
      int column = i % COLUMNS;
      int above = picture + (int) m[i] * COLUMNS + column;
      int beside = i - column + (int) m[i];
      rows[i] = Math.sin(x[above]) * Math.cos(x[i]);
      columns[i] = Math.sin(x[beside]) * Math.cos(x[i]);
      added[above] += Math.sin(x[i]);
      sums[beside] += x[i] * x[i];
    }
    Piece.assertClose(gathered.predict("rows"), rows, 1e-14);
    Piece.assertClose(gathered.predict("columns"), columns, 1e-14);
    Piece.assertClose(gathered.predict("added"), added, 1e-14);
    var slope = new double[size];
    for (int i = 0; i < size; i++) {
      slope[i] = 2 * x[i] * Math.cos(x[i - i % COLUMNS + (int) m[i]]) - sums[i] * Math.sin(x[i]);
    }
    Piece.assertClose(gathered.predict("slope"), slope, 1e-13);
    parts(x, m, n);
  }

  private void parts(double[] x, double[] m, int n) {
    var part = new double[n * 6];
    var taken = new double[n * COLUMNS * COLUMNS];
    for (int i = 0; i < part.length; i++) {
      int at = i / 6 * 20;
      part[i] = x[at + (int) m[at + i % 6 / 2 * COLUMNS + i % 2] * COLUMNS + i % 2];
    }
    for (int i = 0; i < taken.length; i++) {
      int picture = i / 25;
      taken[i] = Math.sin(x[picture * 20 + (int) m[i % 25 / COLUMNS] * COLUMNS + i % COLUMNS]);
    }
    Piece.assertClose(gathered.predict("part"), part, 0);
    Piece.assertClose(gathered.predict("taken"), taken, 1e-14);
    var named = new double[x.length];
    for (int i = 0; i < named.length; i++) {
      named[i] = (x[i] > 0 ? 1 : 0) + (m[i] != 0 ? 1 : 0);
    }
    Piece.assertClose(gathered.predict("named"), named, 0);
  }
}
