package nnc.runtime.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ThreadsTest {
  @Property(tries = 60, seed = "26")
  void everyBlockRunsExactlyOnce(@ForAll @IntRange(min = 1, max = 3) int count, @ForAll @IntRange(max = 40) int blocks) {
    try (var team = new Threads(count)) {
      for (int round = 0; round < 20; round++) {
        var runs = new AtomicIntegerArray(blocks);
        team.run((thread, from, to) -> {
          assertThat(thread).isBetween(0, count - 1);
          for (int block = from; block < to; block++) {
            runs.incrementAndGet(block);
          }
        }, blocks);
        for (int block = 0; block < blocks; block++) {
          assertThat(runs.get(block)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void manySmallTasksOfUnequalSizeLoseNothing() {
    try (var team = new Threads(3)) {
      int[] sums = new int[64];
      long expected = 0;
      for (int round = 0; round < 100_000; round++) {
        int blocks = round * 7 % 13;
        team.run((thread, from, to) -> {
          for (int block = from; block < to; block++) {
            sums[block]++;
          }
        }, blocks);
        expected += blocks;
      }
      assertThat(java.util.Arrays.stream(sums).asLongStream().sum()).isEqualTo(expected);
    }
  }

  @Test
  void wakesWorkersThatParked() {
    try (var team = new Threads(2)) {
      var sum = new AtomicIntegerArray(1);
      for (int round = 0; round < 5; round++) {
        team.run((thread, from, to) -> sum.addAndGet(0, to - from), 10);
        LockSupport.parkNanos(20_000_000);
      }
      assertThat(sum.get(0)).isEqualTo(50);
    }
  }

  @Test
  void aTaskWithinATaskRunsOnItsCaller() {
    try (var team = new Threads(2)) {
      var runs = new AtomicIntegerArray(1);
      team.run((outer, from, to) -> {
        for (int i = from; i < to; i++) {
          team.run((inner, low, high) -> runs.addAndGet(0, high - low), 7);
        }
      }, 4);
      assertThat(runs.get(0)).isEqualTo(28);
    }
  }

  @Test
  void whatATaskThrowsReachesTheCallerAndTheTeamGoesOn() {
    try (var team = new Threads(2)) {
      assertThatThrownBy(() -> team.run((thread, from, to) -> {
        if (from == 1) {
          throw new IllegalStateException("broken");
        }
      }, 2)).hasMessage("broken");
      var runs = new AtomicIntegerArray(1);
      team.run((thread, from, to) -> runs.addAndGet(0, to - from), 2);
      assertThat(runs.get(0)).isEqualTo(2);
    }
  }

  @Test
  void keepsNothingOfATaskThatIsOver() throws InterruptedException {
    try (var team = new Threads(2)) {
      assertThatIsForgotten(new WeakReference<>(ran(team)));
    }
  }

  /** A worker that finds its caller still at work when it goes to sleep asks again. */
  @Test
  void keepsNothingOfATaskThatOutlastsItsWorkers() throws InterruptedException {
    try (var team = new Threads(2)) {
      assertThatIsForgotten(new WeakReference<>(ranLong(team)));
    }
  }

  private static void assertThatIsForgotten(WeakReference<?> held) throws InterruptedException {
    for (int i = 0; i < 1000 && held.get() != null; i++) {
      System.gc();
      Thread.sleep(5);
    }
    assertThat(held.get()).isNull();
  }

  /** What a task held of which the caller's share takes longer than a worker waits for the next. */
  private static AtomicIntegerArray ranLong(Threads team) {
    var sum = new AtomicIntegerArray(1);
    team.run((thread, from, to) -> {
      LockSupport.parkNanos(from == 0 ? 100_000_000 : 0);
      sum.addAndGet(0, to - from);
    }, 2);
    return sum;
  }

  /** What a task held that the team has run. */
  private static AtomicIntegerArray ran(Threads team) {
    var sum = new AtomicIntegerArray(1);
    team.run((thread, from, to) -> sum.addAndGet(0, to - from), 10);
    return sum;
  }
}
