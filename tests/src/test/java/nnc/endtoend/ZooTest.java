package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.Repeated;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of {@code samples/README.md}: a row is a sample, the constants it is compiled with, and figures of its test data after training. Slow
 * tests train as the samples say, and compare to the last digit: with the same seed the bits are the same everywhere. Quick ones train for a few
 * steps, and hold what the table claims against its own figures.
 */
class ZooTest {
  private static final Path SAMPLES = Path.of("..", "samples");
  private static final Pattern ROW = Pattern.compile("\\| \\[[^]]+]\\(([^)]+)\\.nn\\)([^|]*)\\|([^|]*)\\|([^|]*)\\|");
  private static final Pattern QUOTED = Pattern.compile("`(?:-D )?([\\w.]+)[= ]([^`]+)`");

  /** Samples whose loss has not to fall: two play against each other, or it is a difference whose gradient alone means something. */
  private static final Map<String, String> FALLING = Map.of("generative/gan", "none", "generative/gan_mnist", "loss.misread", "energy/rbm", "error",
      "energy/deep_belief", "loss.told", "energy/hopfield", "none", "pictures/dream", "loss.dream");

  @TempDir
  static Path folder;

  /**
   * @param defines constants
   * @param figures as printed
   */
  record Row(String sample, Map<String, String> defines, Map<String, String> figures) {
    Model compiled() throws Exception {
      return Compiler.load(Compiler.compile(SAMPLES.resolve(sample + ".nn"), new CompilerOptions(defines, 32, List.of(), List.of(), _ -> { })));
    }
  }

