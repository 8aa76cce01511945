package nnc.differentiate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.graph.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a choice has not taken has no part in a gradient, whatever its slope; oracle: the gradients of the branches, each alone. */
class ChosenGradientTest {
  private static final double[] POINTS = {0, -0.0, 1, -1, 2, 3, -3, 0.5, 1e-30, -1e-30, 1e30, -1e30, 100, -100, 0.25, -0.75, 1e-300};

  private static final List<String> BRANCHES = List.of("0 * x + 2", "x", "sqrt(x)", "log(x)", "1 / x", "exp(x)", "x^0.5", "x^-2", "log1p(x)", "expm1(x)",
      "sqrt(x) * log(x)", "exp(exp(x))", "x / (x - 1)", "log(sqrt(x))", "tanh(1 / x)", "sigmoid(log(x))", "abs(1 / x)", "maximum(1 / x, x)", "sin(1 / x)",
      "where(x > 2, log(x - 2), 1 / x)", "minimum(log(x), sqrt(x - 1))", "erf(1 / x)", "3^(1 / x)", "x^x", "sqrt(sqrt(x))", "clamp(1 / x, -2, 2)");
  private static final List<String> CONDITIONS = List.of("x > 0", "x <= 0", "x == 0", "x != 1", "not (x > 2)", "x > 1 and x < 50", "x < -2 or x > 1e20", "x > 1e40");

  @Provide
  static Arbitrary<String> branches() {
    return Arbitraries.of(BRANCHES);
  }

  @Provide
  static Arbitrary<String> conditions() {
    return Arbitraries.of(CONDITIONS);
  }

  private static Map<String, double[]> run(String program, int precision, double[] x) {
    var context = Compiler.load(Programs.compile(program, precision)).initialised(1).context("predict", x.length);
    context.batch(x.length);
    context.input("x").set(x);
    context.run();
    var names = List.of("taken", "first", "second", "c", "taken2", "first2", "second2");
    return names.stream().collect(Collectors.toMap(name -> name, name -> context.output(name).tensor().toDoubles()));
  }

  /** First derivatives, and second ones. */
  @Property(tries = 60, seed = "26", shrinking = ShrinkingMode.OFF)
  void isThatOfTheBranchTaken(@ForAll("branches") String a, @ForAll("branches") String b, @ForAll("conditions") String condition, @ForAll boolean wide) {
    var program = """
        input x: float[N]
        taken = grad(sum(where(%1$s, %2$s, %3$s)), x)
        first = grad(sum(%2$s), x)
        second = grad(sum(%3$s), x)
        output taken  output first  output second
        output c = cast(%1$s, "float")
        output taken2 = grad(sum(taken), x)
        output first2 = grad(sum(first), x)
        output second2 = grad(sum(second), x)
        """.formatted(condition, a, b);
    var results = run(program, wide ? 64 : 32, POINTS);
    for (int i = 0; i < POINTS.length; i++) {
      boolean chosen = results.get("c")[i] != 0;
      for (var order : List.of("", "2")) {
        double expected = results.get((chosen ? "first" : "second") + order)[i];
        double actual = results.get("taken" + order)[i];
        boolean same = Double.compare(actual, expected) == 0 || Math.abs(actual - expected) <= (wide ? 1e-12 : 1e-5) * Math.abs(expected);
        assertThat(same).as("derivative %s of where(%s, %s, %s) at %s is %s, and of what is taken %s", order, condition, a, b, POINTS[i], actual, expected).isTrue();
      }
    }
  }

