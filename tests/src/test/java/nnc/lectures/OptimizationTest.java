package nnc.lectures;

import static nnc.lectures.Net.feed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nnc.Covers;
import nnc.endtoend.Programs;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Averages of weights, accumulated gradients, second-order optimizers and schedules. */
class OptimizationTest {
  private static final Offset<Double> CLOSE = within(1e-12);

  /** One weight whose gradient is what is fed. */
  private static Net single(String settings) {
    return Net.of("input g: float[N]", "param w: float = 1", "loss w * mean(g)", "output y = w", "train { " + settings + " }");
  }

  @Test
  @Covers("ema")
  void exponentialAverageIsWhatPredictionsUse() {
    var net = single("optimizer = sgd(1)  average = ema(0.9)");
    double w = 1;
    double average = 0;
    for (int step = 1; step <= 4; step++) {
      net.train(1, 1, feed("g", step));
      w -= step;
      average = step == 1 ? w : 0.9 * average + 0.1 * w;
      assertThat(net.weight("w")).containsExactly(new double[] {w}, CLOSE);
      assertThat(net.predict("y", 1)).containsExactly(new double[] {average}, CLOSE);
    }
  }

  @Test
  @Covers("swa")
  void stochasticAverageIsTheMeanOfChosenSteps() {
    var net = single("optimizer = sgd(1)  average = swa(3, every = 2)");
    var expected = new double[] {0, -2, -5, -5, (-5 - 14) / 2.0, (-5 - 14) / 2.0, (-5 - 14 - 27) / 3.0};
    for (int step = 1; step <= expected.length; step++) {
      net.train(1, 1, feed("g", step));
      assertThat(net.predict("y", 1)).containsExactly(new double[] {expected[step - 1]}, CLOSE);
    }
  }

  @Test
  void accumulatedGradientsOfEqualPartsAreThoseOfTheWholeBatch() {
    var whole = single("optimizer = adam(0.1 * warmup(10))");
    var parts = single("optimizer = adam(0.1 * warmup(10))  accumulate = 2");
    for (int turn = 0; turn < 5; turn++) {
      whole.train(1, 2, feed("g", turn, 3));
      parts.train(1, 1, feed("g", turn));
      var between = parts.weight("w");
      parts.train(1, 1, feed("g", 3));
      assertThat(parts.weight("w")).isNotEqualTo(between);
      assertThat(parts.weight("w")).containsExactly(whole.weight("w"), CLOSE);
    }
  }

  /** Of a quadratic with n unknowns in however many arrays, n turns of conjugate gradients find the minimum in one step. */
  @Test
  @Covers("newton_cg")
  void newtonsStepSolvesAQuadratic() {
    var net = Net.of("input one: float[N]", "param v: float[2] = [5, -3]", "param u: float = 2", "w = concat([v, reshape(u, [1])], axis = 0)",
        "A = tensor([[4, 1, 0], [1, 3, 1], [0, 1, 2]])", "loss sum(w * (A @ reshape(w, [3, 1]))[:, 0]) / 2 - w[0] + 2 * w[1] + mean(one)",
        "train { optimizer = newton_cg(iterations = 3) }");
    net.train(1, 1, feed("one", 0));
    // A w = (1, -2, 0)
    assertThat(net.weight("v")).containsExactly(new double[] {9 / 18.0, -18 / 18.0}, within(1e-9));
    assertThat(net.weight("u")).containsExactly(new double[] {9 / 18.0}, within(1e-9));
  }

  /** Rosenbrock's valley from its usual start, where the gradient alone takes thousands of steps. */
  @Test
  @Covers({"newton_cg", "lbfgs"})
  void secondOrderOptimizersReachTheEndOfTheValley() {
    for (var optimizer : List.of("newton_cg", "lbfgs")) {
      var net = Net.of("input one: float[N]", "param a: float = -1.2", "param b: float = 1", "loss (1 - a)^2 + 100 * (b - a^2)^2 + mean(one)",
          "train { optimizer = " + optimizer + " }");
      net.train(40, 1, feed("one", 0));
      assertThat(net.weight("a")).as(optimizer).containsExactly(new double[] {1}, within(1e-6));
      assertThat(net.weight("b")).as(optimizer).containsExactly(new double[] {1}, within(1e-6));
    }
  }

  private static double[] schedule(String text, int steps) {
    var net = Net.of("input g: float[N]", "param w: float = 0", "loss -w * mean(g)", "train { optimizer = sgd(" + text + ") }");
    var rates = new double[steps];
    double last = 0;
    for (int i = 0; i < steps; i++) {
      net.train(1, 1, feed("g", 1));
      rates[i] = net.weight("w")[0] - last;
      last = net.weight("w")[0];
    }
    return rates;
  }

  @Test
  @Covers("cosine_restarts")
  void cosineStartsAnewAfterEachPeriod() {
    var equal = schedule("cosine_restarts(4)", 9);
    var longer = schedule("cosine_restarts(4, 2)", 29);
    for (int i = 0; i < 9; i++) {
      assertThat(equal[i]).isCloseTo((1 + Math.cos(Math.PI * (i % 4) / 4)) / 2, CLOSE);
    }
    for (int i = 0; i < 29; i++) {
      int start = i < 4 ? 0 : i < 12 ? 4 : 12;
      int size = i < 4 ? 4 : i < 12 ? 8 : 16;
      double t = i == 28 ? 0 : (i - start) / (double) size;
      assertThat(longer[i]).as("step " + (i + 1)).isCloseTo((1 + Math.cos(Math.PI * t)) / 2, CLOSE);
    }
  }

