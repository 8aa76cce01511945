package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import nnc.JsonReader;
import nnc.Said;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code nnc}, in processes of its own, where the compiler has been packaged. */
class LauncherTest {
  private static final Path ROOT = Checkout.ROOT;

  @TempDir
  static Path folder;

  @BeforeAll
  static void isBuilt() throws IOException {
    Checkout.requirePackaged();
  }

  private static Said nnc(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(ROOT.resolve("nnc").toString()));
    all.addAll(List.of(arguments));
    return run(Map.of(), all.toArray(String[]::new));
  }

  private static Said run(Map<String, String> environment, String... command) throws Exception {
    return Said.byProcess(folder, environment, command);
  }

  @Test
  void trainsWithoutAnyRemarkOfTheJvm() throws Exception {
    var spiral = ROOT.resolve("samples/spiral.nn").toString();
    var small = nnc("train", spiral, "--epochs", "1", "--out", "w.npz");
    assertThat(small.code()).as(small.err()).isZero();
    assertThat(small.err()).isEmpty();
    dataInAFile(512);
    var wide = nnc("train", "file.nn", "--json", "--out", "file.npz");
    assertThat(wide.code()).as(wide.err()).isZero();
    assertThat(wide.err()).isEmpty();
    assertThat(wide.out().lines().map(JsonReader::read).toList()).hasSize(3);
    assertThat(folder.resolve("file.npz")).exists();
  }

  /** Data from a file goes to a JVM with vectors. */
  private static void dataInAFile(int width) throws Exception {
    var program = """
        const width = %d
        input x: float[N, 64]
        target y: float[N]
        loss mse(x |> dense(width, tanh) |> dense(width, tanh) |> dense(1) |> squeeze(1), y)
        data { train = npz("d.npz") }
        train { optimizer = sgd(0.01)  batch = 64  epochs = 1 }
        """.formatted(width);
    Files.writeString(folder.resolve("file.nn"), program);
    nnc.runtime.files.Npz.write(folder.resolve("d.npz"), java.util.Map.of("x", new nnc.runtime.base.Tensor(new int[] {256, 64}, new float[256 * 64]), "y",
        new nnc.runtime.base.Tensor(new int[] {256}, new float[256])));
  }

  /** Of both JVMs of a training: the compiler's and the one with vectors. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC", "-XX:+UseZGC", "-XX:+UseShenandoahGC",
      "-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC"})
  void theCollectorIsTheUsers(String options) throws Exception {
    var asked = Stream.concat(Stream.of(options.split(" ")), Stream.of("-version"));
    var java = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), asked).toArray(String[]::new);
    Assumptions.assumeTrue(run(Map.of(), java).code() == 0, "this Java has no such collector");
    var used = collectors(Map.of("NNC_JAVA_OPTIONS", options + " -Xlog:gc"));
    assertThat(used).hasSizeGreaterThan(1).isEqualTo(Stream.of(used, used).flatMap(both -> both.stream().limit(both.size() / 2)).toList());
  }

  /** What the JVMs of a training say of their collectors. */
  private static List<String> collectors(Map<String, String> environment) throws Exception {
    dataInAFile(4);
    var said = run(environment, ROOT.resolve("nnc").toString(), "train", "file.nn", "--out", "file.npz");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.err().lines()).as("Java's own remark").allMatch(line -> line.contains("Picked up ")).hasSize(environment.size() - 1);
    return said.out().lines().map(line -> line.replaceAll("^\\[.*\\] *", "")).filter(line -> line.matches("Using .*|Initializing .*")).toList();
  }

  @Tag("slow")
  @Test
  void andByWhateverWay() throws Exception {
    Files.writeString(folder.resolve("options"), "-XX:+UseParallelGC -Xlog:gc");
    assertThat(collectors(Map.of("NNC_JAVA_OPTIONS", "@" + folder.resolve("options")))).containsExactly("Using Parallel", "Using Parallel");
    for (var variable : List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")) {
      assertThat(collectors(Map.of("NNC_JAVA_OPTIONS", "-Xlog:gc", variable, "-XX:+UseParallelGC"))).as(variable)
          .containsExactly("Using Parallel", "Using Parallel");
    }
  }

  @Test
  void exitCodesComeThrough() throws Exception {
    assertThat(nnc("check", ROOT.resolve("samples/mlp.nn").toString())).isEqualTo(new Said(0, "", ""));
    assertThat(nnc("check", "none.nn").code()).isEqualTo(1);
    assertThat(nnc("chekc").code()).isEqualTo(2);
  }

  /** Jars are for Java 17, but for what they start with, which is for Java 8 and looks for a newer one where the launcher does. */
  @Test
  void aJarRunsOnAnOlderJava() throws Exception {
    assertThat(nnc("compile", ROOT.resolve("samples/spiral.nn").toString(), "-o", "spiral.jar").code()).isZero();
    try (var jar = new ZipFile(folder.resolve("spiral.jar").toFile())) {
      var versions = new HashMap<Integer, Integer>();
      for (var entry : jar.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
        versions.merge(ClassFile.of().parse(jar.getInputStream(entry).readAllBytes()).majorVersion(), 1, Integer::sum);
      }
      assertThat(versions).containsOnlyKeys(ClassFile.JAVA_8_VERSION, ClassFile.JAVA_17_VERSION).containsEntry(ClassFile.JAVA_8_VERSION, 3);
    }
    var older = Checkout.olderJdk();
    Assumptions.assumeTrue(older != null, "there is no second, older JDK");
    var said = run(Map.of("JAVA_HOME", System.getProperty("java.home")), older.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-Xlog:gc", "-jar",
        "spiral.jar", "train", "--epochs", "1", "--out", "old.npz");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.err()).isEmpty();
    boolean fits = Checkout.olderJdks(17).contains(older.toRealPath());
    assertThat(said.out().lines().filter(line -> line.endsWith("Using Serial"))).as("starts of Java").hasSize(fits ? 1 : 2);
    assertThat(folder.resolve("old.npz")).exists();
  }

  /** In a folder of its own, whose name has a space, with a cache that is none, and with one that Java has no use for. */
  @Tag("slow")
  @Test
  void worksWithoutItsCache() throws Exception {
    var home = Checkout.built(folder.resolve("another place"));
    var target = home.resolve("compiler").resolve("target");
    var cache = target.resolve("nnc.aot");
    var mlp = home.resolve("samples/mlp.nn").toString();
    var nnc = home.resolve("nnc").toString();
    assertThat(run(Map.of(), nnc, "check", mlp)).isEqualTo(new Said(0, "", ""));
    assertThat(Files.size(cache)).isGreaterThan(10_000_000);
    try (var left = Files.list(target)) {
      assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("lib", "nnc.aot", "nnc.jar");
    }
    for (var options : List.of("-XX:+UseParallelGC", "-Xshare:off", "-XX:AOTMode=off", "-XX:-UseCompressedOops")) {
      assertThat(run(Map.of("NNC_JAVA_OPTIONS", options), nnc, "check", mlp)).as(options).isEqualTo(new Said(0, "", ""));
      var byJava = run(Map.of("JDK_JAVA_OPTIONS", options), nnc, "check", mlp);
      assertThat(byJava.all()).as(options).isEqualTo("NOTE: Picked up JDK_JAVA_OPTIONS: " + options + "\n");
      assertThat(byJava.code()).isZero();
    }
    var bytes = Files.readAllBytes(cache);
    for (var content : List.of(Arrays.copyOf(bytes, bytes.length / 2), new byte[0], "no cache".repeat(100_000).getBytes())) {
      Files.write(cache, content);
      assertThat(run(Map.of(), nnc, "check", mlp)).as(content.length + " bytes").isEqualTo(new Said(0, "", ""));
      assertThat(Files.size(cache)).isEqualTo(content.length);
    }
  }
}
