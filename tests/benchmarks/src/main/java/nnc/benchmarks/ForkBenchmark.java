package nnc.benchmarks;

import java.util.concurrent.TimeUnit;
import nnc.runtime.base.Threads;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What it costs to hand out work to the team and to wait for it. */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ForkBenchmark {
  @Param({"1", "2"})
  public int threads;

  /** Microseconds between two forks. */
  @Param({"0", "200", "3000"})
  public int idle;

  private Threads team;

  @org.openjdk.jmh.annotations.Setup
  public void start() {
    team = new Threads(threads);
  }

  @TearDown
  public void end() {
    team.close();
  }

  /** The idle time is part of the figure; what is beyond it is the fork's. */
  @Benchmark
  public void emptyTask() {
    if (idle > 0) {
      long until = System.nanoTime() + idle * 1000L;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
    team.run((_, from, to) -> Blackhole.consumeCPU(to - from), threads);
  }
}
