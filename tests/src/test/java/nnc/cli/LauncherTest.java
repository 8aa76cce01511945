package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nnc.Json;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code nnc}, in processes of its own, where the compiler has been packaged. */
class LauncherTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir
  static Path folder;

  /** Otherwise the script would build it first, with Maven, while Maven runs. */
  @BeforeAll
  static void isBuilt() throws IOException {
    var jar = ROOT.resolve("compiler/target/nnc.jar");
    Assumptions.assumeTrue(Files.exists(jar) && Files.isDirectory(ROOT.resolve("compiler/target/lib")) && Files.isExecutable(Path.of("/bin/sh")),
        "the compiler is not packaged");
    var built = Files.getLastModifiedTime(jar);
    for (var part : List.of("pom.xml", "dsl-grammar/src", "runtime/src", "compiler/src")) {
      try (var files = Files.walk(ROOT.resolve(part))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          Assumptions.assumeTrue(Files.getLastModifiedTime(file).compareTo(built) <= 0, "the compiler is not packaged since its source changed");
        }
      }
    }
  }

  private record Said(int code, String out, String err) {}

  private static Said nnc(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(ROOT.resolve("nnc").toString()));
    all.addAll(List.of(arguments));
    return run(Map.of(), all.toArray(String[]::new));
  }

  private static Said run(Map<String, String> environment, String... command) throws Exception {
    var out = Files.createTempFile(folder, "out", ".txt");
    var err = Files.createTempFile(folder, "err", ".txt");
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void trainsWithoutAnyRemarkOfTheJvm() throws Exception {
    var spiral = ROOT.resolve("samples/spiral.nn").toString();
    var small = nnc("train", spiral, "--epochs", "1", "--out", "w.npz");
    assertThat(small.code()).as(small.err()).isZero();
    assertThat(small.err()).isEmpty();
    // data from a file goes to a JVM with vectors
    var program = """
        input x: float[N, 64]
        target y: float[N]
        loss mse(x |> dense(512, tanh) |> dense(512, tanh) |> dense(1) |> squeeze(1), y)
        data { train = npz("d.npz") }
        train { optimizer = sgd(0.01)  batch = 64  epochs = 1 }
        """;
    Files.writeString(folder.resolve("wide.nn"), program);
    nnc.runtime.Npz.write(folder.resolve("d.npz"), java.util.Map.of("x", new nnc.runtime.Tensor(new int[] {256, 64}, new float[256 * 64]), "y",
        new nnc.runtime.Tensor(new int[] {256}, new float[256])));
    var wide = nnc("train", "wide.nn", "--json", "--out", "wide.npz");
    assertThat(wide.code()).as(wide.err()).isZero();
    assertThat(wide.err()).isEmpty();
    assertThat(wide.out().lines().map(Json::read).toList()).hasSize(3);
    assertThat(folder.resolve("wide.npz")).exists();
  }

  @Test
  void exitCodesComeThrough() throws Exception {
    assertThat(nnc("check", ROOT.resolve("samples/mlp.nn").toString())).isEqualTo(new Said(0, "", ""));
    assertThat(nnc("check", "none.nn").code()).isEqualTo(1);
    assertThat(nnc("chekc").code()).isEqualTo(2);
  }

  /** In a folder of its own, whose name has a space, with a cache that is none, and with one that Java has no use for. */
  @Test
  void worksWithoutItsCache() throws Exception {
    var home = folder.resolve("another place");
    var target = home.resolve("compiler").resolve("target");
    Files.createDirectories(target.resolve("lib"));
    Files.copy(ROOT.resolve("nnc"), home.resolve("nnc"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(ROOT.resolve("compiler/target/nnc.jar"), target.resolve("nnc.jar"));
    try (var libraries = Files.list(ROOT.resolve("compiler/target/lib"))) {
      for (var library : libraries.toList()) {
        Files.copy(library, target.resolve("lib").resolve(library.getFileName()));
      }
    }
    Files.createDirectories(home.resolve("samples"));
    for (var sample : List.of("spiral.nn", "mlp.nn", "lenet.nn", "transformer.nn")) {
      Files.copy(ROOT.resolve("samples").resolve(sample), home.resolve("samples").resolve(sample));
    }
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
    }
    var bytes = Files.readAllBytes(cache);
    for (var content : List.of(Arrays.copyOf(bytes, bytes.length / 2), new byte[0], "no cache".repeat(100_000).getBytes())) {
      Files.write(cache, content);
      assertThat(run(Map.of(), nnc, "check", mlp)).as(content.length + " bytes").isEqualTo(new Said(0, "", ""));
      assertThat(Files.size(cache)).isEqualTo(content.length);
    }
  }
}
