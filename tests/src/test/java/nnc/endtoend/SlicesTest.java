package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import nnc.Allocated;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompiledStage;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.RandomGraphs;
import nnc.jar.SpecWriter;
import nnc.optimizations.Optimization;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.SpecFile;
import nnc.schedule.BatchTiling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch computed slice by slice gives the same bits as the whole of it, on one thread and several; oracle: the whole batch. */
class SlicesTest {
  private static final int LARGEST = 13;

  private static CompiledStage stage(CompiledProgram compiled) {
    return compiled.stages().values().iterator().next();
  }

  /** All results of a context at some dimensions, for inputs that follow from the seed. */
  private static Map<String, double[]> run(Model model, Context context, int batch, long seed) {
    context.batch(batch);
    Agreement.feed(model, context, seed);
    context.counters(3, 1);
    context.run();
    var results = new TreeMap<String, double[]>();
    for (var role : List.of(Role.OUTPUT, Role.LOSS, Role.TERM, Role.METRIC, Role.SUM, Role.PROD, Role.MAX, Role.MIN, Role.ROWS)) {
      context.results(role).forEach(result -> results.put(role + " " + result.name(), result.tensor().toDoubles()));
    }
    return results;
  }

  private static Context context(Model model, Threads team) {
    var plan = model.spec().plans().getFirst();
    Map<String, Integer> largest = new HashMap<>();
    plan.dims().forEach(dim -> largest.put(dim, dim.equals("N") ? LARGEST : 3));
    return model.context(plan.name(), largest, team);
  }

  /** On one thread and several, which run code of other widths. */
  private static void check(Graph graph, int precision, int size, long seed) {
    check(graph, precision, size, 1, "512", seed);
    check(graph, precision, size, 2, "256", seed);
    check(graph, precision, size, 3, "Scalar", seed);
  }

  /** Runs of one context over larger and smaller batches, and the largest again. */
  private static void check(Graph graph, int precision, int size, int threads, String width, long seed) {
    try (var team = new Threads(threads)) {
      var whole = Agreement.load(Bare.compile(graph, precision, true), "Scalar").initialised(seed);
      var sliced = Agreement.load(Bare.compileInSlices(graph, precision, size), width).initialised(seed);
      var expected = context(whole, team);
      var actual = context(sliced, team);
      for (int batch : new int[] {LARGEST, 2, size + 1, 1, LARGEST}) {
        var what = " of a batch of %d in slices of %d on %d threads".formatted(batch, size, threads);
        var values = run(sliced, actual, batch, seed + batch);
        run(whole, expected, batch, seed + batch).forEach((result, same) -> assertThat(values.get(result)).as(result + what).isEqualTo(same));
      }
    }
  }

  private static Graph graph(String source, String purpose) {
    return Programs.compile(source, 32).stages().get(purpose).elaborated();
  }

  // ---- what computes each example by itself

  @ParameterizedTest
  @ValueSource(strings = {"dense(5, tanh)(x)", "softmax(x)", "cumsum(x)", "x[:, 1:4]", "reshape(x, [-1, 3]) |> softmax |> reshape([N, 6])",
      "x * w + sum(tanh(w))", "batch_norm()(dense(3)(x))", "transpose(dense(4)(transpose(reshape(x, [N, 2, 3]), [0, 2, 1])), [0, 2, 1])",
      "conv2d(4, kernel = 3, padding = 1)(reshape(x, [N, 1, 2, 3])) |> relu |> flatten |> dense(3)",
      "conv2d(4, kernel = 2, padding = 1)(reshape(x, [N, 1, 2, 3])) |> max_pool2d(2)", "concat([x, tanh(x)], axis = 1) |> dense(2)",
      "sort(x)", "sort_index(concat([x] * 20, axis = 1))", "attention(3)(reshape(x, [N, 2, 3]), reshape(x, [N, 2, 3]), reshape(x, [N, 2, 3]))"})
  void allOfItRunsOverSlices(String value) {
    var source = "input x: float[N, 6]\ninput w: float[6]\noutput y = " + value + "\noutput z = tanh(w)\n";
    var graph = graph(source, "predict");
    var stage = stage(Bare.compileInSlices(graph, 32, 2));
    assertThat(stage.memory().tiles().kernels()).isEqualTo(stage.schedule().kernels().size());
    check(graph, 32, 2, 1);
    check(graph, 32, 3, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x - mean(x, axis = 0)", "reverse(x, axis = 0) * 2 + x", "cumsum(x, axis = 0)", "softmax(x, axis = 0)", "x + x[0:1]",
      "x @ transpose(x) @ x", "concat([x, 2 * x], axis = 0)", "transpose(dense(4)(x))", "sum(dense(4)(x))", "sort(x, axis = 0)",
      "dense(3)(x) / max(sum(x * x, axis = 0))"})
  void whatMixesExamplesRunsOverAllOfThem(String value) {
    var source = "input x: float[N, 6]\noutput y = " + value + "\n";
    var graph = graph(source, "predict");
    var stage = stage(Bare.compileInSlices(graph, 32, 2));
    assertThat(stage.memory().tiles().kernels()).isLessThan(stage.schedule().kernels().size());
    check(graph, 32, 2, 1);
  }

