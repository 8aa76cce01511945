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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.Polynomials;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every program of {@code samples} becomes a jar, and in processes of its own the jar trains, its loss falls, and it evaluates, predicts
 * and summarises. The data are cut to a few hundred examples, digits are drawn here, and widths are less than in the sample.
 */
class SampleJarTest {
  private static final Path SAMPLES = Path.of("..", "samples");
  private static final int ROWS = 3;
  /** Other sizes that are open. */
  private static final int SIDE = 20;

  private static final List<String> LONG = List.of("resnet", "restore");

  @TempDir
  static Path folder;

  @BeforeAll
  static void draw() throws IOException {
    Digits.write(Files.createDirectory(folder.resolve("digits")), 64, 32);
    Digits.write(Files.createDirectory(folder.resolve("few")), 16, 8);
  }

  static Stream<String> samples() throws IOException {
    try (var files = Files.list(SAMPLES)) {
      return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".nn")).map(file -> file.replace(".nn", "")).sorted()
          .toList().stream();
    }
  }

  /** Those that train longest are left to {@code -Pslow}. */
  static Stream<String> quick() throws IOException {
    return samples().filter(sample -> !LONG.contains(sample));
  }

  @Tag("slow")
  @ParameterizedTest
  @FieldSource("LONG")
  void theLongOnesToo(String sample) throws Exception {
    trainsAndRuns(sample);
  }

  /** Constants that make a sample small. */
  private static Map<String, String> small(String sample) {
    return switch (sample) {
      case "addition" -> Map.of("hidden", "32");
      case "mlp" -> Map.of("hidden", "64");
      case "resnet" -> Map.of("depth", "1");
      case "transformer" -> Map.of("length", "8", "width", "32");
      default -> Map.of();
    };
  }

  /** Epochs over the few examples in which the loss of a sample can be expected to fall. */
  private static int epochs(String sample) {
    return switch (sample) {
      case "resnet" -> 4;
      case "spiral" -> 25;
      case "transformer" -> 4;
      default -> 6;
    };
  }

  @ParameterizedTest
  @MethodSource("quick")
  void trainsAndRuns(String sample) throws Exception {
    var compiled = Compiler.compile(SAMPLES.resolve(sample + ".nn"),
        new CompilerOptions(small(sample), 32, List.of(), List.of(), _ -> { }));
    var spec = FewExamples.of(compiled.spec(), 320, _ -> true);
    Compiler.writeJar(new CompiledProgram(spec, compiled.classes(), compiled.stages(), compiled.warnings()), folder.resolve(sample + ".jar"));

    var summary = run(sample, "summary", "--json").getLast();
    assertThat((double) summary.get("total")).isEqualTo(parameters(spec));
    if (spec.data().containsKey("train")) {
      var data = sample.equals("resnet") ? "few" : "digits";
      var told = run(sample, "train", "--json", "--data", data, "--batch", data.equals("few") ? "8" : "16", "--epochs", Integer.toString(epochs(sample)), "--out", sample + ".npz");
      var losses = told.stream().filter(line -> line.get("event").equals("epoch")).map(line -> (double) line.get("loss")).toList();
      assertThat(losses).hasSize(epochs(sample));
      assertThat(losses.getLast()).as("loss of the epochs: %s", losses).isLessThan(losses.getFirst());
      var results = run(sample, "evaluate", "--json", "--data", data, "--weights", sample + ".npz").getLast();
      assertThat(results.keySet()).contains("loss").containsAll(spec.training().figures().stream().filter(figure -> !figure.equals("penalty")).toList());
      assertThat(Double.isFinite((double) results.get("loss"))).as(results.toString()).isTrue();
    }
    predict(sample, spec);
  }

  /** Outputs for a few rows: all that the program names, a row each, numbers, and probabilities where they are called so. */
  private static void predict(String sample, ModelSpec spec) throws Exception {
    var random = new Random(3);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    spec.inputs().stream().filter(feed -> !feed.target()).forEach(feed -> inputs.put(feed.name(), drawn(feed, random)));
    Npz.write(folder.resolve("in.npz"), inputs);
    var arguments = new ArrayList<>(List.of("predict", "--json", "--in", "in.npz", "--out", "out.npz"));
    if (spec.data().containsKey("train")) {
      arguments.addAll(List.of("--weights", sample + ".npz"));
    }
    run(sample, arguments.toArray(String[]::new));
    var outputs = Npz.read(folder.resolve("out.npz"));
    var plan = spec.plans().stream().filter(p -> p.name().equals("predict")).findFirst().orElseThrow();
    for (var result : plan.results()) {
      var output = outputs.get(result.name());
      assertThat(output.shape()[0]).as(result.name()).isEqualTo(ROWS);
      assertThat(Arrays.stream(output.toDoubles())).as(result.name())
          .allMatch(value -> Double.isFinite(value) && (!result.name().equals("probability") || value >= 0 && value <= 1));
    }
    assertThat(outputs).hasSize(plan.results().size());
  }

  private static Tensor drawn(Feed feed, Random random) {
    var sizes = feed.dims().stream().mapToInt(name -> name.equals("N") ? ROWS : SIDE).toArray();
    var shape = feed.shape().stream().mapToInt(poly -> (int) Polynomials.value(poly, sizes)).toArray();
    var values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = feed.kind() == ElementKind.FLOAT ? (float) random.nextGaussian() : random.nextInt(Math.max(2, (int) feed.high()));
    }
    return new Tensor(shape, values);
  }

  private static double parameters(ModelSpec spec) {
    return spec.weights().stream().filter(weight -> weight.kind() == ModelSpec.WeightKind.PARAMETER).mapToInt(ModelSpec.Weight::size).sum();
  }

  /** Runs a command of a sample's jar; the JSON objects that it prints. */
  private static List<Map<String, Object>> run(String sample, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", sample + ".jar"));
    command.addAll(List.of(arguments));
    var log = folder.resolve("out.txt");
    var faults = folder.resolve("err.txt");
    var process = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(log.toFile()).redirectError(faults.toFile()).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(sample + " " + String.join(" ", arguments) + " does not end");
    }
    assertThat(process.exitValue()).as(String.join(" ", arguments) + "\n" + Files.readString(faults)).isZero();
    return Files.readAllLines(log).stream().map(SampleJarTest::object).toList();
  }

  private static Map<String, Object> object(String line) {
    var object = new LinkedHashMap<String, Object>();
    ((Map<?, ?>) JsonReader.read(line)).forEach((name, value) -> object.put((String) name, value));
    return object;
  }
}
