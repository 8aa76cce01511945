package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.Said;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.source.Diagnostics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several losses in turn; oracle: as many programs, each with one of the losses, that hand their weights on to each other. */
class StepsTest {
  private static final String NETWORKS = """
      input x: float[N, 3]
      input z: float[N, 2]
      layer generator()(z) { return z |> dense(4) |> batch_norm |> tanh |> dense(3) }
      layer judge()(x) { return x |> dense(5, tanh) |> dense(1) }
      g = generator()
      d = judge()
      fake = g(z)
      """;
  private static final String JUDGE = "binary_cross_entropy(d(x), ones(N, 1)) + binary_cross_entropy(d(stop_gradient(fake)), zeros(N, 1))";
  private static final String FORGER = "binary_cross_entropy(d(fake), ones(N, 1))";

  @TempDir
  Path folder;

  private static Model load(String program, int precision) {
    return Compiler.load(Programs.compile(program, precision)).initialised(3);
  }

  /** By path. */
  private static Map<String, double[]> weights(Model model) {
    var weights = new LinkedHashMap<String, double[]>();
    for (var weight : model.spec().weights()) {
      weights.put(weight.path(), model.weight(weight.path()).toDoubles());
    }
    return weights;
  }

  private static void copy(Map<String, double[]> from, Model to) {
    for (var weight : to.spec().weights()) {
      var values = from.get(weight.path());
      for (int i = 0; i < weight.size() && values != null; i++) {
        NumericArrays.set(to.writable(), weight.offset() + i, values[i]);
      }
    }
  }

  private static void run(Context context, double[][] data, int number) {
    context.inputs().forEach(input -> input.set(data[input.name().equals("x") ? 0 : 1]));
    context.counters(number, 0);
    context.run();
  }

  private static double[][] data(Random random) {
    return new double[][] {random.doubles(7 * 3, -1, 1).toArray(), random.doubles(7 * 2, -1, 1).toArray()};
  }

  @ParameterizedTest
  @CsvSource({"32, 1", "64, 1", "32, 3"})
  void eachStepIsThatOfAProgramOfItsOwn(int precision, int every) {
    var together = load(NETWORKS + "loss real = " + JUDGE + "\nloss forged = " + FORGER + """

        train {
          step { loss = real on "d.*"  optimizer = adam(0.01 * cosine_decay(20)) }
          step { loss = forged on "g.*"  optimizer = adam(0.02)  clip_global_norm = 0.1  every = %d }
        }
        """.formatted(every), precision);
    var first = load(NETWORKS + "loss " + JUDGE + "\nfreeze \"g.*\"\ntrain { optimizer = adam(0.01 * cosine_decay(20)) }", precision);
    var second = load(NETWORKS + "loss " + FORGER + "\nfreeze \"d.*\"\ntrain { optimizer = adam(0.02)  clip_global_norm = 0.1 }", precision);
    assertThat(together.spec().training().every()).containsExactly(1, every);
    var before = weights(together);
    copy(before, first);
    copy(before, second);
    var random = new Random(5);
    for (int number = 1; number <= 7; number++) {
      var batch = data(random);
      run(together.context("train", 7), batch, number);
      run(first.context("train", 7), batch, number);
      copy(weights(first), second);
      if (number % every == 0) {
        run(together.context("train.2", 7), batch, number);
        run(second.context("train", 7), batch, number / every);
        copy(weights(second), first);
      }
    }
    var all = weights(together);
    var alone = new LinkedHashMap<>(weights(first));
    alone.putAll(weights(second));
    assertThat(alone.keySet()).isEqualTo(all.keySet()).contains("optimizer.m.d.dense.W", "optimizer.m.g.dense.W");
    all.forEach((path, values) -> assertThat(values).as(path).isEqualTo(alone.get(path)));
    assertThat(all.get("g.dense.W")).isNotEqualTo(before.get("g.dense.W"));
  }

