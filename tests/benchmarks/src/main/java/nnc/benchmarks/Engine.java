package nnc.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.runtime.cli.JavaOptions;

/** A {@link Worker}'s process, seen from outside. */
final class Engine implements AutoCloseable {

  /**
   * What happened in a while.
   *
   * @param runs   of the job
   * @param nanos  of the clock
   * @param cpu    nanoseconds of all threads of the process
   * @param own    CPU nanoseconds of the thread that runs the job
   * @param bytes  allocated by the thread that runs the job, on Java's heap
   * @param median nanoseconds of a run
   * @param high   the 99th percentile
   */
  record Ran(long runs, long nanos, long cpu, long own, long bytes, long median, long high) {}

  private final String name;
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;
  private final double[] proof;

  /** Starts an engine and waits for what it proves itself by. */
  Engine(String name, Workload workload, int threads, Path arrays) throws IOException {
    this.name = name;
    var builder = new ProcessBuilder(command(name, workload, threads, arrays));
    // no argument: a long command line crashes ONNX Runtime 1.29
    builder.environment().put("CLASSPATH",
        System.getProperty("java.class.path").replace(File.pathSeparator + File.pathSeparator, File.pathSeparator));
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("MKL_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("MKL_THREADING_LAYER", "GNU");
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    process = builder.redirectError(arrays.resolveSibling(workload.name() + "-" + name + ".log").toFile()).start();
    out = process.inputReader();
    in = process.outputWriter();
    var words = answer("@proof");
    proof = new double[words.length - 1];
    for (int i = 0; i < proof.length; i++) {
      proof[i] = Double.parseDouble(words[i + 1]);
    }
  }

  /** Engines that come by JavaCPP. */
  static final List<String> BYTEDECO = List.of("libtorch", LibtorchLengths.PADDED, "mkl", "dl4j");

  private static List<String> command(String name, Workload workload, int threads, Path arrays) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx3g"));
    if (name.equals("nnc")) {
      // what a network's jar starts itself with
      command.addAll(JavaOptions.forVectors(List.of()));
    }
    if (BYTEDECO.contains(name)) {
      // MKL in OpenBLAS's place, which collapses on two threads; no collections forced by native memory
      command.addAll(List.of("-Dorg.bytedeco.openblas.load=mkl_rt", "-Dorg.bytedeco.javacpp.nopointergc=true"));
    }
    for (var property : List.of("nnc.width")) {
      if (System.getProperty(property) != null) {
        command.add("-D" + property + "=" + System.getProperty(property));
      }
    }
    command.addAll(List.of(Worker.class.getName(), name, workload.name(), Integer.toString(threads), arrays.toString()));
    return command;
  }

  String name() {
    return name;
  }

  /** What {@link Job#proof} gave. */
  double[] proof() {
    return proof;
  }

  /** Lets it run for so many seconds. */
  Ran run(double seconds) throws IOException {
    tell("run " + seconds);
    var words = answer("@ran");
    return new Ran(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]),
        Long.parseLong(words[5]), Long.parseLong(words[6]), Long.parseLong(words[7]));
  }

  /** By how many bytes the process has grown since the engine was ready to begin. */
  long growth() throws IOException {
    tell("memory");
    var words = answer("@memory");
    return Long.parseLong(words[2]) - Long.parseLong(words[1]);
  }

  private void tell(String command) throws IOException {
    in.write(command);
    in.newLine();
    in.flush();
  }

  private String[] answer(String word) throws IOException {
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(word)) {
        return line.split(" ");
      }
    }
    process.onExit().join();
    throw new IOException(name + " has ended without an answer, with exit code " + process.exitValue());
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
