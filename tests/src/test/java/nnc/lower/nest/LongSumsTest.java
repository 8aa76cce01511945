package nnc.lower.nest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.optimizations.Optimization;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sums of 200,000 terms in 32 bits, which one addition after the other gets wrong by a thousandth where all are alike: rounding goes the same way
 * each time. Oracle: what so many times a term is.
 */
class LongSumsTest {
  private static final List<String> VECTORS = List.of("128", "256", "512");
  /** What the page of numerics promises, as a part of the sum of sizes. */
  private static final double LOST = 1.3e-6;
  private static final double LOST_IN_PRODUCTS = 4e-6;
  /** Of up to 4,096 terms that are added one after the other. */
  private static final double LOST_OF_DEPTH = 2e-5;
  private static final double LOST_OF_DOUBLES = 3e-15;
  private static final double[] TERMS = {0.1, 0.3, 0.7, 0.9, 1.1, 1.3, 2.3};

  /** Scalar code, and vectors of a width that programs take by turns. */
  private static List<String> widths(String program) {
    return List.of("Scalar", VECTORS.get(Math.floorMod(program.hashCode(), VECTORS.size())));
  }

  private static double term(int column) {
    return (float) TERMS[column % TERMS.length];
  }

  /** Rows all alike, and a program whose results are multiples of sums of a function of their elements. */
  private static void check(String program, int precision, int rows, int columns, int each, double times, DoubleUnaryOperator of) {
    var x = IntStream.range(0, rows * columns).mapToDouble(i -> term(i % columns / each)).toArray();
    check(program, precision, x, rows, times, of);
  }

  private static void check(String program, int precision, double[] x, int batch, double times, DoubleUnaryOperator of) {
    var compiled = Programs.compile(program, precision);
    double[] first = null;
    for (var width : widths(program)) {
      var sums = Programs.predict(compiled, width, "x", x, batch, "y");
      for (int c = 0; c < sums.length; c++) {
        double expected = times * of.applyAsDouble(term(c));
        assertThat(Math.abs(sums[c] / expected - 1)).as("%s, %s: [%d] is %s and should be %s", program, width, c, sums[c], expected)
            .isLessThan(precision == 32 ? LOST : LOST_OF_DOUBLES);
      }
      first = first == null ? sums : first;
      assertThat(Arrays.equals(sums, first)).as("bits of %s at %s", program, width).isTrue();
    }
  }

  /** Few columns, which stand in lanes or each for itself, many, and more than are summed at a time. */
  @ParameterizedTest
  @CsvSource({"1, 200000", "2, 200000", "3, 200000", "16, 50000", "40, 30000", "64, 30000", "300, 10000", "1100, 5000"})
  void downTheRows(int columns, int rows) {
    for (int precision : List.of(32, 64)) {
      check("input x: float[N, %d]\noutput y = sum(x, axis = 0)\n".formatted(columns), precision, rows, columns, 1, rows, x -> x);
    }
    check("input x: float[N, %d]\noutput y = mean(x * x, axis = 0)\n".formatted(columns), 32, rows, columns, 1, 1, x -> x * x);
  }

  @ParameterizedTest
  @CsvSource({"5, 40000", "100, 4000", "500, 2000"})
  void overTwoAxes(int inner, int rows) {
    check("input x: float[N, 3, %d]\noutput y = sum(x, axis = [0, 2])\n".formatted(inner), 32, rows, 3 * inner, inner, (double) rows * inner, x -> x);
  }

