package nnc.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A run of each of nnc's workloads: a training step, a prediction, a product. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class JobBenchmark {
  @Param({"A64", "A256", "B", "C", "D", "E", "F", "H", "P1-A", "P1-C", "P1-D", "P1-E", "P64-A", "P64-C", "P64-D", "P64-E",
      "J-64", "J-128", "J-256", "J-512", "J-1024", "J-dense", "J-weight", "J-input"})
  public String workload;

  @Param({"1", "2"})
  public int threads;

  private Job job;

  @Setup
  public void start() {
    var chosen = Workload.chosen(java.util.List.of(workload)).getFirst();
    Map<String, Array> arrays = chosen.kind() == Workload.Kind.PRODUCT ? Map.of()
        : nnc.benchmarks.Setup.arrays(nnc.benchmarks.Setup.model(nnc.benchmarks.Setup.compile(chosen.network())), chosen);
    job = Nnc.job(chosen, threads, arrays);
  }

  @Setup(Level.Iteration)
  public void restart() {
    job.restart();
  }

  @Benchmark
  public void run() {
    job.run();
  }
}
