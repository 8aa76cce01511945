package nnc.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import nnc.Covers;
import nnc.library.Piece;

/** Newton-CG and L-BFGS on functions whose minima, Hessians or iterates are known. */
@Covers({"newton_cg", "lbfgs"})
class SecondOrderTest {
  private static final int ROWS = 20;
  /** Rosenbrock's of each two (Moré, Garbow and Hillstrom 1981, function 21): it has one minimum, zero at ones. */
  private static final String VALLEYS = "sum(100 * (x[1::2] - x[0::2]^2)^2 + (1 - x[0::2])^2)";
  /** Rosenbrock's where each has to do with the next. */
  private static final String ROSENBROCK = "sum(100 * (x[1:] - x[:%d]^2)^2 + (1 - x[:%d])^2)";
  /** Of six unknowns, in three arrays of different shapes. */
  private static final String FED = """
      input R: float[N, 6]
      input t: float[N]
      param a: float[1, 2] = zeros
      param b: float = zeros
      param c: float[3] = zeros
      x = concat([reshape(a, [2]), reshape(b, [1]), c], axis = 0)
      u = (R @ reshape(x, [6, 1]))[:, 0] - t
      loss %s
      train { optimizer = %s }
      """;

  private static Descent fed(String loss, String optimizer, int precision, Random random) {
    return Descent.of(FED.formatted(loss, optimizer), precision, ROWS, Map.of("R", Piece.normal(ROWS * 6, random), "t", Piece.normal(ROWS, random)));
  }

  private static String rosenbrock(int n) {
    return ROSENBROCK.formatted(n - 1, n - 1);
  }

  private static double[] valley(int n) {
    var start = new double[n];
    Arrays.setAll(start, i -> i % 2 == 0 ? -1.2 : 1);
    return start;
  }

  private static double size(double[] x) {
    return Math.sqrt(Descent.dot(x, x));
  }

  // ---- Newton-CG

  /** At the minimum of a quadratic its gradient is zero: what one step leaves of it is rounding. */
  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void oneNewtonStepSolvesAnyQuadratic(@ForAll long seed) {
    for (int precision : new int[] {64, 32}) {
      var random = new Random(seed);
      var descent = fed("sum(u^2) / 2", "newton_cg(iterations = 9)", precision, random);
      descent.set(Arrays.stream(Piece.normal(6, random)).map(v -> 10 * v).toArray());
      double before = size(descent.gradient());
      descent.step();
      assertThat(size(descent.gradient()) / before).as("float" + precision).isLessThan(precision == 64 ? 1e-12 : 1e-4);
    }
  }

  /** Two numbers that have to do with each other; each alone would be at -1.79 after five steps. */
  @Example
  void twoCoupledScalars() {
    var descent = Descent.of("input one: float[N]\nparam a: float = 5\nparam b: float = -3\nloss 3 * a^2 + b^2 + 3 * a * b - a + 2 * b + 0 * mean(one)\n"
        + "train { optimizer = newton_cg }", 64, 1, Map.of("one", new double[] {1}));
    descent.step();
    // [6 3; 3 2] w = [1, -2]
    assertThat(descent.weights()).containsExactly(new double[] {8 / 3.0, -5}, within(1e-12));
    var before = descent.weights();
    assertThat(descent.step()).isLessThan(60);
    assertThat(descent.weights()).containsExactly(before, within(1e-14));
  }

  /** Beside a saddle the loss falls along the direction of negative curvature, to one of the minima at both sides. */
  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void saddlesAreLeftDownhill(@ForAll long seed) {
    var random = new Random(seed);
    var start = new double[] {random.nextGaussian(), 1e-4 * random.nextGaussian(), random.nextGaussian(), 1e-4 * random.nextGaussian()};
    var descent = Descent.of("x[0]^2 + x[2]^2 - x[1]^2 - x[3]^2 + (x[1]^4 + x[3]^4) / 4 + x[0] * x[1] / 2", "newton_cg", start);
    double last = descent.loss();
    for (int step = 0; step < 25; step++) {
      descent.step();
      assertThat(descent.loss()).isLessThanOrEqualTo(last + 1e-15);
      last = descent.loss();
    }
    // x0 = -x1 / 4 leaves -17/16 x1^2 + x1^4 / 4
    assertThat(last).isCloseTo(-17.0 / 16 * 17 / 16 - 1, within(1e-10));
  }

