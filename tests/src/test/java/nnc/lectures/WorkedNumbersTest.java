package nnc.lectures;

import static nnc.lectures.Net.feed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import nnc.graph.Graph;
import nnc.graph.Op;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * The numbers that introductory lectures work out by hand, from compiled programs. Where a slide truncates or has a sign wrong, the exact
 * value stands here.
 */
class WorkedNumbersTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private static final Offset<Double> SIX = within(5e-7);

  /** One sample through one neuron: prediction, error, delta, weight delta, new weight. */
  @Test
  void n1OneNeuronOneStep() {
    var net = Net.of("input x: float[N]", "target goal: float[N]", "param w: float = 0.1", "prediction = w * x", "output prediction",
        "loss sum((prediction - goal)^2) / 2", "metric error = mean((prediction - goal)^2)", "metric delta = mean(prediction - goal)",
        "train { optimizer = sgd(0.01) }");
    Net.Fed[] sample = {feed("x", 8.5), feed("goal", 1)};
    assertThat(net.predict("prediction", 1, sample)).containsExactly(new double[] {0.85}, EXACT);
    assertThat(net.metric("error", 1, sample)).containsExactly(new double[] {0.0225}, EXACT);
    assertThat(net.metric("delta", 1, sample)).containsExactly(new double[] {-0.15}, EXACT);
    assertThat(net.gradient("w", 1, sample)).containsExactly(new double[] {-1.275}, EXACT);
    net.train(1, 1, sample);
    assertThat(net.weight("w")).containsExactly(new double[] {0.11275}, EXACT);
  }

  @Test
  void n2GradientDescentOfASigmoid() {
    var net = Net.of("input x: float[N]", "target y: float[N]", "param w: float = -2", "param b: float = -2", "loss sum((sigmoid(w * x + b) - y)^2) / 2",
        "train { optimizer = sgd(1) }");
    Net.Fed[] samples = {feed("x", 0.5, 2.5), feed("y", 0.2, 0.9)};
    assertThat(net.loss(2, samples)).isCloseTo(0.415820, SIX);
    net.train(1, 2, samples);
    assertThat(net.weight("w")[0]).isCloseTo(-1.994508, SIX);
    assertThat(net.weight("b")[0]).isCloseTo(-1.992289, SIX);
    net.train(999, 2, samples);
    assertThat(net.weight("w")[0]).isCloseTo(1.791720, SIX);
    assertThat(net.weight("b")[0]).isCloseTo(-2.282118, SIX);
    assertThat(net.loss(2, samples)).isCloseTo(2.43e-11, within(5e-14));
    net.train(20_000, 2, samples);
    assertThat(net.weight("w")[0]).isCloseTo(1.791759, SIX);
    assertThat(net.weight("b")[0]).isCloseTo(-2.282174, SIX);
  }

  private static final String[] HIDDEN = {"input x: float[N, 3]", "fn affine(x, Wt, b) = x @ transpose(tensor(Wt), [1, 0]) + tensor(b)",
      "z_in = affine(x, [[3, -9, 2], [11, -2, 7], [-6, 3, -4], [6, -1, 5]], [5, 2, -1, 1])", "z = sigmoid(z_in)", "output z_in", "output z"};

  private static Net onHidden(String... lines) {
    var all = new java.util.ArrayList<>(java.util.List.of(HIDDEN));
    all.addAll(java.util.List.of(lines));
    return Net.of(all.toArray(String[]::new));
  }

  @Test
  void n3SingleHiddenLayerWithASigmoid() {
    var net = onHidden("f = affine(z, [[3, -12, 8, 1]], [6])", "output f", "output y = sigmoid(f)");
    var x = feed("x", -3, 1, 5);
    assertThat(net.predict("z_in", 1, x)).containsExactly(-3, 2, 0, 7);
    assertThat(net.predict("z", 1, x)).containsExactly(new double[] {0.047426, 0.880797, 0.5, 0.999089}, SIX);
    assertThat(net.predict("f", 1, x)).containsExactly(new double[] {0.571802}, SIX);
    assertThat(net.predict("y", 1, x)).containsExactly(new double[] {0.639179}, SIX);
  }

  @Test
  void n4SingleHiddenLayerWithASoftmax() {
    var net = onHidden("f = affine(z, [[3, -12, 8, 1], [2, -3, 9, 1], [-5, 1, -1, 7]], [6, 0, -8])", "output f", "output y = softmax(f)");
    var x = feed("x", -3, 1, 5);
    assertThat(net.predict("f", 1, x)).containsExactly(new double[] {0.571802, 2.951549, -0.862710}, SIX);
    assertThat(net.predict("y", 1, x)).containsExactly(new double[] {0.083054, 0.897160, 0.019786}, SIX);
  }

  @Test
  void n5ThreeHiddenReluLayersAndASoftmax() {
    var net = Net.of("input x: float[N, 3]", "fn affine(x, Wt, b) = x @ transpose(tensor(Wt), [1, 0]) + tensor(b)",
        "z1 = affine(x, [[13, -9, 2], [-8, 0, 3], [4, -1, 5], [-3, 12, 7]], [5, -2, 2, 11])",
        "z2 = affine(relu(z1), [[1, 0, -4, 1], [0, 11, 2, -14], [-1, 5, -2, 16], [0, -9, -3, 4]], [-5, 3, 1, -8])",
        "z3 = affine(relu(z2), [[1, -2, -18, -7], [3, -4, 8, 0], [-2, 1, 21, 5], [2, -2, 11, -13]], [4, -6, 1, -17])",
        "f = affine(relu(z3), [[9, 3, -1, -4], [-8, -2, 14, 3], [13, 2, -9, -1]], [-1, -4, -30])", "output z1", "output z2", "output z3", "output f",
        "output y = softmax(f)");
    var x = feed("x", 7, 1, -4);
    assertThat(net.predict("z1", 1, x)).containsExactly(79, -70, 9, -26);
    assertThat(net.predict("z2", 1, x)).containsExactly(38, 21, -96, -35);
    assertThat(net.predict("z3", 1, x)).containsExactly(0, 24, -54, 17);
    assertThat(net.predict("f", 1, x)).containsExactly(3, -1, 1);
    assertThat(net.predict("y", 1, x)).containsExactly(new double[] {0.866813, 0.015876, 0.117310}, SIX);
    // the slide truncates
    assertThat(net.predict("y", 1, x)).containsExactly(new double[] {0.866, 0.015, 0.117}, within(1e-3));
  }

  @Test
  void n6JacobianOfTheSoftmax() {
    var net = Net.of("input f: float[N, 3]", "y = softmax(f)", "output y", "output J = stack([grad(sum(y[:, 0]), f), grad(sum(y[:, 1]), f), grad(sum(y[:, 2]), f)], axis = 1)");
    var f = feed("f", 3, -1, 1);
    var y = net.predict("y", 1, f);
    var expected = new double[9];
    for (int i = 0; i < 9; i++) {
      expected[i] = (i / 3 == i % 3 ? y[i / 3] : 0) - y[i / 3] * y[i % 3];
    }
    assertThat(net.predict("J", 1, f)).containsExactly(expected, EXACT);
  }

  /** Taken literally, exp(1000) is infinite; in 32 bits exp(89) already. */
  @Test
  void n7SoftmaxOfALargeNumber() {
    for (int label = 0; label < 3; label++) {
      var net = Net.of(32, 1, "input one: float[N]", "target label: int[N]", "param f: float[3] = [1, 1000, 2]", "logits = f * expand(one, 1)",
          "output y = softmax(logits)", "loss cross_entropy(logits, label)");
      Net.Fed[] fed = {feed("one", 1), feed("label", label)};
      assertThat(net.predict("y", 1, fed)).containsExactly(0, 1, 0);
      assertThat(net.loss(1, fed)).isEqualTo(label == 1 ? 0 : label == 0 ? 999 : 998);
      assertThat(net.gradient("f", 1, fed)).containsExactly(label == 0 ? new double[] {-1, 1, 0} : label == 1 ? new double[3] : new double[] {0, 1, -1});
    }
  }

  @Test
  void n8ThreeChannelConvolution() {
    var net = Net.of("input x: float[N, 3, 5, 5]", "W = tensor([[[[0, 1, 0], [0, 0, 2], [0, 1, 0]], [[2, 1, 0], [0, 0, 0], [0, 3, 0]], [[1, 0, 0], [1, 0, 0], [0, 0, 2]]]])",
        "output parts = conv(x, transpose(W, [1, 0, 2, 3]), groups = 3)", "output y = conv(x, W)");
    var x = feed("x", 1, 0, 1, 0, 2, 1, 1, 3, 2, 1, 1, 1, 0, 1, 1, 2, 3, 2, 1, 3, 0, 2, 0, 1, 0,
        1, 0, 0, 1, 0, 2, 0, 1, 2, 0, 3, 1, 1, 3, 0, 0, 3, 0, 3, 2, 1, 0, 3, 2, 1,
        2, 0, 1, 2, 1, 3, 3, 1, 3, 2, 2, 1, 1, 1, 0, 3, 1, 3, 2, 0, 1, 1, 2, 1, 1);
    assertThat(net.predict("parts", 1, x)).containsExactly(7, 5, 3, 4, 7, 5, 7, 2, 8, 5, 3, 10, 13, 1, 13, 7, 12, 11, 7, 5, 2, 11, 8, 2, 9, 4, 6);
    assertThat(net.predict("y", 1, x)).containsExactly(19, 13, 15, 28, 16, 20, 23, 18, 25);
  }

  /** The slide gives the drawn input nodes a bias too; a library gives them none: 9 and 11 are one more than what is learned. */
  @Test
  void n9ParametersOfTwoDrawnNetworks() {
    var chain = Net.of("input x: float[N, 1]", "output y = x |> dense(1) |> dense(1) |> dense(1) |> dense(1)");
    var fan = Net.of("input x: float[N, 1]", "output y = x |> dense(3) |> dense(1)");
    assertThat(parameters(chain) + 1).isEqualTo(9);
    assertThat(parameters(fan) + 1).isEqualTo(11);
  }

  static long parameters(Net net) {
    return net.model.spec().weights().stream().filter(w -> w.kind() == nnc.runtime.spec.ModelSpec.WeightKind.PARAMETER).mapToLong(w -> w.size()).sum();
  }

  @Test
  void n10SummaryOfATwoLayerNetwork() {
    var told = Net.of("input x: float[N, 784]", "w1 = dense(100, relu)", "w2 = dense(10)", "output y = softmax(w2(w1(x)))").command("summary");
    assertThat(told).containsPattern("w1 +dense +float\\[N, 100\\] +78,500").containsPattern("w2 +dense +float\\[N, 10\\] +1,010").contains("79,510");
  }

  @Test
  void n12ANeuronThatSeesAColourPicture() {
    var told = Net.of("input picture: float[N, 200, 200, 3]", "output y = flatten(picture) |> dense(1, bias = false)").command("summary");
    assertThat(told).containsPattern("dense +dense +float\\[N, 1\\] +120,000");
  }

  @Test
  void n13APhotographIsATensor() {
    var net = Net.of(32, 1, "input photo: int[N, 3264, 2448, 3]", "output brightest = max(photo, axis = [1, 2, 3])", "output mean_of = mean(mean(photo, axis = [2, 3]), axis = 1)");
    var context = net.model.context("predict", 1);
    context.batch(1);
    assertThat(context.input("photo").size()).isEqualTo(23_970_816);
    var pixels = new byte[23_970_816];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 3 == 0 ? 200 : 20);
    }
    context.input("photo").set(pixels);
    context.run();
    assertThat(context.output("brightest").get(0)).isEqualTo(200);
    assertThat(context.output("mean_of").get(0)).isCloseTo(80, within(1e-3));
  }

  /** What the loss must lose, the output and each weight must bring: the ratios on the slide are derivatives, and they chain. */
  @Test
  void n14BlameByHand() {
    var net = Net.of("input one: float[N]", "param w1: float = 0", "param w2: float = 0", "param v2: float = 0", "q = -0.25 * v2",
        "p = (0.05 / 0.09) * w1 - (0.05 / 0.12) * w2 + q", "loss -2 * p + 0 * mean(one)", "output by_p = grad(-2 * p, p)", "output q_by_v = grad(q, v2)");
    var one = feed("one", 1);
    assertThat(net.predict("by_p", 1, one)).containsExactly(new double[] {-2}, EXACT);
    assertThat(net.predict("q_by_v", 1, one)).containsExactly(new double[] {-0.01 / 0.04}, EXACT);
    // the loss goes down by 0.1 where one weight alone moves by -0.1 over its derivative
    assertThat(-0.1 / net.gradient("w1", 1, one)[0]).isCloseTo(0.09, EXACT);
    assertThat(-0.1 / net.gradient("w2", 1, one)[0]).isCloseTo(-0.12, EXACT);
    assertThat(net.gradient("v2", 1, one)[0]).isCloseTo(-2 * -0.25, EXACT);
  }

  /** dE/dw_ij = o_i delta_j: the gradient's graph is that product, and its values are those of the slides' formulas. */
  @Test
  void n15TheChainRuleOfTwoLayers() {
    var net = Net.of("input x: float[N, 3]", "target t: float[N, 2]", "inner = dense(4, sigmoid)", "outer = dense(2, sigmoid)", "h = inner(x)", "o = outer(h)",
        "loss sum((o - t)^2) / 2", "output h", "output o", "output V = outer.W");
    var random = new Random(3);
    Net.Fed[] fed = {feed("x", random.doubles(15).toArray()), feed("t", random.doubles(10).toArray())};
    var h = net.predict("h", 5, fed);
    var o = net.predict("o", 5, fed);
    var v = net.predict("V", 5, fed);
    var outer = new double[8];
    var inner = new double[12];
    for (int n = 0; n < 5; n++) {
      var delta = new double[2];
      for (int k = 0; k < 2; k++) {
        delta[k] = o[2 * n + k] * (1 - o[2 * n + k]) * (o[2 * n + k] - fed[1].values()[2 * n + k]);
      }
      for (int j = 0; j < 4; j++) {
        double deeper = h[4 * n + j] * (1 - h[4 * n + j]) * (delta[0] * v[2 * j] + delta[1] * v[2 * j + 1]);
        outer[2 * j] += h[4 * n + j] * delta[0];
        outer[2 * j + 1] += h[4 * n + j] * delta[1];
        for (int i = 0; i < 3; i++) {
          inner[4 * i + j] += fed[0].values()[3 * n + i] * deeper;
        }
      }
    }
    assertThat(net.gradient("outer.W", 5, fed)).containsExactly(outer, EXACT);
    assertThat(net.gradient("inner.W", 5, fed)).containsExactly(inner, EXACT);
    for (var path : new String[] {"outer.W", "inner.W"}) {
      var graph = net.compiled.stages().get("gradient").schedule().graph();
      var result = graph.results().stream().filter(r -> r.role() == Graph.Role.GRADIENT && r.name().equals(path)).findFirst().orElseThrow();
      assertThat(result.node().op()).as(path).isInstanceOf(Op.MatMul.class);
      assertThat(result.node().operand(0).op()).isInstanceOf(Op.Transpose.class);
    }
  }

  @Test
  void n16TheBatchsGradientIsTheMeanOfItsExamples() {
    var net = Net.of("input x: float[N, 3]", "target t: int[N]", "logits = x |> dense(5, tanh) |> dense(4)", "loss cross_entropy(logits, t)");
    var random = new Random(4);
    for (int turn = 0; turn < 20; turn++) {
      int batch = 1 + random.nextInt(9);
      var x = random.doubles(3 * batch, -2, 2).toArray();
      var t = random.ints(batch, 0, 4).asDoubleStream().toArray();
      var whole = net.gradient("dense.W", batch, feed("x", x), feed("t", t));
      var mean = new double[whole.length];
      for (int n = 0; n < batch; n++) {
        var one = net.gradient("dense.W", 1, feed("x", x[3 * n], x[3 * n + 1], x[3 * n + 2]), feed("t", t[n]));
        for (int i = 0; i < mean.length; i++) {
          mean[i] += one[i] / batch;
        }
      }
      assertThat(whole).containsExactly(mean, EXACT);
    }
  }

  /** One of N places tells N things apart, any of N places 2^N. */
  @Test
  void n17SparseAndDistributedCodes() {
    var net = Net.of("input thing: int[N]", "input number: int[N]", "output one = one_hot(thing, 5)",
        "output value = 1.54 * one_hot(thing, 5)", "bits = floor(expand(number, 1) / 2^tensor([4, 3, 2, 1, 0]))", "output many = bits - 2 * floor(bits / 2)");
    assertThat(net.predict("value", 1, feed("thing", 0), feed("number", 0))).containsExactly(1.54, 0, 0, 0, 0);
    assertThat(net.predict("many", 1, feed("thing", 0), feed("number", 22))).containsExactly(1, 0, 1, 1, 0);
    var all = java.util.stream.IntStream.range(0, 32).asDoubleStream().toArray();
    var codes = net.predict("many", 32, feed("thing", new double[32]), feed("number", all));
    var seen = new java.util.HashSet<String>();
    for (int i = 0; i < 32; i++) {
      seen.add(java.util.Arrays.toString(java.util.Arrays.copyOfRange(codes, 5 * i, 5 * i + 5)));
    }
    assertThat(seen).hasSize(32);
    assertThat(net.predict("one", 5, feed("thing", 0, 1, 2, 3, 4), feed("number", new double[5]))).containsExactly(new double[] {
        1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1});
  }
}
