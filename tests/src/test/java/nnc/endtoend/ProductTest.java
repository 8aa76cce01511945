package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.driver.CompiledProgram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrix products however they are cut into blocks, panels and tiles; oracle: sums in double, and equal bits at all widths. */
class ProductTest {
  private static final String[] KINDS = {"a @ b", "relu(a @ b + 0.5)", "transpose(a, [1, 0]) @ b", "tanh(transpose(a, [1, 0]) @ b)",
      "a @ transpose(b, [1, 0])", "relu(a @ transpose(b, [1, 0]))"};

  private static double[] at(String width, CompiledProgram compiled, long seed) {
    var model = Agreement.load(compiled, width).initialised(seed);
    var context = model.context("predict", 1);
    Agreement.feed(model, context, seed);
    context.run();
    return context.output("c").tensor().toDoubles();
  }

  private static void check(int rows, int columns, int depth, int kind, int precision, long seed) {
    var a = KINDS[kind].contains("transpose(a") ? depth + ", " + rows : rows + ", " + depth;
    var b = KINDS[kind].contains("transpose(b") ? columns + ", " + depth : depth + ", " + columns;
    var compiled = Programs.compile("input a: float[%s]\ninput b: float[%s]\noutput c = %s\n".formatted(a, b, KINDS[kind]), precision);
    Agreement.check(compiled, 1, precision == 64 ? 1e-11 : 1e-4, seed);
    var first = at("Scalar", compiled, seed);
    for (var width : List.of("128", "256", "512")) {
      assertThat(at(width, compiled, seed)).as(width).isEqualTo(first);
    }
  }

  @Property(tries = 24, seed = "24", shrinking = ShrinkingMode.OFF)
  void ofAnyShape(@ForAll @IntRange(min = 1, max = 70) int rows, @ForAll @IntRange(min = 1, max = 170) int columns,
      @ForAll @IntRange(min = 1, max = 60) int depth, @ForAll @IntRange(min = 0, max = 5) int kind, @ForAll boolean precise) {
    check(rows, columns, depth, kind, precise ? 64 : 32, rows * 31L + columns);
  }

  @ParameterizedTest
  @CsvSource({"20, 100, 530, 0", "40, 80, 530, 1", "140, 33, 270, 2", "17, 49, 400, 3", "19, 144, 300, 4", "30, 70, 1100, 5", "1, 300, 70, 0", "3, 530, 20, 1",
      "40, 576, 200, 1", "140, 64, 270, 3",
      // more rows than columns, in whole tiles: each thread's first rows fetch the right factor
      "200, 64, 300, 2", "104, 96, 1100, 3", "72, 32, 70, 0", "400, 160, 130, 1"})
  void ofManyBlocks(int rows, int columns, int depth, int kind) {
    check(rows, columns, depth, kind, 32, 7);
  }

  /** Columns that are whole vectors: the first rows' tiles fetch the right factor, and little work is done before a sum is stored. */
  @Property(tries = 16, seed = "16", shrinking = ShrinkingMode.OFF)
  void ofWholeVectors(@ForAll @IntRange(min = 1, max = 60) int rows, @ForAll @IntRange(min = 1, max = 12) int groups,
      @ForAll @IntRange(min = 1, max = 300) int depth, @ForAll @IntRange(min = 0, max = 3) int kind, @ForAll boolean precise) {
    check(rows, groups * (precise ? 8 : 16), depth, kind, precise ? 64 : 32, depth);
  }

  /** As above, of an open batch: both directions, with what is added before and after an activation. */
  @Property(tries = 8, seed = "13", shrinking = ShrinkingMode.OFF)
  void ofWholeVectorsOfAnOpenBatch(@ForAll @IntRange(min = 1, max = 70) int batch, @ForAll @IntRange(min = 1, max = 9) int groups,
      @ForAll @IntRange(min = 1, max = 220) int depth) {
    var compiled = Programs.compile("""
        input  x: float[N, %d]
        input  r: float[N, %d]
        target y: float[N, %d]
        h = relu(dense(%d)(x) + r) + r
        loss mse(h |> dense(%d, relu), y)
        train { optimizer = sgd(0.1)  batch = %d }
        """.formatted(depth, 16 * groups, 16 * groups, 16 * groups, 16 * groups, batch), 32);
    Agreement.check(compiled, batch, 1e-4, new Random(depth).nextLong());
  }

  /** A few rows by weights, which are copied to panels once. */
  @ParameterizedTest
  @CsvSource({"1, 300, 40", "2, 230, 30", "3, 170, 300", "5, 97, 20"})
  void ofFewRowsByWeights(int rows, int columns, int depth) {
    var compiled = Programs.compile("input x: float[%d, %d]\noutput c = x |> dense(%d)\n".formatted(rows, depth, columns), 32);
    Agreement.check(compiled, 1, 1e-4, columns);
  }

  /** Rows of which it is not known how many there are. */
  @Property(tries = 12, seed = "12", shrinking = ShrinkingMode.OFF)
  void ofAnOpenBatch(@ForAll @IntRange(min = 1, max = 90) int batch, @ForAll @IntRange(min = 1, max = 150) int columns, @ForAll @IntRange(min = 1, max = 40) int depth) {
    var compiled = Programs.compile("""
        input  x: float[N, %d]
        target y: float[N, %d]
        loss mse(x |> dense(%d, tanh), y)
        train { optimizer = sgd(0.1)  batch = %d }
        """.formatted(depth, columns, columns, batch), 32);
    Agreement.check(compiled, batch, 1e-4, new Random(batch).nextLong());
  }
}
