package nnc.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replaces a file is whole, and in all but its content the file that was there. */
class AtomicFileTest {
  @TempDir
  Path folder;

  @BeforeEach
  void unix() {
    Assumptions.assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "files have no modes here");
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void theModeStays() throws IOException {
    for (var mode : List.of("rw-------", "rw-rw-r--", "rwxr-x---", "rw-rw-rw-")) {
      var file = Files.writeString(folder.resolve(mode), "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      var during = new String[1];
      AtomicFile.write(file, out -> {
        out.write('n');
        out.flush();
        try (var files = Files.newDirectoryStream(folder, "." + mode + "*")) {
          during[0] = mode(files.iterator().next());
        }
      });
      assertThat(mode(file)).isEqualTo(mode);
      assertThat(during[0]).as("while it is written").isEqualTo(mode);
      assertThat(file).hasContent("n");
    }
  }

  @Test
  void aNewFileHasTheModeOfAnyNewOne() throws IOException {
    write(folder.resolve("a"), "x");
    assertThat(mode(folder.resolve("a"))).isEqualTo(mode(Files.writeString(folder.resolve("b"), "x")));
  }

  @Test
  void ownerAndGroupStayWhereThatIsPermitted() throws IOException {
    var file = Files.writeString(folder.resolve("w"), "old");
    try {
      Files.setAttribute(file, "unix:uid", 12_345);
      Files.setAttribute(file, "unix:gid", 23_456);
    } catch (IOException e) {
      Assumptions.abort("this user gives no files away");
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    var before = Files.readAttributes(file, PosixFileAttributes.class);
    write(file, "new");
    var now = Files.readAttributes(file, PosixFileAttributes.class);
    assertThat(List.of(now.owner(), now.group(), now.permissions())).isEqualTo(List.of(before.owner(), before.group(), before.permissions()));
    assertThat(file).hasContent("new");
  }

  @Test
  void aLinkStaysOne() throws IOException {
    var inner = Files.createDirectory(folder.resolve("inner"));
    var file = Files.writeString(inner.resolve("w"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(folder.resolve("second"), Path.of("inner", "w"));
    Files.createSymbolicLink(folder.resolve("first"), folder.resolve("second"));
    write(folder.resolve("first"), "new");
    assertThat(folder.resolve("first")).isSymbolicLink();
    assertThat(folder.resolve("second")).isSymbolicLink();
    assertThat(file).hasContent("new").isRegularFile();
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(names()).containsExactly("first", "inner", "second");
  }

  @Test
  void aLinkToWhatIsNotThereYetLeadsToIt() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("later", "w"));
    write(folder.resolve("link"), "new");
    assertThat(folder.resolve("link")).isSymbolicLink();
    assertThat(folder.resolve("later").resolve("w")).hasContent("new");
  }

  @Test
  void linksInACircleAreAFault() throws IOException {
    Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertThatThrownBy(() -> write(folder.resolve("a"), "x")).isInstanceOf(Fault.class).hasMessageStartingWith(folder.resolve("a") + ": cannot be written");
  }

  @Test
  void whatFailsLeavesWhatWasThere() throws IOException {
    var file = Files.writeString(folder.resolve("w"), "old");
    assertThatThrownBy(() -> AtomicFile.write(file, out -> {
      out.write(1);
      throw new IOException("no space");
    })).isInstanceOf(Fault.class).hasMessage(file + ": writing failed: no space; the file that was there is unchanged");
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("w");
  }

  @Test
  void whatMayNotBeWrittenStays() throws IOException {
    var file = Files.writeString(folder.resolve("w"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Assumptions.assumeFalse(Files.isWritable(file), "this user may write everything");
    assertThatThrownBy(() -> AtomicFile.probe(file)).isInstanceOf(Fault.class).hasMessageContaining("no permission to write it");
    assertThatThrownBy(() -> write(file, "new")).isInstanceOf(Fault.class).hasMessageContaining("no permission to write it");
    assertThat(file).hasContent("old");
  }

  /** Of a process that works at its part, what tells is its lock, whatever its number says here. */
  @Test
  void whatDeadProcessesHaveLeftIsDeleted() throws Exception {
    var file = folder.resolve("w");
    Files.writeString(folder.resolve(".w.1a2b-0.part"), "left");
    Files.writeString(folder.resolve(".w.1a2b3c.part"), "left by an earlier release");
    Files.writeString(folder.resolve(".other.1a2b-0.part"), "of another file");
    Files.createSymbolicLink(folder.resolve(".w.link.part"), folder.resolve("precious"));
    Files.writeString(folder.resolve("precious"), "kept");
    var held = Files.writeString(folder.resolve(".w.9f-0.part"), "being written");
    try (var process = Processes.holding(held)) {
      write(file, "new");
      assertThat(names()).containsExactly(".other.1a2b-0.part", ".w.9f-0.part", ".w.link.part", "precious", "w");
      assertThat(process.isAlive()).isTrue();
    }
    try (var channel = FileChannel.open(held, StandardOpenOption.WRITE)) {
      assertThat(ProcessLock.isFree(channel)).isTrue();
    }
  }

  /** Writes one file over and over, each time another letter and slowly, and says when it is done with one. */
  public static final class SlowWriter {
    private SlowWriter() {}

    public static void main(String[] arguments) {
      for (int time = 0;; time++) {
        byte letter = (byte) ('a' + time % 26);
        write(Path.of(arguments[0]), letter);
        System.out.println((char) letter);
      }
    }

    /** As on a disk that takes a few bytes a millisecond. */
    private static void write(Path file, byte letter) {
      AtomicFile.write(file, out -> {
        for (int i = 0; i < 20; i++) {
          out.write(new byte[] {letter, letter, letter});
          out.flush();
          LockSupport.parkNanos(500_000);
        }
      });
    }
  }

  private void killedWhileItWrites(int times, Random random) throws Exception {
    var file = folder.resolve("w");
    for (int time = 0; time < times; time++) {
      var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
          System.getProperty("java.class.path"), SlowWriter.class.getName(), file.toString()).start();
      var done = process.inputReader();
      var last = done.readLine();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(80));
      // unlike the process itself, its handle leaves what it has said
      process.toHandle().destroyForcibly();
      for (var line = done.readLine(); line != null && !line.isEmpty(); line = done.readLine()) {
        last = line;
      }
      process.waitFor();
      var text = Files.readString(file);
      assertThat(text).hasSize(60).matches("(.)\\1*");
      // the last that it said it was done with, or the one after
      assertThat((text.charAt(0) - last.charAt(0) + 26) % 26).isLessThanOrEqualTo(1);
      assertThat(names()).hasSizeLessThanOrEqualTo(2);
    }
    AtomicFile.probe(file);
    assertThat(names()).containsExactly("w");
  }

  @Test
  void onASlowDiskAKilledProcessLeavesAWholeFile() throws Exception {
    killedWhileItWrites(2, new Random(1));
  }

  @Test
  @Tag("slow")
  void atManyMomentsToo() throws Exception {
    killedWhileItWrites(50, new Random(2));
  }

  @Test
  void partsOfThisProcessAreItsOwn() throws IOException {
    var file = folder.resolve("w");
    AtomicFile.write(file, outer -> {
      write(file, "inner");
      outer.write('o');
    });
    assertThat(file).hasContent("o");
    assertThat(names()).containsExactly("w");
  }
}
