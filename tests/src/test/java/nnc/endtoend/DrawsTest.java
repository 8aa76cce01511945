package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.Said;
import nnc.interpret.Interpreter;
import nnc.optimizations.Optimization;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is drawn for a row in prediction follows from the seed and the row's number. Oracles: the interpreter, and one run over all rows. */
class DrawsTest {
  private static final String GENERATOR = """
      input x: float[N, 3]
      z = normal(0, 1, [N, 2, 5])
      u = uniform(-1, 1, [N, 7])
      h = reshape(z, [N, 10]) |> dense(8, tanh)
      output y = concat([h, u, x * bernoulli(0.5, shape(x))], axis = 1)
      output plain = u
      """;
  private static final int ROWS = 23;

  @TempDir
  Path folder;

  private static Model model(String source, int precision, String width, Optimization... without) {
    return Agreement.load(Programs.compile(source, precision, without), width).initialised(2);
  }

  private static float[] fed(int from, int count) {
    var x = new float[3 * count];
    for (int i = 0; i < x.length; i++) {
      x[i] = 0.1f * (3 * from + i) + 1;
    }
    return x;
  }

  private static List<Double> run(Context context, long firstRow, int from, int count) {
    context.seed(77);
    context.batch(count);
    context.firstRow(firstRow + from);
    context.input("x").set(fed(from, count));
    context.run();
    var all = new ArrayList<Double>();
    for (double value : context.output("y").tensor().toDoubles()) {
      all.add(value);
    }
    return all;
  }

  // ---- batches, slices, widths, threads

  /** At the beginning of all rows, and where the numbers of draws leave 32 bits. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1000, (1L << 32) / 7 - 10, (1L << 32) / 10 - 10, (1L << 31) - 5, (1L << 32) - 3, 1L << 39})
  void batchesOfAnySizeDrawAsOneOfAll(long firstRow) {
    for (int precision : new int[] {32, 64}) {
      var expected = run(model(GENERATOR, precision, "Scalar").context("predict", ROWS, new Threads(1)), firstRow, 0, ROWS);
      for (var width : List.of("Scalar", "128", "256", "512")) {
        for (int batch : new int[] {1, 5, 16, ROWS}) {
          var context = model(GENERATOR, precision, width).context("predict", batch, new Threads(1));
          var actual = new ArrayList<Double>();
          for (int from = 0; from < ROWS; from += batch) {
            actual.addAll(run(context, firstRow, from, Math.min(batch, ROWS - from)));
          }
          assertThat(actual).as("%s bits, width %s, batches of %s from row %s", precision, width, batch, firstRow).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void slicesDrawAsTheWholeBatch() {
    var graph = Programs.compile(GENERATOR, 32).stages().get("predict").elaborated();
    for (long firstRow : new long[] {0, (1L << 32) / 10 - 4}) {
      var expected = run(Agreement.load(Bare.compile(graph, 32, true), "Scalar").initialised(2).context("predict", ROWS, new Threads(1)), firstRow, 0, ROWS);
      for (int size : new int[] {1, 2, 4, 7}) {
        var compiled = Bare.compileInSlices(graph, 32, size);
        assertThat(compiled.spec().plans().getFirst().tiling().cut()).isTrue();
        for (int threads = 1; threads <= 3; threads++) {
          try (var team = new Threads(threads)) {
            var context = Agreement.load(compiled, "256").initialised(2).context("predict", ROWS, team);
            assertThat(run(context, firstRow, 0, ROWS)).as("slices of %s on %s threads", size, threads).isEqualTo(expected);
            assertThat(run(context, firstRow, 3, 9)).isEqualTo(expected.subList(3 * 18, 12 * 18));
          }
        }
      }
    }
  }

  /** The wide layers of this one are run over slices by the compiler's own choice. */
  @Test
  void whatTheCompilerCutsDrawsAsWhatItDoesNot() {
    var source = "input x: float[N, 3]\nz = normal(0, 1, [N, 40]) + x[:, 0:1]\noutput y = z |> dense(200, relu) |> dense(200, tanh) |> dense(18)\n";
    var cut = Programs.compile(source, 32);
    assertThat(cut.spec().plans().getFirst().tiling().cut()).isTrue();
    try (var team = new Threads(2)) {
      assertThat(run(Agreement.load(cut, "512").initialised(2).context("predict", 100, team), 5, 0, 100))
          .isEqualTo(run(model(source, 32, "Scalar", Optimization.BATCH_TILING).context("predict", 100, team), 5, 0, 100));
    }
  }

  @Test
  void theInterpreterDrawsTheSame() {
    var compiled = Programs.compile(GENERATOR, 64);
    var graph = new nnc.passes.Pipeline(List.of(nnc.passes.DeadCodeElimination.PASS)).run(compiled.stages().get("predict").elaborated());
    for (long firstRow : new long[] {0, 12, (1L << 32) / 7 - 2, 1L << 36}) {
      var context = Agreement.load(compiled, "512").initialised(2).context("predict", 5);
      context.input("x").set(fed(0, 5));
      context.seed(-9);
      context.firstRow(firstRow);
      context.run();
      var model = Agreement.load(compiled, "512").initialised(2);
      var values = new Interpreter(Map.of("N", 5), op -> switch (op) {
        case nnc.graph.Op.Input _ -> new double[15];
        case nnc.graph.Op.Parameter(var path, _) -> model.weight(path).toDoubles();
        default -> throw new IllegalStateException(op.toString());
      }, -9, 0, 0, firstRow).run(graph);
      var plain = graph.results().stream().filter(result -> result.name().equals("plain")).findFirst().orElseThrow();
      assertThat(context.output("plain").tensor().toDoubles()).isEqualTo(values.get(plain.node()).values());
    }
  }

