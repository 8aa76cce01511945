package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Training;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training in tasks side by side has the bits of one machine's. Oracle: {@link Training}, as {@code nnc train} runs it. */
class ClusterTrainingTest {
  /** Draws, a schedule, clipping, a penalty and an average, so that each would tell if steps were numbered otherwise. */
  private static final String PROGRAM = """
      input  x: float[N, 6]
      target y: int[N]
      logits = x |> dense(12, tanh) |> dropout(0.2) |> dense(3)
      output p = softmax(logits)
      loss cross_entropy(logits, y)
      regularize l2(0.001) on "*.W"
      metric accuracy = mean(argmax(logits) == y)
      train { optimizer = OPTIMIZER  batch = 16  accumulate = BLOCKS  epochs = 3  clip_global_norm = 1 }
      """;
  /** Running means of two layers go on from block to block; one is over places of images, so that its variance's factor follows from the batch. */
  private static final String NORMALISED = """
      input  x: float[N, 6]
      target y: int[N]
      h = reshape(x, [N, 1, 2, 3]) |> conv2d(3, [2, 2], bias = false) |> batch_norm |> relu |> flatten
      logits = h |> dense(8) |> batch_norm(momentum = 0.7) |> tanh |> dropout(0.2) |> dense(3)
      output p = softmax(logits)
      loss cross_entropy(logits, y)
      train { optimizer = momentum(0.1, 0.9)  batch = 16  accumulate = 4  epochs = 3  average = ema(0.9) }
      """;
  private static final StructType SCHEMA = StructType.fromDDL("id STRING, x ARRAY<FLOAT>, y INT");
  private static final int ROWS = 150;
  private static final SparkSession SPARK = LocalSpark.session();

  @TempDir
  static Path folder;

  private static Path jar(String optimizer, int blocks) throws IOException {
    var file = folder.resolve("net" + optimizer.replaceAll("[^a-z]", "") + blocks + ".jar");
    return Files.exists(file) ? file : CompiledJars.of(folder, file.getFileName().toString().replace(".jar", ""), PROGRAM.replace("OPTIMIZER", optimizer).replace("BLOCKS", blocks + ""));
  }

