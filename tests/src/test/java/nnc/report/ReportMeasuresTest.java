package nnc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What reports measure; oracle: the definitions, by counting all pairs, thresholds, cells and bins. */
class ReportMeasuresTest {
  /** Scores of which many are equal, and which examples are positive. */
  record Ranked(double[] scores, boolean[] positive) {
    double[] of(boolean kind) {
      return IntStream.range(0, scores.length).filter(i -> positive[i] == kind).mapToDouble(i -> scores[i]).toArray();
    }

    RankCurve curve() {
      return RankCurve.of(of(true), of(false));
    }

    int count(boolean kind, double least) {
      return (int) DoubleStream.of(of(kind)).filter(score -> score >= least).count();
    }
  }

  @Provide
  static Arbitrary<Ranked> ranked() {
    var count = Arbitraries.integers().between(1, 60);
    var kinds = Arbitraries.integers().between(1, 20);
    return Combinators.combine(count, kinds, Arbitraries.randomValue(random -> random)).as((n, values, random) -> {
      var scores = new double[n];
      var positive = new boolean[n];
      for (int i = 0; i < n; i++) {
        int value = random.nextInt(values);
        scores[i] = value == 0 ? random.nextBoolean() ? -0.0 : 0.0 : value == 1 ? Double.NEGATIVE_INFINITY : value / 3.0 - 2;
        positive[i] = random.nextInt(3) == 0;
      }
      return new Ranked(scores, positive);
    });
  }

  @Property(seed = "26")
  void theAreaIsTheChanceThatAPositiveIsAheadAndHalfOfTies(@ForAll("ranked") Ranked ranked) {
    double pairs = 0;
    double ahead = 0;
    for (double p : ranked.of(true)) {
      for (double n : ranked.of(false)) {
        pairs++;
        ahead += p > n ? 1 : p == n ? 0.5 : 0;
      }
    }
    assertThat(ranked.curve().rocArea()).isEqualTo(pairs == 0 ? Double.NaN : ahead / pairs, within(1e-12));
  }

  @Property(seed = "26")
  void averagePrecisionIsTheSumOverThresholds(@ForAll("ranked") Ranked ranked) {
    var thresholds = DoubleStream.of(ranked.scores).map(score -> score + 0.0).distinct().sorted().toArray();
    double positives = ranked.of(true).length;
    double sum = 0;
    double recall = 0;
    for (int i = thresholds.length - 1; i >= 0; i--) {
      double hits = ranked.count(true, thresholds[i]);
      sum += (hits / positives - recall) * hits / (hits + ranked.count(false, thresholds[i]));
      recall = hits / positives;
    }
    assertThat(ranked.curve().averagePrecision()).isEqualTo(positives == 0 ? Double.NaN : sum, within(1e-12));
  }

  /** What is drawn has the area that is told: by trapezoids of the one, by steps of the other. */
  @Property(seed = "26")
  void curvesHaveTheirAreas(@ForAll("ranked") Ranked ranked) {
    var curve = ranked.curve();
    if (!Double.isNaN(curve.rocArea())) {
      var roc = curve.roc("");
      assertThat(roc.x()[0] + roc.y()[0]).isZero();
      assertThat(roc.x()[roc.x().length - 1] + roc.y()[roc.y().length - 1]).isEqualTo(2);
      assertThat(area(roc)).isCloseTo(curve.rocArea(), within(1e-12));
      assertThat(area(curve.precisionRecall(""))).isCloseTo(curve.averagePrecision(), within(1e-12));
    }
  }

  private static double area(ReportChart.Line line) {
    return IntStream.range(1, line.x().length).mapToDouble(i -> (line.x()[i] - line.x()[i - 1]) * (line.y()[i] + line.y()[i - 1]) / 2).sum();
  }

  @Test
  void longCurvesAreThinned() {
    var random = new Random(1);
    var curve = RankCurve.of(random.doubles(5000).toArray(), random.doubles(5000).toArray());
    assertThat(curve.roc("").x()).hasSizeLessThanOrEqualTo(500).startsWith(0.0).endsWith(1.0);
    assertThat(area(curve.roc(""))).isCloseTo(curve.rocArea(), within(1e-3));
  }

  /** True and chosen classes, of which some may not occur. */
  record Chosen(int classes, int[] truth, int[] guess) {
    double count(int truth, int guess) {
      return IntStream.range(0, this.truth.length).filter(i -> (truth < 0 || this.truth[i] == truth) && (guess < 0 || this.guess[i] == guess)).count();
    }
  }