  /** A step computes what it needs: the judge's has no gradient of the generator, the forger's sees no real examples. */
  @Test
  void stepsComputeWhatTheyNeed() {
    var compiled = Programs.compile(NETWORKS + "loss real = " + JUDGE + "\nloss forged = " + FORGER
        + "\nmetric far = mean(abs(fake))\ntrain { step { loss = real on \"d.*\" optimizer = sgd(1) } step { loss = forged on \"g.*\" optimizer = sgd(1) } }", 32);
    var plans = compiled.spec().plans().stream().map(Plan::name).toList();
    assertThat(plans).containsExactlyInAnyOrder("evaluate", "train", "train.2", "gradient", "gradient.2");
    assertThat(compiled.stages().get("train.2").elaborated().needed(_ -> false).nodes()).noneMatch(node -> node.op() instanceof Op.Input(var name, _, _) && name.equals("x"));
    assertThat(names(compiled.stages().get("train").elaborated())).containsExactly("loss", "loss.real", "far", "g.batch_norm.mean", "g.batch_norm.variance",
        "d.dense.W", "d.dense.b", "d.dense_2.W", "d.dense_2.b");
    assertThat(names(compiled.stages().get("train.2").elaborated())).containsExactly("loss", "loss.forged", "g.batch_norm.mean", "g.batch_norm.variance",
        "g.dense.W", "g.dense.b", "g.batch_norm.gamma", "g.batch_norm.beta", "g.dense_2.W", "g.dense_2.b");
    assertThat(names(compiled.stages().get("gradient.2").elaborated())).contains("g.dense.W").doesNotContain("d.dense.W");
    assertThat(compiled.spec().training().figures()).containsExactly("loss", "loss.real", "loss.forged", "far");
  }

  private static List<String> names(Graph graph) {
    return graph.results().stream().map(Graph.Result::name).toList();
  }

  /** What both steps learn has a memory for each. */
  @Test
  void optimizersOfTwoStepsKeepApart() {
    var model = load("input x: float[N, 3]\ny = dense(2)(x)\nloss a = mean(y^2)\nloss b = mean(abs(y - 1))\n"
        + "train { optimizer = momentum(0.1)  step { loss = a }  step { loss = b  optimizer = adam(0.1) } }", 64);
    assertThat(weights(model).keySet()).contains("optimizer.step2.m.dense.W").noneMatch(path -> path.startsWith("optimizer.step2.velocity"));
  }

