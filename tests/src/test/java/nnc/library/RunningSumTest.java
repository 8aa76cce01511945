package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Running sums along any axis, forward and from the end, and their gradients. Oracles: sums without rounding, the interpreter bit by bit. */
class RunningSumTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  private static String program(int rows, int columns) {
    return """
        input x: float[N, %d, %d]
        w = sin(range(%d) + 0.5)
        output first = cumsum(x, 0)
        output middle = cumsum(x, axis = 1)
        output last = cumsum(x)
        output back = cumsum(2 * x, axis = 1, reverse = true)
        output turned = cumsum(transpose(x, [1, 0, 2]), axis = 0, reverse = true)
        output slope = grad(sum(cumsum(x, axis = 1) * expand(w, 1)), x)
        output slope_back = grad(sum(cumsum(x, axis = 0, reverse = true) * expand(w, 1)), x)
        """.formatted(rows, columns, rows);
  }

  /** Exact sums along an axis of which {@code size} elements lie {@code step} apart, rounded at the end. */
  private static double[] sums(double[] x, int size, int step, boolean reverse) {
    var sums = new double[x.length];
    for (int start = 0; start < x.length; start++) {
      if (start / step % size == 0) {
        var sum = BigDecimal.ZERO;
        for (int k = 0; k < size; k++) {
          int at = start + (reverse ? size - 1 - k : k) * step;
          sum = sum.add(new BigDecimal(x[at]));
          sums[at] = sum.doubleValue();
        }
      }
    }
    return sums;
  }

  private static double[] weights(int n, int rows, int columns) {
    return IntStream.range(0, n * rows * columns).mapToDouble(i -> Math.sin(i / columns % rows + 0.5)).toArray();
  }

  private static double[] turned(double[] x, int n, int rows, int columns) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i / columns % n * rows * columns + i / (n * columns) * columns + i % columns]).toArray();
  }

  @Property(tries = 10, seed = "26", shrinking = ShrinkingMode.OFF)
  void alongAnyAxis(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll @IntRange(min = 1, max = 9) int rows, @ForAll @IntRange(min = 1, max = 40) int columns) {
    var compiled = Programs.compile(program(rows, columns), 64);
    var x = Piece.normal(n * rows * columns, new Random(seed));
    var back = sums(Arrays.stream(x).map(v -> 2 * v).toArray(), rows, columns, true);
    var expected = Map.of("first", sums(x, n, rows * columns, false), "middle", sums(x, rows, columns, false), "last", sums(x, columns, 1, false),
        "back", back, "turned", turned(sums(x, rows, columns, true), n, rows, columns), "slope", sums(weights(n, rows, columns), rows, columns, true),
        "slope_back", sums(weights(n, rows, columns), n, rows * columns, false));
    for (var width : WIDTHS) {
      expected.forEach((name, values) -> Piece.assertClose(Programs.predict(compiled, width, "x", x, n, name), values, 1e-13));
    }
  }

  /** The order of additions is the interpreter's, at every width. */
  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void bitsAreThoseOfTheInterpreter(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 20) int columns) {
    var compiled = Programs.compile(program(rows, columns), 64);
    int n = 3;
    var x = Piece.normal(n * rows * columns, new Random(seed));
    var graph = compiled.stages().get("predict").elaborated();
    var values = new Interpreter(Map.of("N", n), op -> op instanceof Op.Input ? x : new double[0], 1, 1, 0).run(graph);
    for (var result : graph.results()) {
      if (!result.name().startsWith("slope")) {
        for (var width : WIDTHS) {
          boolean same = Arrays.equals(Programs.predict(compiled, width, "x", x, n, result.name()), values.get(result.node()).values());
          assertThat(same).as("%s at %s", result.name(), width).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"float[N, 200000]", "float[N, 200000, 2]"})
  void manyPlacesInBits32(String type) {
    var compiled = Programs.compile("input x: " + type + "\noutput y = cumsum(x, axis = 1)\noutput z = cumsum(x, axis = 1, reverse = true)", 32);
    int columns = type.endsWith("2]") ? 2 : 1;
    // of one sign, so that a plain sum would lose a digit after the other
    var x = new Random(3).doubles(200_000 * columns).map(v -> (float) v).toArray();
    for (var width : List.of("Scalar", "512")) {
      close(Programs.predict(compiled, width, "x", x, 1, "y"), sums(x, 200_000, columns, false));
      close(Programs.predict(compiled, width, "x", x, 1, "z"), sums(x, 200_000, columns, true));
    }
  }

  private static void close(double[] actual, double[] expected) {
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).as("[%d] %s, and should be %s", i, actual[i], expected[i]).isLessThanOrEqualTo(1.5e-7 * Math.abs(expected[i]));
    }
  }

  @Test
  void infinityAndNaNStay() {
    double inf = Double.POSITIVE_INFINITY;
    double large = Float.MAX_VALUE;
    for (int precision : List.of(32, 64)) {
      var compiled = Programs.compile("input x: float[N, 5]\noutput y = cumsum(x)\noutput z = cumsum(transpose(x), axis = 0, reverse = true)", precision);
      double[] x = {1, inf, 2, -inf, 3, 1, Double.NaN, 2, 3, 4, -inf, 1, 2, 3, 4, precision == 32 ? large : Double.MAX_VALUE,
          precision == 32 ? large : Double.MAX_VALUE, 1, 2, 3};
      double nan = Double.NaN;
      double[] y = {1, inf, inf, nan, nan, 1, nan, nan, nan, nan, -inf, -inf, -inf, -inf, -inf, x[15], inf, inf, inf, inf};
      for (var width : WIDTHS) {
        assertThat(Programs.predict(compiled, width, "x", x, 4, "y")).as(width).containsExactly(y);
        var z = Programs.predict(compiled, width, "x", x, 4, "z");
        assertThat(IntStream.range(0, 5).mapToDouble(k -> z[k * 4]).toArray()).as(width).containsExactly(nan, nan, -inf + 0, -inf, 3);
      }
    }
  }

  /** As many threads as there may be, over rows and over columns. */
  @Test
  void bitsAreThoseOfOneThread() {
    for (var source : List.of("output y = cumsum(x, 1)", "output y = cumsum(x, 0)", "output y = sort_index(x, axis = 0)", "output y = sort(x, 1)")) {
      var model = Compiler.load(Programs.compile("input x: float[N, 300]\n" + source, 32)).initialised(1);
      double[] x = Piece.normal(700 * 300, new Random(8));
      double[] first = null;
      for (int threads : List.of(1, 2, 3)) {
        try (var team = new Threads(threads)) {
          var context = model.context("predict", 700, team);
          for (int run = 0; run < 2; run++) {
            context.input("x").set(x);
            context.run();
            double[] y = context.output("y").tensor().toDoubles();
            first = first == null ? y : first;
            assertThat(Arrays.equals(y, first)).as("%s on %d threads", source, threads).isTrue();
          }
        }
      }
    }
  }

  /** Into parts of a concatenation, along both its axes, and into a state that is read besides. */
  @Test
  void sumsAndOrdersAreStoredWhereTheyBelong() {
    var piece = Piece.of("""
        input x: float[N, 70]
        layer kept()(x: float[N, 70]) {
          state last: float[70] = zeros
          last <- cumsum(last + 1)
          return x
        }
        output beside = concat([cumsum(x), sort_index(x), cumsum(x, reverse = true)], axis = 1)
        output below = concat([cumsum(x, axis = 0), x, sort_index(x, axis = 0)], axis = 0)
        loss mean(dense(1)(kept()(x)))
        train { optimizer = sgd(0.1) }
        """, 1);
    int n = 3;
    double[] x = piece.feed(n, "x", n * 70, new Random(4));
    var forward = sums(x, 70, 1, false);
    var back = sums(x, 70, 1, true);
    var down = sums(x, n, 70, false);
    var beside = piece.predict("beside");
    var below = piece.predict("below");
    for (int i = 0; i < x.length; i++) {
      int row = i / 70;
      int column = i % 70;
      double mine = x[i];
      int rank = (int) IntStream.range(0, 70).filter(k -> x[row * 70 + k] < mine).count();
      int rankDown = (int) IntStream.range(0, n).filter(k -> x[k * 70 + column] < mine).count();
      assertThat(beside[row * 210 + column]).isCloseTo(forward[i], org.assertj.core.data.Offset.offset(1e-12));
      assertThat(beside[row * 210 + 70 + rank]).isEqualTo(column);
      assertThat(beside[row * 210 + 140 + column]).isCloseTo(back[i], org.assertj.core.data.Offset.offset(1e-12));
      assertThat(below[i]).isCloseTo(down[i], org.assertj.core.data.Offset.offset(1e-12));
      assertThat(below[2 * x.length + rankDown * 70 + column]).isEqualTo(row);
    }
    double[] last = piece.weight("kept.last");
    for (int step = 1; step <= 2; step++) {
      last = sums(Arrays.stream(last).map(v -> v + 1).toArray(), 70, 1, false);
      piece.train(step, 0);
      Piece.assertClose(piece.weight("kept.last"), last, 1e-13);
    }
  }

  /** What was quadratic took minutes. */
  @Test
  void longRowsOfConstantsAreFolded() {
    var compiled = Programs.compile("input x: float[N]\noutput y = x + sum(cumsum(ones(60000)) + sort(ones(60000)))", 64);
    assertThat(Programs.predict(compiled, "Scalar", "x", new double[] {0}, 1, "y")[0]).isEqualTo(60000.0 * 60001 / 2 + 60000);
  }
}
