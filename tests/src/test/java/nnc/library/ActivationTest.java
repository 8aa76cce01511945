package nnc.library;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Covers;
import nnc.graph.Erf;

/** Activations against their formulas, written with the JDK's functions, at ordinary, tiny and large places. */
@Covers({"identity", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "hard_sigmoid", "hard_tanh", "softsign", "softplus", "prelu",
    "maxout"})
class ActivationTest {
  private static final Map<String, DoubleUnaryOperator> FORMULAS = new LinkedHashMap<>();

  static {
    FORMULAS.put("identity(x)", x -> x);
    FORMULAS.put("relu(x)", x -> Math.max(0, x));
    FORMULAS.put("relu6(x)", x -> Math.clamp(x, 0, 6));
    FORMULAS.put("leaky_relu(x)", x -> x > 0 ? x : 0.01 * x);
    FORMULAS.put("leaky_relu(x, slope = 0.3)", x -> x > 0 ? x : 0.3 * x);
    FORMULAS.put("elu(x)", x -> x > 0 ? x : Math.expm1(x));
    FORMULAS.put("elu(x, alpha = 1.7)", x -> x > 0 ? x : 1.7 * Math.expm1(x));
    FORMULAS.put("selu(x)", x -> 1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * Math.expm1(x)));
    FORMULAS.put("celu(x)", x -> x > 0 ? x : Math.expm1(x));
    FORMULAS.put("celu(x, alpha = 0.6)", x -> x > 0 ? x : 0.6 * Math.expm1(x / 0.6));
    FORMULAS.put("gelu(x)", x -> x / 2 * (1 + Erf.of(x / Math.sqrt(2))));
    FORMULAS.put("gelu(x, approximate = true)", x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    FORMULAS.put("silu(x)", x -> x / (1 + Math.exp(-x)));
    FORMULAS.put("mish(x)", x -> x * Math.tanh(softplus(x)));
    FORMULAS.put("sigmoid(x)", x -> 1 / (1 + Math.exp(-x)));
    FORMULAS.put("hard_sigmoid(x)", x -> Math.clamp(x / 6 + 0.5, 0, 1));
    FORMULAS.put("tanh(x)", Math::tanh);
    FORMULAS.put("hard_tanh(x)", x -> Math.clamp(x, -1, 1));
    FORMULAS.put("softsign(x)", x -> x / (1 + Math.abs(x)));
    FORMULAS.put("softplus(x)", ActivationTest::softplus);
    FORMULAS.put("step(x)", x -> x > 0 ? 1 : 0);
  }

  private final Piece piece = Piece.of(program(), 1);

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static String program() {
    var text = new StringBuilder("input x: float[N, 7]\n");
    int i = 0;
    for (var expression : FORMULAS.keySet()) {
      text.append("output y").append(i).append(" = ").append(expression).append("\noutput g").append(i).append(" = grad(sum(y").append(i++).append("), x)\n");
    }
    return text.toString();
  }

  private void check(double[] x) {
    piece.feed(x.length / 7, "x", x);
    int i = 0;
    for (var formula : FORMULAS.values()) {
      Piece.assertClose(piece.predict("y" + i++), Arrays.stream(x).map(formula).toArray(), 1e-14);
    }
  }

