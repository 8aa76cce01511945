package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.Perceptron;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full, and a clock that is put on or back, cost no step and no bit. */
class CheckpointsTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir
  Path folder;

  private final List<String> told = new ArrayList<>();

  /** JUnit remarks on links that lead out of its folders. */
  @AfterEach
  void deleteLinks() throws IOException {
    try (var files = Files.newDirectoryStream(folder, Files::isSymbolicLink)) {
      for (var file : files) {
        Files.delete(file);
      }
    }
  }

  private static Model model(Map<String, Object> more) {
    var settings = new HashMap<String, Object>(Map.of("batch", 10.0, "epochs", 2.0, "seed", 3.0));
    settings.putAll(more);
    var number = new Source("number", List.of(), Map.of(), 100.0, 12);
    return Perceptron.model(Map.of("train", new Source("gauss", List.of(number), Map.of("seed", new Source("number", List.of(), Map.of(), 1.0, 12)), null, 12)), settings);
  }

  private Said train(Model model, String out, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--out", folder.resolve(out).toString()));
    arguments.addAll(List.of(more));
    return Said.byNetwork(model, folder, arguments.toArray(String[]::new));
  }

  private void assertSame(String a, String b) {
    var first = Npz.read(folder.resolve(a));
    var second = Npz.read(folder.resolve(b));
    assertThat(first.keySet()).isEqualTo(second.keySet());
    first.forEach((name, array) -> assertThat(array.toDoubles()).as(name).isEqualTo(second.get(name).toDoubles()));
  }

  /** Each checkpoint that is full as a disk can be is a link to the device that always is. */
  private void fill(int... steps) throws IOException {
    Assumptions.assumeTrue(Files.exists(FULL), "there is no /dev/full");
    for (int step : steps) {
      Files.createSymbolicLink(folder.resolve("w-step" + "0".repeat(step < 10 ? 7 : 6) + step + ".npz"), FULL);
    }
  }

  @Test
  void aCheckpointThatCannotBeWrittenStopsNothing() throws IOException {
    train(model(Map.of()), "whole.npz");
    fill(4, 12, 16);
    var said = train(model(Map.of("checkpoint_steps", 4.0)), "w.npz");
    assertThat(said.code()).as(said.all()).isZero();
    var folder = this.folder + "/";
    assertThat(said.out().replace(folder, "")).contains(
        "w-step00000004.npz: writing failed: No space left on device; training goes on; nothing is saved yet that could be resumed",
        "checkpoint " + "w-step00000008.npz",
        "w-step00000012.npz: writing failed: No space left on device; training goes on; what can be resumed so far is w-step00000008.npz",
        "w-step00000016.npz: writing failed: No space left on device; training goes on (2 times in a row); what can be resumed so far is w-step00000008.npz",
        "checkpoint w-step00000020.npz", "saved w.npz");
    assertSame("w.npz", "whole.npz");
    var resumed = train(model(Map.of()), "resumed.npz", "--resume", folder + "w-step00000008.npz");
    assertThat(resumed.code()).as(resumed.all()).isZero();
    assertSame("resumed.npz", "whole.npz");
  }

  @Test
  void programsReadOfItToo() throws IOException {
    fill(4);
    assertThat(train(model(Map.of("checkpoint_steps", 4.0)), "w.npz", "--json").out()).contains("{\"event\":\"checkpoint_failed\",\"text\":");
  }

  @Test
  void manyFailuresAreNotToldOneByOne() throws IOException {
    fill(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    var said = train(model(Map.of("checkpoint_steps", 1.0)), "w.npz");
    assertThat(said.code()).isZero();
    assertThat(said.out().lines().filter(line -> line.contains("training goes on"))).hasSize(5);
  }

  /** A disk of its own, which is filled but for a few bytes before the end. */
  @Test
  void onADiskThatIsFull() throws Exception {
    var disk = Files.createDirectory(folder.resolve("disk"));
    Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "nnc-test", disk.toString()), "this user mounts no disks");
    try {
      train(model(Map.of()), "whole.npz");
      assertThat(train(model(Map.of("epochs", 1.0)), "disk/w.npz", "--checkpoint-steps", "5").code()).isZero();
      var before = Files.readAllBytes(disk.resolve("w.npz"));
      try (var filler = Files.newOutputStream(disk.resolve("filler"))) {
        filler.write(new byte[1 << 16]);
      } catch (IOException e) {
        // full
      }
      var said = train(model(Map.of()), "disk/w.npz", "--resume", disk.resolve("w.npz").toString(), "--checkpoint-steps", "5", "--epochs", "2");
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.out()).contains("w-step00000015.npz: writing failed: No space left on device; training goes on; what can be resumed so far is " + disk.resolve("w.npz"),
          "epoch 2/2");
      assertThat(said.err()).contains("the file that was there is unchanged", "what was learned is in ");
      assertThat(Files.readAllBytes(disk.resolve("w.npz"))).isEqualTo(before);
      var saved = Path.of(said.err().replaceAll("(?s).*what was learned is in (\\S+) instead.*", "$1"));
      Files.copy(saved, folder.resolve("fallen.npz"));
      Files.delete(saved);
      assertSame("fallen.npz", "whole.npz");
      try (var files = Files.list(disk)) {
        assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("w.npz", "w-step00000005.npz", "w-step00000010.npz", "filler");
      }
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Progress listening() {
    return new QuietProgress() {
      @Override
      public void note(String kind, String text) {
        told.add(kind);
      }
    };
  }

  /** Whatever the clock says, by leaps of up to a month in either direction, all checkpoints go on to the same bits. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aClockThatLeapsChangesNoBit(long seed) {
    train(model(Map.of()), "whole.npz");
    var random = new Random(seed);
    long[] now = {random.nextLong()};
    LongSupplier clock = () -> now[0] += (long) ((random.nextDouble() - 0.5) * 2 * 30 * 86_400e9);
    var model = model(Map.of("checkpoint_minutes", 60.0, "keep", 0.0));
    var started = model.initialised(3);
    try (var threads = new Threads(1)) {
      var trainer = new Trainer(started, new Data(started.spec(), new Folder(folder, null, null)), TrainingSettings.of(model.spec()), TrainingFiles.of(folder.resolve("w.npz")),
          new RunEnvironment(listening(), new Interrupt(), threads), clock);
      assertThat(trainer.run()).isEqualTo(Trainer.Ending.COMPLETED);
    }
    assertSame("w.npz", "whole.npz");
    assertThat(told).contains("checkpoint").doesNotContain("checkpoint_failed");
    try (var files = Files.newDirectoryStream(folder, "w-step*.npz")) {
      for (var file : files) {
        train(model(Map.of()), "resumed.npz", "--resume", file.toString());
        assertSame("resumed.npz", "whole.npz");
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** By a clock that is put back by a day, the next checkpoint is not a day away. */
  @Test
  void aClockThatIsPutBackHoldsNothingUp() {
    long[] now = {86_400_000_000_000L};
    var checkpoints = new Checkpoints(folder.resolve("w.npz"), new TrainingSettings.Retention(0, 1, 0), listening(), () -> now[0]);
    Map<String, Tensor> arrays = Map.of("x", new Tensor(new int[] {1}, new float[1]));
    checkpoints.checkpoint(1, () -> arrays);
    assertThat(told).isEmpty();
    now[0] = 0;
    checkpoints.checkpoint(2, () -> arrays);
    assertThat(told).containsExactly("checkpoint");
    checkpoints.checkpoint(3, () -> arrays);
    assertThat(told).hasSize(1);
    now[0] += 61_000_000_000L;
    checkpoints.checkpoint(4, () -> arrays);
    assertThat(told).hasSize(2);
  }

  @Test
  void withoutAFileThereAreNone() {
    assertThatThrownBy(() -> new Checkpoints(null, new TrainingSettings.Retention(1, 0, 1), listening(), System::nanoTime))
        .isInstanceOf(Fault.class);
  }
}
