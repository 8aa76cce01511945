package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Evaluation;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code nnc ensemble}: what its jar predicts is the mean of what its members do, and its loss and metrics are those of that. */
@ResourceLock(Resources.SYSTEM_OUT)
class EnsembleTest {
  private static final String HEAD = "input x: float[N, 3]\ntarget kind: int[N]\ntarget so: float[N]\nh = x |> dense(5, tanh)\nz = h |> dense(4)\nu = h |> dense(1) |> squeeze(1)\n";
  private static final int ROWS = 300;

  @TempDir
  Path folder;

  private final List<Path> members = new ArrayList<>();
  private final List<Model> models = new ArrayList<>();
  private final float[] x = new float[3 * ROWS];
  private final int[] kinds = new int[ROWS];
  private final float[] truths = new float[ROWS];

  private Model ensemble(String program, String... options) throws Exception {
    var random = new Random(7);
    IntStream.range(0, x.length).forEach(i -> x[i] = 3 * (float) random.nextGaussian());
    IntStream.range(0, ROWS).forEach(i -> kinds[i] = random.nextInt(4));
    IntStream.range(0, ROWS).forEach(i -> truths[i] = random.nextInt(2));
    var file = Files.writeString(folder.resolve("p.nn"), HEAD + program);
    var plain = Compiler.load(Compiler.compile(file, CompilerOptions.standard()));
    for (int seed = 1; seed <= 3; seed++) {
      models.add(plain.initialised(seed));
      members.add(folder.resolve("w" + seed + ".npz"));
      models.getLast().save(members.getLast());
    }
    var jar = folder.resolve("e.jar").toString();
    var words = Stream.of(Stream.of("ensemble", file.toString()), members.stream().map(Path::toString), Stream.of("-o", jar), Stream.of(options)).flatMap(part -> part);
    var said = Said.byCompiler(words.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return Model.load(Path.of(jar));
  }

  private double[] predicted(Model model, String output) {
    var context = model.context("predict", ROWS);
    context.batch(ROWS);
    context.input("x").set(x);
    context.run();
    var values = new double[context.output(output).size()];
    context.output(output).copyTo(values, 0);
    return values;
  }

  private double[] mean(String output) {
    var all = models.stream().map(model -> predicted(model, output)).toList();
    return IntStream.range(0, all.getFirst().length).mapToDouble(i -> all.stream().mapToDouble(one -> one[i]).average().orElseThrow()).toArray();
  }

  private Map<String, Tensor> evaluated(Model model) {
    return Evaluation.of(model, Examples.of(Map.of("x", new Tensor(new int[] {ROWS, 3}, x), "kind", new Tensor(new int[] {ROWS}, kinds), "so", new Tensor(new int[] {ROWS}, truths))));
  }

  private static void assertClose(double[] values, double[] expected) {
    assertThat(values).hasSameSizeAs(expected);
    double most = DoubleStream.of(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isCloseTo(expected[i], within(2e-6 * Math.max(1, most)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"output o = softmax(z)  loss cross_entropy(z, kind)", "output o = softmax(10 * z)", "output o = sigmoid(u)  loss binary_cross_entropy(u, so)",
      "output o = u  loss mse(u, so)", "output o = 100 * u + 3  loss mse(u, so / 100)", "output o = exp(u)  loss mse(u, log(so + 1))", "output o = tanh(u)",
      "output o = sigmoid(z)", "output o = (softmax(z) + softmax(2 * z)) / 2", "output o = h", "output o = expand(sigmoid(u), 1)  loss focal(u, so)"})
  void predictionsAreMeansOfTheMembers(String program) throws Exception {
    var ensemble = ensemble(program);
    assertClose(predicted(ensemble, "o"), mean("o"));
  }

  @Test
  void lossAndMetricsAreThoseOfTheMean() throws Exception {
    var ensemble = ensemble("""
        output p = softmax(z)
        output chosen = argmax(z)
        output q = sigmoid(u)
        loss cross_entropy(z, kind)
        loss binary_cross_entropy(u, so)
        metric accuracy = mean(argmax(z) == kind)
        metric size = mean(h^2)
        """);
    var p = mean("p");
    var q = mean("q");
    var chosen = IntStream.range(0, ROWS).map(i -> IntStream.range(0, 4).reduce((a, b) -> p[4 * i + b] > p[4 * i + a] ? b : a).orElseThrow()).toArray();
    assertThat(predicted(ensemble, "chosen")).containsExactly(IntStream.of(chosen).asDoubleStream().toArray());
    var figures = evaluated(ensemble);
    assertThat(figures.get("loss.cross_entropy").get(0)).isCloseTo(IntStream.range(0, ROWS).mapToDouble(i -> -Math.log(p[4 * i + kinds[i]])).average().orElseThrow(), within(1e-5));
    assertThat(figures.get("loss.binary_cross_entropy").get(0)).isCloseTo(IntStream.range(0, ROWS).mapToDouble(i -> -Math.log(truths[i] == 1 ? q[i] : 1 - q[i])).average().orElseThrow(), within(1e-5));
    assertThat(figures.get("accuracy").get(0)).isCloseTo(IntStream.range(0, ROWS).mapToDouble(i -> chosen[i] == kinds[i] ? 1 : 0).average().orElseThrow(), within(1e-6));
    // what depends on weights otherwise is the mean of the members'
    assertThat(figures.get("size").get(0)).isCloseTo(models.stream().mapToDouble(model -> evaluated(model).get("size").get(0)).average().orElseThrow(), within(1e-5));
    assertThat(ensemble.has("train")).isFalse();
    assertThatThrownBy(() -> Training.of(ensemble).prepare()).isInstanceOf(Fault.class).hasMessageContaining("this is an ensemble, the mean of several trainings of");
  }

  @Test
  void membersMayVote() throws Exception {
    var ensemble = ensemble("output p = softmax(z)\noutput q = sigmoid(u)\n", "--vote");
    var votes = new double[4 * ROWS];
    var yes = new double[ROWS];
    for (var model : models) {
      var p = predicted(model, "p");
      var q = predicted(model, "q");
      for (int i = 0; i < ROWS; i++) {
        int row = 4 * i;
        votes[row + IntStream.range(0, 4).reduce((a, b) -> p[row + b] > p[row + a] ? b : a).orElseThrow()] += 1.0 / 3;
        yes[i] += q[i] > 0.5 ? 1.0 / 3 : 0;
      }
    }
    assertClose(predicted(ensemble, "p"), votes);
    assertClose(predicted(ensemble, "q"), yes);
  }

  /** Scores so large that their exponentials are none of 32 bits. */
  @Test
  void largeScoresDoNotOverflow() throws Exception {
    var ensemble = ensemble("output p = softmax(1000 * z)\noutput q = sigmoid(1000 * u)\nloss binary_cross_entropy(1000 * u, so)\n");
    assertClose(predicted(ensemble, "p"), mean("p"));
    assertClose(predicted(ensemble, "q"), mean("q"));
    assertThat(evaluated(ensemble).get("loss").get(0)).isFinite();
  }

  @Test
  void jarsMayBeMembers() throws Exception {
    ensemble("output o = softmax(z)");
    var jar = folder.resolve("one.jar").toString();
    assertThat(Said.byCompiler("compile", folder.resolve("p.nn").toString(), "-o", jar, "--weights", members.get(1).toString()).code()).isZero();
    var said = Said.byCompiler("ensemble", folder.resolve("p.nn").toString(), members.get(0).toString(), jar, members.get(2).toString(), "-o", folder.resolve("f.jar").toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertClose(predicted(Model.load(folder.resolve("f.jar")), "o"), mean("o"));
  }

  @Test
  void whatCannotBeIsTold() throws Exception {
    ensemble("output o = softmax(z)");
    var program = folder.resolve("p.nn").toString();
    var one = members.getFirst().toString();
    assertThat(Said.byCompiler("ensemble", program, one).err()).contains("an ensemble has at least two members");
    assertThat(Said.byCompiler("ensemble", program, one, "--mean").err()).contains("unknown option --mean");
    Files.writeString(folder.resolve("p.nn"), HEAD + "output o = argmax(h)\n");
    var whole = Said.byCompiler("ensemble", program, one, one, "-o", folder.resolve("g.jar").toString());
    assertThat(whole.code()).isEqualTo(1);
    assertThat(whole.err()).contains("output o is int[N] and does not follow from scores: members that differ have no mean of it");
    Files.writeString(folder.resolve("p.nn"), HEAD.replace("dense(5", "dense(6") + "output o = softmax(z)\n");
    var other = Said.byCompiler("ensemble", program, one, one, "-o", folder.resolve("g.jar").toString());
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).doesNotContain("internal");
    Files.writeString(folder.resolve("p.nn"), "input x: float[N]\noutput o = 2 * x\n");
    assertThat(Said.byCompiler("ensemble", program, one, one).err()).contains("it learns nothing");
  }
}
