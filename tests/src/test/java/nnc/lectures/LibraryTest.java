package nnc.lectures;

import static nnc.lectures.Net.feed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.endtoend.Programs;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pieces of the library that the lectures name: gradients against finite differences, values against their formulas. */
class LibraryTest {
  private static final Offset<Double> CLOSE = within(1e-12);

  /** Expressions of p: float[N, 4, 6, 6] and s, its reshape to [N, 12, 12], with m a mask of its steps; both are computed from parameters. */
  @Covers
  static Stream<String> pieces() {
    return Stream.of("batch_renorm(r_max = 1, d_max = 0)(p)", "conv_transpose1d(3, kernel = 3, stride = 2, padding = 1, output_padding = 1)(s)",
        "adaptive_max_pool2d(p, 4)", "adaptive_avg_pool1d(s, 5)", "adaptive_max_pool1d(s, 5)", "upsample1d(s, 2)",
        "lstm(3, bidirectional = true)(s, m)", "gru(2, sequences = false)(s, m)", "rnn(2, bidirectional = true, sequences = false)(s, m)",
        "self_attention(3)(s, m)", "attention(3)(s, reverse(s), s, m)", "masked_mean(s, m)", "repeat_vector(flatten(p), 3)",
        "s |> time_distributed(dense(2, tanh))", "gram(p)", "total_variation(p)", "dice(sigmoid(p), 0.3 * ones(shape(p)))", "gaussian_kl(s, reverse(s))",
        "contrastive(s, 0.5 * s, 0.3)", "activity_l1(s, 0.3)", "activity_l2(p, 0.3)", "kl_sparsity(sigmoid(p))", "entropy(softmax(s))",
        "orthogonal(0.5)(s[0])", "orthogonal(0.5)(p[0])", "dropout(p, keep = 0.7)").map(text -> text.replace("gaussian_kl(s, reverse(s))", "gaussian_kl(s, reverse(s))"));
  }

