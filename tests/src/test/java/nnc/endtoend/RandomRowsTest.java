package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.optimizations.Optimization;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Role;

/**
 * Random programs say the same of rows together, of each by itself, in parts of any size, and with the computation cut or not; and what
 * {@code evaluate} tells of many rows is what one run over all of them gives.
 */
class RandomRowsTest {
  private static final int SEED = 5;
  private static final List<Integer> ROWS = List.of(2, 3, 7, 33, 257, 300);
  /** Figures that are sums, means, extremes and functions of them. */
  private static final List<String> FIGURES = List.of("mean(abs(other / 2))", "max(first)", "sqrt(mean(first^2)) / (1 + mean(abs(other)))",
      "sum(first) / sum(1 + abs(other))", "variance(first)", "mean(first - mean(first, axis = 0))");

  private Path folder;

  @BeforeTry
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("rows");
  }

  @AfterTry
  void removeFolder() throws IOException {
    for (var file : List.of("in.npz", "out.npz", "w.npz")) {
      Files.deleteIfExists(folder.resolve(file));
    }
    Files.delete(folder);
  }

  private static String told(List<Integer> genes) {
    var text = new StringBuilder(RandomSources.of(genes, false).replace("train {", "data { test = npz(\"in.npz\") }\ntrain {"));
    for (int i = 0; i < FIGURES.size(); i++) {
      text.append("output told%d = %s\nmetric told%d = %s\n".formatted(i, FIGURES.get(i), i, FIGURES.get(i)));
    }
    return text.toString();
  }

  private static Map<String, Tensor> rows(Model model, int count, long seed) {
    var random = new Random(seed);
    var fed = new HashMap<String, Tensor>();
    for (var purpose : List.of("predict", "evaluate")) {
      for (var input : model.context(purpose, count).inputs()) {
        fed.computeIfAbsent(input.name(), _ -> input.kind().equals("int") ? new Tensor(input.shape(), random.ints(input.size(), 0, 5).toArray())
            : new Tensor(input.shape(), random.doubles(input.size(), -2, 2).toArray()));
      }
    }
    return fed;
  }

  private static Map<String, Tensor> weights(Model model) {
    var all = new HashMap<String, Tensor>();
    model.spec().weights().stream().filter(weight -> !weight.path().startsWith("table.")).forEach(weight -> all.put(weight.path(), model.weight(weight.path())));
    return all;
  }

  /** Of rows {@code from} to {@code to}, which are drawn for as what they are among all. */
  private static Map<String, double[]> run(Model model, Map<String, Tensor> fed, int from, int to) {
    var context = model.context("predict", to - from, Threads.shared());
    for (var input : context.inputs()) {
      var all = fed.get(input.name()).toDoubles();
      int width = all.length / fed.get(input.name()).shape()[0];
      for (int i = 0; i < (to - from) * width; i++) {
        input.set(i, all[from * width + i]);
      }
    }
    context.seed(SEED);
    context.firstRow(from);
    context.run();
    var outputs = new HashMap<String, double[]>();
    context.results(Role.OUTPUT).forEach(output -> outputs.put(output.name(), output.tensor().toDoubles()));
    return outputs;
  }

  private Said said(Model model, String command, String... more) {
    var arguments = new ArrayList<>(List.of(command, "--seed", "" + SEED, "--weights", folder.resolve("w.npz").toString()));
    arguments.addAll(List.of(more));
    var said = Said.byNetwork(model, folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  private static void assertClose(double[] actual, double[] expected, double tolerance, String what) {
    assertThat(actual.length).as(what).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      boolean same = Math.abs(actual[i] - expected[i]) <= tolerance * (1 + Math.abs(expected[i])) || actual[i] == expected[i]
          || Double.isNaN(actual[i]) && Double.isNaN(expected[i]);
      assertThat(same).as("%s [%d]: %s and %s", what, i, actual[i], expected[i]).isTrue();
    }
  }

  private void predicts(Model model, Map<String, Tensor> fed, int count, Random random) {
    var together = run(model, fed, 0, count);
    for (var output : model.context("predict", 1).results(Role.OUTPUT)) {
      if (output.rows() == 0 && List.of("first", "other").contains(output.name())) {
        int row = random.nextInt(count);
        var all = together.get(output.name());
        int width = all.length / count;
        assertThat(run(model, fed, row, row + 1).get(output.name())).as("%s of row %d alone", output.name(), row)
            .isEqualTo(Arrays.copyOfRange(all, row * width, (row + 1) * width));
      }
    }
    said(model, "predict", "--in", folder.resolve("in.npz").toString(), "--out", folder.resolve("out.npz").toString());
    Npz.read(folder.resolve("out.npz")).forEach((name, tensor) -> assertClose(tensor.toDoubles(), together.get(name), 1e-9, "predict: " + name));
  }

  private void evaluates(Model model, Map<String, double[]> together) {
    var line = (Map<?, ?>) JsonReader.read(said(model, "evaluate", "--json").out().lines().reduce((_, last) -> last).orElseThrow());
    for (int i = 0; i < FIGURES.size(); i++) {
      var value = line.get("told" + i);
      assertClose(new double[] {value == null ? Double.NaN : (Double) value}, together.get("told" + i), 1e-7, "evaluate: " + FIGURES.get(i));
    }
  }

  @Property(tries = 8, seed = "20")
  void manyRowsAreTheSameAsEachAndAll(@ForAll @Size(min = 1, max = 6) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(max = 5) int size) {
    var source = told(genes);
    int count = ROWS.get(size);
    try {
      var model = Compiler.load(Programs.compile(source, 64)).initialised(3);
      var fed = rows(model, count, genes.hashCode());
      Npz.write(folder.resolve("in.npz"), fed);
      Npz.write(folder.resolve("w.npz"), weights(model));
      predicts(model, fed, count, new Random(genes.hashCode()));
      evaluates(model, run(model, fed, 0, count));
      var uncut = Compiler.load(Programs.compile(source, 64, Optimization.BATCH_TILING)).initialised(3);
      var whole = run(uncut, fed, 0, count);
      run(model, fed, 0, count).forEach((name, values) -> assertClose(values, whole.get(name), 1e-9, "uncut: " + name));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(e + "\n" + count + " rows of\n" + source, e);
    }
  }

  @Tag("slow")
  @Property(tries = 1000, seed = "26")
  void manyRowsAreTheSameAsEachAndAllForLong(@ForAll @Size(min = 1, max = 6) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(max = 5) int size) {
    manyRowsAreTheSameAsEachAndAll(genes, size);
  }
}
