package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.elaborate.Prelude;
import nnc.endtoend.Programs;
import nnc.syntax.Ast;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What weighs on the terms of losses. Oracle: of a weighted loss, the mean of the loss of each example by itself, over the weights; that is what torch
 * documents of the weights of cross_entropy's classes. What weighs nothing is no number here, and neither is to be seen in a loss nor in a gradient.
 */
class LossWeightsTest {
  private static final int N = 5;
  /** The example that weighs nothing. */
  private static final int NONE = 2;
  private static final double[] WEIGHTS = {0.5, 2, 0, 1, 3};

  /** Each loss that takes weights of examples; A, B, ... stand for arrays that have an example a row. */
  private static final List<String> LOSSES = List.of("mse(A, B|)", "mae(A, B|)", "huber(A, B, 0.4|)", "half_squared_error(A, B|)", "log_cosh(A, B|)",
      "cross_entropy(A, K|)", "cross_entropy(A, Q|)", "cross_entropy(A, K, smoothing = 0.2|)", "binary_cross_entropy(A, T|)", "focal(A, T|)", "entropy(Q|)",
      "kl_divergence(Q, P|)", "hinge(A, S|)", "squared_hinge(A, S|)", "multiclass_hinge(A, K, 0.7|)", "cosine_proximity(A, B|)",
      "triplet(A, B, C, 0.7|)", "poisson(A, T|)", "contrastive(A, B, U|)", "dice(Q, T|)", "gaussian_kl(A, B|)");

  private static final String INPUTS = """
      input a: float[5, 4]
      input b: float[5, 4]
      input c: float[5, 4]
      input t: float[5, 4]
      input s: float[5, 4]
      input q: float[5, 4]
      input p: float[5, 4]
      input u: float[5]
      input w: float[5]
      input k: int[5]
      """;

  private static Map<String, double[]> data(boolean holes) {
    var random = new Random(3);
    var a = Piece.normal(20, random);
    var b = Piece.normal(20, random);
    var c = Piece.normal(20, random);
    var t = random.ints(20, 0, 2).asDoubleStream().toArray();
    var q = distributions(random);
    if (holes) {
      Stream.of(a, b, c, t, q).forEach(values -> Arrays.fill(values, 4 * NONE, 4 * NONE + 4, Double.NaN));
    }
    return Map.of("a", a, "b", b, "c", c, "t", t, "s", Arrays.stream(t).map(x -> 2 * x - 1).toArray(), "q", q, "p", distributions(random),
        "u", new double[] {0, 1, 0, 0, 1}, "w", WEIGHTS, "k", new double[] {0, 3, 1, 3, 2});
  }

  private static double[] distributions(Random random) {
    var values = random.doubles(20, 0.1, 1).toArray();
    for (int i = 0; i < 20; i += 4) {
      double sum = values[i] + values[i + 1] + values[i + 2] + values[i + 3];
      for (int j = i; j < i + 4; j++) {
        values[j] /= sum;
      }
    }
    return values;
  }

  /** The loss of all examples, or of a part. */
  private static String call(String loss, String part, String settings) {
    return Pattern.compile("\\b[ABCKQTSPU]\\b").matcher(loss).replaceAll(array -> array.group().toLowerCase(Locale.ROOT) + part).replace("|", settings);
  }

  private static Piece piece(String outputs, Map<String, double[]> data) {
    var piece = Piece.of(INPUTS + outputs + "\noutput used = sum(a) + sum(b) + sum(c) + sum(t) + sum(s) + sum(q) + sum(p) + sum(u) + sum(w) + sum(k)", 1);
    data.forEach((name, values) -> piece.feed(N, name, values));
    return piece;
  }

  private static double[] alone(String loss) {
    var outputs = new StringBuilder();
    for (int i = 0; i < N; i++) {
      outputs.append("output alone%d = %s\n".formatted(i, call(loss, "[" + i + ":" + (i + 1) + "]", "")));
    }
    var piece = piece(outputs.toString(), data(false));
    return IntStream.range(0, N).mapToDouble(i -> piece.predict("alone" + i)[0]).toArray();
  }

  private static double mean(double[] terms, double[] weights) {
    double sum = 0;
    for (int i = 0; i < terms.length; i++) {
      sum += weights[i] == 0 ? 0 : weights[i] * terms[i];
    }
    return sum / Arrays.stream(weights).sum();
  }

