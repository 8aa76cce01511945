package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A step that accumulates, cut in two, computes what the whole computes, to the bit. Oracle: the whole. */
class AccumulationCutTest {
  private static final String NETWORK = """
      input  x: float[N, 5]
      target y: int[N]
      logits = x |> dense(7, tanh) |> dropout(0.3) |> dense(3)
      loss cross_entropy(logits, y)
      """;
  private static final int ROWS = 12;

  private static Model model(String program, int precision) throws FaultyProgram {
    var standard = CompilerOptions.standard();
    return Compiler.load(Compiler.compile("cut", program, new CompilerOptions(standard.defines(), precision, standard.without(), standard.after(), standard.show())));
  }

  private static void feed(Context context, int step) {
    var random = new Random(step);
    context.batch(ROWS);
    context.input("x").set(random.doubles(ROWS * 5, -1, 1).toArray());
    context.input("y").set(random.ints(ROWS, 0, 3).toArray());
    context.seed(3);
    context.counters(step, 0);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"optimizer = sgd(0.1) | 4 | 32", "optimizer = adam(0.01 * cosine_decay(9))  clip_global_norm = 0.1 | 3 | 32", "optimizer = momentum(0.1)  average = ema(0.9) | 7 | 32",
      "optimizer = adamw(0.01)  clip_value = 0.01 | 3 | 64"})
  void theSumOfSharesMovesWeightsAsTheWholeDoes(String settings, int steps, int precision) throws FaultyProgram {
    var whole = model(NETWORK + "regularize l2(0.01) on \"*.W\"\ntrain { " + settings + "  accumulate = " + steps + " }\n", precision).initialised(5);
    var parted = whole.copy();
    var threads = new Threads(1);
    var train = whole.context("train", ROWS, threads);
    var gradient = parted.context("train.gradient", ROWS, threads);
    var update = parted.context("train.update." + steps, 1, threads);
    for (int step = 1; step <= 2 * steps; step++) {
      feed(train, step);
      train.run();
      var before = parted.copy();
      feed(gradient, step);
      gradient.run();
      assertThat(gradient.results(Role.LOSS).getFirst().get(0)).isEqualTo(train.results(Role.LOSS).getFirst().get(0));
      for (var weight : parted.spec().weights()) {
        if (weight.path().startsWith("optimizer.accumulated_gradient.")) {
          add(before, parted, weight);
        }
      }
      update.counters(step, 0);
      if (step % steps == 0) {
        update.run();
      }
      assertThat(parted.weights()).as("step " + step).isEqualTo(whole.weights());
    }
    threads.close();
  }

  /** Running means, by the formulas that the gradient's plan has of them, from what that plan leaves of a batch. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"batch_norm | 32", "batch_norm(momentum = 0.8) | 64", "batch_norm(momentum = 1) | 32"})
  void whatLayersKeepGoesOnByTheBatch(String layer, int precision) throws FaultyProgram {
    var whole = model("input x: float[N, 5]\ntarget y: int[N]\nlogits = x |> dense(7) |> " + layer + " |> dropout(0.3) |> dense(3)\nloss cross_entropy(logits, y)\n"
        + "train { optimizer = sgd(0)  accumulate = 3 }\n", precision).initialised(5);
    var parted = whole.copy();
    var formulas = parted.formulas("train.gradient");
    assertThat(formulas.spec().precision()).isEqualTo(precision);
    var threads = new Threads(1);
    var train = whole.context("train", ROWS, threads);
    var gradient = parted.context("train.gradient", ROWS, threads);
    var next = formulas.context(ModelSpec.MEASURES, 1, threads);
    var kept = new LinkedHashMap<String, double[]>();
    next.results(Role.OUTPUT).forEach(state -> kept.put(state.name(), parted.weight(state.name()).toDoubles()));
    assertThat(kept).containsOnlyKeys("batch_norm.mean", "batch_norm.variance");
    for (int step = 1; step <= 5; step++) {
      feed(train, step);
      train.run();
      feed(gradient, step);
      gradient.run();
      for (var input : next.inputs()) {
        input.set(kept.containsKey(input.name()) ? kept.get(input.name()) : gradient.results(Role.OUTPUT).stream().filter(o -> o.name().equals(input.name())).findFirst().orElseThrow().tensor().toDoubles());
      }
      next.run();
      next.results(Role.OUTPUT).forEach(state -> kept.put(state.name(), state.tensor().toDoubles()));
      kept.forEach((path, values) -> assertThat(values).isEqualTo(whole.weight(path).toDoubles()));
    }
    threads.close();
  }

  private static void add(Model before, Model shares, ModelSpec.Weight weight) {
    for (int i = weight.offset(); i < weight.offset() + weight.size(); i++) {
      if (shares.weights() instanceof float[] floats) {
        ((float[]) shares.writable())[i] = ((float[]) before.weights())[i] + floats[i];
      } else {
        ((double[]) shares.writable())[i] += ((double[]) before.weights())[i];
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"logits = x |> dense(3) ; optimizer = sgd(0.1)", "logits = x |> dense(3) |> batch_renorm ; optimizer = sgd(0.1)  accumulate = 4"})
  void whatIsMoreThanSumsIsNotCut(String network, String settings) throws FaultyProgram {
    var model = model("input x: float[N, 5]\ntarget y: int[N]\n" + network + "\nloss cross_entropy(logits, y)\ntrain { " + settings + " }\n", 32);
    assertThat(model.has("train")).isTrue();
    assertThat(model.spec().plans().stream().map(ModelSpec.Plan::name)).noneMatch(name -> name.startsWith("train."));
  }

  @Test
  void plansHaveNamesOfTheirOwn() throws FaultyProgram {
    var model = model(NETWORK + "train { optimizer = sgd(0.1)  accumulate = 2 }\n", 32);
    assertThat(model.spec().plans().stream().map(ModelSpec.Plan::name)).containsExactlyInAnyOrder("evaluate", "train", "train.gradient", "train.update.2", "gradient");
  }
}
