package nnc.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * What docs/spark.md says of times: a program, no test. {@code exchange TASKS} is the ring beside Spark's {@code allGather}, by size; {@code blocks} the time of a block on one core, vector code being compiled;
 * {@code speed} one and two executors of one core. On clusters of processes of their own, on this machine.
 */
final class ClusterMeasurements {
  private static final Path WORKLOADS = Path.of("../../tests/benchmarks/src/main/resources/nnc/benchmarks");
  private static final int LARGEST_SAID = 16 << 20;

  private ClusterMeasurements() {}

  public static void main(String[] given) throws Exception {
    Path home = Files.createTempDirectory("nnc-cluster");
    switch (given[0]) {
      case "exchange" -> exchange(home, Integer.parseInt(given[1]));
      case "blocks" -> {
        block(home, "A", 32);
        block(home, "D", 32);
        block(home, "D", 128);
      }
      default -> speed(home);
    }
  }

  // ---- exchange

  private static void exchange(Path home, int tasks) throws Exception {
    int[] sizes = IntStream.of(1 << 10, 16 << 10, 256 << 10, 4 << 20, 16 << 20, 100_000_000, 400_000_000).filter(size -> tasks == 2 || size < 400_000_000).toArray();
    try (var cluster = new StandaloneCluster(home, 2, tasks / 2); var spark = cluster.session(tasks, Map.of("spark.executor.cores", "1", "spark.executor.memory", tasks == 2 ? "3g" : "1500m"))) {
      var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<String>> task =
          (Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<String>> & Serializable) _ -> CollectionConverters.asScala(timed(sizes));
      context.parallelize(IntStream.range(0, tasks).boxed().toList(), tasks).rdd().barrier().mapPartitions(task, false, ClassTag$.MODULE$.apply(String.class)).toJavaRDD().collect()
          .forEach(System.out::println);
    }
  }

  private static Iterator<String> timed(int[] sizes) {
    var task = BarrierTaskContext.get();
    int rank = task.partitionId();
    var lines = new ArrayList<String>();
    try (var ring = RingExchange.join(rank, 1, "127.0.0.1", said -> List.of(task.allGather(said)), () -> false)) {
      for (int size : sizes) {
        int length = size / Float.BYTES;
        var own = new float[length];
        int[] ends = IntStream.rangeClosed(1, (length + RingExchange.PIECE - 1) / RingExchange.PIECE).map(i -> Math.min(length, i * RingExchange.PIECE)).toArray();
        int times = size > 50_000_000 ? 3 : size > 1_000_000 ? 20 : 500;
        for (int i = 0; i < times; i++) {
          ring.fold(own, ends, (total, from, end) -> NumberArrays.add(total, own, from, end));
        }
        task.barrier();
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
          ring.fold(own, ends, (total, from, end) -> NumberArrays.add(total, own, from, end));
        }
        double ringed = (System.nanoTime() - start) / 1e6 / times;
        lines.add(String.format("%d bytes: ring %.3f ms%s", size, ringed, size > LARGEST_SAID ? "" : String.format(", allGather %.1f ms", gathered(task, size))));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return rank == 0 ? lines.iterator() : List.<String>of().iterator();
  }

  private static double gathered(BarrierTaskContext task, int size) {
    var said = new String(new byte[size], StandardCharsets.ISO_8859_1).replace('\0', 'x');
    task.allGather(said);
    task.barrier();
    long start = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      task.allGather(said);
    }
    return (System.nanoTime() - start) / 1e6 / 3;
  }

  // ---- a block

  private static Path jar(Path home, String workload, int batch, int accumulate) throws IOException {
    var text = Files.readString(WORKLOADS.resolve(workload + ".nn")).replaceAll("batch = \\d+", "batch = " + batch + "  accumulate = " + accumulate);
    return CompiledJars.of(home, workload + batch, text);
  }

  private static void block(Path home, String workload, int rows) throws IOException {
    try (var threads = new Threads(1)) {
      var context = Model.load(jar(home, workload, rows, 2)).initialised(1).context("train.gradient", rows, threads);
      context.batch(rows);
      var times = new ArrayList<Double>();
      for (long start = System.nanoTime(), warm = start + 40_000_000_000L, end = warm + 15_000_000_000L; System.nanoTime() < end;) {
        int i = times.size();
        for (var input : context.inputs()) {
          if (input.target()) {
            input.set(new Random(i).ints(input.size(), 0, 10).toArray());
          } else {
            input.set(new Random(i).doubles(input.size()).toArray());
          }
        }
        context.counters(i + 1, 0);
        long began = System.nanoTime();
        context.run();
        if (began > warm) {
          times.add((System.nanoTime() - began) / 1e6);
        }
      }
      Collections.sort(times);
      System.out.printf("%s, %d rows: %.3f ms in the middle, %.3f at best%n", workload, rows, times.get(times.size() / 2), times.get(0));
    }
  }

  // ---- executors

  private static final int ROWS = 4096, EPOCHS = 4, ROUNDS = 3;

  private static Dataset<Row> pictures(SparkSession spark, int width) {
    var random = new Random(3);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < ROWS; i++) {
      var pixels = new ArrayList<Float>(width);
      for (int k = 0; k < width; k++) {
        pixels.add(random.nextFloat());
      }
      rows.add(RowFactory.create(i, pixels, random.nextInt(10)));
    }
    return spark.createDataFrame(rows, StructType.fromDDL("id INT, x ARRAY<FLOAT>, y INT")).repartition(2);
  }

  /** By turns, since other programs of a machine change its speed from minute to minute. Code is compiled in the first epochs of each run; the last ones count. */
  private static void speed(Path home) throws Exception {
    Path jar = jar(home, "D", 128, 2);
    try (var cluster = new StandaloneCluster(home, 2, 1); var spark = cluster.session(2, Map.of("spark.executor.cores", "1", "spark.executor.memory", "2g"))) {
      var rows = pictures(spark, 3 * 32 * 32).cache();
      rows.count();
      for (int round = 0; round < ROUNDS; round++) {
        for (int parts = 1; parts <= 2; parts++) {
          var epochs = epochs(spark, NnTraining.of(jar).rows(rows, "id").parts(parts).epochs(EPOCHS));
          System.out.printf("%d executors, seconds of epochs of %d rows: %s%n", parts, ROWS, epochs);
        }
      }
    }
  }

  /** The time of each stage that trains: each is followed by no other of a run, and the one before it brings rows to their tasks. */
  private static List<Double> epochs(SparkSession spark, NnTraining training) {
    var stages = Collections.synchronizedList(new ArrayList<Double>());
    var listener = new SparkListener() {
      @Override
      public void onStageCompleted(SparkListenerStageCompleted completed) {
        var stage = completed.stageInfo();
        if (stage.rddInfos().exists(rdd -> rdd.isBarrier())) {
          stages.add(((Long) stage.completionTime().get() - (Long) stage.submissionTime().get()) / 1e3);
        }
      }
    };
    spark.sparkContext().addSparkListener(listener);
    training.run();
    spark.sparkContext().removeSparkListener(listener);
    return List.copyOf(stages);
  }
}