  @Provide
  static Arbitrary<Chosen> chosen() {
    return Combinators.combine(Arbitraries.integers().between(2, 7), Arbitraries.integers().between(1, 50), Arbitraries.randomValue(random -> random)).as((classes, n, random) ->
        new Chosen(classes, random.ints(n, 0, Math.max(1, classes - random.nextInt(3))).toArray(), random.ints(n, 0, classes).toArray()));
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  @Property(seed = "26")
  void confusionIsByCounting(@ForAll("chosen") Chosen chosen) {
    var confusion = Confusion.of(chosen.classes, chosen.truth, chosen.guess);
    double all = chosen.truth.length;
    double right = 0;
    double macro = 0;
    double occur = 0;
    double weighted = 0;
    for (int c = 0; c < chosen.classes; c++) {
      double precision = ratio(chosen.count(c, c), chosen.count(-1, c));
      double recall = ratio(chosen.count(c, c), chosen.count(c, -1));
      double f1 = ratio(2 * precision * recall, precision + recall);
      assertThat(confusion.of(c).precision()).isEqualTo(precision);
      assertThat(confusion.of(c).recall()).isEqualTo(recall);
      assertThat(confusion.of(c).f1()).isCloseTo(f1, within(1e-12));
      right += chosen.count(c, c);
      boolean occurs = chosen.count(c, -1) + chosen.count(-1, c) > 0;
      occur += occurs ? 1 : 0;
      macro += occurs ? f1 : 0;
      weighted += f1 * chosen.count(c, -1) / all;
    }
    assertThat(confusion.accuracy()).isCloseTo(right / all, within(1e-12));
    assertThat(confusion.macro().f1()).isCloseTo(macro / occur, within(1e-12));
    assertThat(confusion.weighted().f1()).isCloseTo(weighted, within(1e-12));
    assertThat(confusion.micro()).isEqualTo(new Confusion.Scores(right / all, right / all, right / all));
    var mistakes = confusion.mistakes(3);
    assertThat(mistakes).allSatisfy(mistake -> assertThat((double) mistake.count()).isEqualTo(chosen.count(mistake.truth(), mistake.guess())))
        .isSortedAccordingTo((a, b) -> Long.compare(b.count(), a.count()));
    assertThat(mistakes.stream().mapToLong(Confusion.Mistake::count).sum()).isLessThanOrEqualTo((long) (all - right));
  }

  @Property(seed = "26")
  void calibrationIsByBins(@ForAll("ranked") Ranked ranked) {
    var said = DoubleStream.of(ranked.scores).map(score -> 1 / (1 + Math.exp(-3 * score))).toArray();
    double expected = 0;
    double most = 0;
    for (int bin = 0; bin < 15; bin++) {
      double low = bin / 15.0;
      double high = (bin + 1) / 15.0;
      boolean first = bin == 0;
      var own = IntStream.range(0, said.length).filter(i -> (said[i] > low || first && said[i] == 0) && said[i] <= high).toArray();
      double off = Math.abs(Arrays.stream(own).mapToDouble(i -> (ranked.positive[i] ? 1 : 0) - said[i]).sum());
      expected += off / said.length;
      most = own.length == 0 ? most : Math.max(most, off / own.length);
    }
    var calibration = Calibration.of(said, ranked.positive);
    assertThat(calibration.expectedError()).isCloseTo(expected, within(1e-12));
    assertThat(calibration.largestError()).isCloseTo(most, within(1e-12));
    assertThat(Arrays.stream(calibration.counts()).sum()).isEqualTo(said.length);
    assertThat(calibration.brier()).isCloseTo(IntStream.range(0, said.length).mapToDouble(i -> Math.pow(said[i] - (ranked.positive[i] ? 1 : 0), 2)).average().orElseThrow(), within(1e-12));
  }

  @Property(seed = "26")
  void residualsAreByTheirDefinitions(@ForAll("chosen") Chosen chosen) {
    var truth = Arrays.stream(chosen.truth).mapToDouble(t -> t / 3.0).toArray();
    var guess = Arrays.stream(chosen.guess).mapToDouble(g -> g * 1.5 - 2).toArray();
    var off = IntStream.range(0, truth.length).mapToDouble(i -> truth[i] - guess[i]).sorted().toArray();
    var residuals = new Residuals(truth, guess);
    double n = off.length;
    assertThat(residuals.mae()).isCloseTo(DoubleStream.of(off).map(Math::abs).sum() / n, within(1e-12));
    assertThat(residuals.rmse()).isCloseTo(Math.sqrt(DoubleStream.of(off).map(x -> x * x).sum() / n), within(1e-12));
    double mean = DoubleStream.of(truth).sum() / n;
    double spread = DoubleStream.of(truth).map(t -> Math.pow(t - mean, 2)).sum();
    assertThat(residuals.r2()).isEqualTo(spread == 0 ? Double.NaN : 1 - DoubleStream.of(off).map(x -> x * x).sum() / spread, within(1e-9));
    assertThat(residuals.quantile(0)).isEqualTo(off[0]);
    assertThat(residuals.quantile(1)).isEqualTo(off[off.length - 1]);
    // at least half are not above the median, and at least half not below
    double median = residuals.quantile(0.5);
    assertThat(DoubleStream.of(off).filter(x -> x <= median + 1e-12).count()).isGreaterThanOrEqualTo((long) Math.ceil(n / 2));
    assertThat(DoubleStream.of(off).filter(x -> x >= median - 1e-12).count()).isGreaterThanOrEqualTo((long) Math.ceil(n / 2));
    assertThat(DoubleStream.of(residuals.histogram("").counts()).sum()).isEqualTo(n);
    assertThat(residuals.all()).containsExactly(IntStream.range(0, truth.length).mapToDouble(i -> truth[i] - guess[i]).toArray());
  }
}