  /** Nothing is taken, and so nothing comes back, through whatever lies between a choice and a pole. */
  @ParameterizedTest
  @ValueSource(strings = {"where(never, sqrt(x), x0)", "where(never, transpose(sqrt(x), [1, 0]), x1)", "where(never, reshape(log(x), [-1]), 0 * reshape(x, [-1]))",
      "where(never, sqrt(x)[:, 1:3], 1)", "where(never, sqrt(x)[:, ::-2], 1)", "where(never, pad(sqrt(x), [0, 1], [0, 2]), 2)", "where(never, concat([x, sqrt(x)], axis = 1), 2)",
      "where(never, expand(sqrt(x), 1) * ones(3, 1), 2)", "where(never, sum(sqrt(x), axis = 1), 1)", "where(never, prod(1 / x, axis = 1), 1)",
      "where(never, max(sqrt(x), axis = 1), 1)", "where(never, cumsum(sqrt(x)), 1)", "where(never, sqrt(x) @ ones(4, 2), 1)", "where(never, ones(2, 3) @ sqrt(x), 1)",
      "where(never, take(sqrt(x), range(2), axis = 1), 1)", "where(never, sort(sqrt(x)), 1)", "where(never, windows(sqrt(x), size = [2]), 1)",
      "where(never, softmax(where(x > 5, x, -infinity)), 1)", "where(never, logsumexp(1 / x), 1)", "where(never, sqrt(variance(log(x), axis = 1)), 1)",
      "where(never, x / sum(x), 1)", "where(never, conv(reshape(sqrt(x), [1, 1, 12]), ones(1, 1, 3)), 1)", "maximum(sqrt(x), 1)", "max(concat([sqrt(x), ones(3, 1)], axis = 1), axis = 1)",
      "minimum(-sqrt(x), -1)", "clamp(sqrt(x), 1, 2)", "relu(sqrt(x) - 1)", "where(never, top_k(concat([sqrt(x), ones(3, 2)], axis = 1), 2), 1)",
      "where(never, prod(concat([x, full([3, 2], infinity)], axis = 1), axis = 1), 1)", "where(never, log1p(maximum(x - 1, -1)), 1)", "where(never, exp(1000 + 0 * x) / (1 + x^2), 1)"})
  void throughEverythingBetween(String expression) {
    for (int precision : new int[] {32, 64}) {
      var compiled = Programs.compile("""
          input x: float[3, 4]
          input n: float
          never = n > 0
          x0 = 0 * x
          x1 = transpose(x0, [1, 0])
          output g = grad(sum(%s), x)
          """.formatted(expression), precision);
      var context = Compiler.load(compiled).initialised(1).context("predict", 1);
      context.input("x").set(new double[12]);
      context.input("n").set(0, -1);
      context.run();
      assertThat(Arrays.stream(context.output("g").tensor().toDoubles()).boxed()).as(expression).allMatch(value -> value == 0);
    }
  }

  /** The largest of a window is a choice as well: the others in it have no part, whatever their slope. */
  @ParameterizedTest
  @ValueSource(strings = {"max_pool1d(reshape(sqrt(x), [1, 1, 8]), 2)", "max_pool1d(reshape(sqrt(x), [1, 1, 8]), 3, stride = 1)", "max(reshape(sqrt(x), [4, 2]), axis = 1)",
      "max_pool2d(reshape(sqrt(x), [1, 1, 2, 4]), 2)"})
  void theLargestOfWindows(String pooled) {
    for (int precision : new int[] {32, 64}) {
      var compiled = Programs.compile("input x: float[8]\nh = " + pooled + "\noutput g = grad(sum(h), x)\n", precision);
      var context = Compiler.load(compiled).initialised(1).context("predict", 1);
      context.input("x").set(new double[] {4, 0, 0, 4, 4, 0, 0, 4});
      context.run();
      var g = context.output("g").tensor().toDoubles();
      for (int i = 0; i < g.length; i++) {
        assertThat(g[i]).as("slope of %s by element %s", pooled, i).matches(i % 4 == 0 || i % 4 == 3 ? slope -> slope >= 0 && slope <= 0.5 : slope -> slope == 0);
      }
    }
  }

  /** What an op leaves out has no part in its result: the slope there is 0, and its own slope too. */
  @ParameterizedTest
  @ValueSource(strings = {"sqrt(x)[:, 1:]", "log(x)[:, 2::2]", "(1 / x)[:, -1:]", "sqrt(x)[:, ::-1][:, :3] * 2", "transpose(sqrt(x), [1, 0])[1:]", "take(sqrt(x), [1, 3, 3], axis = 1)",
      "top_k(sqrt(x), 2)", "sort(sqrt(x))[:, 1:]", "split(sqrt(x), [1, 3], axis = 1)[1]", "windows(sqrt(x)[:, ::-1], size = [1], stride = [2])",
      "conv(reshape(sqrt(x[:, ::-1]), [3, 1, 4]), -ones(1, 1, 1), stride = [2])", "conv(reshape(sqrt(x[:, ::-1]), [3, 1, 4]), ones(1, 1, 3), stride = [3])"})
  void whatIsLeftOut(String expression) {
    for (int precision : new int[] {32, 64}) {
      var compiled = Programs.compile("input x: float[3, 4]\noutput g = grad(sum(" + expression + "), x)\noutput h = grad(sum(g^2), x)\n", precision);
      var context = Compiler.load(compiled).initialised(1).context("predict", 1);
      context.input("x").set(new double[] {0, 1, 2, 3, 0, 3, 2, 1, 0, 1, 3, 2});
      context.run();
      for (var name : List.of("g", "h")) {
        var slopes = context.output(name).tensor().toDoubles();
        for (int i = 0; i < slopes.length; i++) {
          assertThat(slopes[i]).as("%s of %s at %s", name, expression, i).matches(i % 4 == 0 ? slope -> slope == 0 : Double::isFinite);
        }
      }
    }
  }

