package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.files.AtomicFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program that loads a network of 64 MB of weights has in memory, as Linux counts it. */
class ResidentSizeTest {
  private static final int MEGABYTES = 64;

  /** A table of 32 MB that is looked up in, and layers of 32 MB. */
  private static final String PROGRAM = """
      input words: int[N]
      output score = words |> embedding(8192, 1024) |> dense(2048, relu) |> dense(2048, relu) |> dense(1024)
      """;

  @TempDir
  static Path folder;

  private static Path jar;
  private static Path weights;
  private static Path trained;

  @BeforeAll
  static void compile() throws Exception {
    assumeTrue(Files.isReadable(Resident.STATUS), "the sizes of processes are read as Linux tells them");
    jar = folder.resolve("net.jar");
    weights = folder.resolve("net.npz");
    trained = folder.resolve("trained.jar");
    var compiled = Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard());
    var bundled = Compiler.load(compiled).initialised(1).bundled();
    Compiler.writeJar(compiled, jar);
    Compiler.writeJar(compiled, trained, bundled);
    AtomicFile.write(weights, out -> out.write(bundled.values().iterator().next()));
    assertThat(Files.size(weights)).isBetween((long) MEGABYTES << 20, (MEGABYTES + 1L) << 20);
  }

  /** Kilobytes by what they are, e.g. {@code loaded.VmRSS}. */
  private static Map<String, Integer> sizes(Path onClassPath, Path... files) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        onClassPath + File.pathSeparator + Path.of(Resident.class.getProtectionDomain().getCodeSource().getLocation().toURI()), Resident.class.getName()));
    for (Path file : files) {
      command.add(file.toString());
    }
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).describedAs(said).isZero();
    Map<String, Integer> sizes = new HashMap<>();
    for (var line : said.lines().filter(line -> line.startsWith("@ ")).toList()) {
      var words = line.split(" ");
      sizes.put(words[1] + "." + words[2], Integer.parseInt(words[3]));
    }
    return sizes;
  }

  /** Loaded, the weights are in memory once; while they are loaded, hardly more; and what a run adds is the packed layers and little else. */
  private static void assertBounded(Map<String, Integer> sizes) {
    int all = MEGABYTES << 10;
    assertThat(sizes.get("loaded.VmRSS")).describedAs("after loading, of %s", sizes).isLessThan(all + (120 << 10));
    assertThat(sizes.get("loaded.VmHWM") - sizes.get("begin.VmRSS")).describedAs("the peak of loading, of %s", sizes).isBetween(all * 9 / 10, all * 6 / 5);
    assertThat(sizes.get("run.VmHWM") - sizes.get("begin.VmRSS")).describedAs("with the first answer, of %s", sizes).isLessThan(all * 2);
  }

  @Test
  void ofAFile() throws Exception {
    assertBounded(sizes(jar, jar, weights));
  }

  @Test
  void ofAJar() throws Exception {
    assertBounded(sizes(jar, trained));
  }

  @Test
  void ofTheClassPath() throws Exception {
    assertBounded(sizes(trained));
  }
}
