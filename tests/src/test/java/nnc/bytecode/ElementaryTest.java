package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import nnc.endtoend.Programs;
import nnc.graph.Erf;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The elementary functions as emitted, against the JDK's in double; every width must give the same bits. */
class ElementaryTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");
  private static final int COUNT = 20_011;

  /** A function with its range and the error allowed, in ulps of a float. */
  record Case(String name, DoubleUnaryOperator truth, double low, double high, double ulps) {
    @Override
    public String toString() {
      return name + " on [" + low + ", " + high + "]";
    }
  }

  static Stream<Case> functions() {
    return Stream.of(
        new Case("exp", Math::exp, -87, 88.7, 2), new Case("exp", Math::exp, -1e-3, 1e-3, 2),
        new Case("expm1", Math::expm1, -20, 80, 2), new Case("expm1", Math::expm1, -0.5, 0.5, 2), new Case("expm1", Math::expm1, -1e-6, 1e-6, 2),
        new Case("log", Math::log, 1e-37, 1e37, 2), new Case("log", Math::log, 0.5, 2, 2), new Case("log", Math::log, 1e-44, 1e-38, 2),
        new Case("log1p", Math::log1p, -0.999, 1e6, 2.5), new Case("log1p", Math::log1p, -1e-5, 1e-5, 2),
        new Case("tanh", Math::tanh, -12, 12, 2), new Case("tanh", Math::tanh, -1e-3, 1e-3, 2),
        new Case("sigmoid", x -> Interpreter.unary(UnaryFn.SIGMOID, x), -80, 80, 3),
        new Case("erf", Erf::of, -5, 5, 2), new Case("erf", Erf::of, -1e-4, 1e-4, 2),
        new Case("sin", Math::sin, -3, 3, 2), new Case("sin", Math::sin, -1e4, 1e4, 4), new Case("cos", Math::cos, -1.5, 1.5, 2),
        new Case("floor", Math::floor, -1e5, 1e5, 0), new Case("ceil", Math::ceil, -1e5, 1e5, 0), new Case("round", Math::rint, -1e5, 1e5, 0),
        new Case("sqrt", Math::sqrt, 0, 1e30, 0.5), new Case("abs", Math::abs, -1e30, 1e30, 0), new Case("sign", Math::signum, -3, 3, 0));
  }

  private static double[] arguments(Case c, boolean asFloat) {
    var random = new Random(5);
    var x = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      // half of them spread over the exponents, half evenly
      x[i] = i % 2 == 0 && c.low() > 0 ? c.low() * Math.pow(c.high() / c.low(), random.nextDouble()) : c.low() + (c.high() - c.low()) * random.nextDouble();
      x[i] = asFloat ? (float) x[i] : x[i];
    }
    return x;
  }

  private static double[] run(Case c, int precision, String width, double[] x) {
    var compiled = Programs.compile("input x: float[N]\noutput y = " + c.name() + "(x)", precision);
    return Programs.predict(compiled, width, "x", x, x.length, "y");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void inFloat(Case c) {
    var x = arguments(c, true);
    var first = run(c, 32, "Scalar", x);
    for (int i = 0; i < x.length; i++) {
      double truth = c.truth().applyAsDouble(x[i]);
      double error = Math.abs(first[i] - truth) / Math.ulp((float) truth);
      // the least range of an ulp near zeros of sine and cosine is no fair measure
      boolean nearZero = (c.name().equals("sin") || c.name().equals("cos")) && Math.abs(truth) < 1e-2;
      assertThat(error <= c.ulps() || nearZero && Math.abs(first[i] - truth) < 1e-8)
          .as("%s(%s): %s, and in truth %s: %.2f ulp", c.name(), x[i], first[i], truth, error).isTrue();
    }
    for (var width : WIDTHS) {
      assertThat(run(c, 32, width, x)).as(width).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void inDouble(Case c) {
    var x = arguments(c, false);
    var first = run(c, 64, "Scalar", x);
    for (int i = 0; i < x.length; i++) {
      double truth = c.truth().applyAsDouble(x[i]);
      double error = Math.abs(first[i] - truth) / Math.max(Math.abs(truth), Double.MIN_NORMAL);
      assertThat(error <= 2e-15 || Math.abs(first[i] - truth) < 1e-15 && Math.abs(x[i]) > 1e-3).as("%s(%s): %s, and in truth %s", c.name(), x[i], first[i], truth).isTrue();
    }
    for (var width : WIDTHS) {
      assertThat(run(c, 64, width, x)).as(width).isEqualTo(first);
    }
  }

  @Test
  void specialValues() {
    var special = new double[] {0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e30, -1e30, 1};
    var expected = java.util.Map.of(
        "exp", new double[] {1, Double.NaN, Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY, 0, Math.E},
        "log", new double[] {Double.NEGATIVE_INFINITY, Double.NaN, Double.POSITIVE_INFINITY, Double.NaN, Math.log(1e30), Double.NaN, 0},
        "tanh", new double[] {0, Double.NaN, 1, -1, 1, -1, Math.tanh(1)},
        "sigmoid", new double[] {0.5, Double.NaN, 1, 0, 1, 0, 1 / (1 + Math.exp(-1))},
        "expm1", new double[] {0, Double.NaN, Double.POSITIVE_INFINITY, -1, Double.POSITIVE_INFINITY, -1, Math.E - 1},
        "erf", new double[] {0, Double.NaN, 1, -1, 1, -1, Erf.of(1)});
    expected.forEach((name, truth) -> {
      for (int precision : new int[] {32, 64}) {
        for (var width : WIDTHS) {
          var y = Programs.predict(Programs.compile("input x: float[N]\noutput y = " + name + "(x)", precision), width, "x", special, special.length, "y");
          for (int i = 0; i < y.length; i++) {
            boolean same = Double.isNaN(truth[i]) ? Double.isNaN(y[i]) : truth[i] == y[i] || Math.abs(y[i] - truth[i]) <= 1e-6 * Math.abs(truth[i]);
            assertThat(same).as("%s(%s) at %s bits, %s: %s", name, special[i], precision, width, y[i]).isTrue();
          }
        }
      }
    });
  }

  @Test
  void powers() {
    var random = new Random(3);
    var x = new double[2 * 4000];
    for (int i = 0; i < 4000; i++) {
      x[2 * i] = random.nextInt(4) == 0 ? -random.nextInt(9) : random.nextDouble() * 8;
      x[2 * i + 1] = random.nextInt(3) == 0 ? random.nextInt(9) - 4 : random.nextGaussian() * 3;
    }
    var compiled = Programs.compile("input x: float[N, 2]\noutput y = pow(x[:, 0], x[:, 1])", 64);
    var y = Programs.predict(compiled, "512", "x", x, 4000, "y");
    for (int i = 0; i < y.length; i++) {
      double truth = Math.pow(x[2 * i], x[2 * i + 1]);
      boolean same = Double.isNaN(truth) ? Double.isNaN(y[i]) : Math.abs(truth) == Math.abs(y[i]) || Math.abs(y[i] - truth) <= 1e-13 * Math.abs(truth);
      assertThat(same).as("%s ^ %s = %s, and in truth %s", x[2 * i], x[2 * i + 1], y[i], truth).isTrue();
    }
  }
}
