package nnc.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Which grain is found on machines whose runs take what a formula says, and noise. */
class ForkGrainTest {
  /** Calls of three sizes, each of which another grain leaves to one thread. */
  private static final long[] WORKS = {30_000, 30_000, 100_000, 100_000, 2_000_000};
  private static final long RUN = 200_000;

  private static int shared(int grain) {
    return (int) Arrays.stream(WORKS).filter(work -> ForkGrain.isShared(work, grain)).count();
  }

  /** Runs it so often, each as long as its grain has it; what they took in all. */
  private static double run(ForkGrain.Size size, int runs, IntToDoubleFunction cost, Random noise) {
    double sum = 0;
    for (int i = 0; i < runs; i++) {
      double one = cost.applyAsDouble(size.next(ForkGrainTest::shared)) * (1 + 0.01 * noise.nextDouble());
      // something else runs for a while
      one *= noise.nextInt(200) == 0 ? 5 : 1;
      size.ran(one, (long) (one * RUN));
      sum += one;
    }
    return sum;
  }

  /** Time by grain where a fork costs so much work, on two threads. */
  private static double time(int grain, double fork) {
    double time = 0;
    for (long work : WORKS) {
      time += ForkGrain.isShared(work, grain) ? work / 2.0 + fork : work;
    }
    return time / 2_260_000;
  }

  private static double best(double fork) {
    double best = Double.MAX_VALUE;
    for (int grain = 0; grain <= ForkGrain.NONE; grain++) {
      best = Math.min(best, time(grain, fork));
    }
    return best;
  }

  @Property(tries = 60, seed = "27")
  void theFastestIsFound(@ForAll @IntRange(max = 1000) int seed, @ForAll @DoubleRange(min = 0, max = 3e6) double fork) {
    var size = new ForkGrain.Size();
    var noise = new Random(seed);
    run(size, 10_000, grain -> time(grain, fork), noise);
    assertThat(time(size.grain(), fork)).isLessThanOrEqualTo(1.06 * best(fork));
  }

  /** A worker has parked while one thread ran, comes late and finds nothing in its caches: runs that share calls gain only after a while. */
  @Property(tries = 40, seed = "27")
  void aWorkerMayComeLate(@ForAll @IntRange(max = 1000) int seed, @ForAll @DoubleRange(min = 0, max = 1) double late) {
    long run = 50_000;
    long[] now = new long[1];
    long[] shared = {Long.MIN_VALUE / 2, 0};
    IntToDoubleFunction cost = grain -> {
      if (grain == ForkGrain.NONE) {
        now[0] += run;
        return 1;
      }
      // parked after a millisecond, and awake so long after the first task
      if (now[0] - shared[0] > 1_000_000) {
        shared[1] = now[0] + (long) (late * 400_000);
      }
      double one = now[0] < shared[1] ? 1.6 : 0.6;
      now[0] += (long) (one * run);
      shared[0] = now[0];
      return one;
    };
    var size = new ForkGrain.Size();
    var noise = new Random(seed);
    // something else has had the other processor
    for (int i = 0; i < 1_000; i++) {
      double one = size.next(ForkGrainTest::shared) == ForkGrain.NONE ? 1 : 20;
      size.ran(one, (long) (one * run));
    }
    assertThat(size.grain()).isEqualTo(ForkGrain.NONE);
    int alone = 0;
    for (int i = 0; i < 80_000; i++) {
      int grain = size.next(ForkGrainTest::shared);
      alone += i >= 40_000 && grain == ForkGrain.NONE ? 1 : 0;
      double one = cost.applyAsDouble(grain) * (noise.nextInt(12) == 0 ? 5 : 1);
      size.ran(one, (long) (one * run));
    }
    assertThat(alone).isLessThan(4_000);
  }

  /** Trials cost little: all runs together hardly take longer than by the best grain from the first run on. */
  @Property(tries = 20, seed = "27")
  void trialsCostLittle(@ForAll @IntRange(max = 1000) int seed, @ForAll @DoubleRange(min = 0, max = 1e5) double fork) {
    var size = new ForkGrain.Size();
    var quiet = run(size, 20_000, grain -> 1, new Random(seed));
    var tuned = run(new ForkGrain.Size(), 20_000, grain -> time(grain, fork), new Random(seed));
    assertThat(tuned / quiet).isLessThan(1.04 * best(fork));
  }

  /** Other programs take the processors: shared calls wait for a thread that does not run, and again when those have ended. */
  @Test
  void whenOthersAreBusyOneThreadRuns() {
    var size = new ForkGrain.Size();
    var noise = new Random(5);
    run(size, 3_000, grain -> time(grain, 1_000), noise);
    assertThat(size.grain()).isLessThan(ForkGrain.NONE);
    run(size, 30, grain -> grain == ForkGrain.NONE ? 1.3 : 6, noise);
    assertThat(size.grain()).isEqualTo(ForkGrain.NONE);
    run(size, 5_000, grain -> time(grain, 1_000), noise);
    assertThat(size.grain()).isLessThan(ForkGrain.NONE);
  }

  /** What is slow whatever is tried is the usual from then on. */
  @Test
  void aSlowMachineIsNotTriedOnAndOn() {
    var size = new ForkGrain.Size();
    run(size, 3_000, grain -> time(grain, 1_000), new Random(6));
    int grain = size.grain();
    int[] others = new int[1];
    run(size, 400, tried -> {
      others[0] += tried == grain ? 0 : 1;
      return 4 * time(tried, 1_000);
    }, new Random(7));
    assertThat(others[0]).isLessThan(40);
    assertThat(size.grain()).isEqualTo(grain);
  }
}