  /** Data that is no number, and what is taken, show. */
  @Test
  void whatIsTakenSurvives() {
    var program = "input x: float[N]\noutput y = grad(sum(where(x > 0, x, sqrt(x))), x)\noutput z = grad(sum(where(x > 0, x, x * x)), x)\n";
    var context = Compiler.load(Programs.compile(program, 32)).initialised(1).context("predict", 4);
    context.batch(4);
    context.input("x").set(new double[] {-1, 0, Double.NaN, Double.NEGATIVE_INFINITY});
    context.run();
    assertThat(context.output("y").tensor().toDoubles()).containsExactly(Double.NaN, Double.POSITIVE_INFINITY, Double.NaN, Double.NaN);
    assertThat(context.output("z").tensor().toDoubles()).containsExactly(-2, 0, Double.NaN, Double.NEGATIVE_INFINITY);
  }

  private static long selects(String program) {
    return Programs.compile(program, 32).stages().get("predict").elaborated().nodes().stream().filter(node -> node.op() instanceof Op.Select).count();
  }

  /** Where slopes are finite by what they are computed from, a choice costs no more than it always did: itself, and its gradient. */
  @ParameterizedTest
  @ValueSource(strings = {"relu(h)", "elu(h)", "selu(h)", "celu(h, 0.5)", "leaky_relu(h)", "softplus(h)", "mish(h)", "silu(h)", "gelu(h)", "gelu(h, approximate = true)",
      "tanh(h)", "sigmoid(h)", "softmax(h)", "log_softmax(h)", "layer_norm()(h)", "h / (1 + h^2)", "rsqrt(h * h + 0.1)", "sqrt(1 + exp(-abs(h)))", "log(maximum(abs(h), 1e-7))",
      "log(clamp(h, 0.1, 0.9))", "h / (norm(h, keep = true) + 1e-6)", "softsign(h)", "hard_sigmoid(h)", "relu6(h)", "expand(logsumexp(h), 1) * h", "positional(6, 6)[0:1] * h",
      "dense(6)(h)", "cos(h)", "erf(h)", "0.5^relu(h)", "(1 + h^2)^1.7", "h^1"})
  void costsNothingElse(String function) {
    var program = "input x: float[N, 6]\ninput m: float[N, 6]\nh = x * 2\n";
    long plain = selects(program + "output g = grad(sum(" + function + "), x)");
    long chosen = selects(program + "output g = grad(sum(where(m > 0, " + function + ", 0)), x)");
    assertThat(chosen - plain).isLessThanOrEqualTo(3);
  }

  /** A norm has the slope 0 where it is zero, however it is written. */
  @ParameterizedTest
  @ValueSource(strings = {"sqrt(variance(x, axis = 1))", "sqrt(variance(x, axis = 1, correction = 1))", "sqrt(sum((x - 2)^2))", "sqrt(mean((x - 2) * (x - 2), axis = 1))", "norm(x - 2)",
      "variance(x, axis = 1)^0.5", "sqrt((x - 2)^2)", "sqrt(sum((x - 2)^4, axis = 0) / 3)", "sqrt(2 * mean((x - 2)^2) + sum((2 - x)^2))", "sum((x - 2)^2)^0.75"})
  void normsOfZero(String norm) {
    for (int precision : new int[] {32, 64}) {
      var compiled = Programs.compile("input x: float[3, 4]\noutput g = grad(sum(" + norm + "), x)\noutput v = sum(" + norm + ")", precision);
      var context = Compiler.load(compiled).initialised(1).context("predict", 1);
      var x = new double[12];
      Arrays.fill(x, 2);
      context.input("x").set(x);
      context.run();
      assertThat(context.output("v").get(0)).isZero();
      assertThat(Arrays.stream(context.output("g").tensor().toDoubles()).boxed()).as(norm).allMatch(value -> value == 0);
    }
  }
}
