package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One program, seed and data give the same bits in whatever way they are run: by vectors of each width or none, with Java's interpreter and either of its compilers, with any
 * collector, on any number of threads, in one go or two. Oracle: equality of hashes with those of scalar code.
 */
class BitMatrixTest {
  /** What differs between kinds of networks: draws and norms, tiles of pictures, recurrences, attention with look-ups. */
  private static final Map<String, String> PROGRAMS = new TreeMap<>(Map.of("perceptron", """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> dense(19, tanh) |> dropout(0.3) |> dense(7, gelu) |> layer_norm() |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss binary_cross_entropy(logit, label)
      data { train = spiral(97, noise = 0.1, seed = 1) }
      train { optimizer = adam(0.01)  batch = 32  epochs = 2 }
      """, "pictures", """
      input image: float[N, 2, 9, 9]
      target kind: int[N]
      logits = image |> conv2d(5, kernel = 3, padding = 1, activation = relu) |> batch_norm() |> max_pool2d(2) |> conv2d(7, kernel = 3, activation = relu) |> flatten() |> dense(3)
      output probability = softmax(logits)
      loss cross_entropy(logits, kind)
      data { train = npz("pictures.npz") }
      train { optimizer = momentum(0.05)  batch = 16  epochs = 2 }
      """, "recurrence", """
      input question: int[N, 5]
      target answer: int[N, 3]
      x = one_hot(question, 12)
      reader = lstm_cell(9)
      h = zeros(N, 9)
      c = zeros(N, 9)
      for t in 0..5 { h, c = reader(x[:, t], h, c) }
      logits = stack([dense(12)(h), dense(12)(c), dense(12)(h * c)], axis = 1)
      output probability = softmax(logits)
      loss cross_entropy(logits, answer)
      data { train = addition(2, 70, seed = 1) }
      train { optimizer = rmsprop(0.01)  clip_norm = 1  batch = 16  epochs = 2 }
      """, "attention", """
      input sequence: int[N, 6]
      target ranked: int[N, 6]
      x = embedding(11, 12)(sequence) + positional(6, 12)
      x = x + (layer_norm()(x) |> self_attention(2))
      logits = layer_norm()(x) |> dense(11)
      output probability = softmax(logits)
      loss cross_entropy(logits, ranked)
      data { train = sorting(6, 11, 70, seed = 1) }
      train { optimizer = adamw(0.01 * warmup(3))  batch = 16  epochs = 2 }
      """));

  private static final String COMPILER_OF_ALL = "-XX:-TieredCompilation";
  private static final List<String> WIDTHS = List.of("-Dnnc.width=scalar", "-Dnnc.width=128", "-Dnnc.width=256", "-Dnnc.width=512", "");
  private static final List<String> COMPILERS = List.of("-Xint", "-XX:TieredStopAtLevel=1", COMPILER_OF_ALL);
  private static final List<String> COLLECTORS = List.of("-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC", "-XX:+UseZGC");

  @TempDir
  static Path folder;

  private static Map<String, String> expected;

  @BeforeAll
  static void compile() throws Exception {
    for (var program : PROGRAMS.entrySet()) {
      Compiler.writeJar(Compiler.compile(program.getKey() + ".nn", program.getValue(), CompilerOptions.standard()), folder.resolve(program.getKey() + ".jar"));
    }
    var random = new Random(26);
    var pixels = new float[40 * 2 * 81];
    var kinds = new int[40];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = random.nextInt(3);
    }
    Npz.write(folder.resolve("pictures.npz"), Map.of("image", new Tensor(new int[] {40, 2, 9, 9}, pixels), "kind", new Tensor(new int[] {40}, kinds)));
    expected = hashes("");
  }

  /** By network and way, what a JVM with these options tells; options of the Vector API's module come with a width. */
  private static Map<String, String> hashes(String... options) throws Exception {
    var classes = Path.of(TrainedBits.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var runtime = Path.of(nnc.runtime.Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData"));
    command.addAll(Stream.of(options).filter(option -> !option.isEmpty()).toList());
    command.addAll(List.of("-cp", runtime + File.pathSeparator + classes, TrainedBits.class.getName(), folder.toString()));
    command.addAll(PROGRAMS.keySet());
    var said = Said.byProcess(folder, Map.of(), command.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    var hashes = new TreeMap<String, String>();
    said.out().lines().filter(line -> line.startsWith("@ ")).map(line -> line.split(" ")).forEach(words -> hashes.put(words[1] + " " + words[2], words[3]));
    assertThat(hashes).hasSize(PROGRAMS.size() * 5);
    return hashes;
  }

  private static void check(List<String> options) throws Exception {
    var all = new ArrayList<>(options);
    if (!options.get(0).isEmpty()) {
      all.add("--add-modules=jdk.incubator.vector");
    }
    assertThat(hashes(all.toArray(String[]::new))).as(options.toString()).isEqualTo(expected);
  }

  @Test
  void threadsAndResumptionChangeNothing() {
    PROGRAMS.keySet().forEach(program -> assertThat(expected.entrySet().stream().filter(e -> e.getKey().startsWith(program + " ")).map(Map.Entry::getValue).distinct())
        .as("of %s in %s", program, expected).hasSize(1));
    assertThat(expected.values().stream().distinct()).as("networks differ").hasSize(PROGRAMS.size());
  }

  /** Each width, compiler and collector once. */
  static Stream<List<String>> few() {
    return Stream.of(List.of("-Dnnc.width=256", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), List.of("-Dnnc.width=128", COMPILER_OF_ALL, "-XX:+UseZGC"));
  }

  @ParameterizedTest
  @MethodSource("few")
  void fewWays(List<String> options) throws Exception {
    check(options);
  }

  static Stream<List<String>> all() {
    return WIDTHS.stream().flatMap(width -> COMPILERS.stream().flatMap(compiler -> COLLECTORS.stream().map(collector -> List.of(width, compiler, collector))));
  }

  @ParameterizedTest
  @MethodSource("all")
  @Tag("slow")
  void allWays(List<String> options) throws Exception {
    check(options);
  }
}
