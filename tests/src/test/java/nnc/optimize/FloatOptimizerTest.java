package nnc.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.Context;
import nnc.runtime.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers in a network of 32 bits, where their formulas cancel, overflow or fade; oracle: the same network in double. */
class FloatOptimizerTest {
  private static final int SIZE = 9;

  private static final String PROGRAM = """
      input G: float[1, 9]
      layer held()(x: float[1, 9]) {
        param w: float[9] = zeros
        return sum(w * x[0])
      }
      loss held()(G)
      train { %s }
      """;

  /** The weights after each step, when the gradient of each step is given. */
  private static double[][] weights(String settings, int precision, int steps, IntFunction<double[]> gradients) {
    var model = Compiler.load(Programs.compile(PROGRAM.formatted(settings), precision)).initialised(1);
    var context = model.context("train", 1);
    var weights = new double[steps][];
    for (int step = 1; step <= steps; step++) {
      step(context, step, gradients.apply(step));
      weights[step - 1] = weight(model, "held.w");
    }
    return weights;
  }

  private static void step(Context context, int step, double[] gradient) {
    context.input("G").set(gradient);
    context.counters(step, 0);
    context.run();
  }

  private static double[] weight(Model model, String path) {
    return model.weight(path).toDoubles();
  }

  private static double[] random(Random random, double size) {
    var values = new double[SIZE];
    Arrays.setAll(values, _ -> (float) (random.nextGaussian() * size));
    return values;
  }

  /** Means that remember long are corrected by what is nearly zero: 1 - beta^step. */
  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void longMemories(@ForAll @IntRange(min = 1, max = 7) int nines, @ForAll @IntRange(min = -6, max = 6) int size, @ForAll long seed) {
    var beta = "0." + "9".repeat(nines);
    for (var optimizer : List.of("adam", "amsgrad", "adamw", "nadam")) {
      var settings = "optimizer = %s(0.001, beta1 = %s, beta2 = %2$s, epsilon = 1e-20)".formatted(optimizer, beta);
      var random = new Random(seed);
      var gradients = new double[30][];
      Arrays.setAll(gradients, _ -> random(random, Math.pow(10, size)));
      var actual = weights(settings, 32, 30, step -> gradients[step - 1]);
      var expected = weights(settings, 64, 30, step -> gradients[step - 1]);
      for (int step = 1; step <= 30; step++) {
        for (int i = 0; i < SIZE; i++) {
          assertThat(actual[step - 1][i]).as("%s after step %d", settings, step).isCloseTo(expected[step - 1][i], within(0.001 * step * 1e-5));
        }
      }
    }
  }

  /** Gradients from next to nothing up to large ones, side by side and the same at each step. */
  @ParameterizedTest
  @ValueSource(strings = {"rmsprop(0.001, centered = true)", "rmsprop(0.001, centered = true, momentum = 0.9)", "rmsprop(0.001)", "adam(0.001)", "adamw(0.001)",
      "amsgrad(0.001)", "nadam(0.001)", "adagrad(0.001)", "adadelta(0.1)", "lion(0.001)", "momentum(0.001)", "nesterov(0.001)"})
  void gradientsOfAllSizes(String optimizer) {
    for (int block = 0; block < 5; block++) {
      int least = -37 + 9 * block;
      var gradient = new double[SIZE];
      Arrays.setAll(gradient, i -> (float) ((i % 2 == 0 ? 1 : -1) * Math.pow(10, least + i)));
      var actual = weights("optimizer = " + optimizer, 32, 20, _ -> gradient)[19];
      var expected = weights("optimizer = " + optimizer, 64, 20, _ -> gradient)[19];
      for (int i = 0; i < SIZE; i++) {
        assertThat(actual[i]).as("%s with a gradient of %s", optimizer, gradient[i]).isCloseTo(expected[i], within(1e-4 * Math.abs(expected[i]) + 1e-9));
      }
    }
  }

