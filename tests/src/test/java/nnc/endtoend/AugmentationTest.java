package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks whose pictures are varied in training: the same bits however it is run, nothing of it elsewhere, and the page's examples. */
class AugmentationTest {
  private static final String NETWORK = """
      input  image: float[N, 2, 9, 7]
      target label: int[N]
      x = image / 3%s
      logits = x |> conv2d(3, 3, activation = relu) |> flatten |> dense(4)
      output probability = softmax(logits)
      loss cross_entropy(logits, label)
      data { train = npz("p.npz") }
      train { optimizer = momentum(0.05)  batch = 16  epochs = 4 }
      """;

  @TempDir
  Path folder;

  private static String augmented(String fill) {
    return " |> augment(rotate = 30, shift = 0.2, shear = 5, zoom = 0.2, stretch = 0.1, flip = true, elastic = 5, sigma = 1, fill = \"%s\")".formatted(fill);
  }

  static List<String> variations() {
    var all = new ArrayList<>(List.of(augmented("constant"), augmented("wrap")));
    all.add(" |> rotate([0, 360], interpolation = \"nearest\")");
    all.add(" |> flip |> random_crop(padding = 2, fill = \"reflect\") |> gaussian_blur([0.3, 1], p = 0.5)");
    all.add(" |> brightness(0.3) |> contrast(0.3) |> channel_shift(0.1) |> cutout(0.4) |> random_erasing |> invert(0.2) |> solarize(0.5, p = 0.3)");
    return all;
  }

  // ---- in training alone

  @ParameterizedTest
  @MethodSource("variations")
  void predictionIsCompiledAsWithout(String variation) {
    var plain = Programs.compile(NETWORK.formatted(""), 32);
    var varied = Programs.compile(NETWORK.formatted(variation), 32);
    for (var purpose : List.of("predict", "evaluate")) {
      var expected = plain.stages().get(purpose);
      var actual = varied.stages().get(purpose);
      assertThat(GraphPrinter.print(actual.schedule().graph()).replaceAll("test.nn:\\d+", "")).isEqualTo(GraphPrinter.print(expected.schedule().graph()).replaceAll("test.nn:\\d+", ""));
      assertThat(actual.schedule().kernels()).hasSameSizeAs(expected.schedule().kernels());
    }
  }

  @ParameterizedTest
  @MethodSource("variations")
  void placesAreKnownToBeInside(String variation) {
    var graph = Programs.compile(NETWORK.formatted(variation), 32).stages().get("train").elaborated();
    assertThat(graph.results()).extracting(Graph.Result::role).isNotEmpty().doesNotContain(Graph.Role.CHECK);
  }

  // ---- the same bits

  private void pictures(int count) {
    var random = new Random(5);
    var x = new float[count * 126];
    var labels = new int[count];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    Arrays.setAll(labels, i -> i % 4);
    Npz.write(folder.resolve("p.npz"), Map.of("image", new Tensor(new int[] {count, 2, 9, 7}, x), "label", new Tensor(new int[] {count}, labels)));
  }

  private Map<String, Tensor> train(Model model, String... more) {
    var arguments = Stream.concat(Stream.of("train", "--out", folder.resolve("w.npz").toString()), Stream.of(more)).toArray(String[]::new);
    var said = Said.byNetwork(model, folder, arguments);
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(folder.resolve("w.npz"));
  }

  private static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected) {
    expected.forEach((path, tensor) -> assertThat(actual.get(path).toDoubles()).as(path).isEqualTo(tensor.toDoubles()));
  }

  @ParameterizedTest
  @MethodSource("variations")
  void trainingIsTheSameOnThreadsAndAfterAResume(String variation) {
    pictures(70);
    var model = Compiler.load(Programs.compile(NETWORK.formatted(variation), 32));
    var whole = train(model, "--threads", "1");
    assertSame(train(model, "--threads", "3"), whole);
    train(model, "--epochs", "2");
    Path half = folder.resolve("w.npz");
    assertSame(train(model, "--resume", half.toString(), "--epochs", "4"), whole);
    var plain = train(Compiler.load(Programs.compile(NETWORK.formatted(""), 32)));
    assertThat(plain.get("dense.W").toDoubles()).isNotEqualTo(whole.get("dense.W").toDoubles());
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"nearest", "reflect"})
  void otherFillsTrainTheSame(String fill) {
    trainingIsTheSameOnThreadsAndAfterAResume(augmented(fill));
    trainingIsTheSameAtEveryWidth(augmented(fill));
    placesAreKnownToBeInside(augmented(fill));
    predictionIsCompiledAsWithout(augmented(fill));
  }

  @ParameterizedTest
  @MethodSource("variations")
  void trainingIsTheSameAtEveryWidth(String variation) {
    for (int precision : new int[] {32, 64}) {
      var compiled = Programs.compile(NETWORK.formatted(variation), precision);
      Map<String, double[]> first = null;
      for (var width : List.of("Scalar", "128", "256", "512")) {
        var after = stepped(Agreement.load(compiled, width).initialised(4));
        first = first == null ? after : first;
        for (var path : first.keySet()) {
          assertThat(after.get(path)).as("%s, %s", width, path).isEqualTo(first.get(path));
        }
      }
    }
  }

  private static Map<String, double[]> stepped(Model model) {
    var context = model.context("train", 19);
    for (int step = 1; step <= 3; step++) {
      for (var input : context.inputs()) {
        for (int i = 0; i < input.size(); i++) {
          input.set(i, input.name().equals("label") ? i % 4 : Math.sin(i * 0.7 + step));
        }
      }
      context.counters(step, 0);
      context.run();
    }
    var all = new java.util.TreeMap<String, double[]>();
    model.spec().weights().forEach(w -> all.put(w.path(), model.weight(w.path()).toDoubles()));
    return all;
  }

  /** What stands at a place does not matter where it is not looked up; what is no number stays none. */
  @Test
  void whatIsNoNumberStaysNone() {
    var piece = Agreement.load(Programs.compile("input x: float[N, 1, 5]\ninput r: float[N, 1, 4]\noutput y = resample(x, 0 * r, r, value = 9)", 32), "Scalar").initialised(1);
    var context = piece.context("predict", 1);
    context.batch(1);
    context.input("x").set(new double[] {1, Double.NaN, 3, Double.POSITIVE_INFINITY, 5});
    context.input("r").set(new double[] {0.5, 1.5, 3.5, Double.NaN});
    context.run();
    // 0 * NaN is no row, which is outside
    assertThat(context.output("y").tensor().toDoubles()).containsExactly(Double.NaN, Double.NaN, Double.NaN, 9);
  }

  // ---- the page

  static List<String> examples() throws IOException {
    var blocks = Files.readString(Path.of("../docs/augmentation.md")).split("```");
    return Stream.iterate(1, i -> i < blocks.length, i -> i + 2).map(i -> blocks[i]).toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examplesOfThePageTrain(String text) {
    var model = Compiler.load(Programs.compile(text + "\ntrain { optimizer = sgd(0.01) }", 32)).initialised(1);
    var random = new Random(2);
    var context = model.context("train", 6);
    context.inputs().forEach(input -> {
      for (int i = 0; i < input.size(); i++) {
        input.set(i, random.nextInt(input.name().equals("image") ? 256 : 10));
      }
    });
    context.counters(1, 0);
    context.run();
    assertThat(context.result(Role.LOSS, "loss").get(0)).isFinite().isPositive();
  }
}
