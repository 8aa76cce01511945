package nnc.spark;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** A master and workers in processes of their own, on this machine's own address, made of what is on the class path. */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final Path folder;
  private final int port;
  private Process master;
  private final List<Process> workers = new ArrayList<>();
  private final List<String> own = new ArrayList<>();

  /**
   * Starts it; workers are there a moment later.
   *
   * @param cores of each worker
   */
  StandaloneCluster(Path folder, int workers, int cores) throws IOException {
    this.folder = folder;
    var jars = Files.createDirectories(folder.resolve("jars"));
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.endsWith(".jar")) {
        own.add(Path.of(entry).toAbsolutePath().toString());
      } else if (entry.contains("nnc-")) {
        own.add(Path.of(entry).toAbsolutePath().toString());
      } else if (!Files.exists(jars.resolve(Path.of(entry).getFileName()))) {
        Files.createSymbolicLink(jars.resolve(Path.of(entry).getFileName()), Path.of(entry).toAbsolutePath());
      }
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    master = start("master", "org.apache.spark.deploy.master.Master", "--host", HOST, "--port", port + "", "--webui-port", "0");
    for (int i = 0; i < workers; i++) {
      this.workers.add(start("worker" + i, "org.apache.spark.deploy.worker.Worker", "--host", HOST, "--cores", cores + "", "--memory", "4g", "--webui-port", "0",
          "--work-dir", folder.resolve("work" + i).toString(), url()));
    }
  }

  private Process start(String name, String main, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(JAVA, "-Xmx256m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().putAll(Map.of("SPARK_HOME", folder.toString(), "SPARK_SCALA_VERSION", "2.13", "JAVA_HOME", System.getProperty("java.home"), "SPARK_LOCAL_IP", HOST));
    return builder.start();
  }

  private String url() {
    return "spark://" + HOST + ":" + port;
  }

  /** A session of it, once so many slots are there. */
  SparkSession session(int cores) throws InterruptedException {
    return session(cores, Map.of());
  }

  /** With settings of its own. */
  SparkSession session(int cores, Map<String, String> settings) throws InterruptedException {
    var builder = LocalSpark.quiet(SparkSession.builder().master(url())).config("spark.executor.memory", "512m").config("spark.cores.max", cores + "")
        .config("spark.executor.extraClassPath", String.join(File.pathSeparator, own)).config("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector")
        .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s").config("spark.locality.wait", "0");
    settings.forEach(builder::config);
    var session = builder.getOrCreate();
    for (int i = 0; i < 600 && session.sparkContext().defaultParallelism() < cores; i++) {
      Thread.sleep(100);
    }
    return session;
  }

  /** Ends a worker at once, and what it has started before. */
  void kill(int worker) {
    var process = workers.get(worker);
    try (Stream<ProcessHandle> executors = process.descendants()) {
      executors.toList().forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
  }

  /** Ends the worker of an executor, and the executor. */
  void killWorkerOf(String executor) {
    for (int i = 0; i < workers.size(); i++) {
      boolean has;
      try (Stream<ProcessHandle> all = workers.get(i).descendants()) {
        has = all.anyMatch(process -> process.info().commandLine().orElse("").contains("--executor-id " + executor + " "));
      }
      if (has) {
        kill(i);
      }
    }
  }

  private void end() {
    for (int i = 0; i < workers.size(); i++) {
      kill(i);
    }
    if (master != null) {
      master.destroyForcibly();
    }
  }

  @Override
  public void close() {
    end();
  }
}
