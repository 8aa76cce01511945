package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
      "energy/deep_belief", "loss.told");

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

  static Stream<String> samples() throws IOException {
    return rows().map(Row::sample).distinct();
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
  @MethodSource("samples")
  void learnsFromAFewExamples(String sample) throws Exception {
    var compiled = Compiler.compile(SAMPLES.resolve(sample + ".nn"), CompilerOptions.standard());
    var digits = folder.resolve("digits");
    if (!Files.exists(digits)) {
      Digits.write(Files.createDirectory(digits), 320, 32);
    }
    var model = Compiler.load(new nnc.driver.CompiledProgram(FewExamples.of(compiled.spec()), compiled.classes(), compiled.stages(), compiled.warnings()));
    var said = done(new Row(sample, Map.of(), Map.of()), model, "train", "--data", digits.toString(), "--batch", "16", "--epochs", "3", "--out", folder.resolve("q.npz").toString());
    var figure = FALLING.getOrDefault(sample, "loss");
    var course = said.all().lines().filter(line -> line.startsWith("epoch")).map(ZooTest::figures).filter(line -> line.containsKey(figure))
        .map(line -> Double.parseDouble(line.get(figure))).toList();
    if (!figure.equals("none")) {
      assertThat(course).as(said.all()).hasSize(3);
      assertThat(course.getLast()).as(said.all()).isLessThan(course.getFirst());
    }
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
}
