package nnc.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One at a time holds a file, and a dead one never does. */
class ProcessLockTest {
  @TempDir
  Path folder;

  @Test
  void aProcessHoldsItOnceAndLeavesNothing() throws Exception {
    var file = folder.resolve(".w.lock");
    try (var lock = ProcessLock.take(file)) {
      assertThat(lock).isNotNull();
      assertThat(ProcessLock.take(file)).isNull();
      assertThat(ProcessLock.holder(file)).isEqualTo("this process");
      assertThat(Processes.isFree(file)).as("asked for here, it is still held").isFalse();
    }
    assertThat(file).doesNotExist();
    try (var lock = ProcessLock.take(file)) {
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void whatAKilledProcessHeldIsFreeAtOnce() throws Exception {
    var file = folder.resolve(".w.lock");
    try (var other = Processes.locking(file)) {
      assertThat(ProcessLock.take(file)).isNull();
      assertThat(ProcessLock.holder(file)).matches("process " + other.number() + ", since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC");
      assertThat(ProcessLock.take(file)).isNull();
    }
    assertThat(file).as("left behind").exists();
    try (var lock = ProcessLock.take(file)) {
      assertThat(lock).isNotNull();
      assertThat(Processes.isFree(file)).isFalse();
    }
    assertThat(file).doesNotExist();
  }

  /** Who comes while another is on its way out waits for it. */
  @Test
  void whatIsLetGoOfSoonIsWaitedFor() throws Exception {
    var file = folder.resolve(".w.lock");
    var other = Processes.locking(file);
    var killer = new Thread(() -> {
      try {
        TimeUnit.MILLISECONDS.sleep(200);
        other.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    killer.start();
    try (var lock = ProcessLock.take(file)) {
      assertThat(lock).isNotNull();
    }
    killer.join();
  }

  @Test
  void aLinkOrTextInItsPlaceIsNoHindrance() throws Exception {
    var file = Files.writeString(folder.resolve(".w.lock"), "something of before, longer than what is written now: ".repeat(3));
    try (var lock = ProcessLock.take(file)) {
      assertThat(lock).isNotNull();
      assertThat(Files.size(file)).isLessThan(20);
    }
  }
}
