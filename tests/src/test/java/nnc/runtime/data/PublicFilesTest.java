package nnc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.data.PublicFiles.Remote;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are fetched, from folders that play mirrors: the first good one is taken, whatever is the matter with those before. */
class PublicFilesTest {
  private static final String SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir
  private Path folder;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @BeforeEach
  void mirrors() throws IOException {
    for (var mirror : List.of("none", "other", "damaged", "good")) {
      Files.createDirectory(folder.resolve(mirror));
    }
    Files.write(folder.resolve("other/f.gz"), zipped("abd"));
    Files.write(folder.resolve("damaged/f.gz"), List.of("abc"));
    Files.write(folder.resolve("good/f.gz"), zipped("abc"));
  }

  private static byte[] zipped(String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private Path fetch(String... mirrors) {
    Path to = folder.resolve("cache/set/f.gz");
    PublicFiles.fetch(new Remote("set", "f.gz", List.of(mirrors).stream().map(mirror -> folder.resolve(mirror).toUri().toString()).toList(), SHA256_OF_ABC), to,
        new PrintStream(told));
    return to;
  }

  @Test
  void theFirstGoodMirrorIsTaken() throws IOException {
    assertThat(Files.readAllBytes(fetch("none", "other", "damaged", "good"))).isEqualTo(zipped("abc"));
    assertThat(told.toString()).contains("set: downloading f.gz (1 kB)");
  }

  @Test
  void ifNoneIsGoodItIsToldOfEachWhatTheMatterIs() {
    assertThatThrownBy(() -> fetch("none", "other", "damaged")).isInstanceOf(Fault.class).hasMessageStartingWith("set: f.gz is not here and cannot be downloaded: ")
        .hasMessageContaining("/none/: ").hasMessageContaining("/other/: not the file wanted (wrong check sum); ").hasMessageContaining("/damaged/: not the file");
    assertThat(folder.resolve("cache/set/f.gz")).doesNotExist();
  }
}
