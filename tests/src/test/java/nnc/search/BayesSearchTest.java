package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import nnc.search.GaussianProcess.Estimate;
import org.junit.jupiter.api.Test;

/** The Gaussian process against formulas for one and two values, expected improvement against its integral, and the search against chance. */
class BayesSearchTest {
  private static final Verdict LOSS = new Verdict("loss", "validate", Verdict.Better.LOWER);

  /** Rewritten from Rasmussen and Williams, equation 4.17. */
  private static double matern(double distance) {
    return (1 + Math.sqrt(5) * distance + 5 * distance * distance / 3) * Math.exp(-Math.sqrt(5) * distance);
  }

  @Property(tries = 200, seed = "26")
  void oneValueHasItsClosedForm(@ForAll @DoubleRange(min = -3, max = 3) double value, @ForAll @DoubleRange(min = 0.1, max = 2) double length,
      @ForAll @DoubleRange(min = 0.01, max = 1) double noise, @ForAll @DoubleRange(max = 1) double place) {
    var process = new GaussianProcess(new double[][] {{0.25}}, new double[] {value}, new double[] {length}, noise);
    double k = matern(Math.abs(place - 0.25) / length);
    double signal = value * value / (1 + noise);
    var estimate = process.at(new double[] {place});
    assertThat(estimate.mean()).isCloseTo(k * value / (1 + noise), within(1e-12));
    assertThat(estimate.deviation()).isCloseTo(Math.sqrt(signal * (1 - k * k / (1 + noise))), within(1e-9));
    if (Math.abs(value) > 1e-3) {
      double variance = signal * (1 + noise);
      assertThat(process.logLikelihood()).isCloseTo(-value * value / (2 * variance) - 0.5 * Math.log(2 * Math.PI * variance), within(1e-9));
    }
  }

  /** With the inverse of a 2 x 2 matrix written out, in two dimensions with a length each. */
  @Property(tries = 200, seed = "26")
  void twoValuesHaveTheirClosedForm(@ForAll @DoubleRange(min = -2, max = 2) double first, @ForAll @DoubleRange(min = 0.1, max = 2) double second,
      @ForAll @DoubleRange(min = 0.01, max = 1) double noise, @ForAll @DoubleRange(max = 1) double x, @ForAll @DoubleRange(max = 1) double y) {
    double[][] places = {{0, 0.2}, {1, 0.7}};
    double[] lengths = {0.5, 1.5};
    var process = new GaussianProcess(places, new double[] {first, second}, lengths, noise);
    double c = matern(Math.hypot(1 / 0.5, 0.5 / 1.5));
    double a = matern(Math.hypot(x / 0.5, (y - 0.2) / 1.5));
    double b = matern(Math.hypot((x - 1) / 0.5, (y - 0.7) / 1.5));
    double d = 1 + noise;
    double determinant = d * d - c * c;
    double signal = (d * first * first - 2 * c * first * second + d * second * second) / determinant / 2;
    var estimate = process.at(new double[] {x, y});
    assertThat(estimate.mean()).isCloseTo((a * (d * first - c * second) + b * (d * second - c * first)) / determinant, within(1e-10));
    double known = (d * a * a - 2 * c * a * b + d * b * b) / determinant;
    assertThat(estimate.deviation()).isCloseTo(Math.sqrt(signal * Math.max(0, 1 - known)), within(1e-7));
    assertThat(process.logLikelihood()).isCloseTo(-1 - 0.5 * Math.log(signal * signal * determinant) - Math.log(2 * Math.PI), within(1e-9));
  }

  @Property(tries = 100, seed = "26")
  void expectedImprovementIsItsIntegral(@ForAll @DoubleRange(min = -2, max = 2) double mean, @ForAll @DoubleRange(min = 0.01, max = 2) double deviation,
      @ForAll @DoubleRange(min = -2, max = 2) double least) {
    double sum = 0;
    int steps = 20_000;
    for (int i = 0; i < steps; i++) {
      double z = -8 + 16 * (i + 0.5) / steps;
      sum += Math.max(0, least - mean - deviation * z) * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * 16 / steps;
    }
    assertThat(GaussianProcess.expectedImprovement(new Estimate(mean, deviation), least)).isCloseTo(sum, within(1e-6));
    assertThat(GaussianProcess.expectedImprovement(new Estimate(mean, 0), least)).isEqualTo(Math.max(0, least - mean));
  }

