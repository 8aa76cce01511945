package nnc.runtime.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import nnc.Allocated;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps in a loop of one's own; oracle: the library's loop over the same batches. */
class LearnerTest {
  private static final String ONE = """
      input x: float[N, 3]
      target y: float[N]
      z = x |> dense(4, tanh) |> dropout(0.3) |> dense(1) |> squeeze(1)
      output score = z
      loss mse(z, y)
      loss even = 0.1 * mean(z^2)
      regularize l2(0.1) on "dense.W"
      metric f1 = f1(z > 0, y > 0)
      train { optimizer = adam(0.01 * cosine_decay(9)) }
      """;
  private static final String TURNS = """
      input x: float[N, 3]
      target y: float[N]
      a = x |> dense(4, tanh) |> dense(1) |> squeeze(1)
      b = x |> dense(1) |> squeeze(1)
      output score = a
      loss first = mse(a, y)
      loss second = mse(b - stop_gradient(a), y)
      train { step { loss = first on "dense.*", "dense_2.*" } step { loss = second on "dense_3.*"  every = 2 }  optimizer = adam(0.02) }
      """;

  private static final String SEARCH = """
      input x: float[N, 3]
      target y: float[N]
      z = x |> dense(4, tanh) |> dense(1) |> squeeze(1)
      output score = z
      loss mse(z, y)
      loss even = 0.1 * mean(z^2)
      train { optimizer = lbfgs() }
      """;

  @TempDir
  Path folder;

  private static Model load(String program) {
    return Compiler.load(Programs.compile(program, 32));
  }