  static Stream<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(SAMPLES.resolve("README.md"))).results()
        .map(row -> new Row(row.group(1), quoted(row.group(2)), quoted(row.group(4)))).filter(row -> !row.figures.isEmpty());
  }

  private static Map<String, String> quoted(String cell) {
    Map<String, String> found = new TreeMap<>();
    QUOTED.matcher(cell).results().forEach(part -> found.put(part.group(1), part.group(2)));
    return found;
  }

  static List<String> samples() throws IOException {
    return rows().map(Row::sample).distinct().toList();
  }

  /** One of three, and the others. */
  static Stream<String> some() throws IOException {
    var all = samples();
    return IntStream.range(0, all.size()).filter(i -> i % 3 == 0).mapToObj(all::get);
  }

  static Stream<String> others() throws IOException {
    var some = some().toList();
    return samples().stream().filter(sample -> !some.contains(sample));
  }

  private static Said done(Row row, Model model, String... arguments) {
    var said = Said.byNetwork(model, SAMPLES.resolve(row.sample).getParent(), arguments);
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  /** Names and figures of a line such as {@code test  loss 0.1234  accuracy 0.9}. */
  private static Map<String, String> figures(String line) {
    Map<String, String> found = new LinkedHashMap<>();
    Pattern.compile("([a-z_.0-9]+) (-?[0-9][-0-9.e]*)").matcher(line).results().forEach(part -> found.put(part.group(1), part.group(2)));
    return found;
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("rows")
  void comesToWhatTheTableSays(Row row) throws Exception {
    var weights = folder.resolve("w.npz").toString();
    var model = row.compiled();
    done(row, model, "train", "--out", weights);
    var told = done(row, model, "evaluate", "--weights", weights).out();
    assertThat(figures(told)).as(told).containsAllEntriesOf(row.figures);
  }

  @ParameterizedTest
  @MethodSource("some")
  void learnsFromAFewExamples(String sample) throws Exception {
    var compiled = Compiler.compile(SAMPLES.resolve(sample + ".nn"), CompilerOptions.standard(), "train");
    var digits = folder.resolve("digits");
    if (!Files.exists(digits)) {
      Digits.write(Files.createDirectory(digits), 240, 48);
    }
    var few = FewExamples.of(compiled.spec(), 48, "train"::equals);
    var model = Compiler.load(new CompiledProgram(few, compiled.classes(), compiled.stages(), compiled.warnings()));
    // a sample that brings its own examples has them beside it
    var data = Files.exists(SAMPLES.resolve(sample + ".csv")) || Files.exists(SAMPLES.resolve(sample + ".txt")) ? SAMPLES.resolve(sample).getParent() : digits;
    var said = done(new Row(sample, Map.of(), Map.of()), model, "train", "--data", data.toString(), "--batch", sample.equals("points/extreme") ? "48" : "16", "--epochs", "3", "--out", folder.resolve("q.npz").toString());
    var figure = FALLING.getOrDefault(sample, "loss");
    var course = said.all().lines().filter(line -> line.startsWith("epoch")).map(ZooTest::figures).filter(line -> line.containsKey(figure))
        .map(line -> Double.parseDouble(line.get(figure))).toList();
    if (!figure.equals("none")) {
      assertThat(course).as(said.all()).hasSize(3);
      assertThat(course.getLast()).as(said.all()).isLessThan(course.getFirst());
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("others")
  void soDoAllOthers(String sample) throws Exception {
    learnsFromAFewExamples(sample);
  }

  private static double figure(String sample, String figure, String... define) throws IOException {
    var wanted = define.length == 0 ? Map.of() : Map.of(define[0], define[1]);
    return Double.parseDouble(rows().filter(row -> row.sample.equals(sample) && row.defines.equals(wanted)).findFirst().orElseThrow().figures.get(figure));
  }

  @Test
  void theRingIsWhole() throws IOException {
    assertThat(figure("generative/gan", "modes")).isEqualTo(8);
    assertThat(figure("generative/gan", "within")).isGreaterThan(0.95);
  }

  @Test
  void classesKeepColoursThatMeansLose() throws IOException {
    assertThat(figure("pictures/colour", "saturation", "classify", "true")).isGreaterThan(10 * figure("pictures/colour", "saturation", "classify", "false"));
  }

  @Test
  void attacksAndMemoriesWork() throws IOException {
    assertThat(figure("pictures/adversarial", "attacked_accuracy")).isLessThan(figure("pictures/adversarial", "accuracy") / 2);
    assertThat(figure("energy/hopfield", "wrong")).isLessThan(figure("energy/hopfield", "wrong_before") / 5);
  }

  @Test
  void whatIsSaidOfDeepNetworksAndOfDropoutHolds() throws IOException {
    assertThat(figure("deep/vanishing", "first", "skip", "false")).isLessThan(figure("deep/vanishing", "last", "skip", "false") - 10);
    assertThat(figure("deep/vanishing", "first", "skip", "true")).isBetween(figure("deep/vanishing", "last", "skip", "true") - 1, 1.0);
    assertThat(figure("deep/rates", "accuracy", "normalised", "true")).isGreaterThan(5 * figure("deep/rates", "accuracy", "normalised", "false"));
    assertThat(figure("deep/permuted", "accuracy", "permuted", "true")).isLessThan(figure("deep/permuted", "accuracy", "permuted", "false") - 0.05);
    for (var dropping : List.of("5", "6")) {
      for (var other : List.of("1", "2", "3", "4")) {
        assertThat(figure("regularization/dropout_table", "error", "row", dropping)).isLessThan(figure("regularization/dropout_table", "error", "row", other));
      }
    }
  }

  /** Of a picture, after so many runs of the step. */
  private static double lossOfStyle(String solver, int looks) throws Exception {
    var model = Compiler.load(Compiler.compile(SAMPLES.resolve("pictures/style.nn"),
        new CompilerOptions(Map.of("solver", solver), 32, List.of(), List.of(), _ -> { }), "train")).initialised(1);
    var context = model.context("train", 1);
    context.batch(1);
    int[] runs = {0};
    double[] lowest = {Double.POSITIVE_INFINITY};
    for (int step = 1; runs[0] < looks; step++) {
      int number = step;
      Repeated.step(model, 0, () -> {
        context.counters(number, 0);
        context.run();
        lowest[0] = runs[0]++ < looks ? Math.min(lowest[0], context.results(Role.LOSS).getFirst().get(0)) : lowest[0];
      });
    }
    return lowest[0];
  }

  @Tag("slow")
  @Test
  void anOptimizerThatSeesTheCurvatureGetsFurtherInAsManyLooks() throws Exception {
    assertThat(lossOfStyle("lbfgs(iterations = 10)", 100)).isLessThan(0.9 * lossOfStyle("adam(0.02)", 100));
  }

  /** Of the screen of TensorFlow Playground, as means of ten starts. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"'[]', 0.5760, 0.5760", "[1], 0.6392, 0.6540", "[4], 0.9748, 0.9212", "'[4, 2, 2]', 0.6812, 0.9360"})
  void thePlaygroundOverTenStarts(String layers, double relu, double tanh) throws Exception {
    assertThat(ofTenStarts(Map.of("layers", layers, "activation", "relu"))).isCloseTo(relu, within(1e-6));
    assertThat(ofTenStarts(Map.of("layers", layers, "activation", "tanh"))).isCloseTo(tanh, within(1e-6));
  }

  private static double ofTenStarts(Map<String, String> defines) throws Exception {
    var row = new Row("points/playground", defines, Map.of());
    var model = row.compiled();
    var weights = folder.resolve("p.npz").toString();
    double total = 0;
    for (int seed = 1; seed <= 10; seed++) {
      done(row, model, "train", "--seed", Integer.toString(seed), "--epochs", "30", "--out", weights);
      total += Double.parseDouble(figures(done(row, model, "evaluate", "--weights", weights).out()).get("accuracy"));
    }
    return total / 10;
  }
}