  private Said train(String out, String... more) throws IOException {
    var program = NETWORKS.replace("input z: float[N, 2]", "z = normal(0, 1, [N, 2])") + "loss real = " + JUDGE + "\nloss forged = " + FORGER + """

        metric far = mean(abs(fake))
        regularize l2(0.01) on "d.*.W"
        data { train = csv("x.csv", x = ["a", "b", "c"])  validate = split(train, 0.2) }
        train {
          step { loss = real on "d.*"  optimizer = adam(0.01) }
          step { loss = forged on "g.*"  optimizer = adam(0.01)  every = 2 }
          batch = 16  epochs = 4  average = ema(0.9)
        }
        """;
    var text = new StringBuilder("a,b,c\n");
    var random = new Random(1);
    for (int i = 0; i < 100; i++) {
      text.append(random.nextInt(9)).append(',').append(random.nextInt(9)).append(',').append(random.nextInt(9)).append('\n');
    }
    Files.writeString(folder.resolve("x.csv"), text);
    var arguments = new ArrayList<>(List.of("train", "--out", folder.resolve(out).toString()));
    arguments.addAll(List.of(more));
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  @Test
  void trainsTellsAndGoesOn() throws IOException {
    var whole = train("whole.npz");
    assertThat(whole.out()).containsPattern("epoch 1/4  loss \\S+  loss.real \\S+  loss.forged \\S+  penalty \\S+  far \\S+  val_loss \\S+  val_loss.real \\S+  val_loss.forged \\S+  val_far");
    train("part.npz", "--epochs", "3");
    train("part.npz", "--resume", folder.resolve("part.npz").toString());
    assertThat(Files.mismatch(folder.resolve("whole.npz"), folder.resolve("part.npz"))).isEqualTo(-1);
    train("threads.npz", "--threads", "3");
    assertThat(Files.mismatch(folder.resolve("whole.npz"), folder.resolve("threads.npz"))).isEqualTo(-1);
  }

  /** Within one step too, parameters have optimizers by their names; what has none is left as it is. */
  @Test
  void optimizersByPattern() {
    var model = load("""
        input x: float[N, 3]
        y = x |> dense(2) |> dense(2) |> dense(1)
        loss mean(y^2)
        train { optimizer = sgd(0.1)  optimizer = sgd(0.2) on "dense_2.*"  optimizer = none on "dense_3.W", "dense_3.b" }
        """, 64);
    var rates = Map.of("dense.", 0.1, "dense_2.", 0.2, "dense_3.", 0.0);
    var before = weights(model);
    var gradient = model.context("gradient", 7);
    var batch = data(new Random(2));
    run(gradient, batch, 1);
    run(model.context("train", 7), batch, 1);
    weights(model).forEach((path, values) -> {
      double rate = rates.get(path.substring(0, path.indexOf('.') + 1));
      for (int i = 0; i < values.length; i++) {
        double slope = rate == 0 ? 0 : gradient.result(Role.GRADIENT, path).get(i);
        assertThat(values[i]).as(path).isEqualTo(before.get(path)[i] - rate * slope);
      }
    });
  }

  /** The page's own programs. */
  @Test
  void thePageTrains() throws IOException {
    var blocks = Files.readString(Path.of("../docs/objectives.md")).split("```");
    var random = new Random(1);
    var points = new Tensor(new int[] {512, 2}, random.doubles(1024, -1, 1).toArray());
    Npz.write(folder.resolve("points.npz"), Map.of("real", points));
    var said = Said.byNetwork(Compiler.load(Programs.compile(blocks[3], 32)), folder, "train", "--epochs", "3", "--out", folder.resolve("w.npz").toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("epoch 3/3  loss ").contains("loss.judged ").contains("loss.forged ");
    var parts = "input x: float[N, 2]\nlayer part()(x) { return x |> dense(2) }\nembedding = part()\nencoder = part()\nhead = dense(1)\n"
        + "loss mean((x |> embedding |> encoder |> head)^2)\n" + blocks[5];
    assertThat(names(Programs.compile(parts, 32).stages().get("train").elaborated())).contains("head.W", "encoder.dense.W").doesNotContain("embedding.dense.W");
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "step { loss = a on \"*.W\" optimizer = sgd(1) } === no step learns dense.b",
      "step { loss = a on \"*.W\" optimizer = sgd(1) } step { loss = a on \"*.b\" optimizer = sgd(1) } === ",
      "step { loss = a on \"*.W\" optimizer = sgd(1)  optimizer = none on \"dense.b\" } === ",
      "step { loss = mean(abs(y)) optimizer = sgd(1) } === no step lowers loss.a"})
  void doubts(String steps, String warning) {
    var compiled = Programs.compile("input x: float[N, 3]\ny = dense(2)(x)\nloss a = mean(y^2)\nloss b = mean(abs(y))\ntrain { "
        + steps.replace("loss = a", "loss = a + b") + " }", 32);
    var warnings = compiled.warnings().faults().stream().map(Diagnostics.Fault::message).toList();
    assertThat(warnings).hasSize(warning == null ? 0 : 1).allMatch(told -> told.contains(warning));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "train { step { loss = a on \"x.*\" optimizer = sgd(1) } } === no parameter matches \"x.*\"",
      "train { loss = a  step { optimizer = sgd(1) } } === each step says what it lowers",
      "train { step { loss = a  optimizer = sgd(1)  batch = 3 } } === it holds for all steps: set it in the train block itself",
      "train { every = 2 } === it is said of one of several steps",
      "train { step { loss = a  optimizr = sgd(1) } } === did you mean optimizer?",
      "train { step { loss = a  optimizer = sgd(1)  every = 1.5 } } === every is a whole number of steps",
      "train { step { loss = x  optimizer = sgd(1) } } === a loss is a scalar, and this is float[N, 3]",
      "train { optimizer = sgd(1) on \"dense.W\"  optimizer = sgd(2) on \"*.W\" } === two optimizers are set for dense.W",
      "train { optimizer = sgd(1) on \"dense.W\" } === no optimizer is set for dense.b",
      "train { batch = 3 on \"dense.W\" } === batch cannot be set for some parameters alone",
      "train { optimizer = sgd(1)  optimizer = sgd(2) } === 'optimizer' is set twice",
      "data { step { batch = 3 } } === data is not used in steps",
      "loss a = mean(y) === there are two losses called a"})
  void faults(String text) {
    var parts = text.split(" === ");
    assertThat(Programs.faults("input x: float[N, 3]\ny = dense(2)(x)\nloss a = mean(y^2)\n" + parts[0])).contains(parts[1]);
  }
}
