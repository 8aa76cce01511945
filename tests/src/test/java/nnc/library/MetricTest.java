package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Covers;

/** Metrics against counts. */
@Covers({"precision", "recall", "f1", "iou", "top_k_accuracy", "perplexity", "r2", "specificity", "roc_auc"})
class MetricTest {
  private final Piece classes = Piece.of("""
      input score: float[N, 6]
      target label: int[N]
      loss cross_entropy(score, label)
      metric accuracy = mean(argmax(score) == label)
      metric top1 = top_k_accuracy(score, label, 1)
      metric top3 = top_k_accuracy(score, label, k = 3)
      metric top5 = top_k_accuracy(score, label)
      metric perplexity = perplexity(score, label)
      """, 1);

  @Property(tries = 20, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofClasses(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 30) int n) {
    var random = new Random(seed);
    double[] score = classes.feed(n, "score", n * 6, random);
    double[] label = random.ints(n, 0, 6).asDoubleStream().toArray();
    classes.feed(n, "label", label);
    int[] ahead = IntStream.range(0, n).map(i -> (int) Arrays.stream(score, 6 * i, 6 * i + 6).filter(s -> s > score[6 * i + (int) label[i]]).count()).toArray();
    for (int k : new int[] {1, 3, 5}) {
      assertThat(classes.evaluate("top" + k)).isEqualTo(share(ahead, k), within(1e-15));
    }
    assertThat(classes.evaluate("accuracy")).isEqualTo(share(ahead, 1), within(1e-15));
    double loss = IntStream.range(0, n).mapToDouble(i -> Math.log(Arrays.stream(score, 6 * i, 6 * i + 6).map(Math::exp).sum()) - score[6 * i + (int) label[i]]).sum();
    assertThat(classes.evaluate("perplexity")).isEqualTo(Math.exp(loss / n), within(1e-11));
  }

  private static double share(int[] ahead, int k) {
    return Arrays.stream(ahead).filter(count -> count < k).count() / (double) ahead.length;
  }

  private final Piece ranked = Piece.of("""
      input score: float[N]
      target label: float[N]
      metric auc = roc_auc(score, label)
      loss mean(score)
      """, 1);

  /** Pairs of an example of class 1 and one of class 0 of which the first has the higher score; a tie counts half, NaN is above nothing. */
  @Property(tries = 60, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofRanks(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 40) int n, @ForAll @IntRange(min = 1, max = 9) int levels) {
    var random = new Random(seed);
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0};
    double[] score = IntStream.range(0, n).mapToDouble(i -> random.nextInt(6) == 0 ? odd[random.nextInt(odd.length)] : random.nextInt(levels) - levels / 2).toArray();
    double[] label = random.ints(n, 0, 2).asDoubleStream().toArray();
    double ahead = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        ahead += label[i] == 1 && label[j] == 0 ? score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0 : 0;
      }
    }
    double ones = Arrays.stream(label).sum();
    ranked.feed(n, "score", score);
    ranked.feed(n, "label", label);
    assertThat(ranked.evaluate("auc")).isEqualTo(ahead / Math.max(ones * (n - ones), 1), within(1e-12));
  }

  /** All pairs of so many rows would be 4e10. */
  @Example
  void ofManyRanks() {
    int n = 200_000;
    var many = Piece.of("""
        input score: float[N]
        target label: float[N]
        metric auc = roc_auc(score, label)
        loss mean(score)
        """, n);
    many.feed(n, "score", IntStream.range(0, n).mapToDouble(i -> i * 7919L % n / 2).toArray());
    many.feed(n, "label", IntStream.range(0, n).mapToDouble(i -> i * 7919L % n % 4 == 1 ? 1 : 0).toArray());
    // place r of the scores from below is of class 1 where r % 4 is 1, tied with r - 1: three rows of class 0 each below, one of them tied
    double quarter = n / 4.0;
    double ahead = 3 * quarter * (quarter - 1) / 2 + quarter * 0.5;
    assertThat(many.evaluate("auc")).isEqualTo(ahead / (quarter * 3 * quarter), within(1e-12));
  }

  private final Piece decisions = Piece.of("""
      input score: float[N]
      target truth: bool[N]
      loss mean(score)
      guess = score > 0
      metric precision = precision(guess, truth)
      metric recall = recall(guess, truth)
      metric f1 = f1(guess, truth)
      metric iou = iou(guess, truth)
      metric specificity = specificity(guess, truth)
      metric r2 = r2(score, cast(truth, float) + 0.1 * score^2)
      """, 1);

  @Property(tries = 30, seed = "26", shrinking = ShrinkingMode.OFF)
  void ofDecisions(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 2, max = 30) int n) {
    var random = new Random(seed);
    double[] score = decisions.feed(n, "score", n, random);
    double[] truth = random.ints(n, 0, 2).asDoubleStream().toArray();
    decisions.feed(n, "truth", truth);
    double both = 0;
    double guessed = 0;
    double positive = 0;
    double neither = 0;
    for (int i = 0; i < n; i++) {
      both += score[i] > 0 && truth[i] > 0 ? 1 : 0;
      guessed += score[i] > 0 ? 1 : 0;
      positive += truth[i];
      neither += score[i] <= 0 && truth[i] == 0 ? 1 : 0;
    }
    assertThat(decisions.evaluate("precision")).isEqualTo(both / Math.max(1, guessed), within(1e-15));
    assertThat(decisions.evaluate("recall")).isEqualTo(both / Math.max(1, positive), within(1e-15));
    assertThat(decisions.evaluate("f1")).isEqualTo(2 * both / Math.max(1, guessed + positive), within(1e-15));
    assertThat(decisions.evaluate("iou")).isEqualTo(both / Math.max(1, guessed + positive - both), within(1e-15));
    assertThat(decisions.evaluate("specificity")).isEqualTo(neither / Math.max(1, n - positive), within(1e-15));
    double[] target = IntStream.range(0, n).mapToDouble(i -> truth[i] + 0.1 * score[i] * score[i]).toArray();
    double mean = Arrays.stream(target).sum() / n;
    double off = IntStream.range(0, n).mapToDouble(i -> Math.pow(target[i] - score[i], 2)).sum();
    double spread = Arrays.stream(target).map(t -> Math.pow(t - mean, 2)).sum();
    assertThat(decisions.evaluate("r2")).isEqualTo(1 - off / spread, within(1e-9 * (1 + off / spread)));
  }

  @Example
  void withoutAnyCaseTheyAreZero() {
    decisions.feed(3, "score", -1, -2, -3).feed(3, "truth", 0, 0, 0);
    for (var metric : new String[] {"precision", "recall", "f1", "iou"}) {
      assertThat(decisions.evaluate(metric)).isZero();
    }
  }
}
