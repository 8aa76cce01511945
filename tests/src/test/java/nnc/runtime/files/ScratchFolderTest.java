package nnc.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes need for a while does not outlive them: of those that were killed the next one cleans up. */
class ScratchFolderTest {
  @TempDir
  static Path temporary;

  /** Makes a folder with a file, and prints what there is beside it; then ends as it is told to. */
  public static final class Maker {
    private Maker() {}

    public static void main(String[] arguments) throws Exception {
      var folder = ScratchFolder.make();
      Files.writeString(folder.file("x.jar"), "x");
      try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        System.out.println(all.filter(Files::isDirectory).count());
      }
      switch (arguments[0]) {
        case "close" -> folder.close();
        case "kill" -> Runtime.getRuntime().halt(1);
        default -> System.exit(0);
      }
    }
  }

  private static String make(String end) throws Exception {
    return Said.byProcess(temporary, Map.of(), Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
        "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"), Maker.class.getName(), end).out().strip();
  }

  private static long left() throws Exception {
    try (var all = Files.list(temporary)) {
      return all.count();
    }
  }

  @Test
  void nothingIsLeft() throws Exception {
    assertThat(make("close")).isEqualTo("1");
    assertThat(left()).isZero();
    assertThat(make("exit")).isEqualTo("1");
    assertThat(left()).isZero();
    make("kill");
    assertThat(left()).isEqualTo(1);
    Files.createDirectories(temporary.resolve("nnc-scratch-of-the-users").resolve("own"));
    assertThat(make("close")).as("that of the killed one is gone, what is no such folder is not").isEqualTo("2");
    assertThat(temporary.resolve("nnc-scratch-of-the-users")).exists();
    assertThat(left()).isEqualTo(1);
  }
}