  @Example
  void newtonReachesTheEndOfTheValley() {
    var descent = Descent.of(VALLEYS, "newton_cg", valley(8));
    int evaluations = 0;
    for (int step = 0; step < 30; step++) {
      evaluations += descent.step();
    }
    assertThat(descent.loss()).isLessThan(1e-25);
    assertThat(evaluations).isLessThan(400);
  }

  // ---- L-BFGS

  private static double rosenbrock(double[] x) {
    double sum = 0;
    for (int i = 0; i + 1 < x.length; i++) {
      sum += 100 * Math.pow(x[i + 1] - x[i] * x[i], 2) + Math.pow(1 - x[i], 2);
    }
    return sum;
  }

  private static double[] slopes(double[] x) {
    var g = new double[x.length];
    for (int i = 0; i + 1 < x.length; i++) {
      double t = x[i + 1] - x[i] * x[i];
      g[i] += -400 * t * x[i] - 2 * (1 - x[i]);
      g[i + 1] += 200 * t;
    }
    return g;
  }

  /** The same iterates after the same evaluations; they part only as rounding grows in the valley's bends. */
  @Example
  void itsIteratesAreThoseOfPlainJava() {
    for (int n : new int[] {4, 7}) {
      for (int history : new int[] {1, 3, 10}) {
        for (double c2 : new double[] {0.9, 0.1}) {
          var start = valley(n);
          var plain = new PlainLbfgs(SecondOrderTest::rosenbrock, SecondOrderTest::slopes, history, 1e-4, c2, start);
          var descent = Descent.of(rosenbrock(n), "lbfgs(history = %d, c2 = %s)".formatted(history, c2), start);
          for (int step = 1; step <= 15; step++) {
            var expected = plain.step();
            assertThat(descent.step()).as("evaluations of step %d, n = %d, history = %d, c2 = %s", step, n, history, c2).isEqualTo(plain.evaluations);
            Piece.assertClose(descent.weights(), expected, 1e-9);
          }
        }
      }
    }
  }

  /** From starts about the usual one; a run that goes on from an accepted point to the next line spares its second evaluation. */
  @Example
  void reachesTheEndOfTheValley() {
    for (int n : new int[] {4, 6, 10, 20}) {
      for (int iterations : new int[] {1, 10}) {
        var random = new Random(n);
        var descent = Descent.of(VALLEYS, "lbfgs(iterations = %d)".formatted(iterations), Arrays.stream(valley(n)).map(v -> v + random.nextGaussian() / 4).toArray());
        int evaluations = 0;
        while (descent.loss() > 1e-16) {
          evaluations += descent.step();
          assertThat(evaluations).as("n = %d, iterations = %d", n, iterations).isLessThan((iterations == 1 ? 45 : 30) * n);
        }
        assertThat(descent.weights()).containsExactly(ones(n), within(1e-7));
      }
    }
  }

