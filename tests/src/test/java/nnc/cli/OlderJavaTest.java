package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars, and the runtime, on Java 17 and those between it and this one: the same bits, by scalar code and by vectors. */
class OlderJavaTest {
  private static final int OLDEST = 17;
  private static final Path MAIN = Path.of("..", "runtime", "src", "main", "java");
  /** The only class that names the Vector API, which is not part of a release. */
  private static final String WITH_VECTORS = "VectorPrimer.java";

  @TempDir
  static Path folder;

  private static void javac(Path to, String classPath, List<Path> files) throws Exception {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var options = List.of("--release", Integer.toString(OLDEST), "-proc:none", "-nowarn", "-cp", classPath, "-d", to.toString());
      assertThat(compiler.getTask(said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files)).call()).as(said.toString()).isTrue();
    }
  }

  private static String runtime() {
    return System.getProperty("java.class.path");
  }

  /** By javac, which knows what each release of Java has. */
  @Test
  void theRuntimeUsesNothingThatCameLater() throws Exception {
    try (var files = Files.walk(MAIN)) {
      var sources = files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java") && !file.endsWith(WITH_VECTORS)).toList();
      assertThat(sources).hasSizeGreaterThan(100);
      javac(Files.createDirectory(folder.resolve("runtime")), runtime(), sources);
    }
  }

  static Stream<String> allSamples() throws Exception {
    try (var files = Files.walk(Path.of("..", "samples"))) {
      return files.filter(file -> file.toString().endsWith(".nn") && !file.toString().contains("target")).map(Path::toString).sorted().toList().stream();
    }
  }

  private static List<String> bits(Path home, String jar, List<String> widths) throws Exception {
    var command = new ArrayList<>(List.of(home.resolve("bin").resolve("java").toString(), "--add-modules", "jdk.incubator.vector", "-cp",
        folder.resolve("bits") + System.getProperty("path.separator") + jar, "Bits", jar, "3"));
    command.addAll(widths);
    var said = Said.byProcess(folder, Map.of(), command.toArray(String[]::new));
    assertThat(said.code()).as("%s: %s", home, said.all()).isZero();
    assertThat(said.out().lines()).hasSizeGreaterThanOrEqualTo(widths.size());
    return said.out().lines().toList();
  }

  private static void areTheSame(String sample, int precision, List<String> widths) throws Exception {
    var homes = Checkout.olderJdks(OLDEST);
    Assumptions.assumeFalse(homes.isEmpty(), "there is no older JDK from 17 on");
    if (!Files.exists(folder.resolve("bits"))) {
      javac(Files.createDirectory(folder.resolve("bits")), runtime(), List.of(Path.of("src", "test", "resources", "older", "Bits.java")));
    }
    var jar = folder.resolve("net.jar");
    Compiler.writeJar(Compiler.compile(Path.of(sample), new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { })), jar);
    var expected = bits(Path.of(System.getProperty("java.home")), jar.toString(), widths);
    for (var home : homes) {
      assertThat(bits(home, jar.toString(), widths)).as("%s, %s", sample, home).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "../samples/spiral.nn")
  void bitsAreTheSame(String sample) throws Exception {
    areTheSame(sample, 32, List.of("scalar", "256"));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("allSamples")
  void bitsOfAllSamplesAreTheSame(String sample) throws Exception {
    for (int precision : new int[] {32, 64}) {
      areTheSame(sample, precision, List.of("scalar", "128", "256", "512"));
    }
  }
}