  /** Along an axis within, also where a size is known or other axes lie around and between. */
  @Test
  void alongAnAxis() {
    var threes = IntStream.range(0, 600_000).mapToDouble(i -> term(i % 3)).toArray();
    check("input x: float[N, 200000, 3]\noutput y = sum(x, axis = [0, 1])\n", 32, threes, 1, 200_000, x -> x);
    check("input x: float[N, 600000]\noutput y = sum(transpose(reshape(x, [N, 200, 1000, 3]), [3, 0, 1, 2]), axis = [2, 3])\n", 32, threes, 1, 200_000, x -> x);
    var wide = IntStream.range(0, 2_100_000).mapToDouble(i -> term(i % 70)).toArray();
    check("input x: float[N, 30000, 70]\noutput y = sum(x, axis = 1)\n", 32, wide, 1, 30_000, x -> x);
  }

  /** What follows from a sum, and sums over what follows from one. */
  @Test
  void inLevels() {
    int rows = 150_000;
    check("input x: float[N, 4]\noutput y = sum(x + mean(x, axis = 0), axis = 0) / 2\n", 32, rows, 4, 1, rows, x -> x);
    check("input x: float[N, 4]\noutput y = sum(x, axis = 0) + max(x, axis = 0)\n", 32, rows, 4, 1, rows + 1, x -> x);
  }

  /** Results that are products of two columns' terms, so many of them. */
  private static void checkProducts(String program, double[] x, int batch, int columns, int count) {
    var compiled = Programs.compile(program, 32);
    double[] first = null;
    for (var width : widths(program)) {
      var sums = Programs.predict(compiled, width, "x", x, batch, "y");
      for (int i = 0; i < sums.length; i++) {
        double expected = count * term(i / columns % columns) * term(i % columns);
        assertThat(Math.abs(sums[i] / expected - 1)).as("%s, %s: [%d] is %s and should be %s", program, width, i, sums[i], expected).isLessThan(LOST_IN_PRODUCTS);
      }
      first = first == null ? sums : first;
      assertThat(Arrays.equals(sums, first)).as("bits of %s at %s", program, width).isTrue();
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"3, 100000", "17, 50000", "64, 20000"})
  void productsOverMoreRows(int columns, int rows) {
    productsOverRows(columns, rows);
  }

  /** As gradients of weights are: few columns, some that are no whole vectors, and more than a block has. */
  @ParameterizedTest
  @CsvSource({"1, 100000", "5, 100000", "33, 30000", "130, 10000"})
  void productsOverRows(int columns, int rows) {
    var x = IntStream.range(0, rows * columns).mapToDouble(i -> term(i % columns)).toArray();
    checkProducts("input x: float[N, %d]\noutput y = transpose(x) @ x\n".formatted(columns), x, rows, columns, rows);
    checkProducts("input x: float[N, %d]\noutput y = relu(einsum(\"ni,nj->ij\", x, x))\n".formatted(columns), x, rows, columns, rows);
  }

  @ParameterizedTest
  @CsvSource({"3, 30000", "12, 30000", "50, 10000"})
  void productsOfManyTerms(int rows, int terms) {
    var x = IntStream.range(0, rows * terms).mapToDouble(i -> term(i / terms)).toArray();
    checkProducts("input x: float[N, %d]\noutput y = x @ transpose(x)\n".formatted(terms), x, rows, rows, terms);
    var batches = IntStream.range(0, 2 * x.length).mapToDouble(i -> x[i % x.length]).toArray();
    checkProducts("input x: float[N, %d, %d]\noutput y = x @ transpose(x, [0, 2, 1])\n".formatted(rows, terms), batches, 2, rows, terms);
  }

