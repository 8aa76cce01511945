package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.driver.CompiledProgram;
import nnc.loops.LoopPrinter;
import nnc.optimizations.Optimization;
import nnc.runtime.Context;
import nnc.runtime.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products whose left factor has zeros, which vectors leave out; oracle: scalar code, which does not. */
class SparseProductTest {
  private static final double[] SHARES = {0, 0.3, 0.5, 0.8, 0.97, 1};

  private static CompiledProgram perceptron(int inputs, int hidden, int outputs, int precision) {
    return Programs.compile("""
        input  x: float[N, %d]
        target y: float[N, %d]
        z = x |> dense(%d, relu) |> dense(%d)
        output result = z
        loss mse(z, y)
        train { optimizer = sgd(0.1)  batch = 64 }
        """.formatted(inputs, outputs, hidden, outputs), precision);
  }

  private static void feed(Context context, String name, double share, Random random) {
    var input = context.input(name);
    for (int i = 0; i < input.size(); i++) {
      input.set(i, random.nextDouble() < share ? 0 : (float) random.nextGaussian());
    }
  }

  /** Two steps, and a prediction after them. */
  private static List<double[]> run(CompiledProgram compiled, String width, int batch, double share) {
    var model = Agreement.load(compiled, width).initialised(5);
    var random = new Random(batch);
    var train = model.context("train", batch);
    for (int step = 1; step <= 2; step++) {
      feed(train, "x", share, random);
      feed(train, "y", 0, random);
      train.counters(step, 0);
      train.run();
    }
    var results = new ArrayList<double[]>();
    model.spec().weights().forEach(weight -> results.add(model.weight(weight.path()).toDoubles()));
    results.add(predict(model, batch, share, random));
    return results;
  }

  private static double[] predict(Model model, int batch, double share, Random random) {
    var context = model.context("predict", batch);
    feed(context, "x", share, random);
    context.run();
    return context.output("result").tensor().toDoubles();
  }

  @Property(tries = 8, seed = "20", shrinking = ShrinkingMode.OFF)
  void hasTheBitsOfAllTerms(@ForAll @IntRange(min = 100, max = 300) int inputs, @ForAll @IntRange(min = 170, max = 300) int hidden,
      @ForAll @IntRange(min = 60, max = 150) int outputs, @ForAll @IntRange(min = 1, max = 150) int batch,
      @ForAll @IntRange(min = 0, max = 5) int share, @ForAll boolean precise) {
    var compiled = perceptron(inputs, hidden, outputs, precise ? 64 : 32);
    var expected = run(compiled, "Scalar", batch, SHARES[share]);
    for (var width : List.of("128", "256", "512")) {
      var actual = run(compiled, width, batch, SHARES[share]);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).as("%s bits, result %d", width, i).isEqualTo(expected.get(i));
      }
    }
  }

  /** What has zeros seldom, and few columns, are multiplied as ever. */
  @ParameterizedTest
  @CsvSource({"x, 64, true", "x / 255, 64, true", "relu(x - 1), 64, true", "dropout(tanh(x)), 64, true", "'maximum(x - 1, 0)', 64, true", "tanh(x), 64, false",
      "gelu(x - 1), 64, false", "relu(x - 1), 20, false"})
  void isLookedForWhereItMayBe(String left, int columns, boolean expected) {
    var source = "input x: float[N, 256]\ntarget y: float[N, %d]\nz = %s |> dense(%d)\nloss mse(z, y)\ntrain { optimizer = sgd(0.1) }\n".formatted(columns, left, columns);
    assertThat(leavesOut(Programs.compile(source, 32))).isEqualTo(expected);
    assertThat(leavesOut(Programs.compile(source, 32, Optimization.ZERO_SKIPPING))).isFalse();
  }

  private static boolean leavesOut(CompiledProgram compiled) {
    return compiled.stages().get("train").lowered().kernels().stream().anyMatch(kernel -> LoopPrinter.print(kernel).contains("perhaps without zeros"));
  }

  /** Zero times infinity is not zero: an example of zeros alone meets weights that a step has made NaN. */
  @Test
  void meetsWhatIsNotFinite() {
    var compiled = perceptron(128, 128, 128, 32);
    for (var width : List.of("Scalar", "128", "256", "512")) {
      var model = Agreement.load(compiled, width).initialised(5);
      var random = new Random(1);
      assertThat(predict(model, 40, 1, random)).as(width).containsOnly(0);
      var train = model.context("train", 64);
      feed(train, "x", 0.5, random);
      feed(train, "y", 0, random);
      train.input("y").set(3, Double.POSITIVE_INFINITY);
      train.counters(1, 0);
      train.run();
      assertThat(predict(model, 40, 1, random)).as(width).containsOnly(Double.NaN);
      assertThat(predict(model, 1, 1, random)).as(width).containsOnly(Double.NaN);
    }
  }

  /** The same where the right factor is copied at each run. */
  @ParameterizedTest
  @CsvSource({"128, 5", "128, 127", "100, 99", "70, 66", "300, 299"})
  void meetsWhatIsNotFiniteInACopy(int columns, int at) {
    var compiled = Programs.compile("input a: float[256, 96]\ninput b: float[96, %d]\noutput c = relu(a) @ (1 / b) + 1\n".formatted(columns), 32);
    for (var width : List.of("Scalar", "128", "256", "512")) {
      var context = Agreement.load(compiled, width).context("predict", 1);
      for (int i = 0; i < context.input("b").size(); i++) {
        context.input("b").set(i, i == 77 * columns + at ? 0 : 1);
      }
      feed(context, "a", 0.9, new Random(2));
      context.run();
      var result = context.output("c").tensor().toDoubles();
      for (int row = 0; row < 256; row++) {
        assertThat(Double.isFinite(result[row * columns + at])).as(width).isFalse();
        assertThat(Double.isFinite(result[row * columns + at - 1])).as(width).isTrue();
      }
    }
  }
}
