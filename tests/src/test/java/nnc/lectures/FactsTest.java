package nnc.lectures;

import static nnc.lectures.Net.feed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import nnc.endtoend.Programs;
import nnc.lectures.Net.Fed;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What introductory lectures state as facts, held against compiled programs. */
class FactsTest {
  private static final Offset<Double> EXACT = within(1e-12);

  private static double[] random(int size, long seed) {
    return new Random(seed).doubles(size, -1, 1).toArray();
  }

  private static double[] normal(int size, long seed) {
    var random = new Random(seed);
    return java.util.stream.DoubleStream.generate(random::nextGaussian).limit(size).toArray();
  }

  /** The value that a command printed under a name. */
  private static double told(String text, String name) {
    var match = Pattern.compile("\\b" + name + " +([-0-9.e]+)").matcher(text);
    double value = Double.NaN;
    while (match.find()) {
      value = Double.parseDouble(match.group(1));
    }
    return value;
  }

  @Test
  void f1StackedLinearLayersAreOne() {
    var net = Net.of("input x: float[N, 4]", "layer affine(units)(x: float[N, D]) -> float[N, units] {", "  param W: float[D, units] = normal(0, 1)",
        "  param b: float[units] = normal(0, 1)", "  return x @ W + b", "}", "one = affine(7)  two = affine(5)  three = affine(3)",
        "output deep = three(two(one(x)))", "output flat = x @ (one.W @ two.W @ three.W) + ((one.b @ two.W + two.b) @ three.W + three.b)");
    var x = feed("x", random(40, 1));
    assertThat(net.predict("deep", 10, x)).containsExactly(net.predict("flat", 10, x), within(1e-11));
  }

  private static double entropy(double... p) {
    var net = Net.of("input p: float[N, " + p.length + "]", "output h = entropy(p)");
    return net.predict("h", 1, feed("p", p))[0];
  }

  @Test
  void f2EntropyCrossEntropyAndDivergence() {
    var net = Net.of("input p: float[N, 6]", "input q: float[N, 6]", "output h = entropy(p)", "output ce = cross_entropy(log(q), p)", "output kl = kl_divergence(p, q)",
        "output zero = kl_divergence(p, p)", "pair = reshape(expand(p, 2) * expand(q, 1), [N, 36])", "output both = entropy(pair)", "output other = entropy(q)");
    var random = new Random(2);
    for (int turn = 0; turn < 50; turn++) {
      Fed[] fed = {feed("p", distribution(6, random)), feed("q", distribution(6, random))};
      double h = net.predict("h", 1, fed)[0];
      double kl = net.predict("kl", 1, fed)[0];
      assertThat(kl).isCloseTo(net.predict("ce", 1, fed)[0] - h, EXACT).isGreaterThanOrEqualTo(0);
      assertThat(net.predict("zero", 1, fed)[0]).isEqualTo(0);
      assertThat(net.predict("both", 1, fed)[0]).isCloseTo(h + net.predict("other", 1, fed)[0], EXACT);
      assertThat(h).isLessThanOrEqualTo(Math.log(6));
    }
    assertThat(entropy(0.25, 0.25, 0.25, 0.25) / Math.log(2)).isCloseTo(2, EXACT);
    assertThat(entropy(0, 1, 0)).isEqualTo(0);
  }

  private static double[] distribution(int size, Random random) {
    var p = random.doubles(size, 1e-3, 1).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(x -> x / sum).toArray();
  }

  @Test
  void f3CrossEntropyAndDivergenceHaveTheSameGradientInQ() {
    var inputs = new String[] {"input p: float[N, 4]", "param logits: float[4] = [0.3, -1, 2, 0.5]", "z = logits + 0 * p"};
    var ce = Net.of(inputs[0], inputs[1], inputs[2], "loss cross_entropy(z, p)");
    var kl = Net.of(inputs[0], inputs[1], inputs[2], "loss kl_divergence(p, softmax(z))");
    var random = new Random(3);
    for (int turn = 0; turn < 20; turn++) {
      var p = feed("p", distribution(4, random));
      assertThat(ce.gradient("logits", 1, p)).containsExactly(kl.gradient("logits", 1, p), EXACT);
    }
  }