  /**
   * Gradients of filters, of each of which all elements are as many products: of many small pictures and of a few large ones, with few channels and
   * filters or many, in steps and in groups.
   */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"5000, 1, 3, 8, 3, 1, 1", "3000, 3, 20, 8, 2, 2, 1", "3000, 6, 5, 8, 3, 1, 1", "700, 16, 20, 12, 3, 1, 1", "2, 2, 3, 260, 3, 1, 1", "1, 4, 9, 200, 3, 1, 1",
      "1, 16, 16, 160, 5, 1, 1", "3, 3, 16, 300, 2, 2, 1", "1500, 8, 8, 7, 1, 1, 4", "130, 5, 2, 9, 3, 2, 1"})
  void gradientsOfFilters(int batch, int channels, int filters, int size, int kernel, int step, int groups) {
    var x = IntStream.range(0, batch * channels * size * size).mapToDouble(i -> term(i / (size * size) % channels)).toArray();
    int out = (size - kernel) / step + 1;
    int each = channels / groups;
    var program = """
        input x: float[N, %d, %d, %d]
        w = 0 * ones(%d, %d, %d, %d)
        output y = grad(sum(conv(x, w, stride = %d, groups = %d) * x[:, :1, :%d, :%d]), w)
        """.formatted(channels, size, size, filters, each, kernel, kernel, step, groups, out, out);
    var expected = IntStream.range(0, filters * each * kernel * kernel).mapToDouble(i -> {
      int channel = i / (kernel * kernel) % each + i / (kernel * kernel) / each / (filters / groups) * each;
      return (double) batch * out * out * term(channel) * term(0);
    }).toArray();
    checkEach(program, x, batch, expected, LOST_IN_PRODUCTS);
    checkEach(program, x, batch, expected, LOST_IN_PRODUCTS, Optimization.BATCH_LAST_LAYOUT);
    checkEach(program, x, batch, expected, LOST_IN_PRODUCTS, Optimization.WINOGRAD);
  }

  /** Convolutions of very many channels, forward and by the input. */
  @ParameterizedTest
  @CsvSource({"2000, 4, 5, 3", "2000, 40, 4, 3", "20000, 3, 3, 1", "300, 20, 9, 9"})
  void deepConvolutions(int channels, int filters, int size, int kernel) {
    var x = IntStream.range(0, channels * size * size).mapToDouble(_ -> term(2)).toArray();
    int out = size - kernel + 1;
    var result = new double[filters * out * out];
    Arrays.fill(result, channels * kernel * kernel * term(2) * term(2));
    checkEach("input x: float[N, %d, %d, %d]\noutput y = conv(x, max(x) * ones(%d, %d, %d, %d))\n".formatted(channels, size, size, filters, channels, kernel, kernel), x, 1, result, LOST_OF_DEPTH);
    int all = size + kernel - 1;
    var back = IntStream.range(0, filters * all * all).mapToDouble(i -> channels * term(2) * term(2) * taps(i % all, size, kernel) * taps(i / all % all, size, kernel)).toArray();
    checkEach("input x: float[N, %d, %d, %d]\noutput y = conv_input(x, max(x) * ones(%d, %d, %d, %d), [%d, %d])\n".formatted(channels, size, size, channels, filters, kernel, kernel,
        all, all), x, 1, back, LOST_OF_DEPTH);
  }

  /** Which meet the source at a place of a full convolution. */
  private static int taps(int place, int size, int kernel) {
    return Math.min(Math.min(place + 1, size + kernel - 1 - place), Math.min(size, kernel));
  }

  /** Results that should be these, with the same bits at all widths. */
  private static void checkEach(String program, double[] x, int batch, double[] expected, double lost, Optimization... without) {
    var compiled = Programs.compile(program, 32, without);
    double[] first = null;
    for (var width : widths(program)) {
      var sums = Programs.predict(compiled, width, "x", x, batch, "y");
      for (int i = 0; i < sums.length; i++) {
        assertThat(Math.abs(sums[i] / expected[i] - 1)).as("%s, %s: [%d] is %s and should be %s", program, width, i, sums[i], expected[i]).isLessThan(lost);
      }
      first = first == null ? sums : first;
      assertThat(Arrays.equals(sums, first)).as("bits of %s at %s", program, width).isTrue();
    }
  }

  /** Into one place of a few, and along the second axis. */
  @Test
  void manyAdditionsToAPlace() {
    int rows = 100_000;
    check("input x: float[N, 4]\nw = 0 * ones(5, 4)\noutput y = grad(sum(take(w, cast(0 * x[:, 0], \"int\") + 2, axis = 0) * x), w)[2]\n", 32, rows, 4, 1, rows, x -> x);
    check("input x: float[N, 1]\nw = 0 * ones(3)\noutput y = grad(sum(take(w, cast(0 * x[:, 0], \"int\") + 1, axis = 0) * x[:, 0]), w)[1:2]\n", 32, rows, 1, 1, rows, x -> x);
  }

  @Property(tries = 20, seed = "26", shrinking = ShrinkingMode.OFF)
  void randomTerms(@ForAll @IntRange(min = 1, max = 80) int columns, @ForAll @IntRange(min = 1, max = 3000) int rows, @ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var compiled = Programs.compile("input x: float[N, %d]\noutput y = sum(x, axis = 0)\noutput z = max(x, axis = 0)\noutput w = sum(x)".formatted(columns), 32);
    var random = new Random(seed);
    var x = new double[rows * columns];
    Arrays.setAll(x, _ -> (float) random.nextGaussian());
    var sum = new double[columns];
    var most = new double[columns];
    var all = new double[1];
    var size = new double[columns];
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      sum[i % columns] += x[i];
      all[0] += x[i];
      size[i % columns] += Math.abs(x[i]);
      most[i % columns] = Math.max(most[i % columns], x[i]);
    }
    for (var width : widths("" + seed)) {
      var y = Programs.predict(compiled, width, "x", x, rows, "y");
      for (int c = 0; c < columns; c++) {
        assertThat(Math.abs(y[c] - sum[c])).as(width).isLessThanOrEqualTo(LOST * size[c]);
      }
      assertThat(Programs.predict(compiled, width, "x", x, rows, "z")).as(width).containsExactly(most);
      assertThat(Math.abs(Programs.predict(compiled, width, "x", x, rows, "w")[0] - all[0])).as(width).isLessThanOrEqualTo(LOST * Arrays.stream(size).sum());
    }
  }

  /** In any of the partial sums. */
  @Test
  void infinityAndNaNStay() {
    int rows = 5000;
    for (int columns : List.of(2, 70)) {
      var compiled = Programs.compile("input x: float[N, %d]\noutput y = sum(x, axis = 0)\noutput z = sum(transpose(x), axis = 1)".formatted(columns), 32);
      for (int at : List.of(0, 511, 512, 3000, 4999)) {
        for (double fault : List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN)) {
          var x = new double[rows * columns];
          Arrays.fill(x, 1);
          x[at * columns + 1] = fault;
          for (var width : widths(columns + " " + at + fault)) {
            for (var output : List.of("y", "z")) {
              var sums = Programs.predict(compiled, width, "x", x, rows, output);
              assertThat(sums[1]).as("%s at %d, %s", output, at, width).isEqualTo(Double.valueOf(fault));
              assertThat(sums[0]).isEqualTo(rows);
            }
          }
        }
      }
    }
  }

  @Test
  void bitsAreThoseOfOneThread() {
    var x = new Random(8).doubles(6000 * 130).toArray();
    var model = Compiler.load(Programs.compile("input x: float[N, 130]\noutput y = sum(x, axis = 0)\noutput z = variance(x[:, :3], axis = 0)", 32)).initialised(1);
    double[] first = null;
    for (int threads : List.of(1, 2, 3)) {
      try (var team = new Threads(threads)) {
        var context = model.context("predict", 6000, team);
        context.input("x").set(x);
        context.run();
        double[] sums = IntStream.of(0, 1).mapToObj(i -> context.output(i == 0 ? "y" : "z").tensor().toDoubles()).flatMapToDouble(Arrays::stream).toArray();
        first = first == null ? sums : first;
        assertThat(Arrays.equals(sums, first)).as("%d threads", threads).isTrue();
      }
    }
  }
}