  /** A gradient that hardly varies has next to no spread: neither a root of less than nothing nor one of what rounding leaves. */
  @Test
  void spreadOfNearlyEqualGradients() {
    var settings = "optimizer = rmsprop(0.001, decay = 0.99, centered = true)";
    var random = new Random(3);
    var gradients = new double[400][];
    Arrays.setAll(gradients, _ -> Arrays.stream(random(random, 1e-3)).map(noise -> (float) (10 + noise)).toArray());
    var actual = weights(settings, 32, 400, step -> gradients[step - 1])[399];
    var expected = weights(settings, 64, 400, step -> gradients[step - 1])[399];
    for (int i = 0; i < SIZE; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(2e-3 * Math.abs(expected[i])));
    }
  }

  /** With no epsilon to speak of, a weight without gradient stays, and none takes a step that is larger than the rate asks for. */
  @ParameterizedTest
  @ValueSource(strings = {"adam(0.001, epsilon = 0)", "adamw(0.001, epsilon = 1e-30, decay = 0)", "amsgrad(0.001, epsilon = 1e-40)", "nadam(0.001, epsilon = 0)",
      "rmsprop(0.001, epsilon = 0)", "adagrad(0.001, epsilon = 0)"})
  void nextToNoEpsilon(String optimizer) {
    var gradient = new double[] {0, 1e-45, 1e-38, 1e-30, 1e-25, 1e-20, 1e-19, 1e-10, 1};
    for (int precision : new int[] {32, 64}) {
      var weights = weights("optimizer = " + optimizer, precision, 10, _ -> gradient)[9];
      assertThat(weights[0]).isZero();
      for (double w : weights) {
        assertThat(w).as(optimizer).isBetween(-0.05, 0.0);
      }
      assertThat(weights[8]).isLessThan(-0.003);
    }
  }

  /** A mean of what does not change is that, however many steps it takes and however long the mean remembers. */
  @Test
  void meansOfWhatStaysStay() {
    var model = Compiler.load(Programs.compile("""
        input x: float[N, 3]
        y = x |> batch_norm(momentum = 0.0001)
        param w: float[2] = constant(0.7)
        loss mean(y) + 0 * sum(w)
        train { optimizer = sgd(0)  average = ema(0.9999) }
        """, 32)).initialised(1);
    var context = model.context("train", 2);
    for (int step = 1; step <= 50_000; step++) {
      context.input("x").set(new double[] {1, 4, 7, 3, 4, 9});
      context.counters(step, 0);
      context.run();
    }
    assertThat(weight(model, "w.average")).containsExactly((float) 0.7, (float) 0.7);
    double begun = 1 - Math.pow(0.9999, 50_000);
    assertThat(weight(model, "batch_norm.mean")).containsExactly(new double[] {2 * begun, 4 * begun, 8 * begun}, within(1e-3));
    assertThat(weight(model, "batch_norm.variance")).containsExactly(new double[] {2 * begun + 1 - begun, 1 - begun, 2 * begun + 1 - begun}, within(1e-3));
  }

  /** Gradients whose squares are no numbers are cut to the norm that is asked for. */
  @Test
  void clippingOfLargeGradients() {
    var large = new double[] {3e20, -4e20, 0, 1e-30, 0, 0, 0, 0, 0};
    var largest = new double[] {3e38, -3e38, 3e38, 3e38, 0, 0, 0, 0, 0};
    for (var clip : List.of("clip_norm = 2", "clip_global_norm = 2")) {
      var settings = "optimizer = sgd(1) " + clip;
      assertThat(weights(settings, 32, 1, _ -> large)[0]).containsExactly(new double[] {-1.2, 1.6, 0, 0, 0, 0, 0, 0, 0}, within(1e-6));
      assertThat(weights(settings, 32, 1, _ -> largest)[0]).containsExactly(new double[] {-1, 1, -1, -1, 0, 0, 0, 0, 0}, within(1e-6));
      var wide = Arrays.stream(large).map(x -> x * 1e180).toArray();
      assertThat(weights(settings, 64, 1, _ -> wide)[0]).containsExactly(new double[] {-1.2, 1.6, 0, 0, 0, 0, 0, 0, 0}, within(1e-12));
      assertThat(weights(settings, 32, 1, _ -> new double[] {Double.POSITIVE_INFINITY, 1, 0, 0, 0, 0, 0, 0, 0})[0][0]).isNaN();
    }
  }
}