  private static Examples examples() {
    var random = new Random(5);
    float[] x = new float[ROWS * 6];
    int[] y = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int k = 0; k < 6; k++) {
        x[i * 6 + k] = random.nextFloat() - 0.5f;
      }
      y[i] = random.nextInt(3);
    }
    return Examples.of(Map.of("x", new Tensor(new int[] {ROWS, 6}, x), "y", new Tensor(new int[] {ROWS}, y)));
  }

  /** The same rows, which lie in no order. */
  private static Dataset<Row> rows(Model model) {
    Tensor x = examples().values(model, "x");
    Tensor y = examples().values(model, "y");
    var rows = new ArrayList<Row>();
    for (int i = 0; i < ROWS; i++) {
      var features = new ArrayList<Float>();
      for (int k = 0; k < 6; k++) {
        features.add((float) x.get(i * 6 + k));
      }
      rows.add(RowFactory.create(String.format("row-%05d", i), features, (int) y.get(i)));
    }
    Collections.shuffle(rows, new Random(1));
    return SPARK.createDataFrame(rows, SCHEMA);
  }

  private static Model onOneMachine(Path jar) {
    return Training.of(Model.load(jar)).train(examples()).seed(11).run().model();
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"adam(0.01 * cosine_decay(30)) | 4 | 1", "adam(0.01 * cosine_decay(30)) | 4 | 4", "momentum(0.1, 0.9) | 3 | 2", "momentum(0.1, 0.9) | 3 | 3"})
  void moreNumbersOfTasksHaveTheBitsOfOneMachine(String optimizer, int blocks, int parts) throws IOException {
    anyNumberOfTasksHasTheBitsOfOneMachine(optimizer, blocks, parts);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"adam(0.01 * cosine_decay(30)) | 4 | 2", "sgd(0.1) | 8 | 8"})
  void anyNumberOfTasksHasTheBitsOfOneMachine(String optimizer, int blocks, int parts) throws IOException {
    var jar = jar(optimizer, blocks);
    var model = onOneMachine(jar);
    var run = NnTraining.of(jar).rows(rows(model).repartition(5), "id").parts(parts).seed(11).run();
    assertThat((float[]) run.model().weights()).isEqualTo((float[]) model.weights());
    assertThat(run.losses()).hasSize(3).allSatisfy(loss -> assertThat(loss).isPositive());
    assertThat(run.losses().getLast()).isLessThan(run.losses().getFirst());
  }

  /** Two runs, of which the second goes on from the checkpoint of the first. */
  private static void normalised(int first, int second) throws IOException {
    var jar = folder.resolve("normalised.jar");
    if (!Files.exists(jar)) {
      CompiledJars.of(folder, "normalised", NORMALISED);
    }
    var model = onOneMachine(jar);
    assertThat(model.weight("batch_norm.mean").toDoubles()).doesNotContain(0);
    var kept = folder.resolve("normalised" + first).toUri().toString();
    var rows = rows(model);
    NnTraining.of(jar).rows(rows, "id").parts(first).seed(11).epochs(1).checkpoints(kept, 1).run();
    var run = NnTraining.of(jar).rows(rows.repartition(5), "id").parts(second).seed(11).checkpoints(kept, 1).run();
    assertThat((float[]) run.model().weights()).isEqualTo((float[]) model.weights());
  }

  @Test
  void runningMeansGoOnToTheBitsOfOneMachine() throws IOException {
    normalised(1, 3);
  }

  @Tag("slow")
  @Test
  void runningMeansGoOnInOtherNumbersOfTasks() throws IOException {
    normalised(2, 4);
  }

  @Test
  void goesOnFromACheckpointToTheSameBits() throws IOException {
    var jar = jar("adam(0.01)", 4);
    var model = onOneMachine(jar);
    var kept = folder.resolve("kept").toUri().toString();
    var rows = rows(model);
    NnTraining.of(jar).rows(rows, "id").parts(2).seed(11).epochs(1).checkpoints(kept, 1).run();
    var run = NnTraining.of(jar).rows(rows.repartition(3), "id").parts(4).seed(11).checkpoints(kept, 1).run();
    assertThat((float[]) run.model().weights()).isEqualTo((float[]) model.weights());
    assertThat(run.losses()).hasSize(3);
    assertThat(folder.resolve("kept")).isDirectoryContaining(file -> file.getFileName().toString().equals("epoch-000003.npz"));
    // a checkpoint is a weight file
    var weights = Model.load(jar, folder.resolve("kept/epoch-000003.npz"));
    assertThat(weights.weight("dense.W").toDoubles()).isEqualTo(model.weight("dense.W").toDoubles());
    assertThatThrownBy(() -> NnTraining.of(jar).rows(rows, "id").seed(12).checkpoints(kept, 1).run()).isInstanceOf(Fault.class)
        .hasMessageContaining("cannot go on to the same result: it is of 150 rows in blocks of 16, 4 a step, seed 11; now there are 150 rows in blocks of 16, 4 a step, seed 12");
  }

  @Tag("slow")
  @Test
  void whatWasLearnedPredicts() throws IOException {
    var jar = jar("adam(0.01)", 4);
    var model = onOneMachine(jar);
    var run = NnTraining.of(jar).rows(rows(model), "id").parts(2).seed(11).epochs(1).run();
    assertThat(run.predictor().transform(rows(model)).where("size(p) = 3").count()).isEqualTo(ROWS);
  }

  @Test
  void whatCannotBePartedIsToldBefore() throws IOException {
    var plain = CompiledJars.of(folder, "plain", "input x: float[N]\ntarget y: float[N]\nloss mse(reshape(reshape(x, [N, 1]) |> dense(1), [N]), y)\ntrain { optimizer = sgd(0.1) }\n");
    var rows = SPARK.sql("SELECT 1 AS id, 1 AS x, 2 AS y");
    assertThatThrownBy(() -> NnTraining.of(plain).rows(rows, "id").run()).isInstanceOf(Fault.class).hasMessageContaining("its steps change weights after each batch");
    var norm = CompiledJars.of(folder, "norm", "input x: float[N, 4]\ntarget y: float[N]\nloss mse(reshape(x |> dense(3) |> batch_renorm |> dense(1), [N]), y)\n"
        + "train { optimizer = sgd(0.1)  accumulate = 2 }\n");
    assertThatThrownBy(() -> NnTraining.of(norm).rows(rows, "id").run()).isInstanceOf(Fault.class).hasMessageContaining("layers that compute with what they keep while they train");
    var jar = jar("adam(0.01)", 4);
    var model = Model.load(jar);
    assertThatThrownBy(() -> NnTraining.of(jar).rows(rows(model), "id").parts(5).run()).isInstanceOf(Fault.class).hasMessageContaining("computed by 1 to 4 tasks, not by 5");
    assertThatThrownBy(() -> NnTraining.of(jar).rows(rows(model), "y").run()).isInstanceOf(Fault.class).hasMessageContaining("column y has 3 values, nulls apart, in 150 rows");
    assertThatThrownBy(() -> NnTraining.of(jar).rows(rows(model).drop("y"), "id").run()).isInstanceOf(Fault.class).hasMessageContaining("no column y for target y: int[N]");
    assertThatThrownBy(() -> NnTraining.of(jar).run()).isInstanceOf(Fault.class).hasMessageContaining("no rows to train on");
    var wrong = rows(model).withColumn("y", functions.lit(3));
    assertThatThrownBy(() -> NnTraining.of(jar).rows(wrong, "id").run()).hasMessageMatching("(?s).*column y, row \\d+ of partition \\d+: 3 is none of the 3 classes 0 to 2.*");
    assertThat(List.of(SCHEMA.fieldNames())).hasSize(3);
  }
}
