package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Repeated;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.WeightKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers that see all their weights as one vector and run a step again with the same batch, beside all that a training has else. */
class RepeatedStepsTest {
  private static final String SPIRAL = """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> dense(16, tanh) |> dense(16, tanh) |> dense(1) |> squeeze(1)
      loss binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data { train = spiral(200, seed = 1) }
      train { optimizer = lbfgs(iterations = 10)  batch = 200  epochs = 80 }
      """;
  /** Layers with states, noise, frozen weights, penalties, averages and batches that differ. */
  private static final String ALL = """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> dense(6) |> batch_norm |> tanh |> dropout(0.2) |> dense(4, tanh) |> dense(1) |> squeeze(1)
      loss binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      regularize l2(0.001) on "*.W"
      freeze "dense_2.b"
      data { train = spiral(90, seed = 1)  validate = spiral(40, seed = 2) }
      train { optimizer = %s  average = ema(0.8)  batch = 32  epochs = 4 }
      """;

  @TempDir
  Path folder;

  private static Model load(String program, int precision) {
    return Compiler.load(Programs.compile(program, precision)).initialised(3);
  }

  private static Map<String, double[]> weights(Model model) {
    var weights = new LinkedHashMap<String, double[]>();
    model.spec().weights().forEach(weight -> weights.put(weight.path(), model.weight(weight.path()).toDoubles()));
    return weights;
  }

  private static void copy(Map<String, double[]> from, Model to) {
    for (var weight : to.spec().weights()) {
      var values = from.get(weight.path());
      for (int i = 0; values != null && i < weight.size(); i++) {
        NumericArrays.set(to.writable(), weight.offset() + i, values[i]);
      }
    }
  }

  private static Context run(Model model, String plan, Map<String, double[]> batch, int size, int number) {
    var context = model.context(plan, size);
    context.batch(size);
    context.seed(7);
    context.inputs().forEach(input -> input.set(batch.get(input.name())));
    context.counters(number, 0);
    context.run();
    return context;
  }

