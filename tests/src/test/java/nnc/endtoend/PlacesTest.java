package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Compiler;
import nnc.Said;
import nnc.graph.Graph;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Indices and labels outside: told before a program runs where they are known, in the run otherwise; nothing is read, written or learned by them. */
class PlacesTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  private static String program(String line) {
    return "input i: int[N]\ninput x: float[N, 8]\nparam W: float[5, 3] = normal(0, 1) fn rest(j, n) = j - n * floor(j / n)\noutput y = " + line + "\noutput z = x * cast(expand(i, 1), \"float\")\n";
  }

  // ---- before a program runs

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      take(x, range(8) * 3, axis = 1)                        | index 9 (element 3 of 8): the axis has 8 places, 0 to 7
      x[:, cast(tensor([0, 3, -1]), "int")]   | index -1 (element 2 of 3): the axis has 8 places, 0 to 7
      take(W, cast(range(6), "int"), axis = 0)               | index 5 (element 5 of 6): the axis has 5 places, 0 to 4
      gather(W, expand(range(4) * 2, 1) + 0 * expand(range(3), 0), axis=0)  | index 6 (element
      one_hot(3 * range(3), 6) | label 6 (element 2 of 3): there are 6 classes, 0 to 5
      take(W, clamp(i, 0, 9) + 20, axis = 0)                 | each index is at least 20: the axis has 5 places, 0 to 4
      take(W, clamp(i, -9, 3) - 4, axis = 0)                              | each index is at most -1: the axis has 5 places, 0 to 4
      scatter_add(W, cast(full([2, 3], 7), "int"), ones(2, 3), axis = 0) | index 7: the axis has 5 places
      one_hot(argmax(x) + 9, 9)                              | each label is at least 9: there are 9 classes, 0 to 8
      """)
  void whatIsKnownIsAFaultOfTheProgram(String line, String fault) {
    assertThat(Programs.faults(program(line))).contains("test.nn:4:").contains("error: " + fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"take(W, i, axis = 0)", "one_hot(i, 5)", "take(x, range(8), axis = 1)", "take(W, cast(minimum(maximum(i, 0), 4), \"int\"), axis = 0)",
      "take(W, cast(clamp(i, 1, 3), \"int\") + 1, axis = 0)", "take(x, argmax(x), axis = 0 + 1)", "x[:, argmax(W, axis = 0)]", "take(x, cast(floor(range(16) / 2), \"int\"), axis = 1)",
      "take(x, argmax(x, axis = 0), axis = 0)", "sort(x)", "sort(x, axis = 0)", "top_k(x, 3)", "take(x, range(shape(x)[0]), axis = 0)",
      "take(W, cast(where(i >= 0 and i < 5, i, 2), \"int\"), axis = 0)",
      "take(W, cast(where(i < 0 or i > 4, 0, i), \"int\"), axis = 0)", "take(x, cast(where(i < shape(x)[0] and i > -1, i, 0), \"int\"), axis = 0)", "one_hot(argmin(x) * 2 + 1, 16)",
      "take(W, cast(i > 2, \"int\") + cast(i < 1, \"int\"), axis = 0)", "take(W, take(cast(tensor([4, 0, 2]), \"int\"), clamp(i, 0, 2), axis = 0), axis = 0)",
      "grad(sum(take(sin(x), argmax(x), axis = 1)), x)", "one_hot(i[1:], 5)",
      "take(W, mod(i, 5), axis = 0)", "take(W, cast(rest(cast(clamp(i, 0, 99), \"float\"), 3), \"int\") + 2, axis = 0)",
      "take(W, cast(rest(argmax(x), 5), \"int\"), axis = 0)", "take(W, cast(rest(minimum(maximum(i, -99), 99), 5), \"int\"), axis = 0)"})
  void whatIsCertainlyInsideCostsNothing(String line) {
    Programs.compile(program(line), 32).stages().values()
        .forEach(stage -> assertThat(stage.elaborated().results()).noneMatch(result -> result.role() == Graph.Role.CHECK));
  }

  /** A rest is less than what is divided by if no rounding comes in between, and if it is a rest at all. */
  @ParameterizedTest
  @ValueSource(strings = {"take(W, cast(rest(abs(i), 5), \"int\"), axis = 0)", "take(W, mod(i, 6), axis = 0)", "take(W, abs(mod(i, 5) - 2147483647), axis = 0)",
      "take(W, minimum(abs(i), 4), axis = 0)", "take(W, cast(rest(abs(i) * 3, 5), \"int\"), axis = 0)", "take(W, cast(rest(i, 5), \"int\"), axis = 0)",
      "take(W, cast(abs(i) - 5 * floor(abs(i) / 4), \"int\"), axis = 0)", "take(W, cast(abs(i) - 5 * ceil(abs(i) / 5), \"int\"), axis = 0)",
      "take(W, cast(x[:, 0] - 5 * floor(x[:, 0] / 5), \"int\"), axis = 0)", "take(W, cast(rest(abs(i), 2.5), \"int\") + 3, axis = 0)"})
  void whatIsNotCertainIsLookedAt(String line) {
    assertThat(Programs.compile(program(line), 32).stages().get("predict").elaborated().results()).anyMatch(result -> result.role() == Graph.Role.CHECK);
  }

  /** Every multiple and its neighbours, up to the largest whole number that is exact. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 10, 41, 641, 65537, (1 << 24) - 1})
  void restsAreExact(int n) {
    var model = model("input i: int[N]\noutput y = i - " + n + " * floor(i / " + n + ")\n", "256");
    int most = 1 << 24;
    int[] i = IntStream.rangeClosed(-500, 500).mapToLong(k -> k < 0 ? most / n + k : k > 250 ? k - 251 - most / n : k).flatMap(k -> LongStream.of(k * n - 1, k * n, k * n + 1))
        .filter(v -> v <= most && v >= n - most).mapToInt(Math::toIntExact).toArray();
    var context = model.context("predict", i.length);
    context.input("i").set(i);
    context.run();
    assertThat(context.output("y").tensor().toDoubles()).isEqualTo(Arrays.stream(i).mapToDouble(v -> Math.floorMod(v, n)).toArray());
  }

  // ---- in the run

  private static Model model(String source, String width) {
    return Agreement.load(Programs.compile(source, 32), width).initialised(1);
  }

  private static Context fed(Model model, String plan, double[] i, Threads threads) {
    var context = model.context(plan, i.length, threads);
    context.batch(i.length);
    for (var input : context.inputs()) {
      input.set(input.name().equals("i") ? i : IntStream.range(0, input.size()).mapToDouble(k -> Math.sin(k + 1.0)).toArray());
    }
    return context;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      take(W, i + 3, axis = 0)                                           | test.nn:4: index 8 in example 2: the axis has 5 places, 0 to 4
      take(W, 2 - i, axis = 0)                                           | test.nn:4: index -3 in example 2: the axis has 5 places, 0 to 4
      W[i * 1000000]                                                     | test.nn:4: index 1000000 in example 1: the axis has 5 places, 0 to 4
      W[i * -1000000000]                                                 | test.nn:4: index -1000000000 in example 1: the axis has 5 places, 0 to 4
      take(W, cast(where(i > 4, log(-1 + 0 * cast(i, "float")), 1), "int"), axis = 0) | test.nn:4: index NaN in example 2: the axis has 5 places, 0 to 4
      take(W, cast(where(i > 4, infinity, 1), "int"), axis = 0)          | test.nn:4: index Infinity in example 2: the axis has 5 places, 0 to 4
      one_hot(i + 3, 8) @ one_hot(range(8), 8)                           | test.nn:4: label 8 in example 2: there are 8 classes, 0 to 7
      gather(x, expand(i, 1) * 2)                                        | test.nn:4: index 10 in example 2: the axis has 8 places, 0 to 7
      scatter_add(x, expand(i, 1) + 3, ones(shape(x)[0], 1))             | test.nn:4: index 8 in example 2: the axis has 8 places, 0 to 7
      grad(sum(take(W, i + 3, axis = 0)), W)                             | test.nn:4: index 8 in example 2: the axis has 5 places, 0 to 4
      take(x, i + 3, axis = 0)                                           | test.nn:4: index 8 in example 2: the axis has 6 places, 0 to 5
      take(x, argmax(x[:, :1] * 0 + range(40) * cast(expand(i, 1), "float")), axis = 1) | test.nn:4: index 39 in example 1: the axis has 8 places, 0 to 7
      """)
  void theFirstThatIsOutsideIsNamed(String line, String message) {
    for (var width : WIDTHS) {
      var model = model(program(line), width);
      for (int count : List.of(1, 3)) {
        try (var threads = new Threads(count)) {
          assertThatThrownBy(() -> fed(model, "predict", new double[] {0, 1, 5, 1, 5, 0}, threads).run()).as(width).isInstanceOf(Fault.class).hasMessage(message);
        }
      }
    }
  }

  /** What lies inside is taken as it ever was; what does not reads no other memory, also before anybody is told. */
  @Property(tries = 10, seed = "26", shrinking = ShrinkingMode.OFF)
  void takesRowsOrSaysWhichThereIsNot(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 70) int n, @ForAll boolean wrong) {
    var random = new Random(seed);
    double[] i = random.ints(n, -2, 3).asDoubleStream().toArray();
    if (wrong) {
      i[random.nextInt(n)] = random.nextBoolean() ? -3 - random.nextInt(1 << 20) : 3 + random.nextInt(1 << 20);
    }
    int first = IntStream.range(0, n).filter(k -> i[k] < -2 || i[k] > 2).findFirst().orElse(-1);
    for (var width : WIDTHS) {
      var model = model(program("take(W, i + 2, axis = 0)"), width);
      double[] w = model.weight("W").toDoubles();
      try (var threads = new Threads(2)) {
        var context = fed(model, "predict", i, threads);
        if (first >= 0) {
          assertThatThrownBy(context::run).hasMessageContaining("index " + ((long) i[first] + 2) + " in example " + first + ":");
        } else {
          context.run();
        }
        double[] y = context.output("y").tensor().toDoubles();
        for (int k = 0; k < y.length; k++) {
          int row = (int) Math.clamp(i[k / 3] + 2, 0, 4);
          assertThat(y[k]).as("[%d] at %s", k, width).isEqualTo(w[row * 3 + k % 3]);
        }
      }
    }
  }

  private static final String TRAINED = """
      input i: int[N]
      input x: float[N, 4]
      h = x |> dense(6) |> batch_norm() |> relu
      E = embedding(7, 6)
      output p = softmax(h + E(i + 2) |> dense(3))
      loss cross_entropy(h + E(i + 2) |> dense(3), cast(minimum(maximum(i, 0), 2), "int"))
      train { optimizer = adam(0.1)  batch = 4  epochs = 2  average = ema(0.9) }
      """;

  private static double[] weights(Model model) {
    return model.spec().weights().stream().filter(w -> !w.path().startsWith("table.")).flatMapToDouble(w -> Arrays.stream(model.weight(w.path()).toDoubles())).toArray();
  }

  /** Neither weights nor running means nor an optimizer's memory. */
  @ParameterizedTest
  @ValueSource(strings = {"Scalar", "128", "256", "512"})
  void aStepThatIsRefusedChangesNothing(String width) {
    var model = model(TRAINED, width);
    try (var threads = new Threads(2)) {
      var context = fed(model, "train", new double[] {0, 1, 4, 2}, threads);
      context.counters(1, 0);
      context.run();
      double[] before = weights(model);
      for (double wrong : new double[] {5, -3, 1 << 20}) {
        context = fed(model, "train", new double[] {0, 1, wrong, 2}, threads);
        context.counters(2, 0);
        assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining("test.nn:").hasMessageContaining("in example 2");
        assertThat(Arrays.equals(weights(model), before)).isTrue();
      }
      context = fed(model, "train", new double[] {0, 1, 3, 2}, threads);
      context.counters(2, 0);
      context.run();
      assertThat(Arrays.equals(weights(model), before)).isFalse();
    }
  }

  @Test
  void trainingKeepsWhatCameBefore(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("d.csv"), "a,t\n0.1,0\n0.2,1\n0.3,0\n0.4,1\n0.5,2\n0.6,1\n");
    var model = Compiler.load(Programs.compile("""
        input a: float[N]
        target t: int[N]
        scores = expand(a, 1) |> dense(3)
        output p = softmax(scores)
        loss cross_entropy(scores, t + 1)
        data { train = csv("d.csv") }
        train { optimizer = sgd(0.1)  batch = 2  epochs = 1  shuffle = false }
        """, 32));
    var said = Said.byNetwork(model, folder, "train", "--data", folder.toString(), "--out", folder.resolve("w.npz").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.all()).contains("test.nn:5: label 3 in example 0: there are 3 classes, 0 to 2, at step 3 (epoch 1); the weights before that step are in ");
    assertThat(folder.resolve("w.npz")).exists();
  }

  // ---- inputs

  /** Two columns of one input point into two tables: each has its own number of rows. */
  @Test
  void columnsOfAnInputAreIndicesOfTheirOwn() {
    var model = model("""
        input i: int[N, 3]
        output y = embedding(1000, 2)(i[:, 0]) + embedding(5, 2)(i[:, 1]) * expand(cast(i[:, 2], "float"), 1)
        """, "512");
    var context = model.context("predict", 2);
    context.batch(2);
    context.input("i").set(new int[] {999, 4, 70, 0, 0, 5000});
    context.run();
    context.input("i").set(new int[] {999, 4, 70, 0, 5, 5000});
    assertThatThrownBy(context::run).hasMessage("test.nn:2: index 5 in example 1: the axis has 5 places, 0 to 4");
    context.input("i").set(new int[] {999, 4, 70, 0, 0, 5000});
    context.run();
  }

  @Test
  void indicesAreCheckedWhenTheyAreFed() {
    var model = model(program("take(W, i, axis = 0)"), "Scalar");
    var context = model.context("predict", 3);
    context.batch(3);
    assertThatThrownBy(() -> context.input("i").set(new int[] {0, 4, 5})).hasMessage("input i: 5 is none of the 5 classes 0 to 4 in example 2");
    assertThatThrownBy(() -> context.input("i").set(1, 5)).hasMessage("input i: 5 is none of the 5 classes 0 to 4 at place 1");
    assertThatThrownBy(() -> context.input("i").set(1, 0.5)).hasMessage("input i: 0.5 is no whole number at place 1");
  }

  /** What was refused lies in the input's memory, and no run reads it. */
  @Test
  void whatWasRefusedIsNotRunOn() {
    var model = model(program("take(W, i, axis = 0)"), "512");
    var context = fed(model, "predict", new double[] {0, 4, 1}, new Threads(1));
    assertThatThrownBy(() -> context.input("i").set(new int[] {0, 1 << 20, 2})).isInstanceOf(Fault.class);
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessage("input i: what was fed last was refused; feed it again");
    context.input("i").set(new int[] {0, 4, 2});
    context.run();
    double[] first = context.output("y").tensor().toDoubles();
    context.run();
    assertThat(context.output("y").tensor().toDoubles()).isEqualTo(first);
  }
}
