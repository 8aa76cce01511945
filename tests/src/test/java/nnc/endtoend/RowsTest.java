package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import nnc.Compiler;
import nnc.Said;
import nnc.optimizations.Optimization;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Role;

/** {@code predict} gives what one run over all rows gives, however many there are and whatever they have to do with each other. */
class RowsTest {
  /** More than are computed together where they are apart. */
  private static final int MANY = 600;

  private Path folder;

  @BeforeTry
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("rows");
  }

  @AfterTry
  void removeFolder() throws IOException {
    Files.deleteIfExists(folder.resolve("in.npz"));
    Files.deleteIfExists(folder.resolve("out.npz"));
    Files.delete(folder);
  }

  private static Tensor floats(long seed, int... shape) {
    var random = new Random(seed);
    var values = new float[java.util.Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Tensor(shape, values);
  }

  private Said said(Model model, Map<String, Tensor> inputs, String... more) {
    Npz.write(folder.resolve("in.npz"), inputs);
    var arguments = new ArrayList<>(List.of("predict", "--in", folder.resolve("in.npz").toString(), "--out", folder.resolve("out.npz").toString()));
    arguments.addAll(List.of(more));
    return Said.byNetwork(model, folder, arguments.toArray(String[]::new));
  }

  private Map<String, Tensor> predict(Model model, Map<String, Tensor> inputs, String... more) {
    var said = said(model, inputs, more);
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(folder.resolve("out.npz"));
  }

  private static Model model(String source, Optimization... without) {
    return Compiler.load(Programs.compile(source, 32, without)).initialised(3);
  }

  /** One run over all rows. */
  private static Map<String, Tensor> atOnce(Model model, Map<String, Tensor> inputs, Map<String, Integer> sizes) {
    var context = model.context("predict", sizes, nnc.runtime.base.Threads.shared());
    context.inputs().forEach(input -> input.set(inputs.get(input.name())));
    context.run();
    var outputs = new HashMap<String, Tensor>();
    context.results(Role.OUTPUT).forEach(output -> outputs.put(output.name(), output.tensor()));
    return outputs;
  }

  private static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, tensor) -> {
      assertThat(actual.get(name).shape()).as(name + what).isEqualTo(tensor.shape());
      assertThat(actual.get(name).toDoubles()).as(name + what).isEqualTo(tensor.toDoubles());
    });
  }

  // ---- any program

  @Property(tries = 10, seed = "20")
  void anyNumberOfRowsIsPredictedAsInOneRun(@ForAll long seed, @ForAll @IntRange(min = 1, max = MANY) int rows) {
    var source = RandomNetworksTest.program(new Random(seed));
    var model = model(source);
    var inputs = Map.of("x", floats(seed, rows, 6));
    var expected = atOnce(model, inputs, Map.of("N", rows));
    assertSame(predict(model, inputs), expected, " of " + rows + " rows of\n" + source);
    if (model.context("predict", 1).output("y").rows() == 0) {
      assertSame(predict(model, inputs, "--batch", Integer.toString(1 + rows / 3)), expected, " in thirds of\n" + source);
      assertSame(predict(model(source, Optimization.BATCH_TILING), inputs, "--batch", "7"), expected, " by sevens of\n" + source);
    }
  }

  @Tag("slow")
  @Property(tries = 300, seed = "26")
  void anyNumberOfRowsIsPredictedAsInOneRunForLong(@ForAll long seed, @ForAll @IntRange(min = 1, max = MANY) int rows) {
    anyNumberOfRowsIsPredictedAsInOneRun(seed, rows);
  }

  // ---- what rows have to do with each other

  @Example
  void rowsThatDependOnOthersAreComputedTogether() {
    var source = """
        input x: float[T]
        output centred = x - mean(x, axis = 0)
        output running = cumsum(x, axis = 0)
        output place = range(shape(x)[0])
        output apart = 2 * x
        """;
    var x = new float[MANY + 1];
    for (int i = 0; i <= MANY; i++) {
      x[i] = i;
    }
    var outputs = predict(model(source), Map.of("x", new Tensor(new int[] {MANY + 1}, x)));
    for (int i = 0; i <= MANY; i++) {
      assertThat(outputs.get("centred").get(i)).isEqualTo(i - MANY / 2);
      assertThat(outputs.get("running").get(i)).isEqualTo(i * (i + 1) / 2);
      assertThat(outputs.get("place").get(i)).isEqualTo(i);
      assertThat(outputs.get("apart").get(i)).isEqualTo(2 * i);
    }
  }

  @Example
  void pairsOfRowsAreAllThere() {
    var a = floats(1, 300, 3);
    var d = predict(model("input a: float[N, 3]\noutput d = sum((expand(a, 1) - expand(a, 0))^2, axis = 2)\n"), Map.of("a", a)).get("d");
    assertThat(d.shape()).containsExactly(300, 300);
    for (int i = 0; i < 300; i += 23) {
      for (int j = 0; j < 300; j += 7) {
        double expected = 0;
        for (int k = 0; k < 3; k++) {
          expected += Math.pow(a.get(3 * i + k) - a.get(3 * j + k), 2);
        }
        assertThat(Math.abs(d.get(300 * i + j) - expected)).isLessThan(1e-5 * (1 + expected));
      }
    }
  }

  /** A graph's edges are rows and columns of one matrix. */
  @Example
  void aMatrixOfAllRowsWithAllIsFedWhole() {
    var source = "input edges: float[N, N]\ninput x: float[N, 2]\noutput y = edges @ x\n";
    var model = model(source);
    var inputs = Map.of("edges", floats(1, 270, 270), "x", floats(2, 270, 2));
    assertSame(predict(model, inputs), atOnce(model, inputs, Map.of("N", 270)), "");
  }

  /** Outputs whose rows stand along another axis, or that have none, beside one with several places a row. */
  @Example
  void partsAreJoinedWhereRowsStand() {
    var source = """
        input x: float[N, 6]
        input w: float[6]
        output turned = transpose(x * w)
        output once = 2 * w
        output places = reshape(tanh(x), [N * 3, 2])
        output whole = argmax(x)
        """;
    var model = model(source);
    for (int rows : new int[] {0, 1, 257, MANY}) {
      var inputs = Map.of("x", floats(1, rows, 6), "w", floats(2, 6));
      var outputs = predict(model, inputs);
      assertSame(outputs, atOnce(model, inputs, Map.of("N", rows)), " of " + rows + " rows");
      assertThat(outputs.get("turned").shape()).containsExactly(6, rows);
    }
  }

  /** Rows of a table that is looked up are no examples, though the table is fed first. */
  @Example
  void aTableIsFedWhole() {
    var model = model("input table: float[V, 3]\ninput id: int[N]\noutput y = take(table, id, axis = 0)\n");
    var ids = new int[MANY];
    for (int i = 0; i < MANY; i++) {
      ids[i] = i * 7 % 400;
    }
    var inputs = Map.of("table", floats(1, 400, 3), "id", new Tensor(new int[] {MANY}, ids));
    assertSame(predict(model, inputs), atOnce(model, inputs, Map.of("N", MANY, "V", 400)), "");
  }

  // ---- batches of the user's

  @Example
  void aBatchIsTheMeaningOfWhatMixesRowsWhereItIsAskedFor() {
    var model = model("input x: float[N, 2]\noutput y = x - mean(x, axis = 0)\n");
    var x = floats(1, 70, 2);
    var y = predict(model, Map.of("x", x), "--batch", "32").get("y");
    assertThat(y.shape()).containsExactly(70, 2);
    for (int from = 0; from < 70; from += 32) {
      int count = Math.min(32, 70 - from);
      double mean = 0;
      for (int i = 0; i < count; i++) {
        mean += x.get(2 * (from + i)) / count;
      }
      assertThat(Math.abs(y.get(2 * from) - (x.get(2 * from) - mean))).isLessThan(1e-5);
    }
  }

  @Example
  void whatHasNoRowsIsNotCut() {
    var pairs = said(model("input a: float[N, 3]\noutput d = a @ transpose(a)\n"), Map.of("a", floats(1, 30, 3)), "--batch", "8");
    assertThat(pairs.code()).isOne();
    assertThat(pairs.err()).isEqualTo("error: --batch 8 for 30 rows: output d: float[N, N] cannot be cut into batches\n  leave out --batch\n");
    var edges = said(model("input edges: float[N, N]\noutput y = sum(edges, axis = 1)\n"), Map.of("edges", floats(1, 30, 30)), "--batch", "8");
    assertThat(edges.err()).isEqualTo("error: --batch 8 for 30 rows: input edges: float[N, N] cannot be cut into batches\n  leave out --batch\n");
  }

  @Example
  void whatDoesNotFitSaysWhatIsNeededAndWhatHelps() {
    var model = model("input a: float[N, 3]\noutput d = a @ transpose(a)\noutput e = d @ d\n");
    var tooMany = said(model, Map.of("a", floats(1, 200_000, 3)));
    assertThat(tooMany.code()).isOne();
    assertThat(tooMany.err()).contains("error: a batch of 200000 for predict needs 305").contains(" MB, more than the 8191 MB that one array can hold\n"
        + "  output d depends on all rows of a batch together, which are not computed in parts: use fewer rows\n");
    var beyondCounting = model("input a: float[N, 3]\noutput d = sum(expand(a, 1) - expand(a, 0), axis = 2)\noutput e = expand(d, 2) * reshape(d, [1, N, N])\n");
    assertThat(said(beyondCounting, Map.of("a", floats(1, 200_000, 3))).err()).contains("more than the 8191 MB").doesNotContain("internal");
  }
}
