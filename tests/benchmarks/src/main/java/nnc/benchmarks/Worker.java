package nnc.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A process with one engine and one workload. It reads commands from its input, a line each, and answers with lines that begin with
 * {@code @}: {@code run SECONDS} gives runs, nanoseconds, the process's CPU nanoseconds, those of the thread that runs the job, bytes that
 * it allocates on the heap, and the median and 99th percentile of a run's nanoseconds; {@code memory} the most memory resident, before and by now, in bytes.
 */
final class Worker {
  private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int MOST_SAMPLES = 1 << 20;

  private final long[] samples = new long[MOST_SAMPLES];
  private final Job job;

  private Worker(Job job) {
    this.job = job;
  }

  /** Arguments: engine, workload, threads, file of arrays. */
  public static void main(String[] arguments) throws Exception {
    var workload = Workload.chosen(java.util.List.of(arguments[1])).getFirst();
    int threads = Integer.parseInt(arguments[2]);
    var arrays = Array.read(Path.of(arguments[3]));
    try (var job = switch (arguments[0]) {
          case "nnc" -> Nnc.job(workload, threads, arrays);
          case "dl4j" -> Dl4j.job(workload, threads, arrays);
          case "libtorch" -> Libtorch.job(workload, threads, arrays);
          case LibtorchLengths.PADDED -> LibtorchLengths.padded(threads, arrays);
          case "tensorflow" -> new TensorFlow(workload, threads, arrays);
          case "djl" -> Djl.job(workload, threads, arrays);
          case "mkl" -> new Mkl(workload, arrays);
          case "onnx" -> new Onnx(workload, threads, arrays);
          default -> throw new IllegalArgumentException("no engine " + arguments[0]);
        }) {
      new Worker(job).serve();
    }
  }

  private void serve() throws IOException {
    long before = resident();
    var proof = job.proof();
    var text = new StringBuilder("@proof");
    for (var value : proof) {
      text.append(' ').append(value);
    }
    System.out.println(text);
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        var words = line.split(" ");
        switch (words[0]) {
          case "run" -> System.out.println("@ran " + run((long) (Double.parseDouble(words[1]) * 1e9)));
          case "memory" -> System.out.println("@memory " + before + " " + resident());
          default -> throw new IllegalArgumentException(line);
        }
      }
    }
  }

  private String run(long duration) {
    job.restart();
    job.run();
    long cpu = SYSTEM.getProcessCpuTime();
    long own = THREADS.getCurrentThreadCpuTime();
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    int count = 0;
    long start = System.nanoTime();
    long last = start;
    while (last - start < duration) {
      job.run();
      long now = System.nanoTime();
      samples[Math.min(count++, MOST_SAMPLES - 1)] = now - last;
      last = now;
    }
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    own = THREADS.getCurrentThreadCpuTime() - own;
    cpu = SYSTEM.getProcessCpuTime() - cpu;
    own = job.elsewhere() ? cpu : own;
    int kept = Math.min(count, MOST_SAMPLES);
    Arrays.sort(samples, 0, kept);
    return count + " " + (last - start) + " " + cpu + " " + own + " " + bytes + " " + samples[kept / 2] + " " + samples[(int) (kept * 0.99)];
  }

  /** The most memory that this process has had resident, in bytes; 0 where the system does not tell. */
  private static long resident() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
  }
}
