package nnc.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A folder that runs a network by itself: the same numbers as the jar's, wherever it lies; and whose files it leaves alone. One image for all. */
@ResourceLock(Resources.SYSTEM_OUT)
class ImageTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(8, tanh) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      data  { train = xor(40, seed = 1)  test = split(train, 0.25) }
      train { optimizer = adam(0.01)  batch = 10  epochs = 2 }
      """;

  @TempDir
  static Path folder;

  private static Path image;
  private static Said made;

  @BeforeAll
  static void make() throws Exception {
    Assumptions.assumeFalse(System.getProperty("os.name").startsWith("Windows"), "the launcher is for Unix shells");
    Files.writeString(folder.resolve("net.nn"), PROGRAM);
    Files.createDirectory(folder.resolve("image"));
    made = compile("--image", folder.resolve("image").toString(), "-o", folder.resolve("net.jar").toString(), "--json");
    assertThat(made.code()).as(made.err()).isZero();
    image = Files.move(folder.resolve("image"), Files.createDirectory(folder.resolve("a place")).resolve("moved"));
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {3, 2}, new float[] {1, -1, 2, 0.5f, -0.3f, 0})));
    assertThat(run(java(), "-jar", "net.jar", "train", "--out", "w.npz").code()).isZero();
  }

  /** In this process. */
  private static Said compile(String... arguments) {
    return Said.byCompiler(Stream.concat(Stream.of("compile", folder.resolve("net.nn").toString()), Stream.of(arguments)).toArray(String[]::new));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String launcher() {
    return image.resolve("bin/net").toString();
  }

  private static ProcessBuilder process(String... command) {
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("NNC_JAVA_OPTIONS");
    return builder;
  }

  private static Said run(String... command) throws Exception {
    return end(process(command));
  }

  private static Said end(ProcessBuilder builder) throws Exception {
    var out = Files.createTempFile(folder, "out", ".txt");
    var err = Files.createTempFile(folder, "err", ".txt");
    var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The classes that a run took from the cache. */
  private static List<String> fromCache(String... command) throws Exception {
    var builder = process(command);
    builder.environment().put("NNC_JAVA_OPTIONS", "-Xlog:class+load:file=loaded.txt");
    assertThat(end(builder).code()).isZero();
    return Files.readAllLines(folder.resolve("loaded.txt")).stream().filter(line -> line.contains("shared objects file")).toList();
  }

  private static float[] predicted(String... command) throws Exception {
    Files.deleteIfExists(folder.resolve("out.npz"));
    var all = new ArrayList<>(List.of(command));
    all.addAll(List.of("predict", "--weights", "w.npz", "--in", "in.npz", "--out", "out.npz"));
    assertThat(run(all.toArray(String[]::new))).isEqualTo(new Said(0, "saved out.npz\n", ""));
    return (float[]) Npz.read(folder.resolve("out.npz")).get("probability").data();
  }

  @Test
  void tellsWhatItMadeInALineOfJson() {
    assertThat(made.err()).isEmpty();
    var lines = made.out().lines().map(JsonReader::read).toList();
    assertThat(lines).hasSize(2);
    var image = (Map<?, ?>) lines.getFirst();
    assertThat(image.get("image")).isEqualTo(folder.resolve("image").toString());
    assertThat((double) image.get("bytes")).isEqualTo((double) image.get("java") + (double) image.get("jar") + (double) image.get("cache"));
    assertThat((double) image.get("bytes")).as("more than a Java of two modules takes").isLessThan(100e6);
  }

  @Test
  void predictsAsTheJarDoesWithoutAWordMore() throws Exception {
    assertThat(predicted(launcher())).containsExactly(predicted(java(), "-jar", "net.jar"));
    assertThat(run(launcher(), "info").out()).contains("bit vectors");
  }

  private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC", "-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC",
      "-Xshare:off", "-XX:AOTMode=off", "-Xmx256m");
  private static final List<String> VARIABLES = List.of("NNC_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");
  private static final List<String> TRAINING = List.of("train", "--epochs", "1", "--out", "told.npz");

  /** Java takes one collector, and no cache beside another choice of caches. */
  @Test
  void whatTheUserTellsJavaWins() throws Exception {
    for (int i = 0; i < OPTIONS.size(); i++) {
      assertTold(VARIABLES.get(i % VARIABLES.size()), OPTIONS.get(i), List.of("summary"));
      assertTold(VARIABLES.get((i + 1) % VARIABLES.size()), OPTIONS.get(i), TRAINING);
    }
  }

  @Tag("slow")
  @Test
  void whateverTheUserTellsJavaWins() throws Exception {
    for (var options : OPTIONS) {
      for (var variable : VARIABLES) {
        assertTold(variable, options, List.of("summary"));
        assertTold(variable, options, TRAINING);
      }
    }
  }

  private void assertTold(String variable, String options, List<String> command) throws Exception {
    var builder = process(Stream.concat(Stream.of(launcher()), command.stream()).toArray(String[]::new));
    builder.environment().put(variable, options);
    var said = end(builder);
    assertThat(said.code()).as(variable + "=" + options + ": " + said.err()).isZero();
    assertThat(said.err().lines().filter(line -> !line.contains("Picked up " + variable))).isEmpty();
  }

  @Test
  void namesHaveAllLettersInAnyLanguage() throws Exception {
    Files.copy(folder.resolve("in.npz"), folder.resolve("größe 标签.npz"));
    var builder = process(launcher(), "predict", "--weights", "w.npz", "--in", "größe 标签.npz", "--out", "вы.npz");
    builder.environment().put("LC_ALL", "C");
    var said = end(builder);
    Assumptions.assumeFalse(said.err().contains("LC_ALL=C.UTF-8"), "this machine has no language of UTF-8");
    assertThat(said).isEqualTo(new Said(0, "saved вы.npz\n", ""));
    assertThat(folder.resolve("вы.npz")).exists();
  }

  /** What Java sets by itself where the module is not in a cache; without it vectors are some hundred times slower. */
  @Test
  void vectorsAreCompiledAsWithTheJar() throws Exception {
    var builder = process(launcher(), "info");
    builder.environment().put("NNC_JAVA_OPTIONS", "-XX:+PrintFlagsFinal");
    var flags = end(builder).out().lines().map(line -> line.trim().split("\\s+")).filter(words -> words.length > 3 && words[2].equals("="))
        .collect(Collectors.toMap(words -> words[1], words -> words[3], (_, last) -> last));
    for (var name : List.of("EnableVectorSupport", "EnableVectorReboxing", "EnableVectorAggressiveReboxing")) {
      assertThat(flags).containsEntry(name, "true");
    }
  }

  @Test
  void trainsAndSaysHowToGoOn() throws Exception {
    var said = run(launcher(), "train", "--epochs", "3", "--out", "own.npz");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(run(java(), "-jar", "net.jar", "train", "--epochs", "3", "--out", "jars.npz").code()).isZero();
    var own = Npz.read(folder.resolve("own.npz"));
    var jars = Npz.read(folder.resolve("jars.npz"));
    assertThat((float[]) own.get("dense.W").data()).containsExactly((float[]) jars.get("dense.W").data());
    assertThat(run(launcher()).out()).startsWith("net: a network compiled by nnc\nusage: " + launcher() + " COMMAND");
    assertThat(run(launcher(), "evaluate").code()).isEqualTo(1);
    assertThat(run(launcher(), "evalute").code()).isEqualTo(2);
  }

  @Test
  void classesComeFromTheCacheAfterAMove() throws Exception {
    assertThat(fromCache(launcher(), "predict", "--weights", "w.npz", "--in", "in.npz", "--out", "o.npz"))
        .anyMatch(line -> line.contains("nnc.runtime.cli.PredictCommand ")).anyMatch(line -> line.contains("nnc.model.net.PredictScalar "))
        .hasSizeGreaterThan(500);
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a place", "moved", "bin", "net"));
    assertThat(fromCache(link.toString(), "train", "--epochs", "1", "--out", "t.npz")).anyMatch(line -> line.contains("nnc.runtime.train.Trainer "));
  }

  @Test
  void withoutItsCacheItWorksTheSame() throws Exception {
    var cache = image.resolve("lib/network.aot");
    var aside = Files.move(cache, folder.resolve("aside"));
    try {
      var expected = predicted(java(), "-jar", "net.jar");
      assertThat(predicted(launcher())).containsExactly(expected);
      Files.write(cache, new byte[5000]);
      assertThat(predicted(launcher())).containsExactly(expected);
    } finally {
      Files.move(aside, cache, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void anotherJarInItIsRefused() throws Exception {
    var jar = image.resolve("lib/network.jar");
    var content = Files.readAllBytes(jar);
    try {
      Files.write(jar, new byte[1], StandardOpenOption.APPEND);
      var said = run(launcher(), "info");
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).contains("not the network that this image was made of");
    } finally {
      Files.write(jar, content);
    }
  }

  @Test
  void whatOthersHaveThereStays() throws Exception {
    var theirs = Files.createDirectory(folder.resolve("theirs"));
    var file = Files.writeString(theirs.resolve("text"), "kept");
    var said = compile("--image", theirs.toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).startsWith("nnc: error: " + theirs + ": is there already, and is no image of nnc");
    assertThat(compile("--image", file.toString()).err()).contains("is a file; an image is a folder");
    assertThat(compile("--image", file.resolve("x").toString()).err()).startsWith("nnc: error: " + file + "/x: cannot be written");
    assertThat(file).hasContent("kept");
    try (var files = Files.list(theirs)) {
      assertThat(files).hasSize(1);
    }
    assertThat(Target.at(image).folder()).isEqualTo(image.toRealPath());
    for (var name : List.of("w.npz", "lib/x", "bin/other")) {
      var foreign = Files.writeString(image.resolve(name), "weeks of training");
      assertThatThrownBy(() -> Target.at(image)).isInstanceOf(Fault.class).hasMessageContaining(name.equals("bin/other") ? "bin/" : name);
      Files.delete(foreign);
    }
  }

  @Test
  void anEarlierImageGivesWayToTheNew() throws Exception {
    var earlier = Files.createDirectory(folder.resolve("earlier"));
    Files.writeString(earlier.resolve(Target.MARK), "old");
    var next = Files.createDirectory(folder.resolve("next"));
    Files.writeString(next.resolve(Target.MARK), "new");
    Target.at(earlier).take(next);
    assertThat(earlier.resolve(Target.MARK)).hasContent("new");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void whereOneMayNotWriteIsOneMessage() throws Exception {
    var closed = Files.createDirectory(folder.resolve("closed"));
    Assumptions.assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "this user may write everywhere");
    var said = compile("--image", closed.resolve("x").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).isEqualTo("nnc: error: " + closed.resolve("x") + ": no permission to write it\n");
  }

  private static List<String> hidden() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(".")).toList();
    }
  }

  private static String[] compiler(List<String> before, String java, String target) {
    var command = new ArrayList<>(before);
    command.addAll(List.of(java, "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), "nnc.cli.Main", "compile", "net.nn", "--image",
        target));
    return command.toArray(String[]::new);
  }

  @Tag("slow")
  @Test
  void aFullDiskLeavesNothingBehind() throws Exception {
    var said = run(compiler(List.of("/bin/sh", "-c", "ulimit -f 4000; exec \"$@\"", "sh"), java(), "full"));
    assertThat(said.code()).as(said.err()).isEqualTo(1);
    assertThat(said.err()).contains("nnc: error: full: ").doesNotContain("\tat ");
    assertThat(folder.resolve("full")).doesNotExist();
    assertThat(hidden()).isEmpty();
  }

  @Test
  void endedHalfWayItLeavesNothingBehind() throws Exception {
    var process = process(compiler(List.of(), java(), "stopped")).redirectErrorStream(true).start();
    try (var said = process.inputReader()) {
      assertThat(said.readLine()).startsWith("nnc: linking a Java of java.base, jdk.incubator.vector");
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(folder.resolve("stopped")).doesNotExist();
    assertThat(hidden()).isEmpty();
  }

  /** The image's own Java is one that cannot make another. */
  @Test
  void aJavaThatCannotLinkIsWrongUsage() throws Exception {
    var said = run(compiler(List.of(), image.resolve("lib/java/bin/java").toString(), "none"));
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).startsWith("nnc: error: --image cuts a Java to size").contains("has no jlink").contains("run nnc on a whole JDK 25");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  /** The classes of a jar that speak of other modules of Java than every image has. */
  private static List<String> others(Path jar) {
    var report = new StringWriter();
    ToolProvider.findFirst("jdeps").orElseThrow().run(new PrintWriter(report), new PrintWriter(report), "--multi-release", "25",
        "--add-modules", "java.desktop,jdk.management,jdk.incubator.vector", "-verbose:class", "-filter:none", jar.toString());
    assertThat(report.toString()).contains("nnc.runtime.Model");
    var ours = List.of("java.base", "jdk.incubator.vector", "jdk.management", "java.management", "nnc.runtime");
    return report.toString().lines().filter(line -> line.startsWith("   nnc.")).map(line -> line.trim().split("\\s+"))
        .filter(words -> !ours.contains(words[words.length - 1])).map(words -> words[0]).toList();
  }

  @Test
  void picturesTakeTheDesktopAndNothingElseDoes() throws Exception {
    assertThat(others(folder.resolve("net.jar"))).isEmpty();
    var spec = Compiler.compile("net", PROGRAM, CompilerOptions.standard()).spec();
    assertThat(Image.modules(spec)).doesNotContain("java.desktop", "jdk.httpserver");
    assertThat(Image.modules(spec, Image.Use.SERVICE)).contains("jdk.httpserver");
    var pictures = Compiler.compile("net", """
        input  image: float[N, 1, 2, 2]
        target label: int[N]
        loss   cross_entropy(image |> flatten |> dense(2), label)
        data  { train = images("pictures")  test = split(train, 0.5) }
        """, CompilerOptions.standard());
    Compiler.writeJar(pictures, folder.resolve("pictures.jar"));
    assertThat(others(folder.resolve("pictures.jar"))).isNotEmpty().containsOnly("nnc.runtime.data.Picture");
    assertThat(Image.modules(pictures.spec())).contains("java.desktop");
  }
}
