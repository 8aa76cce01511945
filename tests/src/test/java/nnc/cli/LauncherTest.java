package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    var out = Files.createTempFile(folder, "out", ".txt");
    var err = Files.createTempFile(folder, "err", ".txt");
    var process = new ProcessBuilder(all).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
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
}