  private static List<String> losses() {
    return LOSSES;
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aWeightedLossIsTheMeanOfItsExamples(String loss) {
    var by = loss.startsWith("entropy") || loss.startsWith("kl") || loss.startsWith("dice") ? "q" : "a";
    var piece = piece("y = " + call(loss, "", ", weights = w") + "\noutput whole = y\noutput slope = grad(y, " + by + ")\noutput nothing = "
        + call(loss, "", ", weights = 0 * w") + "\noutput even = " + call(loss, "", ", weights = 0 * w + 3") + " - " + call(loss, "", ""), data(true));
    assertThat(piece.predict("whole")[0]).isCloseTo(mean(alone(loss), WEIGHTS), within(1e-12));
    assertThat(piece.predict("nothing")).containsExactly(0);
    var slope = piece.predict("slope");
    for (int i = 0; i < 20; i++) {
      assertThat(slope[i]).as("slope %d", i).isFinite();
      assertThat(i / 4 == NONE ? slope[i] : 0).isZero();
    }
    data(false).forEach((name, values) -> piece.feed(N, name, values));
    assertThat(piece.predict("even")[0]).isCloseTo(0, within(1e-13));
  }

  /** A loss of the library with two arguments or more that has no weights, or none here, fails. */
  @Test
  void everyLossTakesThem() {
    var with = new TreeSet<String>();
    var without = new TreeSet<>(List.of("perplexity", "top_k_accuracy", "precision", "recall", "specificity", "f1", "iou", "roc_auc", "r2"));
    for (var statement : Prelude.program().statements()) {
      if (statement instanceof Ast.Fn fn && fn.parameters().stream().anyMatch(p -> p.name().equals("weights") && p.defaultValue().isPresent())) {
        with.add(fn.name());
      }
    }
    // how it weighs sequences stands in CtcTest
    without.add("ctc_loss");
    without.addAll(LOSSES.stream().map(loss -> loss.substring(0, loss.indexOf('('))).toList());
    assertThat(with).isEqualTo(without);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"cross_entropy(A, K|); k", "cross_entropy(A, K, smoothing = 0.1|); k", "multiclass_hinge(A, K|); k"})
  void classesWeighAsTorchHasIt(String loss, String labels) {
    double[] of = {0.5, 1, 4, 2};
    double[] k = data(false).get(labels);
    var terms = alone(loss);
    var weights = Arrays.stream(k).map(label -> of[(int) label]).toArray();
    if (!loss.contains("smoothing")) {
      var piece = piece("output whole = " + call(loss, "", ", class_weights = [0.5, 1, 4, 2]") + "\noutput both = "
          + call(loss, "", ", class_weights = tensor([0.5, 1, 4, 2]), weights = w, ignore = 2"), data(false));
      assertThat(piece.predict("whole")[0]).isCloseTo(mean(terms, weights), within(1e-12));
      for (int i = 0; i < N; i++) {
        weights[i] *= k[i] == 2 ? 0 : WEIGHTS[i];
      }
      assertThat(piece.predict("both")[0]).isCloseTo(mean(terms, weights), within(1e-12));
      return;
    }
    // torch: with smoothing each class's share has that class's weight, and the sum is divided by the weights of the labels
    var a = data(false).get("a");
    double sum = 0;
    for (int i = 0; i < N; i++) {
      double all = 0;
      for (int j = 0; j < 4; j++) {
        all += Math.exp(a[4 * i + j]);
      }
      for (int j = 0; j < 4; j++) {
        sum += of[j] * (Math.log(all) - a[4 * i + j]) * (0.1 / 4 + (j == k[i] ? 0.9 : 0));
      }
    }
    var piece = piece("output whole = " + call(loss, "", ", class_weights = [0.5, 1, 4, 2]")
        + "\noutput array = " + call(loss, "", ", weights = tensor([0.5, 1, 4, 2])"), data(false));
    assertThat(piece.predict("array")).as("as many weights as classes are of these").isEqualTo(piece.predict("whole"));
    assertThat(piece.predict("whole")[0]).isCloseTo(sum / Arrays.stream(weights).sum(), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"binary_cross_entropy(a, t|); softplus(a) - a * t", "focal(a, t, 1.5|); (sigmoid(a) + t - 2 * sigmoid(a) * t)^1.5 * (softplus(a) - a * t)",
      "hinge(a, s|); relu(1 - s * a)", "squared_hinge(a, s|); relu(1 - s * a)^2"})
  void twoClassesWeighByWhichItIs(String loss, String term) {
    var piece = piece("output whole = " + loss.replace("|", ", class_weights = [0.25, 3]") + "\nv = 0.25 + 2.75 * t\noutput other = sum(v * (" + term + ")) / sum(v)"
        + "\noutput ignored = " + loss.replace("|", ", ignore = 1") + "\nz = cast(" + (loss.contains("s|") ? "s" : "t") + " != 1, \"float\")\noutput rest = sum(z * ("
        + term + ")) / sum(z)", data(false));
    assertThat(piece.predict("whole")[0]).isCloseTo(piece.predict("other")[0], within(1e-12));
    assertThat(piece.predict("ignored")[0]).isCloseTo(piece.predict("rest")[0], within(1e-12));
  }