  @Property(tries = 30, seed = "26", shrinking = ShrinkingMode.OFF)
  void values(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = -6, max = 2) int size) {
    check(Arrays.stream(Piece.normal(21, new Random(seed))).map(x -> x * Math.pow(10, size)).toArray());
  }

  @Example
  void cornersAndSaturation() {
    check(new double[] {0, -0.0, 1, -1, 3, -3, 6, 1e-300, -1e-300, 40, -40, 700, -700, 1e5});
  }

  /** torch.nn.functional's: 0 for relu and relu6 at their corners, the left slope for elu and its like at 0, 0 at the corners of the hard ones. */
  @Example
  void slopesAtTheCorners() {
    piece.feed(1, "x", 0, 1, -1, 3, -3, 6, -6);
    double[][] expected = new double[FORMULAS.size()][];
    var names = FORMULAS.keySet().stream().toList();
    expected[names.indexOf("relu(x)")] = new double[] {0, 1, 0, 1, 0, 1, 0};
    expected[names.indexOf("relu6(x)")] = new double[] {0, 1, 0, 1, 0, 0, 0};
    expected[names.indexOf("leaky_relu(x)")] = new double[] {0.01, 1, 0.01, 1, 0.01, 1, 0.01};
    expected[names.indexOf("elu(x, alpha = 1.7)")] = new double[] {1.7, 1, 1.7 * Math.exp(-1), 1, 1.7 * Math.exp(-3), 1, 1.7 * Math.exp(-6)};
    expected[names.indexOf("hard_sigmoid(x)")] = new double[] {1 / 6d, 1 / 6d, 1 / 6d, 0, 0, 0, 0};
    expected[names.indexOf("hard_tanh(x)")] = new double[] {1, 0, 0, 0, 0, 0, 0};
    expected[names.indexOf("softsign(x)")] = new double[] {1, 1 / 4d, 1 / 4d, 1 / 16d, 1 / 16d, 1 / 49d, 1 / 49d};
    expected[names.indexOf("step(x)")] = new double[7];
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != null) {
        Piece.assertClose(piece.predict("g" + i), expected[i], 1e-14);
      }
    }
  }

  @Property(tries = 10, seed = "26", shrinking = ShrinkingMode.OFF)
  void softmaxOverAnyAxis(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 0, max = 3) int size) {
    var soft = Piece.of("input x: float[N, 3, 4] output a = softmax(x) output b = softmax(x, axis = 1) output c = log_softmax(x) output d = log_softmax(x, 1)", 1);
    double[] x = Arrays.stream(Piece.normal(24, new Random(seed))).map(v -> v * Math.pow(10, size)).toArray();
    soft.feed(2, "x", x);
    for (boolean last : new boolean[] {true, false}) {
      var p = new double[24];
      var log = new double[24];
      for (int i = 0; i < 24; i++) {
        double most = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int pass = 0; pass < 2; pass++) {
          for (int k = 0; k < (last ? 4 : 3); k++) {
            double other = x[last ? i / 4 * 4 + k : i / 12 * 12 + k * 4 + i % 4];
            most = pass == 0 ? Math.max(most, other) : most;
            sum += pass == 1 ? Math.exp(other - most) : 0;
          }
        }
        p[i] = Math.exp(x[i] - most) / sum;
        log[i] = x[i] - most - Math.log(sum);
      }
      Piece.assertClose(soft.predict(last ? "a" : "b"), p, 1e-14);
      Piece.assertClose(soft.predict(last ? "c" : "d"), log, 1e-14);
    }
  }

  @Property(tries = 10, seed = "26", shrinking = ShrinkingMode.OFF)
  void withParameters(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var learned = Piece.of("input x: float[N, 5, 2] output a = prelu()(x) output b = maxout(3, 4)(x)", seed);
    double[] x = learned.feed(3, "x", 30, new Random(seed));
    double[] slope = learned.weight("prelu.slope");
    double[] w = learned.weight("maxout.W");
    double[] b = learned.weight("maxout.b");
    var a = new double[30];
    Arrays.setAll(a, i -> x[i] > 0 ? x[i] : slope[i / 2 % 5] * x[i]);
    Piece.assertClose(learned.predict("a"), a, 1e-14);
    var most = new double[45];
    for (int i = 0; i < 45; i++) {
      most[i] = Double.NEGATIVE_INFINITY;
      for (int piece = 0; piece < 4; piece++) {
        int column = i % 3 * 4 + piece;
        most[i] = Math.max(most[i], x[i / 3 * 2] * w[column] + x[i / 3 * 2 + 1] * w[12 + column] + b[column]);
      }
    }
    Piece.assertClose(learned.predict("b"), most, 1e-14);
  }
}