  @Test
  void numbersBeyond32BitsAreOthers() {
    var random = new Random(3);
    var met = new HashSet<Integer>();
    for (int i = 0; i < 1000; i++) {
      int key = random.nextInt();
      int element = random.nextInt(Integer.MAX_VALUE);
      assertThat(CounterRandom.bits(key, 5, (long) element)).isEqualTo(CounterRandom.bits(key, 5, element));
      met.add(CounterRandom.bits(1, 5, ((long) i << 32) + 17));
    }
    assertThat(met).hasSizeGreaterThan(990);
  }

  @Test
  void rowsThatCannotBeNumberedAreRefused() {
    var context = model(GENERATOR, 32, "Scalar").context("predict", 2);
    assertThatThrownBy(() -> context.firstRow(-1)).isInstanceOf(IllegalArgumentException.class).hasMessage("row -1 is none of 0 to 2^40");
    assertThatThrownBy(() -> context.firstRow((1L << 40) + 1)).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- predict

  private Tensor predict(String source, String... more) {
    var arguments = new ArrayList<>(List.of("predict", "--out", folder.resolve("o.npz").toString()));
    arguments.addAll(List.of(more));
    var said = Said.byNetwork(Compiler.load(Programs.compile(source, 32)).initialised(1), folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(folder.resolve("o.npz")).get("y");
  }

  @Test
  void aGeneratorsSamplesAreAllDifferent() {
    var source = "input x: float[N]\noutput y = normal(0, 1, [N, 2]) |> dense(3, tanh)\n";
    var y = predict(source, "--count", "10000");
    var rows = new HashSet<List<Double>>();
    for (int row = 0; row < 10_000; row++) {
      rows.add(List.of(y.get(3 * row), y.get(3 * row + 1), y.get(3 * row + 2)));
    }
    assertThat(rows).hasSize(10_000);
    assertThat(predict(source, "--count", "10000", "--batch", "10000").toDoubles()).isEqualTo(y.toDoubles());
    assertThat(predict(source, "--count", "10000", "--batch", "999").toDoubles()).isEqualTo(y.toDoubles());
    assertThat(predict(source, "--count", "10000", "--seed", "0").toDoubles()).isEqualTo(y.toDoubles());
    var other = predict(source, "--count", "300", "--seed", "4").toDoubles();
    assertThat(other).isEqualTo(predict(source, "--count", "300", "--seed", "4").toDoubles());
    assertThat(other[0]).isNotEqualTo(y.get(0));
  }

  /** Noise between all rows, or along another axis than the first, has no rows of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"normal(0, 1, [N, N])", "transpose(uniform(0, 1, [2, N]))"})
  void drawsWithoutRowsAreMadeAtOnce(String value) {
    var y = predict("input x: float[N]\noutput y = " + value + "\n", "--count", "300");
    var met = new HashSet<Double>();
    for (double one : y.toDoubles()) {
      met.add(one);
    }
    assertThat(met.size()).isGreaterThan((int) (0.98 * y.size()));
  }

  // ---- evaluate

  /** More rows than are evaluated at a time: were draws to repeat, the mean over all would be that of the first. */
  @Test
  void evaluationDrawsByRowAndSeed() {
    var source = """
        input x: float[N]
        metric level = mean(x * uniform(0, 1, [N]))
        data { test = npz("t.npz") }
        """;
    var x = new float[600];
    double expected = 0;
    var y = predict("input x: float[N]\noutput y = uniform(0, 1, [N])\n", "--count", "600", "--seed", "11");
    for (int i = 0; i < x.length; i++) {
      x[i] = i < 300 ? 0 : 1;
      expected += x[i] * y.get(i) / x.length;
    }
    Npz.write(folder.resolve("t.npz"), Map.of("x", new Tensor(new int[] {600}, x)));
    var model = Compiler.load(Programs.compile(source, 32)).initialised(1);
    var told = Said.byNetwork(model, folder, "evaluate", "--json", "--seed", "11");
    assertThat(told.code()).as(told.all()).isZero();
    assertThat(level(told)).isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-6));
    assertThat(level(Said.byNetwork(model, folder, "evaluate", "--json"))).isNotEqualTo(level(told));
  }

  private static double level(Said told) {
    var number = java.util.regex.Pattern.compile("\"level\":([0-9.eE-]+)").matcher(told.out());
    assertThat(number.find()).as(told.all()).isTrue();
    return Double.parseDouble(number.group(1));
  }

  /** A scalar that is drawn is the same for all rows. */
  @Test
  void aScalarIsDrawnOnce() {
    var y = predict("input x: float[N]\noutput y = uniform(0, 1) + zeros(N)\n", "--count", "600").toDoubles();
    assertThat(y).containsOnly(y[0]);
  }
}