  private static double[] ones(int n) {
    var ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  // ---- the search along a line

  /** The definition (Nocedal and Wright, 3.7), by losses and gradients of the plan that knows no optimizer. */
  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void acceptedPointsMeetTheStrongWolfeConditions(@ForAll long seed) {
    for (var optimizer : List.of("lbfgs", "lbfgs(10, c2 = 0.1)", "newton_cg", "newton_cg(0.01, c2 = 0.2, c1 = 0.1)")) {
      double c1 = optimizer.contains("c1") ? 0.1 : 1e-4;
      double c2 = optimizer.contains("c2 = 0.1") ? 0.1 : optimizer.contains("c2 = 0.2") ? 0.2 : 0.9;
      var random = new Random(seed);
      var descent = fed("mean(sqrt(1 + u^2)) + 0.3 * mean(sin(2 * u)) + 0.01 * sum(x^2)", optimizer, 64, random);
      descent.set(Arrays.stream(Piece.normal(6, random)).map(v -> 5 * v).toArray());
      int moved = 0;
      for (int step = 0; step < 12; step++) {
        var from = descent.weights();
        double before = descent.loss();
        var slopeBefore = descent.gradient();
        descent.step();
        var way = Descent.minus(descent.weights(), from);
        double slope = Descent.dot(slopeBefore, way);
        if (size(slopeBefore) > 1e-6) {
          assertThat(slope).as(optimizer).isNegative();
          assertThat(descent.loss()).as(optimizer).isLessThanOrEqualTo(before + c1 * slope + 1e-15);
          assertThat(Math.abs(Descent.dot(descent.gradient(), way))).as(optimizer).isLessThanOrEqualTo(-c2 * slope * (1 + 1e-9));
          moved++;
        } else {
          assertThat(descent.loss()).isLessThanOrEqualTo(before);
        }
      }
      assertThat(moved).isPositive();
    }
  }

  /** Beyond zero the logarithm is no number: steps that go there are made shorter. */
  @Example
  void placesWithoutALossAreStepsTooLong() {
    for (var optimizer : List.of("newton_cg", "lbfgs(100)", "newton_cg(1e6)", "lbfgs(1e9)")) {
      var descent = Descent.of("sum(x - log(x)) - 4", optimizer, 5, 0.01, 9, 3);
      boolean outside = false;
      for (int step = 0; step < 40; step++) {
        double before = descent.loss();
        descent.step();
        outside |= descent.visited.stream().anyMatch(x -> Arrays.stream(x).min().orElseThrow() <= 0);
        assertThat(descent.loss()).as(optimizer).isLessThanOrEqualTo(before);
      }
      assertThat(outside).as(optimizer).isTrue();
      assertThat(descent.weights()).as(optimizer).containsExactly(new double[] {1, 1, 1, 1}, within(1e-7));
    }
  }

  /** Where nothing is lower nothing moves, after one evaluation if the gradient says so. */
  @Example
  void minimaAreKept() {
    for (var optimizer : List.of("newton_cg", "lbfgs")) {
      var flat = Descent.of("sum((x - 1)^2)", optimizer, 1, 1, 1, 1);
      assertThat(flat.step()).isEqualTo(1);
      assertThat(flat.weights()).containsExactly(1, 1, 1, 1);
      // the loss is 1 beside what is too small to show in it
      var rounded = Descent.of("1 + sum((x - 1)^2)", optimizer, 1 + 1e-12, 1, 1, 1 - 1e-12);
      var before = rounded.weights();
      assertThat(rounded.step()).isLessThan(40);
      assertThat(rounded.loss()).isEqualTo(1);
      assertThat(size(Descent.minus(rounded.weights(), before))).isLessThan(1e-11);
    }
  }

  /** One evaluation along a line does not make the gradient grow where the loss curves down: such a change is no curvature to remember. */
  @Example
  void changesWithoutCurvatureAreNotKept() {
    var descent = Descent.of("sum(x^4 / 4 - x^2 / 2)", "lbfgs(0.1, evaluations = 1)", 0.1, 0.1, -0.1, -0.1);
    double before = descent.loss();
    descent.step();
    assertThat(descent.loss()).isLessThan(before);
    assertThat(descent.kept().get("optimizer.y")).containsOnly(0);
    boolean kept = false;
    for (int step = 0; step < 200; step++) {
      descent.step();
      kept |= Arrays.stream(descent.kept().get("optimizer.y")).anyMatch(v -> v != 0);
    }
    assertThat(kept).isTrue();
    assertThat(descent.weights()).containsExactly(new double[] {1, 1, -1, -1}, within(1e-6));
  }
}