  private Said train(Model model, String out, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--out", folder.resolve(out).toString()));
    arguments.addAll(List.of(more));
    var said = Said.byNetwork(model, folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  private Map<String, double[]> trained(Model model, String out, String... more) {
    train(model, out, more);
    return weights(model.withWeights(folder.resolve(out)));
  }

  private static void assertSame(Map<String, double[]> actual, Map<String, double[]> expected) {
    expected.forEach((path, values) -> assertThat(actual.get(path)).as(path).isEqualTo(values));
  }

  // ---- whole trainings

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void aNetworkLearnsFromItsWholeData(int precision) {
    var said = train(load(SPIRAL, precision), "w.npz");
    var last = said.out().lines().filter(line -> line.startsWith("epoch 80/80")).findFirst().orElseThrow();
    assertThat(Double.parseDouble(last.replaceAll(".*accuracy (\\S+).*", "$1"))).as(last).isGreaterThan(0.98);
    var newton = train(load(SPIRAL.replace("lbfgs(iterations = 10)", "newton_cg(iterations = 20, tolerance = 0.1)"), precision), "n.npz", "--epochs", "60");
    assertThat(newton.out().lines().filter(line -> line.startsWith("epoch 60/60"))).allMatch(line -> line.matches(".*accuracy (0.9[89].*|1.0000.*)"));
  }

  @ParameterizedTest
  @CsvSource({"32, lbfgs(history = 3)", "64, 'newton_cg(iterations = 4)'", "32, 'newton_cg(0.5, tolerance = 0.1)'"})
  void sameBitsOnAnyThreadsAndAfterAResume(int precision, String optimizer) {
    var model = load(ALL.formatted(optimizer), precision);
    var whole = trained(model, "whole.npz", "--threads", "1");
    assertSame(trained(model, "two.npz", "--threads", "2"), whole);
    assertSame(trained(model, "three.npz", "--threads", "3"), whole);
    train(model, "part.npz", "--epochs", "2");
    assertSame(trained(model, "part.npz", "--resume", folder.resolve("part.npz").toString()), whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lbfgs(history = 3, iterations = 2)", "newton_cg(iterations = 4)"})
  void sameBitsAtEveryWidth(String optimizer) {
    for (int precision : optimizer.startsWith("l") ? new int[] {32, 64} : new int[] {32}) {
      var compiled = Programs.compile(ALL.formatted(optimizer), precision);
      Map<String, double[]> first = null;
      for (var width : List.of("Scalar", "128", "256", "512")) {
        var model = Agreement.load(compiled, width).initialised(4);
        var random = new Random(2);
        for (int step = 1; step <= 3; step++) {
          var batch = batch(random);
          int number = step;
          Repeated.step(model, 0, () -> run(model, "train", batch, 37, number));
        }
        first = first == null ? weights(model) : first;
        assertSame(weights(model), first);
      }
    }
  }

  private static Map<String, double[]> batch(Random random) {
    return Map.of("point", random.doubles(37 * 2, -1, 1).toArray(), "label", random.ints(37, 0, 2).asDoubleStream().toArray());
  }

  @Test
  void gradientsAreStillChecked() {
    var said = Said.byNetwork(load(SPIRAL, 64), folder, "check");
    assertThat(said.code()).as(said.all()).isZero();
  }

  /** What is told of a step is what its first run gives. */
  @Test
  void aStepIsToldByTheLossBeforeIt() throws IOException {
    var model = load(SPIRAL, 64);
    var said = train(model, "one.npz", "--epochs", "2", "--log", folder.resolve("run.csv").toString(), "--log-steps", "1");
    var told = said.out().lines().filter(line -> line.startsWith("epoch 2/2")).findFirst().orElseThrow();
    assertThat(column("run-steps.csv", "loss")).hasSize(2).isEqualTo(column("run.csv", "loss"));
    train(load(SPIRAL, 64), "first.npz", "--epochs", "1");
    var evaluated = Said.byNetwork(model, folder, "evaluate", "--data", "train", "--weights", folder.resolve("first.npz").toString());
    assertThat(told).contains("loss " + evaluated.all().replaceAll("(?s).*loss +(\\S+).*", "$1"));
  }

  private List<String> column(String file, String name) throws IOException {
    var lines = Files.readAllLines(folder.resolve(file));
    int place = List.of(lines.getFirst().split(",")).indexOf(name);
    return lines.stream().skip(1).map(line -> line.split(",")[place]).toList();
  }

  /** The page's own programs; the second's optimizer never goes up. */
  @Test
  void thePageTrains() throws IOException {
    var blocks = Files.readString(Path.of("../docs/second-order.md")).split("```");
    var last = losses(train(load(blocks[1], 32), "first.npz")).getLast();
    assertThat(last).isLessThan(0.3);
    var text = new StringBuilder("a,b,c,y\n");
    var random = new Random(1);
    for (int i = 0; i < 64; i++) {
      double a = random.nextGaussian();
      text.append(a).append(',').append(random.nextGaussian()).append(',').append(random.nextGaussian()).append(',').append(Math.sin(a)).append('\n');
    }
    Files.writeString(folder.resolve("points.csv"), text);
    var losses = losses(train(load(blocks[3], 32), "second.npz"));
    assertThat(losses).hasSize(40).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    assertThat(losses.getLast()).isLessThan(losses.getFirst() / 2);
  }

  private static List<Double> losses(Said said) {
    return said.out().lines().filter(line -> line.startsWith("epoch")).map(line -> Double.valueOf(line.replaceAll(".*?loss (\\S+).*", "$1"))).toList();
  }

  // ---- what moves once a step

  /** Oracle: a step at the accepted weights that learns nothing leaves the same states, and an average is moved by the last weights alone. */
  @Test
  void statesAndAveragesMoveOnce() {
    for (var optimizer : List.of("lbfgs", "newton_cg(iterations = 3)")) {
      var model = load(ALL.formatted(optimizer), 64);
      var still = load(ALL.formatted("sgd(0)"), 64);
      var before = weights(model);
      var batch = batch(new Random(4));
      assertThat(Repeated.step(model, 0, () -> run(model, "train", batch, 37, 1))).isGreaterThan(1);
      var after = weights(model);
      assertThat(after.get("dense.W")).isNotEqualTo(before.get("dense.W"));
      assertThat(after.get("dense_2.b")).isEqualTo(before.get("dense_2.b"));
      var start = new LinkedHashMap<>(after);
      before.forEach((path, values) -> {
        if (path.startsWith("batch_norm.") && !path.endsWith("a") || path.endsWith(".average")) {
          start.put(path, values);
        }
      });
      copy(start, still);
      run(still, "train", batch, 37, 1);
      weights(still).forEach((path, values) -> assertThat(after.get(path)).as(path).isEqualTo(values));
    }
  }

  /** Beside one that searches, others move once it has come to its end, by the gradient there. */
  @Test
  void otherOptimizersWait() {
    var network = "input x: float[N, 3]\ny = x |> dense(4, tanh) |> dense(2)\nloss mean((y - x[:, :2])^2)\ntrain { optimizer = %s }";
    var model = load(network.formatted("lbfgs on \"dense.*\"  optimizer = momentum(0.1)"), 64);
    var gradients = load(network.formatted("sgd(1)"), 64);
    var before = weights(model);
    var batch = Map.of("x", new Random(3).doubles(7 * 3, -1, 1).toArray());
    assertThat(Repeated.step(model, 0, () -> run(model, "train", batch, 7, 1))).isGreaterThan(1);
    var after = weights(model);
    assertThat(after.get("dense.b")).isNotEqualTo(before.get("dense.b"));
    copy(after, gradients);
    copy(Map.of("dense_2.W", before.get("dense_2.W"), "dense_2.b", before.get("dense_2.b")), gradients);
    var there = run(gradients, "gradient", batch, 7, 1);
    for (var path : List.of("dense_2.W", "dense_2.b")) {
      var g = there.result(Role.GRADIENT, path).tensor().toDoubles();
      assertThat(after.get("optimizer.v." + path)).isEqualTo(g);
      var expected = new double[g.length];
      Arrays.setAll(expected, i -> before.get(path)[i] - 0.1 * g[i]);
      assertThat(after.get(path)).isEqualTo(expected);
    }
  }

  /** One of several objectives; oracle: two programs that hand their weights on to each other. */
  @Test
  void inOneOfSeveralSteps() {
    var network = "input x: float[N, 3]\nh = dense(4, tanh)(x)\ny = dense(2)(h)\na = mean((y - x[:, :2])^2)\nb = mean(abs(h - 0.2)) + mean(y^2)\n";
    var both = load(network + "loss left = a\nloss right = b\ntrain { step { loss = left on \"dense_2.*\"  optimizer = lbfgs } "
        + "step { loss = right on \"dense.*\"  optimizer = lbfgs(iterations = 2)  every = 2 } }", 64);
    var first = load(network + "loss a\nfreeze \"dense.*\"\ntrain { optimizer = lbfgs }", 64);
    var second = load(network + "loss b\nfreeze \"dense_2.*\"\ntrain { optimizer = lbfgs(iterations = 2) }", 64);
    copy(parameters(both), first);
    copy(parameters(both), second);
    var random = new Random(6);
    for (int number = 1; number <= 4; number++) {
      var batch = Map.of("x", random.doubles(9 * 3, -1, 1).toArray());
      int now = number;
      Repeated.step(both, 0, () -> run(both, "train", batch, 9, now));
      Repeated.step(first, 0, () -> run(first, "train", batch, 9, now));
      copy(parameters(first), second);
      if (number % 2 == 0) {
        Repeated.step(both, 1, () -> run(both, "train.2", batch, 9, now));
        Repeated.step(second, 0, () -> run(second, "train", batch, 9, now / 2));
        copy(parameters(second), first);
      }
    }
    var all = weights(both);
    weights(first).forEach((path, values) -> assertThat(all.get(path)).as(path).isEqualTo(values));
    weights(second).forEach((path, values) -> assertThat(all.get(path.replace("optimizer.", "optimizer.step2."))).as(path).isEqualTo(values));
  }

  private static Map<String, double[]> parameters(Model model) {
    var parameters = weights(model);
    model.spec().weights().stream().filter(weight -> weight.kind() != WeightKind.PARAMETER).forEach(weight -> parameters.remove(weight.path()));
    return parameters;
  }

  // ---- one's own

  /** All weights as one vector without a search: a gradient of length one, which no array alone could know. */
  @Test
  void anOptimizerOfAllWeights() {
    var network = "input x: float[N, 3]\ny = x |> dense(4, tanh) |> dense(2)\nloss mean((y - x[:, :2])^2)\n%s\ntrain { optimizer = %s }";
    var unit = load(network.formatted("optimizer unit(rate)(w, g, loss) { state mean = 0  mean <- 0.5 * mean + g / sqrt(sum(g^2))  w <- w - rate * mean * loss }",
        "unit(0.1)"), 64);
    var plain = load(network.formatted("", "sgd(1)"), 64);
    var before = weights(unit);
    copy(before, plain);
    var batch = Map.of("x", new Random(3).doubles(7 * 3, -1, 1).toArray());
    var gradients = run(plain, "gradient", batch, 7, 1);
    double square = 0;
    for (var output : gradients.results(Role.GRADIENT)) {
      square += Arrays.stream(output.tensor().toDoubles()).map(v -> v * v).sum();
    }
    double loss = gradients.result(Role.LOSS, "loss").get(0);
    run(unit, "train", batch, 7, 1);
    assertThat(weights(unit).get("optimizer.mean")).hasSize(3 * 4 + 4 + 4 * 2 + 2);
    for (var path : List.of("dense.W", "dense.b", "dense_2.W", "dense_2.b")) {
      var g = gradients.result(Role.GRADIENT, path).tensor().toDoubles();
      for (int i = 0; i < g.length; i++) {
        assertThat(weights(unit).get(path)[i]).isCloseTo(before.get(path)[i] - 0.1 * loss * g[i] / Math.sqrt(square), org.assertj.core.api.Assertions.within(1e-14));
      }
    }
  }

  @Test
  void whatNeverEndsIsAFault() {
    var program = SPIRAL.replace("lbfgs(iterations = 10)", "restless") + "optimizer restless()(w, g, loss) { w <- w - 0.001 * g  again <- 1 }\n";
    var said = Said.byNetwork(load(program.replace("200", "4").replace("16", "2"), 32), folder, "train", "--out", folder.resolve("w.npz").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.all()).contains("at step 1 the optimizer wanted more than 10000 runs with one batch").contains("again <- 0");
  }

  /** A loss without a slope that is a number is told as of any optimizer. */
  @ParameterizedTest
  @ValueSource(strings = {"lbfgs", "newton_cg"})
  void gradientsThatAreNoNumbersAreTold(String optimizer) throws IOException {
    Files.writeString(folder.resolve("x.csv"), "x\n1\n2\n");
    var said = Said.byNetwork(load("input x: float[N]\nparam w: float = 0\nloss mean(x) * sqrt(w)\ndata { train = csv(\"x.csv\", x = \"x\") }\n"
        + "train { optimizer = " + optimizer + "  batch = 2  epochs = 3 }", 32), folder, "train", "--out", folder.resolve("w.npz").toString());
    assertThat(said.code()).as(said.all()).isEqualTo(1);
    assertThat(said.all()).contains("became").contains("at step 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "train { optimizer = lbfgs  accumulate = 2 } === lbfgs runs a step again with the same batch, and accumulate gives it gradients of others",
      "train { optimizer = newton_cg  clip_norm = 2 } === newton_cg compares losses by their gradient, and clip_norm gives it another",
      "constrain max_norm(2) on \"dense.W\"\ntrain { optimizer = lbfgs } === lbfgs compares losses along a line, and constrain takes weights off it",
      "train { optimizer = lbfgs on \"dense.W\"  optimizer = newton_cg on \"dense.b\" } === two optimizers of one step want to run it again",
      "train { optimizer = lbfgs(history = 0) } === history is at least 1, and this is 0",
      "train { optimizer = lbfgs(c1 = 0.5, c2 = 0.2) } === c2, which is no less than c1, is from 0.5 to 1, and this is 0.2",
      "train { optimizer = newton_cg(iterations = 0) } === iterations is at least 1, and this is 0",
      "optimizer o()(w) { w <- w }\ntrain { optimizer = o } === an optimizer takes a weight and its gradient",
      "optimizer o()(w, g, loss) { again <- 0 }\ntrain { optimizer = o } === the optimizer o gives the weight no next value with <-",
      "optimizer o()(w, g, loss) { state again = 1  w <- w }\ntrain { optimizer = o } === again is a number that each optimizer of all weights has",
      "optimizer o()(w, g) { again <- 1  w <- w }\ntrain { optimizer = o } === again is no state"})
  void faults(String text) {
    var parts = text.split(" === ");
    assertThat(Programs.faults("input x: float[N, 3]\ny = dense(2)(x)\nloss a = mean(y^2)\n" + parts[0])).contains(parts[1]);
  }

  /** A constraint of others, and clipping or accumulating without a search, are as ever. */
  @Test
  void whatFitsIsTaken() {
    for (var text : List.of("constrain max_norm(2) on \"dense.W\"\ntrain { optimizer = lbfgs on \"dense.b\"  optimizer = sgd(1) }",
        "optimizer o()(w, g, loss) { w <- w - g }\ntrain { optimizer = o  accumulate = 2  clip_norm = 2 }\nconstrain max_norm(2)",
        "optimizer o()(w, g, loss) { state v = 0  v <- v + g  w <- w - v }\ntrain { optimizer = o on \"*.W\"  optimizer = o() on \"*.b\" }")) {
      assertThat(Programs.faults("input x: float[N, 3]\ny = dense(2)(x)\nloss a = mean(y^2)\n" + text)).isEmpty();
    }
  }
}