  @ParameterizedTest
  @MethodSource("pieces")
  void gradients(String expression) {
    var program = "input x: float[N, 5]\ninput length: int[N]\nm = sequence_mask(length, 12)\nh = dense(144)(x)\np = reshape(h, [N, 4, 6, 6])\n"
        + "s = reshape(h, [N, 12, 12])\nloss mean(sin(1.3 * (" + expression + ")))";
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 64)), Path.of(""), "check", "--batch", "3", "--elements", "6");
    assertThat(said.code()).as(program + "\n" + said.all()).isZero();
  }

  private static double[] random(int size, long seed) {
    return new Random(seed).doubles(size, -1, 1).toArray();
  }

  @Test
  @Covers({"sequence_mask", "lstm", "gru", "rnn"})
  void whatStandsInThePaddingDoesNotMatter() {
    for (var layer : new String[] {"lstm(3, bidirectional = true)", "gru(3, sequences = false)", "rnn(3, bidirectional = true, sequences = false)"}) {
      var net = Net.of("input x: float[N, 5, 2]", "input length: int[N]", "output y = " + layer + "(x, sequence_mask(length, 5))");
      var one = random(20, 3);
      var other = one.clone();
      for (int i : new int[] {6, 7, 8, 9}) {
        other[i] = 100;
      }
      var length = feed("length", 3, 5);
      assertThat(net.predict("y", 2, feed("x", one), length)).as(layer).containsExactly(net.predict("y", 2, feed("x", other), length));
    }
  }

  @Test
  void aMaskedSequenceHasTheStateOfTheShorterOne() {
    var x = random(10, 4);
    var masked = Net.of("input x: float[N, 5, 2]", "input length: int[N]", "output y = lstm(3, bidirectional = true, sequences = false)(x, sequence_mask(length, 5))");
    var shorter = Net.of("input x: float[N, 3, 2]", "output y = lstm(3, bidirectional = true, sequences = false)(x)");
    assertThat(masked.predict("y", 1, feed("x", x), feed("length", 3)))
        .containsExactly(shorter.predict("y", 1, feed("x", java.util.Arrays.copyOf(x, 6))), CLOSE);
  }

  @Test
  @Covers({"attention", "self_attention"})
  void maskedPlacesAreNotAttendedTo() {
    for (var causal : new String[] {"", ", causal = true"}) {
      var net = Net.of("input x: float[N, 4, 6]", "input length: int[N]",
          "y = self_attention(2" + causal + ")(x, sequence_mask(length, 4))", "output head = y[:, :2]");
      var one = random(24, 5);
      var other = one.clone();
      java.util.Arrays.fill(other, 12, 24, 9);
      assertThat(net.predict("head", 1, feed("x", one), feed("length", 2))).containsExactly(net.predict("head", 1, feed("x", other), feed("length", 2)));
    }
  }

  @Test
  @Covers("masked_mean")
  void maskedMeanIsOfWhatIsThere() {
    var net = Net.of("input x: float[N, 3]", "input length: int[N]", "output y = masked_mean(x, sequence_mask(length, 3))");
    assertThat(net.predict("y", 2, feed("x", 1, 9, 9, 2, 3, 9), feed("length", 1, 2))).containsExactly(new double[] {2}, CLOSE);
  }

  @Test
  @Covers("batch_renorm")
  void batchRenormalisationIsBatchNormalisationWhileItsBoundsAreOneAndZero() {
    var x = random(24, 6);
    var plain = Net.of("input x: float[N, 3]", "y = batch_norm()(x)", "loss mean(y^3)", "train { optimizer = sgd(0) }");
    var renormed = Net.of("input x: float[N, 3]", "y = batch_renorm()(x)", "loss mean(y^3)", "train { optimizer = sgd(0) }");
    assertThat(renormed.train(1, 8, feed("x", x))).isCloseTo(plain.train(1, 8, feed("x", x)), CLOSE);
  }

  /** With bounds that bind nowhere, training computes what prediction would: y = (x - mean) / sd with the running values. */
  @Test
  void batchRenormalisationTrainsWithWhatItPredictsWith() {
    var x = random(24, 7);
    var net = Net.of("input x: float[N, 3]", "y = batch_renorm(r_max = 1000, d_max = 1000)(x)", "loss mean(y^3)", "train { optimizer = sgd(0) }");
    var predicted = net.loss(8, feed("x", x));
    assertThat(net.train(1, 8, feed("x", x))).isCloseTo(predicted, within(1e-10));
    assertThat(net.loss(8, feed("x", x))).isNotCloseTo(predicted, within(1e-6));
  }

  @Test
  @Covers({"time_distributed", "repeat_vector"})
  void timeDistributedAppliesOneLayerToEachStep() {
    var net = Net.of("input x: float[N, 3]", "layer_of = dense(2, tanh)", "output a = repeat_vector(x, 4) |> time_distributed(layer_of)",
        "output b = repeat(expand(layer_of(x), 1), 4, axis = 1)");
    var x = feed("x", random(6, 10));
    assertThat(net.predict("a", 2, x)).containsExactly(net.predict("b", 2, x), CLOSE);
    assertThat(net.model.spec().weights()).hasSize(2);
  }

  @Test
  @Covers({"dropout"})
  void dropoutKeepsTheExpectationWhicheverShareIsNamed() {
    for (var written : new String[] {"dropout(x, 0.3)", "dropout(x, keep = 0.7)"}) {
      var net = Net.of("input x: float[N, 1000]", "y = " + written, "loss mean(y)", "metric zeros_share = mean(y == 0)", "train { optimizer = sgd(1) }", "param unused: float = 0",
          "loss unused");
      var x = feed("x", DoubleStream.generate(() -> 1).limit(100_000).toArray());
      assertThat(net.train(1, 100, x)).isCloseTo(1, within(0.01));
      assertThat(net.loss(100, x)).isEqualTo(net.weight("unused")[0] + 1);
    }
  }

  @Test
  @Covers({"confusion_matrix", "specificity", "roc_auc"})
  void metricsOfASmallCase() {
    var net = Net.of("input score: float[N]", "input guess: int[N]", "target truth: int[N]", "metric m = confusion_matrix(guess, truth, 3)",
        "metric auc = roc_auc(score, truth > 0)", "metric s = specificity(guess > 0, truth > 0)");
    var fed = new Net.Fed[] {feed("score", 0.1, 0.4, 0.35, 0.8, 0.4), feed("guess", 0, 2, 1, 1, 0), feed("truth", 0, 0, 1, 2, 2)};
    assertThat(net.metric("m", 5, fed)).containsExactly(new double[] {0.2, 0, 0.2, 0, 0.2, 0, 0.2, 0.2, 0}, CLOSE);
    // of six pairs (positive 0.35 0.8 0.4, negative 0.1 0.4): ahead in 1 + 2 + 1, and one tie
    assertThat(net.metric("auc", 5, fed)).containsExactly(new double[] {4.5 / 6}, CLOSE);
    assertThat(net.metric("s", 5, fed)).containsExactly(new double[] {0.5}, CLOSE);
  }

  @Test
  @Covers("conv_transpose1d")
  void transposedConvolutionSpreadsEachElementOverTheKernel() {
    var net = Net.of("input x: float[N, 1, 3]", "layer spread()(x: float[N, C, L]) {", "  y = conv_transpose1d(1, kernel = 2, stride = 2, bias = false)",
        "  return y(x)", "}", "s = spread()", "output y = s(x)", "output w = s.y.W");
    var w = net.predict("w", 1, feed("x", 0, 0, 0));
    assertThat(net.predict("y", 1, feed("x", 1, 10, 100)))
        .containsExactly(new double[] {w[0], w[1], 10 * w[0], 10 * w[1], 100 * w[0], 100 * w[1]}, CLOSE);
  }

  @Test
  @Covers({"adaptive_avg_pool1d", "adaptive_max_pool1d", "upsample1d", "adaptive_max_pool2d"})
  void adaptiveCellsOverlapWhereTheSizesDoNotDivide() {
    var net = Net.of("input x: float[N, 1, 5]", "output a = adaptive_avg_pool1d(x, 3)", "output m = adaptive_max_pool1d(x, 3)", "output u = upsample1d(x, 2)",
        "output q = adaptive_max_pool2d(reshape(x, [N, 1, 5, 1]), [2, 1])");
    var x = feed("x", 1, 2, 4, 8, 16);
    assertThat(net.predict("a", 1, x)).containsExactly(new double[] {1.5, 14 / 3.0, 12}, CLOSE);
    assertThat(net.predict("m", 1, x)).containsExactly(2, 8, 16);
    assertThat(net.predict("u", 1, x)).containsExactly(1, 1, 2, 2, 4, 4, 8, 8, 16, 16);
    assertThat(net.predict("q", 1, x)).containsExactly(4, 16);
  }

  @Test
  void kindsAreNamedWithOrWithoutQuotes() {
    var net = Net.of("input x: float[N]", "output a = cast(cast(x, int), float) + cast(cast(x, \"int\"), \"float\")", "output b = cast(cast(x, bool), float)");
    assertThat(net.predict("a", 3, feed("x", 1.5, -2.7, 0))).containsExactly(2, -4, 0);
    assertThat(net.predict("b", 3, feed("x", 1.5, -2.7, 0))).containsExactly(1, 1, 0);
  }

  /** The oracle is the place in the permutation; what is taken is itself computed, in another kernel or the same. */
  @Test
  void takingFromWhatWasComputedReadsTheNamedPlaces() {
    var net = Net.of("input x: float[N, 784]", "place = range(784) * 353 - 784 * cast(floor(range(784) * 353 / 784), int)", "output y = take(x / 255, place, axis = 1)");
    var x = random(2 * 784, 11);
    var y = net.predict("y", 2, feed("x", x));
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isEqualTo(x[i / 784 * 784 + i % 784 * 353 % 784] / 255);
    }
  }
}
