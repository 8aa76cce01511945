package nnc.differentiate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.optimizations.Optimization;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slopes where a step on the way could be infinite though the function is flat or straight: at zero, and of the largest numbers. */
class SteepTest {
  private static double[] run(String program, int precision, double[] x, Optimization... without) {
    var context = Compiler.load(Programs.compile("input x: float[N]\n" + program, precision, without)).initialised(1).context("predict", x.length);
    context.batch(x.length);
    context.input("x").set(x);
    context.run();
    return context.output("y").tensor().toDoubles();
  }

  /** Of x^n, by oracle n (n - 1) ... x^(n - k). */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void derivativesOfPowers(int n) {
    var x = new double[] {0, -0.0, 1, -1, 2, -0.5};
    var program = new StringBuilder("d0 = x ^ " + n + "\n");
    for (int order = 1; order <= n + 2; order++) {
      program.append("d").append(order).append(" = grad(sum(d").append(order - 1).append("), x)\n");
      int left = n - order;
      double factor = IntStream.rangeClosed(left + 1, n).mapToDouble(i -> i).reduce(1, (a, b) -> a * b);
      var expected = DoubleStream.of(x).map(v -> factor == 0 ? 0 : factor * Math.pow(v, left)).toArray();
      for (int precision : new int[] {32, 64}) {
        var whole = program + "output y = d" + order;
        var actual = run(whole, precision, x);
        var plain = run(whole, precision, x, Optimization.CONSTANT_FOLDING, Optimization.SIMPLIFY);
        for (int i = 0; i < x.length; i++) {
          assertThat(actual[i] == expected[i]).as("derivative %d of x^%d at %s: %s", order, n, x[i], actual[i]).isTrue();
          assertThat(Math.abs(plain[i] - expected[i]) <= 1e-5 * Math.abs(expected[i])).as("%d of x^%d at %s: %s", order, n, x[i], plain[i]).isTrue();
        }
      }
    }
  }

  /** The slope of a root of squares is 0 at zero; that of squares themselves goes on being a line, also where they are told as a power of 1. */
  @ParameterizedTest
  @ValueSource(strings = {"(x * x) ^ 1", "x ^ 2"})
  void secondDerivativesOfSquares(String square) {
    var program = "output y = grad(sum(grad(sum(" + square + "), x)), x)";
    for (int precision : new int[] {32, 64}) {
      assertThat(run(program, precision, new double[] {0, 1, -2, 0.5})).as(square).containsExactly(2, 2, 2, 2);
    }
  }

  /** Far out the slopes are those of lines; oracle: the functions' limits. */
  @ParameterizedTest
  @CsvSource({"'gelu(x)', 0, 1", "'gelu(x, approximate = true)', 0, 1", "silu(x), 0, 1", "mish(x), 0, 1", "softplus(x), 0, 1", "elu(x), 0, 1", "relu(x), 0, 1",
      "tanh(x), 0, 0", "sigmoid(x), 0, 0", "softsign(x), 0, 0", "erf(x), 0, 0", "hard_tanh(x), 0, 0", "hard_sigmoid(x), 0, 0"})
  void ofLargeNumbers(String function, double left, double right) {
    for (int precision : new int[] {32, 64}) {
      double most = precision == 32 ? Float.MAX_VALUE : Double.MAX_VALUE;
      double[] sizes = {1e4, 2e9, 1e13, 3e19, 1e30, 3e38, most};
      for (double sign : new double[] {-1, 1}) {
        var x = DoubleStream.of(sizes).map(size -> sign * size).toArray();
        var slopes = run("output y = grad(sum(" + function + "), x)", precision, x);
        for (int i = 0; i < x.length; i++) {
          assertThat(Math.abs(slopes[i] - (sign < 0 ? left : right)) <= 2e-8).as("slope of %s at %s: %s", function, x[i], slopes[i]).isTrue();
        }
      }
    }
  }
}
