package nnc.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import nnc.runtime.Model;

/**
 * A program that loads a network and answers a request every 20 ms from its start on, or trains it step by step: arguments are the engine,
 * the workload, threads, seconds, and the folder of the files of {@link Warm}. Prints a line for each run: when it ended, in milliseconds
 * since the process began, how long it took, and the process's CPU time by then.
 */
final class Service {
  private Service() {}

  private static final long EVERY_NS = 20_000_000L;

  public static void main(String[] arguments) throws Exception {
    long began = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    var workload = Workload.chosen(List.of(arguments[1])).getFirst();
    int threads = Integer.parseInt(arguments[2]);
    long duration = (long) (Double.parseDouble(arguments[3]) * 1e9);
    var folder = Path.of(arguments[4]);
    var arrays = Array.read(folder.resolve(Warm.ARRAYS));
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    var lines = new StringBuilder();
    try (var job = switch (arguments[0]) {
          case Warm.NNC, Warm.SCALAR -> Nnc.cold(workload, Model.load(folder.resolve(Warm.JAR), folder.resolve(Warm.WEIGHTS)), threads, arrays);
          case "libtorch" -> Libtorch.job(workload, threads, arrays);
          case "onnx" -> new Onnx(workload, threads, arrays);
          default -> throw new IllegalArgumentException("no engine " + arguments[0]);
        }) {
      long end = System.nanoTime() + duration;
      long next = System.nanoTime();
      while (next < end) {
        long start = System.nanoTime();
        job.run();
        long took = System.nanoTime() - start;
        lines.append(String.format(Locale.ROOT, "@ %d %.4f %.1f%n", System.currentTimeMillis() - began, took / 1e6, system.getProcessCpuTime() / 1e6));
        next = workload.kind() == Workload.Kind.TRAIN ? System.nanoTime() : Math.max(next + EVERY_NS, System.nanoTime());
        Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
      }
    }
    System.out.print(lines);
  }
}
