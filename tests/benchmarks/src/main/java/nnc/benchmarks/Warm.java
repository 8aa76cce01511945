package nnc.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.Compiler;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;

/** Measures how programs come to their speed after they have been started: {@link Service}, a process for each engine. */
final class Warm {
  private Warm() {}

  static final String JAR = "warm.jar", WEIGHTS = "warm.npz", ARRAYS = "warm.arrays";
  static final String NNC = "nnc", SCALAR = "nnc, no module";

  /** Networks that answer requests, and that are trained. */
  static final List<String> WORKLOADS = List.of("P1-A", "P1-C", "P1-D", "P1-E", "P1-R50", "N-16", "N-128", "A64", "C", "D", "E", "R18");
  private static final int THREADS = 2;
  private static final double SECONDS = 12;
  /** Multiply-adds from which on a run takes so long that it needs more of them. */
  private static final double LARGE = 5e8;
  private static final int LARGE_SECONDS = 45;
  private static final int FEWEST_RUNS = 3;
  /** Latency is steady where the median of all stretches of so many milliseconds is at most so many times what it is in the end. */
  private static final long STRETCH_MS = 250;
  private static final double STEADY = 1.5;

  /** A run: when it ended and how long it took, in milliseconds, and the CPU time that the process had used by then. */
  private record Run(double at, double took, double cpu) {}

  /**
   * What came out.
   *
   * @param first  milliseconds from the process's start to the first answer
   * @param steady milliseconds from the process's start until latency stays steady
   * @param cpu    milliseconds of CPU time until then
   * @param last   the steady latency, in milliseconds
   * @param worst  the longest run's
   */
  record Outcome(String workload, String engine, double first, double steady, double cpu, double last, double worst) {
    static String heading() {
      return String.format("%-8s%-16s%12s%14s%14s%14s%12s", "WARM", "engine", "first, ms", "steady at, ms", "CPU till, ms", "steady, ms", "worst, ms");
    }

    String line() {
      return String.format(Locale.ROOT, "%-8s%-16s%12.0f%14.0f%14.0f%14.3f%12.1f", workload, engine, first, steady, cpu, last, worst);
    }
  }

  static List<Outcome> measure(Workload workload, Path folder, List<String> peers) throws IOException {
    prepare(workload, folder);
    var outcomes = new ArrayList<Outcome>();
    var engines = new ArrayList<>(List.of(NNC, SCALAR));
    for (var peer : List.of("onnx", "libtorch")) {
      if (peers.contains(peer) && (workload.kind() != Workload.Kind.TRAIN || peer.equals("libtorch"))) {
        engines.add(peer);
      }
    }
    for (var engine : engines) {
      outcomes.add(outcome(workload, engine, runs(workload, engine, folder)));
    }
    return outcomes;
  }

  private static void prepare(Workload workload, Path folder) throws IOException {
    var compiled = Setup.compile(workload.network());
    var model = Setup.model(compiled);
    var arrays = Setup.arrays(model, workload);
    Compiler.writeJar(compiled, folder.resolve(JAR));
    Map<String, Tensor> npz = new LinkedHashMap<>();
    Array.weights(arrays).keySet().forEach(path -> npz.put(path, model.weight(path)));
    Npz.write(folder.resolve(WEIGHTS), npz);
    Array.write(folder.resolve(ARRAYS), arrays);
  }

  private static List<Run> runs(Workload workload, String engine, Path folder) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED"));
    if (engine.equals(NNC)) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    if (engine.equals("libtorch")) {
      command.addAll(List.of("-Dorg.bytedeco.openblas.load=mkl_rt", "-Dorg.bytedeco.javacpp.nopointergc=true"));
    }
    command.addAll(List.of(Service.class.getName(), engine, workload.name(), Integer.toString(THREADS), Double.toString(workload.macs() < LARGE ? SECONDS : LARGE_SECONDS), folder.toString()));
    var builder = new ProcessBuilder(command).redirectError(folder.resolve("warm-" + engine.replaceAll("\\W+", "-") + ".log").toFile());
    var own = System.getProperty("java.class.path").replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
    builder.environment().put("CLASSPATH", own);
    builder.environment().put("MKL_THREADING_LAYER", "GNU");
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(THREADS));
    builder.environment().put("MKL_NUM_THREADS", Integer.toString(THREADS));
    var process = builder.start();
    try (var out = process.inputReader()) {
      var runs = out.lines().filter(line -> line.startsWith("@ ")).map(line -> line.split(" "))
          .map(words -> new Run(Double.parseDouble(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]))).toList();
      if (process.waitFor() != 0 || runs.size() < FEWEST_RUNS) {
        throw new IOException(workload.name() + " by " + engine + " has ended after " + runs.size() + " runs");
      }
      return runs;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException(e);
    }
  }

  private static Outcome outcome(Workload workload, String engine, List<Run> runs) {
    double last = Session.median(runs.subList(runs.size() * 3 / 4, runs.size()).stream().mapToDouble(Run::took).toArray());
    int from = 0;
    for (int start = 0; start < runs.size();) {
      int end = start;
      while (end < runs.size() && runs.get(end).at < runs.get(start).at + STRETCH_MS) {
        end++;
      }
      boolean slow = Session.median(runs.subList(start, end).stream().mapToDouble(Run::took).toArray()) > STEADY * last;
      from = slow ? end : from;
      start = end;
    }
    var steady = runs.get(Math.min(from, runs.size() - 1));
    return new Outcome(workload.name(), engine, runs.getFirst().at, steady.at, steady.cpu, last, runs.stream().mapToDouble(Run::took).max().orElseThrow());
  }

  /** Measures the chosen workloads, or all, and prints a table. */
  static void all(List<String> names, Path folder, List<String> peers) throws IOException {
    var table = new StringBuilder(Outcome.heading()).append('\n');
    System.out.println(Outcome.heading());
    for (var workload : Workload.chosen(names.isEmpty() ? WORKLOADS : names)) {
      for (var outcome : measure(workload, folder, peers)) {
        System.out.println(outcome.line());
        table.append(outcome.line()).append('\n');
      }
    }
    Files.writeString(folder.resolve("warm.txt"), table);
    System.out.println("this table is in " + folder.resolve("warm.txt"));
  }
}