  /** Losses and metrics are means over the batch, behind what the network computes. */
  @Test
  void ofAnEvaluationTheNetworkRunsOverSlices() {
    var source = """
        input x: float[N, 6]
        target t: int[N]
        logits = x |> dense(7, relu) |> layer_norm() |> dense(3)
        output y = softmax(logits)
        loss cross_entropy(logits, t)
        metric accuracy = mean(argmax(logits) == t)
        """;
    var graph = graph(source, "evaluate");
    var stage = stage(Bare.compileInSlices(graph, 32, 2));
    assertThat(stage.memory().tiles().kernels()).isBetween(2, stage.schedule().kernels().size() - 1);
    check(graph, 32, 2, 1);
    check(graph, 64, 5, 1);
  }

  // ---- the same bits

  @Property(tries = 15, seed = "20")
  void randomGraphs(@ForAll @Size(min = 1, max = 20) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(min = 1, max = 5) int size) {
    var all = RandomGraphs.of(genes, false);
    var graph = new Graph(all.name(), all.nodes(), all.results().stream().filter(result -> result.role() == Graph.Role.OUTPUT).toList());
    try {
      check(graph, 32, size, genes.hashCode());
    } catch (Fault e) {
      // an open size that leaves nothing of a window
      Assume.that(!e.getMessage().matches("(?s).* needs .* of at least .*"));
      throw new AssertionError(e + "\n" + GraphPrinter.print(graph), e);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(e + "\n" + GraphPrinter.print(graph), e);
    }
  }

  @Tag("slow")
  @Property(tries = 400, seed = "26")
  void randomGraphsForLong(@ForAll @Size(min = 1, max = 20) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(min = 1, max = 5) int size) {
    randomGraphs(genes, size);
  }

  @Property(tries = 8, seed = "20")
  void randomPrograms(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int size) {
    var random = new Random(seed);
    var source = RandomNetworksTest.program(random);
    check(graph(source, "predict"), 32, size, seed);
    check(graph(source, "evaluate"), 64, size, seed);
  }

