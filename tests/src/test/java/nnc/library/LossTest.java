package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import nnc.Covers;

/** Losses against their sums. a and b are [N, 3, 4], k has labels [N, 3] of 4 classes, q a distribution, s signs, t zeros and ones. */
@Covers({"mse", "mae", "huber", "half_squared_error", "log_cosh", "cross_entropy", "binary_cross_entropy", "focal", "kl_divergence", "hinge", "squared_hinge",
    "multiclass_hinge", "cosine_proximity", "triplet", "poisson", "norm"})
class LossTest {
  private static final int N = 5;
  private static final int ROWS = N * 3;
  private static final int SIZE = ROWS * 4;
  private static final double[] WEIGHTS = {0.5, 2, 1, 0.3};

  private final double[] a = new double[SIZE];
  private final double[] b = new double[SIZE];
  private final double[] c = new double[SIZE];
  private final double[] k = new double[ROWS];
  private final double[] q = new double[SIZE];
  private final double[] s = new double[SIZE];
  private final double[] t = new double[SIZE];

  private void draw(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < SIZE; i++) {
      a[i] = random.nextGaussian();
      b[i] = random.nextGaussian();
      c[i] = random.nextGaussian();
      q[i] = Math.exp(random.nextGaussian());
      t[i] = random.nextInt(2);
      s[i] = random.nextInt(2) * 2 - 1;
    }
    for (int row = 0; row < ROWS; row++) {
      k[row] = random.nextInt(4);
      double sum = q[4 * row] + q[4 * row + 1] + q[4 * row + 2] + q[4 * row + 3];
      for (int i = 4 * row; i < 4 * row + 4; i++) {
        q[i] /= sum;
      }
    }
  }

  private double loss(String expression) {
    var text = new StringBuilder();
    for (String name : new String[] {"a", "b", "c", "q", "s", "t"}) {
      text.append("input ").append(name).append(": float[N, 3, 4]\n");
    }
    var piece = Piece.of(text + "input k: int[N, 3]\noutput y = " + expression + " + 0 * (sum(a) + sum(b) + sum(c) + sum(q) + sum(s) + sum(t) + sum(k))", 1);
    piece.feed(N, "a", a).feed(N, "b", b).feed(N, "c", c).feed(N, "q", q).feed(N, "s", s).feed(N, "t", t).feed(N, "k", k);
    return piece.predict("y")[0];
  }

  private void check(String expression, double expected) {
    assertThat(loss(expression)).as(expression).isCloseTo(expected, within(1e-13 * (1 + Math.abs(expected))));
  }

  private static double mean(int count, IntToDoubleFunction term) {
    return IntStream.range(0, count).mapToDouble(term).sum() / count;
  }

  private static double row(int row, IntToDoubleFunction term) {
    return IntStream.range(4 * row, 4 * row + 4).mapToDouble(term).sum();
  }

  /** log softmax of a. */
  private double logP(int i) {
    return a[i] - Math.log(row(i / 4, j -> Math.exp(a[j])));
  }

  private double softplus(double x) {
    return Math.log1p(Math.exp(x));
  }

  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofElements(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 3) double h) {
    draw(seed);
    check("mse(a, b)", mean(SIZE, i -> Math.pow(a[i] - b[i], 2)));
    check("mae(a, b)", mean(SIZE, i -> Math.abs(a[i] - b[i])));
    check("huber(a, b, delta = " + h + ")", mean(SIZE, i -> huber(a[i] - b[i], h)));
    check("huber(a, b)", mean(SIZE, i -> huber(a[i] - b[i], 1)));
    check("half_squared_error(a, b)", mean(SIZE, i -> Math.pow(a[i] - b[i], 2)) * 12 / 2);
    check("log_cosh(a, b)", mean(SIZE, i -> Math.log(Math.cosh(a[i] - b[i]))));
    check("binary_cross_entropy(a, q)", mean(SIZE, i -> softplus(a[i]) - a[i] * q[i]));
    check("binary_cross_entropy(a, t)", mean(SIZE, i -> softplus(t[i] > 0 ? -a[i] : a[i])));
    check("focal(a, t, gamma = " + h + ")", mean(SIZE, i -> focal(t[i] > 0 ? a[i] : -a[i], h)));
    check("focal(a, t)", mean(SIZE, i -> focal(t[i] > 0 ? a[i] : -a[i], 2)));
    check("hinge(a, s)", mean(SIZE, i -> Math.max(0, 1 - s[i] * a[i])));
    check("squared_hinge(a, s)", mean(SIZE, i -> Math.pow(Math.max(0, 1 - s[i] * a[i]), 2)));
    check("poisson(a, q)", mean(SIZE, i -> Math.exp(a[i]) - q[i] * a[i]));
  }

  private static double huber(double e, double delta) {
    return Math.abs(e) <= delta ? e * e / 2 : delta * (Math.abs(e) - delta / 2);
  }

  private static double focal(double margin, double gamma) {
    double p = 1 / (1 + Math.exp(-margin));
    return -Math.pow(1 - p, gamma) * Math.log(p);
  }

  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofClasses(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @Scale(3) @DoubleRange(min = 0, max = 1, maxIncluded = false) double smoothing) {
    draw(seed);
    double weight = IntStream.range(0, ROWS).mapToDouble(r -> WEIGHTS[(int) k[r]]).sum();
    var w = ", weights = " + Arrays.toString(WEIGHTS);
    var e = ", smoothing = " + smoothing;
    check("cross_entropy(a, k)", mean(ROWS, r -> -logP(4 * r + (int) k[r])));
    check("cross_entropy(a, q)", mean(ROWS, r -> row(r, i -> -q[i] * logP(i))));
    check("cross_entropy(a, k" + e + ")", mean(ROWS, r -> -(1 - smoothing) * logP(4 * r + (int) k[r]) - smoothing / 4 * row(r, this::logP)));
    check("cross_entropy(a, q" + e + ")", mean(ROWS, r -> row(r, i -> -(q[i] * (1 - smoothing) + smoothing / 4) * logP(i))));
    check("cross_entropy(a, k" + w + ")", ROWS / weight * mean(ROWS, r -> -WEIGHTS[(int) k[r]] * logP(4 * r + (int) k[r])));
    check("cross_entropy(a, k" + w + e + ")", ROWS / weight * mean(ROWS, r -> -(1 - smoothing) * WEIGHTS[(int) k[r]] * logP(4 * r + (int) k[r])
        - smoothing / 4 * row(r, i -> WEIGHTS[i % 4] * logP(i))));
    check("cross_entropy(a, q" + w + ")", mean(ROWS, r -> row(r, i -> -WEIGHTS[i % 4] * q[i] * logP(i))));
    check("kl_divergence(q, softmax(a))", mean(ROWS, r -> row(r, i -> q[i] * (Math.log(q[i]) - logP(i)))));
    check("kl_divergence(one_hot(k, 4), softmax(a))", mean(ROWS, r -> -logP(4 * r + (int) k[r])));
    check("multiclass_hinge(a, k, margin = 0.7)", mean(ROWS, r -> row(r, i -> i % 4 == k[r] ? 0 : Math.max(0, 0.7 - a[4 * r + (int) k[r]] + a[i]))));
  }

  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofDistances(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    draw(seed);
    check("cosine_proximity(a, b)", mean(ROWS, r -> 1 - row(r, i -> a[i] * b[i]) / Math.sqrt(row(r, i -> a[i] * a[i]) * row(r, i -> b[i] * b[i]))));
    check("triplet(a, b, c, margin = 0.4)", mean(ROWS, r -> Math.max(0, distance(r, b) - distance(r, c) + 0.4)));
    check("sum(norm(a))", ROWS * mean(ROWS, r -> Math.sqrt(row(r, i -> a[i] * a[i]))));
    check("sum(norm(a, p = 1))", SIZE * mean(SIZE, i -> Math.abs(a[i])));
    check("sum(norm(a, p = 3))", ROWS * mean(ROWS, r -> Math.cbrt(row(r, i -> Math.pow(Math.abs(a[i]), 3)))));
    check("sum(norm(a, p = infinity))", ROWS * mean(ROWS, r -> IntStream.range(4 * r, 4 * r + 4).mapToDouble(i -> Math.abs(a[i])).max().orElseThrow()));
  }

  private double distance(int row, double[] other) {
    return Math.sqrt(row(row, i -> Math.pow(a[i] - other[i] + 1e-6, 2)));
  }

  @Example
  void staysFiniteWhereTheTruthIsCertain() {
    draw(1);
    Arrays.setAll(a, i -> i % 4 == k[i / 4] ? 1000 : -1000);
    check("cross_entropy(a, k)", 0);
    check("cross_entropy(-a, k)", 2000 + Math.log(3));
    check("binary_cross_entropy(a, one_hot(k, 4))", 0);
    check("binary_cross_entropy(-a, one_hot(k, 4))", 1000);
    check("focal(-a, one_hot(k, 4), gamma = 0.5)", 1000);
    check("log_cosh(a, 0)", 1000 - Math.log(2));
    check("cosine_proximity(0 * a, b)", 1);
    check("sum(grad(sum(norm(0 * a)), a))", 0);
  }

  /** Reference values computed with PyTorch 2.10 in double, of a = sin(1), sin(2), ... and b = cos(1), cos(2), ... */
  @Example
  void asTorchHasThem() {
    draw(1);
    Arrays.setAll(a, i -> Math.sin(i + 1));
    Arrays.setAll(b, i -> Math.cos(i + 1));
    Arrays.setAll(c, i -> Math.sin(2 * i + 1));
    Arrays.setAll(k, i -> (3 * i + 1) % 4);
    check("mse(a, b)", 0.9941672982421893);
    check("mae(a, b)", 0.8935088036446464);
    check("huber(a, b, delta = 0.4)", 0.28245606218420083);
    check("cross_entropy(a, k)", 1.6035682906332556);
    check("cross_entropy(a, k, smoothing = 0.1)", 1.599991968727591);
    check("cross_entropy(a, k, weights = [0.5, 2, 1, 0.3])", 1.5922967675940314);
    check("cross_entropy(a, k, weights = [0.5, 2, 1, 0.3], smoothing = 0.1)", 1.5882619960668536);
    check("cross_entropy(a, softmax(b), weights = [0.5, 2, 1, 0.3], smoothing = 0.1)", 1.4106439244986009);
    check("binary_cross_entropy(a, sigmoid(b))", 0.753024222901998);
    check("kl_divergence(softmax(b), softmax(a))", 0.3480614043412436);
    check("multiclass_hinge(a, k, margin = 0.7)", 2.660693608469781);
    check("cosine_proximity(a, b)", 0.9942331768857916);
    check("triplet(a, b, c, margin = 0.4)", 0.45653463036806413);
    check("poisson(a, exp(b))", 1.2633893558718552);
    check("mean(gelu(3 * a))", 0.9388172080567005);
    check("mean(gelu(3 * a, approximate = true))", 0.9389766943165518);
    check("mean(mish(3 * a) * b)", 1.9060195726811058E-4);
    check("mean(selu(3 * a) * b)", 0.006081856435139388);
  }
}