  @Test
  @Covers({"ramp", "inverse_sqrt"})
  void ramps() {
    assertThat(schedule("ramp(2, 6)", 7)).containsExactly(new double[] {0, 0, 0.25, 0.5, 0.75, 1, 1}, CLOSE);
    assertThat(schedule("inverse_sqrt(4)", 16)[1]).isCloseTo(0.5, CLOSE);
    assertThat(schedule("inverse_sqrt(4)", 16)[15]).isCloseTo(0.5, CLOSE);
  }

  /** The rate falls when the epochs' values do not; each epoch has two steps. */
  @Test
  @Covers("reduce_on_plateau")
  void theRateFallsOnAPlateau() {
    var net = Net.of("input g: float[N]", "param w: float = 0", "loss -w * mean(g) * 0", "loss -w",
        "train { optimizer = sgd(reduce_on_plateau(0.5, patience = 1)(mean(g))) }");
    var watched = new double[] {0, 5, 4, 4, 4, 4, 3, 3};
    var rates = new double[watched.length * 2];
    double last = 0;
    for (int epoch = 0; epoch < watched.length; epoch++) {
      for (int turn = 0; turn < 2; turn++) {
        var context = net.model.context("train", 1);
        context.batch(1);
        context.input("g").set(new double[] {watched[epoch]});
        context.counters(2 * epoch + turn + 1, epoch);
        context.run();
        rates[2 * epoch + turn] = net.weight("w")[0] - last;
        last = net.weight("w")[0];
      }
    }
    // 5 and 4 are better than what was; the second 4 in a row is one too many, and so is the fourth
    assertThat(rates).containsExactly(new double[] {1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, CLOSE);
  }

  @Test
  void theValidationLossReachesThePlateauRule(@TempDir Path folder) throws Exception {
    var weights = folder.resolve("w.npz");
    var source = "input point: float[N, 2]\ntarget label: float[N]\nlogit = point |> dense(1) |> squeeze(1)\nloss binary_cross_entropy(logit, label)\n"
        + "data { train = xor(100, seed = 1)  validate = xor(50, seed = 2) }\n"
        + "train { optimizer = sgd(0 * reduce_on_plateau(0.5, patience = 0)(validation_loss()))  batch = 20  epochs = 4 }";
    var told = Net.command(Programs.compile(source, 64), folder, "train", "--out", weights.toString());
    assertThat(told.code()).as(told.all()).isZero();
    assertThat(Files.exists(weights)).isTrue();
    var model = nnc.Compiler.load(Programs.compile(source, 64)).withWeights(weights);
    double loss = model.weight("monitor.validation_loss").toDoubles()[0];
    assertThat(loss).isPositive();
    assertThat(model.weight("reduce_on_plateau.best").toDoubles()).containsExactly(loss);
    // the rate is 0 and the loss always the same: the first of three looks sets the best, the other two halve
    assertThat(model.weight("reduce_on_plateau.multiplier").toDoubles()).containsExactly(0.25);
    var without = Net.command(Programs.compile(source.replace("validate = xor(50, seed = 2)", ""), 64), folder, "train");
    assertThat(without.code()).isEqualTo(1);
    assertThat(without.all()).contains("validation_loss() needs validation data");
  }

  /** What the optimizer, its schedule, the averages and the sums of gradients remember is in the file: a resumed training gives the same bits. */
  @Test
  void resumedTrainingRemembersAveragesSumsAndPlateaus(@TempDir Path folder) {
    var compiled = Programs.compile("input point: float[N, 2]\ntarget label: float[N]\nlogit = point |> dense(4, tanh) |> dense(1) |> squeeze(1)\n"
        + "loss binary_cross_entropy(logit, label)\nfreeze \"dense.b\"\nconstrain max_norm(2) on \"dense.W\"\n"
        + "data { train = xor(50, seed = 1)  validate = xor(30, seed = 2) }\ntrain { optimizer = adam(0.05 * reduce_on_plateau(0.5, patience = 0)(validation_loss()))"
        + "  batch = 16  epochs = 6  accumulate = 3  average = ema(0.8) }", 32);
    var whole = folder.resolve("whole.npz").toString();
    var part = folder.resolve("part.npz").toString();
    assertThat(Net.command(compiled, folder, "train", "--out", whole).code()).isZero();
    assertThat(Net.command(compiled, folder, "train", "--epochs", "2", "--out", part).code()).isZero();
    var told = Net.command(compiled, folder, "train", "--resume", part, "--out", part);
    assertThat(told.code()).as(told.all()).isZero();
    var one = nnc.Compiler.load(compiled).withWeights(Path.of(whole));
    var other = nnc.Compiler.load(compiled).withWeights(Path.of(part));
    for (var weight : one.spec().weights()) {
      assertThat(other.weight(weight.path()).toDoubles()).as(weight.path()).containsExactly(one.weight(weight.path()).toDoubles());
    }
    assertThat(one.weight("dense.b.average").toDoubles()).containsExactly(one.weight("dense.b").toDoubles());
    assertThat(one.weight("dense.W.average").toDoubles()).isNotEqualTo(one.weight("dense.W").toDoubles());
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThat(faults("accumulate = 2.5")).contains("accumulate is a whole number of steps");
    assertThat(faults("accumulate = 0")).contains("accumulate is a positive number");
    assertThat(faults("average = 0.9")).contains("cannot be called");
  }

  private static String faults(String setting) {
    return Programs.faults("input g: float[N]\nparam w: float = 1\nloss w * mean(g)\ntrain { optimizer = sgd(1)  " + setting + " }");
  }
}
