package nnc.search;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import nnc.runtime.base.Fault;
import nnc.runtime.train.Interrupt;

/**
 * Trains in tasks of an Apache Spark cluster, by a driver of Spark's that {@code spark-submit} starts: Spark's classes and settings stay in that process. It reads orders and writes what came of them, as
 * {@code nnc.spark.TrialServer} says.
 */
public final class SparkSubmit implements TrainingPlace, AutoCloseable {
  private static final String SERVER = "nnc.spark.TrialServer";
  private static final long BEGINNING = 0x6e6e63547269616cL;
  private static final int LOOK_MS = 200, END_S = 20, TOLD = 5;
  private static final int DONE = 0, FAULT = 1, GONE = 2;

  private final Process process;
  private final Path log;
  private final DataOutputStream orders;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, CompletableFuture<Learned>> open = new ConcurrentHashMap<>();
  /** Why nothing more comes; null while it may. */
  private volatile Fault ended;

  /**
   * How to reach a cluster.
   *
   * @param master as Spark calls it: {@code spark://host:7077}, {@code yarn}, {@code local[4]}
   * @param submit the program spark-submit
   * @param server the jar that has Spark's side of it
   * @param runtime the runtime's jar
   */
  public record Cluster(String master, Path submit, Path server, Path runtime) {
    /**
     * By what is installed here: Spark where {@code SPARK_HOME} says or on the PATH, and nnc-spark where {@code NNC_SPARK} says.
     *
     * @throws Fault if either is missing
     */
    public static Cluster of(String master, Map<String, String> environment) {
      var home = environment.getOrDefault("SPARK_HOME", "");
      var name = File.separatorChar == '\\' ? "spark-submit.cmd" : "spark-submit";
      var places = home.isEmpty() ? Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator)).filter(place -> !place.isEmpty()).map(Path::of).toList() : List.of(Path.of(home, "bin"));
      var submit = places.stream().map(place -> place.resolve(name)).filter(Files::isRegularFile).findFirst().orElseThrow(() -> new Fault("--spark: there is no " + name
          + (home.isEmpty() ? " on the PATH" : " in " + Path.of(home, "bin")), "install Apache Spark 4.2 (https://spark.apache.org) and set SPARK_HOME to its folder"));
      var server = environment.getOrDefault("NNC_SPARK", "");
      if (server.isEmpty() || !Files.isRegularFile(Path.of(server))) {
        throw new Fault("--spark: " + (server.isEmpty() ? "NNC_SPARK does not say where" : server + ":") + " the jar nnc-spark is" + (server.isEmpty() ? "" : " not there"),
            "the launcher ./nnc builds it and says so; elsewhere set NNC_SPARK to nnc-spark-VERSION.jar");
      }
      return new Cluster(master, submit, Path.of(server), runtimeJar());
    }

    /** Where this process has the runtime from. */
    private static Path runtimeJar() {
      try {
        var place = Path.of(Interrupt.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isRegularFile(place)) {
          return place;
        }
        throw new Fault("--spark: the runtime is in " + place + ", and a cluster wants a jar", "start nnc by its launcher");
      } catch (java.net.URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Starts the driver.
   *
   * @param log     takes what Spark says
   * @param threads of each training: so many cores has a task
   * @throws Fault if it cannot be started, or does not reach the cluster
   */
  public SparkSubmit(Cluster cluster, Path log, int threads) {
    this.log = log;
    var command = new ArrayList<>(List.of(cluster.submit.toString(), "--master", cluster.master, "--name", "nnc sweep", "--class", SERVER, "--jars", cluster.runtime.toString(),
        "--conf", "spark.task.cpus=" + threads, "--conf", "spark.ui.showConsoleProgress=false", "--conf", "spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector",
        "--driver-java-options", "--add-modules=jdk.incubator.vector", cluster.server.toString()));
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      process = new ProcessBuilder(command).redirectError(log.toFile()).start();
      orders = new DataOutputStream(process.getOutputStream());
    } catch (IOException e) {
      throw new Fault("--spark: " + cluster.submit + " cannot be started: " + e.getMessage(), "", e);
    }
    var reader = new Thread(this::read, "nnc-spark");
    reader.setDaemon(true);
    reader.start();
  }

  // ---- answers

  private void read() {
    try (var in = new DataInputStream(process.getInputStream())) {
      begin(in);
      while (true) {
        int number = in.readInt();
        int kind = in.readByte();
        var told = open.remove(number);
        switch (kind) {
          case DONE -> told.complete(new Learned(figures(in), bytes(in)));
          case FAULT -> told.completeExceptionally(new Fault(text(in), text(in)));
          case GONE -> told.completeExceptionally(new Fault("the cluster has not trained it: " + text(in), "what Spark says is in " + log));
          default -> throw new IOException("it says " + kind);
        }
      }
    } catch (IOException | RuntimeException e) {
      ended = new Fault("--spark: Spark's driver has ended" + lastErrors(), "what it says is in " + log, e);
      open.values().forEach(told -> told.completeExceptionally(ended));
    }
  }

  /** Whatever a script says before is passed over. */
  private static void begin(InputStream in) throws IOException {
    long last = 0;
    while (last != BEGINNING) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("it has not begun");
      }
      last = last << 8 | next;
    }
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static Map<String, Double> figures(DataInputStream in) throws IOException {
    var figures = new LinkedHashMap<String, Double>();
    for (int left = in.readInt(); left > 0; left--) {
      figures.put(text(in), in.readDouble());
    }
    return figures;
  }

  /** What Spark has said last of errors; empty if that cannot be read. */
  private String lastErrors() {
    try (var lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      var errors = lines.filter(line -> line.contains("ERROR") || line.contains("Exception") || line.contains("rror:")).toList();
      return errors.isEmpty() ? "" : ":\n" + String.join("\n", errors.subList(Math.max(0, errors.size() - TOLD), errors.size()));
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  // ---- orders

  @Override
  public Learned train(Order order, Interrupt interrupt) {
    int number = numbers.incrementAndGet();
    var told = new CompletableFuture<Learned>();
    open.put(number, told);
    send(number, order);
    while (!interrupt.requested()) {
      if (ended != null) {
        told.completeExceptionally(ended);
      }
      try {
        return told.get(LOOK_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      } catch (ExecutionException e) {
        if (interrupt.requested()) {
          return null;
        }
        throw e.getCause() instanceof Fault fault ? fault : new IllegalStateException(e.getCause());
      }
    }
    return null;
  }

  private void send(int number, Order order) {
    synchronized (orders) {
      try {
        orders.writeInt(number);
        write(order.jar());
        write(text(order.base()));
        write(text(order.data()));
        orders.writeLong(order.seed());
        orders.writeInt(order.epochs());
        write(order.before() == null ? new byte[0] : order.before());
        write(order.role().getBytes(StandardCharsets.UTF_8));
        orders.writeInt(order.threads());
        orders.flush();
      } catch (IOException e) {
        // who reads what the driver says tells of its end
      }
    }
  }

  private static byte[] text(Path path) {
    return (path == null ? "" : path.toAbsolutePath().toString()).getBytes(StandardCharsets.UTF_8);
  }

  private void write(byte[] bytes) throws IOException {
    orders.writeInt(bytes.length);
    orders.write(bytes);
  }

  /** Ends the driver, which has its tasks ended. */
  @Override
  public void close() {
    try {
      orders.close();
      if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
        end();
      }
    } catch (IOException e) {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  private void end() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