  /** A fitted process foretells a smooth function where it has not been. */
  @Test
  void aFittedProcessForetellsASmoothFunction() {
    ToDoubleFunction<double[]> function = x -> Math.sin(4 * x[0]) + 0.3 * x[1];
    var random = new Random(3);
    var places = random.doubles(30).mapToObj(x -> new double[] {x, random.nextDouble()}).toArray(double[][]::new);
    var process = GaussianProcess.fit(places, Arrays.stream(places).mapToDouble(function).toArray(), new Random(1));
    for (int i = 0; i < 50; i++) {
      double[] place = {random.nextDouble(), random.nextDouble()};
      assertThat(process.at(place).mean()).isCloseTo(function.applyAsDouble(place), within(0.15));
    }
  }

  @Property(tries = 200, seed = "26")
  void costsHaveMeanZeroAndVarianceOneWhateverFailed(@ForAll @IntRange(min = 1, max = 20) int count, @ForAll long seed) {
    var random = new Random(seed);
    var costs = random.doubles(count).map(x -> x < 0.2 ? Double.NaN : x < 0.3 ? 1e30 : x).toArray();
    var standard = BayesSearch.standardized(costs);
    assertThat(standard).hasSize(count).doesNotContain(Double.NaN);
    assertThat(Arrays.stream(standard).average().orElseThrow()).isCloseTo(0, within(1e-9));
    double variance = Arrays.stream(standard).map(x -> x * x).average().orElseThrow();
    assertThat(variance < 1e-9 || Math.abs(variance - 1) < 1e-9).isTrue();
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        assertThat(Double.isNaN(costs[i]) || !(costs[i] < costs[j]) || standard[i] <= standard[j]).isTrue();
        assertThat(!Double.isNaN(costs[i]) || Double.isNaN(costs[j]) || costs[j] > 1 || standard[j] <= standard[i]).as("a failure is no better than any result").isTrue();
      }
    }
  }

  private static List<TrialResult> run(SearchStrategy search, ToDoubleFunction<Point> loss) {
    var results = new ArrayList<TrialResult>();
    for (var next = search.next(results); !next.isEmpty(); next = search.next(results)) {
      next.forEach(proposal -> results.add(HalvingSearchTest.result(proposal, loss.applyAsDouble(proposal.point()))));
    }
    return results;
  }

  /** A valley of rate, width and a choice, as losses have them: by the same number of trials it finds lower places than chance. */
  @Test
  void itFindsLowerPlacesThanChance() {
    var space = new SearchSpace(List.of(AxisText.read("rate", "log(1e-5..1)").orElseThrow(), AxisText.read("width", "8..128").orElseThrow(),
        AxisText.read("act", "[relu, tanh]").orElseThrow()));
    ToDoubleFunction<Point> loss = point -> {
      double rate = Math.log10(Double.parseDouble(point.values().get("rate"))) + 2.3;
      double width = (Double.parseDouble(point.values().get("width")) - 90) / 60;
      return rate > 1.5 ? Double.NaN : rate * rate / 4 + width * width / 4 + (point.values().get("act").equals("relu") ? 0 : 0.3);
    };
    int wins = 0;
    double searched = 0;
    double drawn = 0;
    for (int seed = 1; seed <= 10; seed++) {
      var bayes = run(new BayesSearch(space, 24, 1, LOSS, seed), loss);
      var chance = run(new FixedSearch(space, FixedSearch.drawn(24, seed), 1, LOSS, 0), loss);
      assertThat(bayes).hasSize(24);
      assertThat(bayes.stream().map(TrialResult::point)).doesNotHaveDuplicates();
      assertThat(run(new BayesSearch(space, 24, 1, LOSS, seed), loss)).as("a seed means the same search").isEqualTo(bayes);
      double a = LOSS.cost(LOSS.best(bayes).orElseThrow());
      double b = LOSS.cost(LOSS.best(chance).orElseThrow());
      wins += a < b ? 1 : 0;
      searched += a;
      drawn += b;
    }
    assertThat(wins).isGreaterThanOrEqualTo(8);
    assertThat(searched).isLessThan(drawn / 3);
  }

  @Test
  void aSmallSpaceIsExhaustedAndThenItEnds() {
    var space = new SearchSpace(List.of(AxisText.read("width", "1..7").orElseThrow()));
    var results = run(new BayesSearch(space, 50, 1, LOSS, 1), point -> Double.parseDouble(point.values().get("width")));
    assertThat(results).hasSize(7);
  }
}
