package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;

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

  @Property(tries = 20, seed = "26", shrinking = ShrinkingMode.OFF)
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

  /** Whole numbers that are written are indices wherever these are asked for, alone or in lists; others are refused with their place. */
  @Test
  void areWritten() {
    var written = Piece.of("""
        input x: float[N, 4]
        const order = [3, 0, 2]
        code = embedding(3, 2)
        output taken = take(x, [3, 0, 2], axis = 1)
        output named = take(x, order, axis = 1) + 0 * x[:, 1:]
        output listed = x[:, [3, 0, 2]]
        output nested = take(x, [[3, 0], [2, 2]], axis = 1)
        output single = take(x, 2, axis = 1)
        output gathered = gather(transpose(x[:2]), [[1, 0], [0, 0], [1, 1], [0, 1]])
        output added = scatter_add(zeros(3), [2, 0, 2], [1, 10, 100])
        output coded = code([2, 0]) - code(cast([2.0, 0], int)) + 0 * x[:2, :2]
        """, 1);
    written.feed(2, "x", new double[] {0, 1, 2, 3, 10, 11, 12, 13});
    for (var name : List.of("taken", "named", "listed")) {
      Piece.assertClose(written.predict(name), new double[] {3, 0, 2, 13, 10, 12}, 0);
    }
    Piece.assertClose(written.predict("nested"), new double[] {3, 0, 2, 2, 13, 10, 12, 12}, 0);
    Piece.assertClose(written.predict("single"), new double[] {2, 12}, 0);
    Piece.assertClose(written.predict("gathered"), new double[] {10, 0, 1, 1, 12, 12, 3, 13}, 0);
    Piece.assertClose(written.predict("added"), new double[] {10, 0, 101}, 0);
    Piece.assertClose(written.predict("coded"), new double[4], 0);
    var input = "input x: float[N, 4]\noutput y = ";
    assertThat(Programs.faults(input + "take(x, [0.5, 1], axis = 1)")).contains("an index is int, and this is float[2]");
    assertThat(Programs.faults(input + "x[:, [0, 1.5]]")).contains("an index is int, and this is float[2]");
    assertThat(Programs.faults(input + "x[:, [0, 4]]")).contains("4").contains("test.nn:2");
    assertThat(Programs.faults(input + "take(x, [0, -1], axis = 1)")).contains("-1").contains("test.nn:2");
    assertThat(Programs.faults(input + "x[:, 0] + embedding(4, 1)([1.5])[0, 0]")).contains("embedding takes int[...], and this is float[1]");
    assertThat(Programs.faults(input + "take(x, [0, 4294967297], axis = 0)")).contains("4294967297");
  }
}