  /** The labels of steps or pixels: [5, 4] of 3 classes each, of which -1 is none. */
  @Test
  void stepsAndPixelsAreIgnoredAndWeighted() {
    var random = new Random(4);
    var z = Piece.normal(60, random);
    var labels = random.ints(20, -1, 3).asDoubleStream().toArray();
    var v = random.doubles(20).toArray();
    var piece = Piece.of("""
        input z: float[5, 4, 3]
        input v: float[5, 4]
        input l: int[5, 4]
        output all = cross_entropy(z, l, ignore = -1)
        output weighted = cross_entropy(z, l, weights = v, ignore = -1)
        output rows = cross_entropy(z, l, weights = v[:, 0], class_weights = [1, 2, 3], ignore = -1)
        output unlikely = perplexity(z, l, ignore = -1)
        output hits = top_k_accuracy(z, l, 1, weights = v, ignore = -1)
        """, 1).feed(N, "z", z).feed(N, "v", v).feed(N, "l", labels);
    var terms = new double[20];
    var hits = new double[20];
    var some = new double[20];
    var weights = new double[20];
    var rows = new double[20];
    for (int i = 0; i < 20; i++) {
      if (labels[i] >= 0) {
        double own = z[3 * i + (int) labels[i]];
        terms[i] = Math.log(Math.exp(z[3 * i]) + Math.exp(z[3 * i + 1]) + Math.exp(z[3 * i + 2])) - own;
        hits[i] = own == Math.max(z[3 * i], Math.max(z[3 * i + 1], z[3 * i + 2])) ? 1 : 0;
        some[i] = 1;
        weights[i] = v[i];
        rows[i] = v[i / 4 * 4] * (labels[i] + 1);
      }
    }
    assertThat(piece.predict("all")[0]).isCloseTo(mean(terms, some), within(1e-12));
    assertThat(piece.predict("unlikely")[0]).isCloseTo(Math.exp(mean(terms, some)), within(1e-12));
    assertThat(piece.predict("weighted")[0]).isCloseTo(mean(terms, weights), within(1e-12));
    assertThat(piece.predict("rows")[0]).isCloseTo(mean(terms, rows), within(1e-12));
    assertThat(piece.predict("hits")[0]).isCloseTo(mean(hits, weights), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", value = {
      "cross_entropy(x, k, class_weights = [1, 2]) === cross_entropy: there are 3 classes, and 2 weights",
      "cross_entropy(x, k, weights = [1, 2, 3], class_weights = [1, 2, 3]) === cross_entropy: a list of weights is one of classes",
      "cross_entropy(x[0:3], k[0:3], weights = sum(x[0:3], axis = 1)) === there are as many examples as classes, and these weights may be of either",
      "cross_entropy(x, x, ignore = 0) === cross_entropy: a label that is ignored is a number, and these are distributions",
      "multiclass_hinge(x, k, class_weights = [1]) === multiclass_hinge: there are 3 classes, and 1 weights",
      "binary_cross_entropy(x, x, class_weights = [1, 2, 3]) === binary_cross_entropy: there are 2 classes, and 3 weights",
      "mse(x, x, weights = expand(x, 2)) === mse: weights have at most the 2 axes of what they weigh, and these have 3"})
  void whatDoesNotFitIsTold(String loss, String message) {
    assertThat(Programs.faults("input x: float[N, 3]\ninput k: int[N]\noutput y = " + loss)).contains(message).contains("test.nn:3:");
  }

  @Test
  void theProgramsOfThePageAreRight() throws IOException {
    var blocks = Files.readString(Path.of("../docs/losses.md")).split("```");
    for (int i = 1; i < blocks.length; i += 2) {
      assertThat(Programs.compile(blocks[i], 32).spec().plans()).as(blocks[i]).isNotEmpty();
    }
  }
}