  private static Tensor rows(double[] values, int width, int from, int count) {
    var part = Arrays.copyOfRange(values, from * width, (from + count) * width);
    return new Tensor(width == 1 ? new int[] {count} : new int[] {count, width}, part);
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TURNS, SEARCH})
  void stepsGiveTheBitsOfTheLibrarysLoop(String program) {
    var random = new Random(3);
    var x = random.doubles(30 * 3, -1, 1).toArray();
    var y = random.doubles(30, -1, 1).toArray();
    var network = load(program);
    double[] told = new double[9];
    var run = Training.of(network).train(Examples.of(Map.of("x", rows(x, 3, 0, 30), "y", rows(y, 1, 0, 30)))).set(Setting.SHUFFLE, false)
        .batch(12).epochs(3).seed(4).save(folder.resolve("w.npz")).log(folder.resolve("log.csv")).logSteps(1).listener(new TrainingListener() {
          @Override
          public void stepped(TrainingRun run) {
            told[run.step() - 1] = run.loss();
          }
        }).run();
    var model = network.initialised(4);
    var learner = Learner.of(model, 12).seed(4);
    assertThat(learner.names()).containsExactly("x", "y");
    assertThat(learner.figures()).isEmpty();
    for (int epoch = 0; epoch < 3; epoch++) {
      learner.epoch(epoch);
      for (int from = 0; from < 30; from += 12) {
        int count = Math.min(12, 30 - from);
        learner.set("x", rows(x, 3, from, count));
        learner.set("y", (double[]) rows(y, 1, from, count).data());
        assertThat(learner.step()).isEqualTo(told[learner.steps() - 1]);
        double sum = learner.figures().entrySet().stream().filter(figure -> figure.getKey().matches("loss\\..*")).mapToDouble(figure -> figure.getValue().get(0)).sum();
        assertThat(learner.figure("loss")).isEqualTo(sum, within(1e-6));
        double penalty = learner.figures().containsKey("penalty") ? learner.figure("penalty") : 0;
        assertThat(learner.figure("loss") + penalty).isEqualTo(told[learner.steps() - 1], within(1e-6));
      }
    }
    assertThat(model.weights()).isEqualTo(run.model().weights());
  }

  @Test
  void batchesOfAnySizeAndPredictionsBetween() {
    var model = load(TURNS).initialised(4);
    var learner = Learner.of(model, Map.of("N", 20), Threads.shared());
    var context = model.context("predict", 1);
    double before = Double.NaN;
    for (int count : new int[] {20, 3, 7, 1, 20, 20}) {
      learner.set("y", filled(count));
      learner.set("x", filled(3 * count));
      learner.step();
      context.input("x").set(filled(3));
      context.run();
      double now = context.output("score").get(0);
      assertThat(now).isNotEqualTo(before);
      before = now;
    }
  }

  private static float[] filled(int count) {
    var values = new float[count];
    Arrays.fill(values, 0.7f);
    return values;
  }

  @Test
  void whatIsNotFedIsToldOf() {
    var learner = Learner.of(load(ONE).initialised(1), 4);
    learner.set("x", new float[6]);
    assertThatThrownBy(learner::step).isInstanceOf(Fault.class).hasMessage("step 1: y has not been fed");
    learner.set("y", new int[2]);
    learner.step();
    learner.set("y", new int[2]);
    assertThatThrownBy(learner::step).hasMessage("step 2: x has not been fed");
    assertThatThrownBy(() -> learner.set("z", new float[2])).isInstanceOf(Fault.class).hasMessage("no step reads an input z; they read x, y");
    assertThatThrownBy(() -> learner.set("x", new float[3 * 5])).isInstanceOf(Fault.class);
    assertThatThrownBy(() -> learner.figure("none")).hasMessageContaining("nothing is called none; there is loss, loss.mse, loss.even, penalty, f1");
    assertThatThrownBy(() -> Learner.of(load(ONE), 4)).hasMessageContaining("has no weights");
    assertThatThrownBy(() -> Learner.of(load("input x: float[N]\noutput y = 2 * x"), 4)).hasMessageContaining("was not compiled to train");
  }

  @Test
  void stepsAllocateNothing() {
    var learner = Learner.of(load(TURNS).initialised(4), Map.of("N", 8), new Threads(1));
    var x = new float[24];
    var y = new float[8];
    long before = 0;
    for (int step = 0; step < 4000; step++) {
      before = step == 3000 ? Allocated.here() : before;
      learner.set("x", x);
      learner.set("y", y);
      learner.step();
    }
    assertThat(Allocated.here() - before).isLessThan(4000);
  }

  // ---- weights between models

  @Test
  void copiesAreApartAndTargetsFollow() {
    var model = load(ONE).initialised(1);
    var target = model.copy();
    var own = model.weight("dense.W").toDoubles();
    model.set("dense.W", new Tensor(new int[] {3, 4}, new float[12]));
    assertThat(model.weight("dense.W").toDoubles()).containsOnly(0);
    assertThat(target.weight("dense.W").toDoubles()).isEqualTo(own);
    target.approach(model, 0.25);
    var quarter = target.weight("dense.W").toDoubles();
    for (int i = 0; i < own.length; i++) {
      assertThat(quarter[i]).isEqualTo((float) (own[i] + 0.25 * (0 - own[i])));
    }
    target.take(model);
    assertThat(target.weights()).isEqualTo(model.weights());
    var other = load(ONE.replace("dense(4, tanh)", "dense(5, tanh)")).initialised(1);
    assertThatThrownBy(() -> target.take(other)).isInstanceOf(Fault.class).hasMessageContaining("has dense.W [3, 5], not [3, 4]");
    assertThatThrownBy(() -> model.set("dense.W", new Tensor(new int[] {12}, new float[12]))).hasMessageContaining("float32[12] given, the network's is [3, 4]");
    assertThatThrownBy(() -> model.set("dense.X", new Tensor(new int[] {12}, new float[12]))).hasMessageContaining("no weight dense.X");
  }

  /** A context that has computed what follows from weights alone computes it anew. */
  @Test
  void contextsSeeWhatIsSet() {
    var model = load("""
        input x: float[N, 3]
        param W: float[4, 3] = glorot_uniform
        output y = x @ transpose(W) @ W
        """).initialised(1);
    var context = model.context("predict", 1);
    for (double factor : new double[] {1, 2, 3}) {
      model.set("W", new Tensor(new int[] {4, 3}, new double[] {factor, 0, 0, 0, factor, 0, 0, 0, factor, 0, 0, 0}));
      context.input("x").set(new float[] {1, 2, 3});
      context.run();
      assertThat(context.output("y").get(2)).isEqualTo(3 * factor * factor);
    }
  }
}
