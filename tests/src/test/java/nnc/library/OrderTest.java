package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.endtoend.Programs;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Order along an axis: whatever the numbers are, places are a permutation; equals (zeros of either sign, NaNs) keep their order, and NaN is the
 * largest. Oracle: Java's stable sort.
 */
class OrderTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  /** Few different numbers, so that most are equal to others; now and then any. */
  private static double[] awkward(int size, Random random) {
    double[] few = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1, -1, Float.MAX_VALUE, -Float.MAX_VALUE, (float) 1e-40};
    int kinds = 1 + random.nextInt(few.length);
    return IntStream.range(0, size).mapToDouble(_ -> random.nextInt(3) == 0 ? (float) random.nextGaussian() : few[random.nextInt(kinds)]).toArray();
  }

  private static int compare(double a, double b) {
    return a < b ? -1 : a > b ? 1 : Boolean.compare(Double.isNaN(a), Double.isNaN(b));
  }

  /** Along the middle axis of {@code [n, size, inner]}, the places that sort it. */
  private static double[] order(double[] x, int size, int inner, boolean descending) {
    var places = new double[x.length];
    for (int start = 0; start < x.length; start++) {
      if (start / inner % size == 0) {
        int from = start;
        Comparator<Integer> by = (p, q) -> compare(x[from + p * inner], x[from + q * inner]);
        var sorted = IntStream.range(0, size).boxed().sorted(descending ? by.reversed() : by).toList();
        for (int i = 0; i < size; i++) {
          places[from + i * inner] = sorted.get(i);
        }
      }
    }
    return places;
  }

  private static double[] taken(double[] x, double[] places, int size, int inner) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i / (size * inner) * size * inner + (int) places[i] * inner + i % inner]).toArray();
  }

  private static double[] first(double[] x, int size, int inner, int count) {
    return IntStream.range(0, x.length).filter(i -> i / inner % size < count).mapToDouble(i -> x[i]).toArray();
  }

  private record Program(String source, int size, int inner, int top) {
    static Program of(int size, int inner, int top) {
      return new Program("""
          input x: float[N, %1$d, %2$d]
          output up = sort(x, 1)
          output up_index = sort_index(x, 1)
          output down = sort(x, axis = 1, descending = true)
          output down_index = sort_index(x, axis = 1, descending = true)
          output top = top_k(transpose(x, [0, 2, 1]), %3$d)
          output top_index = top_k_index(transpose(x, [0, 2, 1]), %3$d)
          """.formatted(size, inner, top), size, inner, top);
    }

    Map<String, double[]> expected(double[] x) {
      var up = order(x, size, inner, false);
      var down = order(x, size, inner, true);
      int rows = x.length / size / inner;
      return Map.of("up", taken(x, up, size, inner), "up_index", up, "down", taken(x, down, size, inner), "down_index", down,
          "top", turned(first(taken(x, down, size, inner), size, inner, top), rows), "top_index", turned(first(down, size, inner, top), rows));
    }

    /** {@code [rows, top, inner] -> [rows, inner, top]}. */
    private double[] turned(double[] x, int rows) {
      return IntStream.range(0, x.length).mapToDouble(i -> x[i / (top * inner) * top * inner + i % top * inner + i / top % inner]).toArray();
    }
  }

  private static void assertSame(double[] actual, double[] expected, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Double.compare(actual[i], expected[i])).as("%s [%d]: %s, and should be %s", what, i, actual[i], expected[i]).isZero();
    }
  }

  @Property(tries = 12, seed = "26", shrinking = ShrinkingMode.OFF)
  void isStableWithNaNLargest(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 3) int inner, @ForAll boolean wide) {
    var random = new Random(seed);
    var program = Program.of(size, inner, 1 + random.nextInt(size));
    var compiled = Programs.compile(program.source, wide ? 64 : 32);
    var x = awkward(3 * size * inner, random);
    var expected = program.expected(x);
    for (var width : WIDTHS) {
      expected.forEach((output, values) -> assertSame(Programs.predict(compiled, width, "x", x, 3, output), values, output + " at " + width));
    }
    interpreted(compiled.stages().get("predict").elaborated(), x).forEach((output, values) -> assertSame(values, expected.get(output), output + " interpreted"));
  }

  private static Map<String, double[]> interpreted(Graph graph, double[] x) {
    var values = new Interpreter(Map.of("N", 3), op -> op instanceof Op.Input ? x : new double[0], 1, 1, 0).run(graph);
    var results = new java.util.TreeMap<String, double[]>();
    graph.results().forEach(result -> results.put(result.name(), values.get(result.node()).values()));
    return results;
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 127, 128, 129, 257, 600, 1025})
  void ofLongRowsToo(int size) {
    var random = new Random(size);
    var program = Program.of(size, 2, 3);
    var compiled = Programs.compile(program.source, 32);
    var x = awkward(2 * size * 2, random);
    for (var width : List.of("Scalar", "512")) {
      program.expected(x).forEach((output, values) -> assertSame(Programs.predict(compiled, width, "x", x, 2, output), values, output + " at " + width));
    }
  }

  /** Along the batch, whose length is not known before it is fed. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 64, 300})
  void alongTheBatch(int size) throws Exception {
    var compiled = Programs.compile("""
        input x: float[N, 2]
        output up = sort(x, axis = 0)
        output up_index = sort_index(x, axis = 0)
        """, 64);
    var x = awkward(size * 2, new Random(size));
    var up = order(x, size, 2, false);
    for (var width : WIDTHS) {
      assertSame(Programs.predict(compiled, width, "x", x, size, "up_index"), up, "up_index at " + width);
      assertSame(Programs.predict(compiled, width, "x", x, size, "up"), taken(x, up, size, 2), "up at " + width);
    }
  }

  @Property(tries = 12, seed = "26", shrinking = ShrinkingMode.OFF)
  void gradientsGoWhereTheElementsCameFrom(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 2, max = 30) int size,
      @ForAll boolean descending) {
    var random = new Random(seed);
    int top = 1 + random.nextInt(size);
    var compiled = Programs.compile("""
        input x: float[N, %d]
        w = sin(range(%d) + 1.0)
        output all = grad(sum(sort(x, descending = %s) * w), x)
        output top = grad(sum(top_k(x, %d) * w[:%d]), x)
        """.formatted(size, size, descending, top, top), 64);
    var x = awkward(3 * size, random);
    var all = new double[x.length];
    var best = new double[x.length];
    var order = order(x, size, 1, descending);
    var down = order(x, size, 1, true);
    for (int i = 0; i < x.length; i++) {
      int row = i / size * size;
      all[row + (int) order[i]] = Math.sin(i % size + 1);
      best[row + (int) down[i]] = i % size < top ? Math.sin(i % size + 1) : 0;
    }
    for (var width : WIDTHS) {
      Piece.assertClose(Programs.predict(compiled, width, "x", x, 3, "all"), all, 1e-14);
      Piece.assertClose(Programs.predict(compiled, width, "x", x, 3, "top"), best, 1e-14);
    }
  }

  /** The largest and the smallest of a row with NaN are NaN, and stand where its first NaN does. */
  @Property(tries = 12, seed = "26", shrinking = ShrinkingMode.OFF)
  void extremesOfRowsWithNaN(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 70) int size, @ForAll boolean wide) {
    var compiled = Programs.compile("""
        input x: float[N, %d]
        output high = max(x, axis = 1)
        output low = min(x, axis = 1)
        output highest = argmax(x)
        output lowest = argmin(x)
        output pair = maximum(x[:, 0], x[:, -1]) + minimum(x[:, -1], x[:, 0])
        """.formatted(size), wide ? 64 : 32);
    int rows = 5;
    var x = awkward(rows * size, new Random(seed));
    for (var width : WIDTHS) {
      Map<String, double[]> found = new java.util.TreeMap<>();
      List.of("high", "low", "highest", "lowest", "pair").forEach(name -> found.put(name, Programs.predict(compiled, width, "x", x, rows, name)));
      for (int row = 0; row < rows; row++) {
        int from = row * size;
        var up = IntStream.range(0, size).boxed().sorted((p, q) -> compare(x[from + p], x[from + q])).toList();
        int nan = IntStream.range(0, size).filter(i -> Double.isNaN(x[from + i])).findFirst().orElse(-1);
        int high = nan >= 0 ? nan : up.stream().filter(i -> x[from + i] == x[from + up.getLast()]).findFirst().orElseThrow();
        int low = nan >= 0 ? nan : up.getFirst();
        double ends = x[from] + x[from + size - 1];
        assertThat(found.get("highest")[row]).as("highest at %s", width).isEqualTo(high);
        assertThat(found.get("lowest")[row]).as("lowest at %s", width).isEqualTo(low);
        // 0.0 and -0.0 are equal
        assertThat(Double.compare(found.get("high")[row] + 0.0, x[from + high] + 0.0)).as("high at %s", width).isZero();
        assertThat(Double.compare(found.get("low")[row] + 0.0, x[from + low] + 0.0)).as("low at %s", width).isZero();
        assertThat(Double.compare(found.get("pair")[row] + 0.0, wide ? ends + 0.0 : (float) ends + 0.0)).as("pair at %s", width).isZero();
      }
    }
  }
}
