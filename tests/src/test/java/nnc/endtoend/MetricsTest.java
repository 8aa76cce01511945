package nnc.endtoend;

import static nnc.library.Piece.assertClose;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.Covers;
import nnc.library.Piece;
import org.junit.jupiter.api.Test;

/** Metrics and a loss over classes, counted in loops. */
class MetricsTest {
  private static final int ROWS = 23;

  private static long count(double[] a, double[] b, boolean first, boolean second) {
    return IntStream.range(0, a.length).filter(i -> a[i] > 0 == first && b[i] > 0 == second).count();
  }

  private static void assertMetric(Piece piece, String name, double expected) {
    assertClose(new double[] {piece.evaluate(name)}, new double[] {expected}, 1e-12);
  }

  @Test
  @Covers({"precision", "recall", "f1", "iou"})
  void countsOfHits() {
    var piece = Piece.of("""
        input a: float[N]
        target b: float[N]
        metric p = precision(a > 0, b > 0)
        metric r = recall(a > 0, b > 0)
        metric f = f1(a > 0, b > 0)
        metric i = iou(a > 0, b > 0)
        metric nothing = precision(a > 100, b > 0)
        """, 1);
    var random = new Random(4);
    var a = piece.feed(ROWS, "a", ROWS, random);
    var b = piece.feed(ROWS, "b", ROWS, random);
    double hits = count(a, b, true, true);
    double extra = count(a, b, true, false);
    double missed = count(a, b, false, true);
    assertMetric(piece, "p", hits / (hits + extra));
    assertMetric(piece, "r", hits / (hits + missed));
    assertMetric(piece, "f", 2 * hits / (2 * hits + extra + missed));
    assertMetric(piece, "i", hits / (hits + extra + missed));
    assertMetric(piece, "nothing", 0);
  }

  @Test
  @Covers("r2")
  void theShareOfVarianceThatIsExplained() {
    var piece = Piece.of("input a: float[N] target b: float[N] metric share = r2(a, b)", 1);
    var random = new Random(5);
    var a = piece.feed(ROWS, "a", ROWS, random);
    var b = piece.feed(ROWS, "b", ROWS, random);
    double mean = Arrays.stream(b).average().orElseThrow();
    double left = IntStream.range(0, ROWS).mapToDouble(i -> (b[i] - a[i]) * (b[i] - a[i])).sum();
    assertMetric(piece, "share", 1 - left / Arrays.stream(b).map(x -> (x - mean) * (x - mean)).sum());
  }

  @Test
  @Covers({"top_k_accuracy", "perplexity", "multiclass_hinge"})
  void scoresOfClasses() {
    var piece = Piece.of("""
        input scores: float[N, 6]
        target label: int[N]
        metric two = top_k_accuracy(scores, label, 2)
        metric confusion = perplexity(scores, label)
        metric hinge = multiclass_hinge(scores, label, margin = 0.7)
        """, 1);
    var random = new Random(6);
    var scores = piece.feed(ROWS, "scores", 6 * ROWS, random);
    var labels = random.doubles(ROWS, 0, 6).map(Math::floor).toArray();
    piece.feed(ROWS, "label", labels);
    double hits = 0;
    double loss = 0;
    double hinge = 0;
    for (int row = 0; row < ROWS; row++) {
      var mine = Arrays.copyOfRange(scores, 6 * row, 6 * row + 6);
      double right = mine[(int) labels[row]];
      hits += Arrays.stream(mine).filter(score -> score > right).count() < 2 ? 1 : 0;
      loss += Math.log(Arrays.stream(mine).map(Math::exp).sum()) - right;
      hinge += Arrays.stream(mine).map(score -> Math.max(0, 0.7 - right + score)).sum() - 0.7;
    }
    assertMetric(piece, "two", hits / ROWS);
    assertMetric(piece, "confusion", Math.exp(loss / ROWS));
    assertMetric(piece, "hinge", hinge / ROWS);
  }

  @Test
  void theGradientOfTheHinge() {
    PiecesTest.gradients("input x: float[N, 4] target label: int[N] loss multiclass_hinge(dense(5)(x), label, margin = 0.3) + perplexity(dense(5)(x), label)");
  }
}