  @Test
  void f4TanhIsASigmoid() {
    for (int precision : new int[] {32, 64}) {
      var net = Net.of(precision, 1, "input z: float[N]", "output a = tanh(z)", "output b = 2 * sigmoid(2 * z) - 1", "output c = (exp(z) - exp(-z)) / (exp(z) + exp(-z))");
      var z = feed("z", new Random(4).doubles(1000, -10, 10).toArray());
      var a = net.predict("a", 1000, z);
      assertThat(a).containsExactly(net.predict("b", 1000, z), within(precision == 32 ? 4e-7 : 1e-15));
      assertThat(a).containsExactly(net.predict("c", 1000, z), within(precision == 32 ? 4e-7 : 1e-15));
    }
  }

  /** Data of five columns with two strong directions: the decoder's rows span what the eigenvectors of the covariance do. */
  @Test
  void f5ALinearAutoencoderFindsThePrincipalComponents() {
    int n = 100;
    var scales = new double[] {3, 2, 0.5, 0.3, 0.2};
    var z = normal(5 * n, 5);
    var mix = normal(25, 6);
    var x = new double[5 * n];
    for (int row = 0; row < n; row++) {
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
          x[5 * row + i] += scales[j] * z[5 * row + j] * mix[5 * j + i] / 2;
        }
      }
    }
    var net = Net.of("input x: float[N, 5]", "encode = dense(2, bias = false)", "decode = dense(5, bias = false)", "loss half_squared_error(decode(encode(x)), x)",
        "train { optimizer = adam(0.02 * cosine_decay(4000)) }");
    net.train(4000, n, feed("x", x));
    var components = Principal.directions(x, 5, 2);
    var rows = Principal.orthonormal(new double[][] {Arrays.copyOf(net.weight("decode.W"), 5), Arrays.copyOfRange(net.weight("decode.W"), 5, 10)});
    for (var row : rows) {
      assertThat(Principal.outside(row, components)).isLessThan(1e-3);
    }
  }

  @Test
  void f6OneHiddenLayerFitsAContinuousFunction() {
    var net = Net.of("input x: float[N, 1]", "target y: float[N, 1]", "param W: float[1, 64] = normal(0, 1)", "param b: float[64] = uniform(-4, 4)",
        "guess = tanh((x - pi) * W + b) |> dense(1)", "output guess", "loss mse(guess, y)", "train { optimizer = adam(0.01 * cosine_decay(4000)) }");
    var x = new double[128];
    Arrays.setAll(x, i -> 2 * Math.PI * i / 127);
    Fed[] fed = {feed("x", x), feed("y", Arrays.stream(x).map(Math::sin).toArray())};
    net.train(4000, 128, fed);
    var between = new double[1000];
    Arrays.setAll(between, i -> 2 * Math.PI * i / 999);
    var guess = net.predict("guess", 1000, feed("x", between));
    for (int i = 0; i < 1000; i++) {
      assertThat(guess[i]).isCloseTo(Math.sin(between[i]), within(1e-2));
    }
  }

  /** Ten relu units in five layers make 32 linear pieces, in one layer at most 11. */
  @Test
  void f7LinearPiecesGrowExponentiallyWithDepth() {
    var x = new double[1025];
    Arrays.setAll(x, i -> i / 1024.0);
    var deep = Net.of("input x: float[N, 1]", "for i in 0..5 { x = relu(2 * x) - relu(4 * x - 2) }", "output y = squeeze(x, 1)");
    assertThat(pieces(deep.predict("y", 1025, feed("x", x)))).isEqualTo(32);
    for (long seed = 1; seed < 20; seed++) {
      var wide = Net.of(64, seed, "input x: float[N, 1]", "layer unit(n)(x: float[N, D]) {", "  param W: float[D, n] = normal(0, 3)", "  param b: float[n] = normal(0, 2)",
          "  return x @ W + b", "}", "output y = x |> unit(10) |> relu |> unit(1) |> squeeze(1)");
      assertThat(pieces(wide.predict("y", 1025, feed("x", x)))).isBetween(1, 11);
    }
  }

  /** Stretches of one slope, longer than a step. */
  private static int pieces(double[] y) {
    int pieces = 0;
    for (int i = 2; i < y.length; i++) {
      boolean straight = Math.abs(y[i] - 2 * y[i - 1] + y[i - 2]) < 1e-9;
      boolean before = i > 2 && Math.abs(y[i - 1] - 2 * y[i - 2] + y[i - 3]) < 1e-9;
      pieces += straight && !before ? 1 : 0;
    }
    return pieces;
  }

  private static double[] layerNorms(String body, int depth) {
    var net = Net.of("input x: float[N, 8]", "layer linear(gain)(x: float[N, D]) -> float[N, D] {", "  param W: float[D, D] = orthogonal(gain)", "  return x @ W", "}",
        "for i in 0.." + depth + " { " + body + " }", "loss sum(x^2)");
    var paths = net.model.spec().weights().stream().filter(w -> w.path().endsWith(".W")).map(w -> w.path()).toArray(String[]::new);
    var gradients = net.gradients(paths, 4, feed("x", random(32, 8)));
    return Arrays.stream(gradients).mapToDouble(g -> Math.sqrt(Arrays.stream(g).map(v -> v * v).sum())).toArray();
  }

  @Test
  void f8GradientsVanishAndExplodeAndSkipsHelp() {
    var plain = layerNorms("x = dense(8, sigmoid)(x)", 50);
    var skipped = layerNorms("x = x + dense(8, sigmoid)(x)", 50);
    var growing = layerNorms("x = linear(2)(x)", 30);
    assertThat(plain).hasSize(50);
    assertThat(plain[0] / plain[49]).isLessThan(1e-20);
    assertThat(skipped[0] / skipped[49]).isBetween(1e-3, 1e3);
    assertThat(growing[0]).isGreaterThan(1e12);
  }

  /** W' = W R': pixels permuted for all pictures alike are no harder for a softmax regression from zero. */
  @Test
  void f9PermutedPixelsAreLearnedAlike() {
    var order = permutation(36, 9);
    var lines = new String[] {"input x: float[N, 36]", "target t: int[N]", "layer linear(units)(x: float[N, D]) {", "  param W: float[D, units] = zeros",
        "  param b: float[units] = zeros", "  return x @ W + b", "}", "logits = linear(3)(PIXELS)", "loss cross_entropy(logits, t)", "metric right = mean(argmax(logits) == t)",
        "train { optimizer = momentum(0.5) }"};
    var straight = Net.of(String.join("\n", lines).replace("PIXELS", "x"));
    var permuted = Net.of(String.join("\n", lines).replace("PIXELS", "take(x, cast(tensor(" + Arrays.toString(order) + "), \"int\"), axis = 1)"));
    Fed[] fed = {feed("x", random(36 * 50, 10)), feed("t", new Random(11).ints(50, 0, 3).asDoubleStream().toArray())};
    straight.train(200, 50, fed);
    permuted.train(200, 50, fed);
    var w = straight.weight("linear.W");
    var moved = permuted.weight("linear.W");
    for (int i = 0; i < 36; i++) {
      for (int unit = 0; unit < 3; unit++) {
        assertThat(moved[3 * i + unit]).isCloseTo(w[3 * order[i] + unit], within(1e-10));
      }
    }
    assertThat(permuted.metric("right", 50, fed)).containsExactly(straight.metric("right", 50, fed));
  }

  private static int[] permutation(int size, long seed) {
    var order = new java.util.ArrayList<>(java.util.stream.IntStream.range(0, size).boxed().toList());
    java.util.Collections.shuffle(order, new Random(seed));
    return order.stream().mapToInt(i -> i).toArray();
  }

  @Test
  void f11APermutationIsARotation() {
    var order = permutation(12, 12);
    var net = Net.of("input x: float[N, 12]", "input c: float[N, 12]", "order = cast(tensor(" + Arrays.toString(order) + "), \"int\")", "fn permute(a) = take(a, order, axis = 1)",
        "R = take(eye(12), order, axis = 1)", "output one = transpose(R, [1, 0]) @ R", "output y = permute(x)", "output back = grad(sum(permute(x) * c), x)");
    Fed[] fed = {feed("x", random(12, 13)), feed("c", random(12, 14))};
    var y = net.predict("y", 1, fed);
    var back = net.predict("back", 1, fed);
    for (int i = 0; i < 12; i++) {
      assertThat(y[i]).isEqualTo(fed[0].values()[order[i]]);
      assertThat(back[order[i]]).isEqualTo(fed[1].values()[i]);
    }
    var one = net.predict("one", 1, fed);
    for (int i = 0; i < 144; i++) {
      assertThat(one[i]).isEqualTo(i / 12 == i % 12 ? 1 : 0);
    }
  }

  private static Net bowl(String optimizer) {
    return Net.of("input zero: float[N]", "param w: float[2] = [1, -2]", "loss sum(w^2 * tensor([1, 3])) / 2 + mean(zero)", "train { optimizer = " + optimizer + " }");
  }

  @Test
  void f12MomentumZeroIsPlainDescentAndMomentumOneNeverStops() {
    var plain = bowl("sgd(0.1)");
    var none = bowl("momentum(0.1, 0)");
    plain.train(20, 1, feed("zero", 0));
    none.train(20, 1, feed("zero", 0));
    assertThat(none.weight("w")).containsExactly(plain.weight("w"));
    var usual = bowl("momentum(0.01, 0.9)");
    var full = bowl("momentum(0.01, 1)");
    usual.train(2000, 1, feed("zero", 0));
    assertThat(usual.loss(1, feed("zero", 0))).isLessThan(1e-12);
    full.train(100_000, 1, feed("zero", 0));
    double highest = 0;
    for (int i = 0; i < 100; i++) {
      full.train(1, 1, feed("zero", 0));
      highest = Math.max(highest, full.loss(1, feed("zero", 0)));
    }
    assertThat(highest).isBetween(5.0, 8.0);
  }

  /** Nesterov's gradient at the place looked ahead to, theta - rate memory v, is the stored form's after theta = w + rate memory v. */
  @Test
  void nesterovsTwoFormsGiveTheSameIterates() {
    var stored = bowl("nesterov(0.05, 0.8)");
    double[] curvature = {1, 3};
    double[] theta = {1, -2};
    double[] v = new double[2];
    for (int i = 0; i < 50; i++) {
      stored.train(1, 1, feed("zero", 0));
      for (int k = 0; k < 2; k++) {
        v[k] = 0.8 * v[k] + curvature[k] * (theta[k] - 0.05 * 0.8 * v[k]);
        theta[k] -= 0.05 * v[k];
        assertThat(stored.weight("w")[k]).isCloseTo(theta[k] - 0.05 * 0.8 * v[k], EXACT);
      }
    }
  }

  /** The steps of an epoch are the examples over the batch, rounded up. */
  @Test
  void f13StepsOfAnEpoch(@TempDir Path folder) {
    for (int batch : new int[] {10, 4, 1}) {
      var told = Net.command(Programs.compile("input point: float[N, 2]\ntarget label: float[N]\nlayer counted()(x: float) -> float {\n  state steps: float = 0\n"
          + "  steps <- steps + 1\n  return x\n}\nloss counted()(mse(point |> dense(1) |> squeeze(1), label))\ndata { train = xor(10, seed = 1) }\n"
          + "train { optimizer = sgd(0.01)  batch = " + batch + "  epochs = 3 }", 64), folder, "train", "--out", folder.resolve("w.npz").toString());
      int steps = Math.ceilDiv(10, batch);
      assertThat(told.all()).contains("10 examples of xor, " + steps + (steps == 1 ? " step of " : " steps of ") + batch + " an epoch");
      var compiled = Programs.compile("input x: float[N]\nlayer counted()(x: float) -> float {\n  state steps: float = 0\n  return x + steps\n}\n"
          + "output y = counted()(mean(x))", 64);
      var model = nnc.Compiler.load(compiled).withWeights(folder.resolve("w.npz"));
      assertThat(model.weight("counted.steps").toDoubles()).containsExactly(3 * steps);
    }
  }

  private static int updatesTo(double goal, String rate) {
    var net = Net.of("input x: float[N]", "target y: float[N]", "param w: float = -2", "param b: float = -2", "loss sum((sigmoid(w * x + b) - y)^2) / 2",
        "train { optimizer = sgd(" + rate + ") }");
    Fed[] samples = {feed("x", 0.5, 2.5), feed("y", 0.2, 0.9)};
    for (int i = 1; i <= 50_000; i++) {
      if (net.train(1, 2, samples) < goal) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void f14LearningRatesTooLowRightAndTooHigh(@TempDir Path folder) {
    int low = updatesTo(1e-3, "0.01");
    int right = updatesTo(1e-3, "1");
    assertThat(right).isLessThan(500);
    assertThat(low).isBetween(50 * right, 200 * right);
    assertThat(updatesTo(1e-3, "1000")).isEqualTo(Integer.MAX_VALUE);
    var told = Net.command(Programs.compile("input point: float[N, 2]\ntarget label: float[N]\nloss mse(point |> dense(1) |> squeeze(1), label)\n"
        + "data { train = plane(100, seed = 1) }\ntrain { optimizer = sgd(100)  batch = 10  epochs = 50 }", 32), folder, "train", "--out",
        folder.resolve("w.npz").toString());
    assertThat(told.code()).isEqualTo(1);
    assertThat(told.all()).contains("the loss became").contains("a lower rate");
  }

  private static double accuracy(Path folder, String data, String logit) {
    var compiled = Programs.compile("input point: float[N, 2]\ntarget label: float[N]\nx = point[:, 0]\ny = point[:, 1]\nlogit = " + logit + "\nloss binary_cross_entropy(logit, label)\n"
        + "metric accuracy = mean((logit > 0) == (label > 0.5))\ndata { train = " + data + " }\ntrain { optimizer = adam(0.05)  batch = 20  epochs = 30 }", 64);
    var out = folder.resolve("w.npz").toString();
    assertThat(Net.command(compiled, folder, "train", "--out", out).code()).isZero();
    return told(Net.command(compiled, folder, "evaluate", "--weights", out).all(), "accuracy");
  }

  @Test
  void f15ALinearModelCannotAndPolarFeaturesCan(@TempDir Path folder) {
    var linear = "point |> dense(1) |> squeeze(1)";
    var radius = "stack([sqrt(x^2 + y^2), x * y / sqrt(x^2 + y^2 + 1e-9)], axis = 1) |> dense(1) |> squeeze(1)";
    assertThat(accuracy(folder, "circle(400, noise = 0, seed = 1)", linear)).isLessThan(0.75);
    assertThat(accuracy(folder, "xor(400, noise = 0, seed = 1)", linear)).isLessThan(0.75);
    assertThat(accuracy(folder, "circle(400, noise = 0, seed = 1)", radius)).isGreaterThan(0.99);
    assertThat(accuracy(folder, "xor(400, noise = 0, seed = 1)", radius)).isGreaterThan(0.97);
  }

  /** Five threshold units and one that fires if all five do; two such, and one that fires if either does. */
  @Test
  void f16ThresholdUnitsFireInsidePolygons() {
    var sides = new double[5][];
    var first = new StringBuilder();
    var second = new StringBuilder();
    for (int k = 0; k < 5; k++) {
      double angle = 2 * Math.PI * k / 5 + 0.1;
      sides[k] = new double[] {Math.cos(angle), Math.sin(angle)};
      first.append(k == 0 ? "" : ", ").append("[" + -sides[k][0] + ", " + -sides[k][1] + "]");
      second.append(k == 0 ? "" : ", ").append("1 + 1.5 * " + sides[k][0]);
    }
    var net = Net.of("input p: float[N, 2]", "W = transpose(tensor([" + first + "]), [1, 0])", "fn inside(q, b) = step(sum(step(q @ W + b), axis = 1) - 4.5)",
        "output pentagon = inside(p, 1)", "output union = step(inside(p, 1) + inside(p, tensor([" + second + "])) - 0.5)");
    var points = new double[2 * 61 * 61];
    for (int i = 0; i < 61 * 61; i++) {
      points[2 * i] = (i % 61 - 20) / 13.0;
      points[2 * i + 1] = (i / 61 - 30) / 13.0;
    }
    var pentagon = net.predict("pentagon", 61 * 61, feed("p", points));
    var union = net.predict("union", 61 * 61, feed("p", points));
    int within = 0;
    for (int i = 0; i < 61 * 61; i++) {
      boolean one = true;
      boolean other = true;
      for (var side : sides) {
        one &= points[2 * i] * side[0] + points[2 * i + 1] * side[1] < 1;
        other &= (points[2 * i] - 1.5) * side[0] + points[2 * i + 1] * side[1] < 1;
      }
      assertThat(pentagon[i]).isEqualTo(one ? 1 : 0);
      assertThat(union[i]).isEqualTo(one || other ? 1 : 0);
      within += one ? 1 : 0;
    }
    assertThat(within).isGreaterThan(300);
  }

  private static double[] penalised(String penalty) {
    var net = Net.of("input x: float[N, 20]", "target y: float[N, 1]", "loss mse(dense(1)(x), y)", "regularize " + penalty + " on \"*.W\"",
        "train { optimizer = sgd(0.02 * cosine_decay(4000)) }");
    var x = normal(20 * 100, 17);
    var y = new double[100];
    for (int n = 0; n < 100; n++) {
      y[n] = 2 * x[20 * n] - x[20 * n + 1] + 0.5 * x[20 * n + 2];
    }
    net.train(4000, 100, feed("x", x), feed("y", y));
    return net.weight("dense.W");
  }

  @Test
  void f17L1MakesZerosAndL2MakesMedium() {
    long zerosOfL1 = Arrays.stream(penalised("l1(0.1)")).filter(w -> Math.abs(w) < 1e-3).count();
    long zerosOfL2 = Arrays.stream(penalised("l2(0.1)")).filter(w -> Math.abs(w) < 1e-3).count();
    assertThat(zerosOfL1).isGreaterThanOrEqualTo(15);
    assertThat(zerosOfL2).isLessThanOrEqualTo(2);
    var gradients = Net.of("input zero: float[N]", "param W: float[4] = [1.5, -2, 0.25, -0.125]", "loss sum(W) * mean(zero)", "regularize l1(0.3) on \"W\"",
        "regularize l2(0.7) on \"W\"");
    assertThat(gradients.gradient("W", 1, feed("zero", 0)))
        .containsExactly(new double[] {0.3 + 0.7 * 1.5, -0.3 - 0.7 * 2, 0.3 + 0.7 * 0.25, -0.3 - 0.7 * 0.125}, EXACT);
  }

  /** A support vector machine is one layer under the hinge loss; the solver is dual coordinate descent. */
  @Test
  void f18ASupportVectorMachineIsOneLayer() {
    int n = 60;
    double lambda = 0.1;
    var x = normal(2 * n, 18);
    var t = new double[n];
    for (int i = 0; i < n; i++) {
      t[i] = i % 2 == 0 ? 1 : -1;
      x[2 * i] += t[i];
    }
    var net = Net.of("input x: float[N, 2]", "target t: float[N]", "loss hinge(squeeze(dense(1, bias = false)(x), 1), t)", "regularize l2(" + lambda + ") on \"dense.W\"",
        "train { optimizer = sgd(10 / (step + 10)) }");
    net.train(20_000, n, feed("x", x), feed("t", t));
    var exact = SupportVectors.solve(x, t, 2, lambda);
    assertThat(net.weight("dense.W")).containsExactly(exact, within(2e-3));
  }

  /** The nearest neighbour: a layer of inner products with all examples, then the label of the largest. */
  @Test
  void f18NearestNeighboursAreTwoLayers() {
    var examples = random(20, 19);
    var net = Net.of("input x: float[N, 2]", "P = reshape(tensor(" + Arrays.toString(examples) + "), [10, 2])", "near = x @ transpose(P, [1, 0]) - sum(P^2, axis = 1) / 2",
        "output label = one_hot(argmax(near), 10) @ tensor([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])");
    var x = random(200, 20);
    var label = net.predict("label", 100, feed("x", x));
    for (int i = 0; i < 100; i++) {
      int nearest = 0;
      for (int k = 1; k < 10; k++) {
        nearest = distance(x, i, examples, k) < distance(x, i, examples, nearest) ? k : nearest;
      }
      assertThat(label[i]).isEqualTo(nearest % 2);
    }
  }

  private static double distance(double[] x, int i, double[] y, int k) {
    return Math.hypot(x[2 * i] - y[2 * k], x[2 * i + 1] - y[2 * k + 1]);
  }

  /** Boosted stumps vote: one hidden layer of threshold units, each on one input, and their weights. */
  @Test
  void f18BoostedStumpsAreOneHiddenLayer() {
    var net = Net.of("input x: float[N, 2]", "stumps = 2 * step(x @ tensor([[1, 0, -1], [0, 1, 0]]) + tensor([-0.2, 0.1, 0.6])) - 1",
        "output vote = sign(stumps @ tensor([0.5, 0.9, 0.7]))");
    var x = random(200, 21);
    var vote = net.predict("vote", 100, feed("x", x));
    for (int i = 0; i < 100; i++) {
      double sum = 0.5 * (x[2 * i] > 0.2 ? 1 : -1) + 0.9 * (x[2 * i + 1] > -0.1 ? 1 : -1) + 0.7 * (x[2 * i] < 0.6 ? 1 : -1);
      assertThat(vote[i]).isEqualTo(Math.signum(sum));
    }
  }

  @Test
  void f19OrthogonalMatricesPreserveTheNorm() {
    for (int seed = 1; seed < 6; seed++) {
      var net = Net.of(64, seed, "input x: float[N, 30]", "param W: float[30, 30] = orthogonal", "output before = norm(x)", "output after = norm(x @ W)");
      var x = feed("x", normal(300, seed));
      assertThat(net.predict("after", 10, x)).containsExactly(net.predict("before", 10, x), EXACT);
    }
  }

  @Test
  void f20MaxPoolingTakesDisjointRectangles() {
    var net = Net.of("input x: float[N, 2, 4, 6]", "y = max_pool2d(x, [2, 3])", "output y", "output back = grad(sum(y * 5), x)");
    var x = random(96, 22);
    var y = net.predict("y", 2, feed("x", x));
    var back = net.predict("back", 2, feed("x", x));
    int reached = 0;
    for (int i = 0; i < 16; i++) {
      int top = i / 4 * 24 + i / 2 % 2 * 12 + i % 2 * 3;
      double most = Double.NEGATIVE_INFINITY;
      for (int cell = 0; cell < 6; cell++) {
        most = Math.max(most, x[top + cell / 3 * 6 + cell % 3]);
      }
      assertThat(y[i]).isEqualTo(most);
      for (int cell = 0; cell < 6; cell++) {
        int place = top + cell / 3 * 6 + cell % 3;
        assertThat(back[place]).isEqualTo(x[place] == most ? 5 : 0);
        reached += back[place] != 0 ? 1 : 0;
      }
    }
    assertThat(reached).isEqualTo(16);
  }
}