  @Tag("slow")
  @Property(tries = 200, seed = "26")
  void randomProgramsForLong(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int size) {
    randomPrograms(seed, size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet", "zoo", "transformer", "addition", "autoencoder"})
  void samples(String name) throws Exception {
    for (var purpose : List.of("predict", "evaluate")) {
      var compiled = Compiler.compile(Path.of("..", "samples", name + ".nn"), CompilerOptions.standard(), purpose);
      var graph = stage(compiled).elaborated();
      assertThat(stage(Bare.compileInSlices(graph, 32, 4)).memory().tiles().kernels()).as(purpose).isPositive();
      check(graph, 32, 4, 2, "Scalar", 1);
    }
  }

  // ---- how it is run

  private static CompiledProgram small() {
    return Bare.compileInSlices(graph("input x: float[N, 6]\noutput y = x |> dense(4, relu) |> dense(3) |> softmax\n", "predict"), 32, 2);
  }

  @Test
  void aSpecTellsOfSlices() throws Exception {
    var bytes = new ByteArrayOutputStream();
    var spec = small().spec();
    assertThat(spec.plans().getFirst().tiling().cut()).isTrue();
    SpecWriter.write(spec, bytes);
    assertThat(SpecFile.read(new ByteArrayInputStream(bytes.toByteArray()), "x")).isEqualTo(spec);
  }

  @Test
  void runsAllocateNothing() {
    try (var team = new Threads(1)) {
      var context = context(Agreement.load(small(), "Scalar").initialised(1), team);
      context.inputs().forEach(input -> input.set(new float[input.size()]));
      long before = 0;
      for (int run = 0; run < 4000; run++) {
        before = run == 2000 ? Allocated.here() : before;
        context.run();
      }
      assertThat(Allocated.here() - before).isLessThan(4000);
    }
  }

  // ---- what the compiler chooses

  private static CompiledProgram predict(String file, Optimization... without) throws FaultyProgram {
    var defines = file.equals("resnet") ? Map.of("depth", "1") : Map.<String, String>of();
    return Compiler.compile(Path.of("..", "samples", file + ".nn"),
        new CompilerOptions(defines, 32, Stream.of(without).map(Optimization::title).toList(), List.of(), _ -> { }), "predict");
  }

  /** The activations of the one are more than a cache holds, those of the other are not. */
  @Test
  void residualNetworksAreCutAndSmallConvolutionsAreNot() throws Exception {
    var resnet = stage(predict("resnet"));
    var slices = resnet.memory().tiles();
    assertThat(slices.size()).isBetween(3, 12);
    assertThat(slices.kernels()).isEqualTo(resnet.schedule().kernels().size());
    assertThat(stage(predict("resnet", Optimization.BATCH_TILING)).memory().tiles()).isEqualTo(BatchTiling.NONE);
    assertThat(stage(predict("lenet")).memory().tiles()).isEqualTo(BatchTiling.NONE);
  }

  /** Where threads would share the columns of a layer, and each would read what the others have computed. */
  @Test
  void ofWideLayersEachThreadHasExamplesOfItsOwn() {
    var source = "input x: float[N, 40]\noutput y = x |> dense(%1$d, relu) |> dense(%1$d, tanh) |> dense(3)\n";
    var wide = Programs.compile(source.formatted(200), 32);
    assertThat(stage(wide).memory().tiles()).isEqualTo(new BatchTiling("N", 32, stage(wide).schedule().kernels().size()));
    assertThat(stage(Programs.compile(source.formatted(100), 32)).memory().tiles()).isEqualTo(BatchTiling.NONE);
    var whole = Agreement.load(Programs.compile(source.formatted(200), 32, Optimization.BATCH_TILING), "Scalar").initialised(4);
    var sliced = Agreement.load(wide, "512").initialised(4);
    for (int threads : new int[] {1, 2, 3, 16}) {
      try (var team = new Threads(threads)) {
        var expected = whole.context("predict", 100, team);
        var actual = sliced.context("predict", 100, team);
        for (int batch : new int[] {100, 33, 32, 1, 65}) {
          assertThat(run(sliced, actual, batch, batch)).as(batch + " examples on " + threads + " threads")
              .usingRecursiveComparison().isEqualTo(run(whole, expected, batch, batch));
        }
      }
    }
  }

  /** Of examples of which much is computed a thread's own cache holds fewer. */
  @ParameterizedTest
  @CsvSource({"1, 32", "6, 32", "10, 16"})
  void ofMuchThatIsComputedThereAreFewerExamples(int steps, int size) {
    var source = "input x: float[N, %1$d, 12]\nh = dense(600)(x)\noutput y = sum(tanh(h), axis = 1)\n";
    assertThat(stage(Programs.compile(source.formatted(steps), 32)).memory().tiles().size()).isEqualTo(size);
  }

  @Test
  void aResidualNetworkComputesTheSameInSlices() throws Exception {
    var whole = Agreement.load(predict("resnet", Optimization.BATCH_TILING), "Scalar").initialised(4);
    var sliced = Agreement.load(predict("resnet"), "Scalar").initialised(4);
    for (int threads = 1; threads <= 2; threads++) {
      try (var team = new Threads(threads)) {
        var actual = run(sliced, sliced.context("predict", 19, team), 19, 3);
        run(whole, whole.context("predict", 19, team), 19, 3).forEach((result, same) -> assertThat(actual.get(result)).as(result).isEqualTo(same));
      }
    }
  }

  @Test
  void activationsTakeTheMemoryOfSlices() throws Exception {
    long whole = stage(predict("resnet", Optimization.BATCH_TILING)).memory().peak(_ -> 256);
    long slices = stage(predict("resnet")).memory().peak(_ -> 256);
    assertThat(slices - 256 * (28 * 28 + 10)).isLessThan(whole / 20);
  }
}
