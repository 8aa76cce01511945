package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import nnc.runtime.Model;
import nnc.runtime.Predictor;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Training;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real cluster of processes, one of which is killed in an epoch, training has the bits of one machine and prediction those of a predictor. */
@Tag("slow")
class StandaloneClusterTest {
  private static final String PROGRAM = """
      input  x: float[N, 64]
      target y: int[N]
      logits = x |> dense(64, relu) |> dropout(0.2) |> dense(3)
      output p = softmax(logits)
      loss cross_entropy(logits, y)
      train { optimizer = adam(0.001)  batch = 32  accumulate = 8  epochs = 3 }
      """;
  private static final int ROWS = 1000;

  @TempDir
  static Path folder;

  private static float[] x() {
    var random = new Random(5);
    float[] x = new float[ROWS * 64];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    return x;
  }

  private static int label(float[] x, int row) {
    return x[row * 64] > 0.1 ? 2 : x[row * 64 + 1] > 0 ? 1 : 0;
  }

  private static Dataset<Row> rows(SparkSession spark) {
    float[] x = x();
    var rows = new ArrayList<Row>();
    for (int i = 0; i < ROWS; i++) {
      var features = new ArrayList<Float>();
      for (int k = 0; k < 64; k++) {
        features.add(x[i * 64 + k]);
      }
      rows.add(RowFactory.create(i, features, label(x, i)));
    }
    return spark.createDataFrame(rows, StructType.fromDDL("id INT, x ARRAY<FLOAT>, y INT")).repartition(4);
  }

  private static Model onOneMachine(Path jar) {
    float[] x = x();
    int[] y = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      y[i] = label(x, i);
    }
    return Training.of(Model.load(jar)).train(Examples.of(Map.of("x", new Tensor(new int[] {ROWS, 64}, x), "y", new Tensor(new int[] {ROWS}, y)))).run().model();
  }

  @Test
  void aLostWorkerChangesNoBit() throws Exception {
    var jar = CompiledJars.of(folder, "net", PROGRAM);
    var model = onOneMachine(jar);
    try (var cluster = new StandaloneCluster(folder.resolve("home"), 2, 3); var spark = cluster.session(6)) {
      var rows = rows(spark);
      var whole = NnTraining.of(jar).rows(rows, "id").parts(4).run();
      assertThat((float[]) whole.model().weights()).isEqualTo((float[]) model.weights());

      // three tasks are those of an epoch: rows are read in two
      var epochs = new AtomicInteger();
      spark.sparkContext().addSparkListener(new SparkListener() {
        private boolean due;

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
          due = submitted.stageInfo().numTasks() == 3 && epochs.incrementAndGet() == 2;
        }

        @Override
        public void onTaskStart(SparkListenerTaskStart start) {
          if (due && start.taskInfo().index() == 2) {
            due = false;
            cluster.killWorkerOf(start.taskInfo().executorId());
          }
        }
      });
      var run = NnTraining.of(jar).rows(rows, "id").parts(3).run();
      assertThat((float[]) run.model().weights()).isEqualTo((float[]) model.weights());
      assertThat(run.losses()).isEqualTo(whole.losses());
      assertThat(epochs.get()).as("epochs that were begun").isGreaterThan(3);

      var predicted = run.predictor().transform(rows).select("id", "p").collectAsList();
      var predictor = Predictor.of(model);
      float[] x = x();
      for (var row : predicted.subList(0, 50)) {
        float[] features = java.util.Arrays.copyOfRange(x, row.getInt(0) * 64, row.getInt(0) * 64 + 64);
        assertThat(row.<Float>getList(1).stream().mapToDouble(Float::doubleValue).toArray()).isEqualTo(predictor.predict(Map.of("x", features)).tensor("p").toDoubles());
      }
      assertThat(predicted).hasSize(ROWS);
    }
  }
}
