package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import nnc.Covers;

/** Normalisations against means and variances that are taken over lists of places. */
@Covers({"batch_norm", "layer_norm", "group_norm", "instance_norm", "weight_norm_dense", "cosine_dense"})
class NormalisationTest {
  private static final int N = 3;
  private static final int C = 6;

  private interface Group {
    /** The group of which an element is one. */
    int of(int element);
  }

  /** Each element less its group's mean, over the root of the group's biased variance and epsilon. */
  private static double[] normalised(double[] x, int groups, Group group, double epsilon) {
    double[][] moments = moments(x, groups, group);
    var y = new double[x.length];
    Arrays.setAll(y, i -> (x[i] - moments[group.of(i)][1]) / Math.sqrt(moments[group.of(i)][2] + epsilon));
    return y;
  }

  /** Count, mean and biased variance of each group. */
  private static double[][] moments(double[] x, int groups, Group group) {
    var moments = new double[groups][3];
    for (int i = 0; i < x.length; i++) {
      moments[group.of(i)][0]++;
      moments[group.of(i)][1] += x[i];
    }
    for (var moment : moments) {
      moment[1] /= moment[0];
    }
    for (int i = 0; i < x.length; i++) {
      var moment = moments[group.of(i)];
      moment[2] += (x[i] - moment[1]) * (x[i] - moment[1]) / moment[0];
    }
    return moments;
  }

  private static String shape(int space) {
    return space == 1 ? "float[N, 6]" : "float[N, 6, " + space + "]";
  }

  @Property(tries = 8, seed = "26", shrinking = ShrinkingMode.OFF)
  void overTheBatch(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 4) int space,
      @ForAll @Scale(4) @DoubleRange(min = 0.0001, max = 0.5) double epsilon, @ForAll @Scale(3) @DoubleRange(min = 0, max = 1) double momentum) {
    var piece = Piece.of("input x: %s\ny = batch_norm(%s, %s)(x)\noutput y\nloss sum(sin(y))\ntrain { optimizer = sgd(0) }".formatted(shape(space), momentum, epsilon), seed);
    double[] x = piece.feed(N, "x", N * C * space, new Random(seed));
    double[] gamma = piece.weight("batch_norm.gamma");
    double[] beta = piece.weight("batch_norm.beta");
    double[] mean = piece.weight("batch_norm.mean");
    double[] variance = piece.weight("batch_norm.variance");
    Group channel = i -> i / space % C;
    var predicted = new double[x.length];
    Arrays.setAll(predicted, i -> (x[i] - mean[channel.of(i)]) / Math.sqrt(variance[channel.of(i)] + epsilon) * gamma[channel.of(i)] + beta[channel.of(i)]);
    Piece.assertClose(piece.predict("y"), predicted, 1e-13);

    double[] y = normalised(x, C, channel, epsilon);
    double loss = 0;
    for (int i = 0; i < y.length; i++) {
      loss += Math.sin(y[i] * gamma[channel.of(i)] + beta[channel.of(i)]);
    }
    Piece.assertClose(new double[] {piece.train(1, 0)}, new double[] {loss}, 1e-12);
    double[][] moments = moments(x, C, channel);
    for (int c = 0; c < C; c++) {
      mean[c] = (1 - momentum) * mean[c] + momentum * moments[c][1];
      variance[c] = (1 - momentum) * variance[c] + momentum * moments[c][2] * moments[c][0] / (moments[c][0] - 1);
    }
    Piece.assertClose(piece.weight("batch_norm.mean"), mean, 1e-13);
    Piece.assertClose(piece.weight("batch_norm.variance"), variance, 1e-13);
    Piece.assertClose(piece.weight("batch_norm.gamma"), gamma, 0);
  }

  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void overEachExample(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 2, max = 4) int space,
      @ForAll @IntRange(min = 0, max = 3) int divisor, @ForAll @Scale(4) @DoubleRange(min = 0.0001, max = 0.5) double epsilon) {
    int groups = new int[] {1, 2, 3, 6}[divisor];
    var piece = Piece.of("""
        input x: %s
        output layer = layer_norm(%2$s)(x)
        output group = group_norm(%3$d, %2$s)(x)
        output instance = instance_norm(%2$s)(x)
        output standard = layer_norm()(x)
        """.formatted(shape(space), epsilon, groups), seed);
    double[] x = piece.feed(N, "x", N * C * space, new Random(seed));
    scaled(piece, "layer", normalised(x, N * C, i -> i / space, epsilon), "layer_norm", i -> i % space);
    scaled(piece, "group", normalised(x, N * groups, i -> i / (C * space / groups), epsilon), "group_norm", i -> i / space % C);
    scaled(piece, "instance", normalised(x, N * C, i -> i / space, epsilon), "instance_norm", i -> i / space % C);
    scaled(piece, "standard", normalised(x, N * C, i -> i / space, 1e-5), "layer_norm_2", i -> i % space);
  }

  private static void scaled(Piece piece, String output, double[] y, String layer, Group place) {
    double[] gamma = piece.weight(layer + ".gamma");
    double[] beta = piece.weight(layer + ".beta");
    Arrays.setAll(y, i -> y[i] * gamma[place.of(i)] + beta[place.of(i)]);
    Piece.assertClose(piece.predict(output), y, 1e-12);
  }

  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofWeights(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var piece = Piece.of("input x: float[N, 5] output a = weight_norm_dense(4)(x) output b = cosine_dense(4)(x)", seed);
    double[] x = piece.feed(N, "x", N * 5, new Random(seed));
    double[] v = piece.weight("weight_norm_dense.V");
    double[] g = piece.weight("weight_norm_dense.g");
    double[] bias = piece.weight("weight_norm_dense.b");
    double[] w = piece.weight("cosine_dense.W");
    var a = new double[N * 4];
    var b = new double[N * 4];
    for (int i = 0; i < a.length; i++) {
      double sum = 0;
      double cosine = 0;
      double vv = 0;
      double ww = 0;
      double xx = 0;
      for (int d = 0; d < 5; d++) {
        double value = x[i / 4 * 5 + d];
        int at = d * 4 + i % 4;
        sum += value * v[at];
        cosine += value * w[at];
        vv += v[at] * v[at];
        ww += w[at] * w[at];
        xx += value * value;
      }
      a[i] = sum * g[i % 4] / Math.sqrt(vv) + bias[i % 4];
      b[i] = cosine / Math.sqrt(xx * ww);
    }
    Piece.assertClose(piece.predict("a"), a, 1e-13);
    Piece.assertClose(piece.predict("b"), b, 1e-13);
  }

  /** A row of zeros has cosine 0 with everything, as {@code cosine_proximity} has it, and training goes on from there. */
  @Example
  void aRowOfZerosHasCosineZero() {
    var piece = Piece.of("input x: float[N, 5] h = cosine_dense(4)(x) output y = h loss mean((h - 1)^2)", 3);
    piece.feed(2, "x", 0, 0, 0, 0, 0, 1, 2, 3, 4, 5);
    assertThat(Arrays.copyOf(piece.predict("y"), 4)).containsOnly(0);
    assertThat(Arrays.stream(piece.gradient("cosine_dense.W"))).allMatch(Double::isFinite);
  }
}
