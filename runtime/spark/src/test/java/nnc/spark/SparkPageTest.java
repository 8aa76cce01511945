package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nnc.runtime.Model;
import nnc.runtime.spec.Setting;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/spark.md shows runs: its Java lines are those of this test, and all public methods stand there. */
class SparkPageTest {
  private static final Path PAGE = Path.of("../../docs/spark.md");
  private static final String PROGRAM = """
      input  petal: float[N, 4]
      target kind: int[N]
      logits = petal |> dense(8, tanh) |> dense(3)
      output probability = softmax(logits)
      loss cross_entropy(logits, kind)
      train { optimizer = adam(0.01)  batch = 32  accumulate = 8  epochs = 20 }
      """;

  private static List<Row> rows() {
    var random = new Random(2);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 120; i++) {
      int kind = random.nextInt(3);
      rows.add(RowFactory.create(i, List.of(random.nextFloat() + kind, random.nextFloat(), random.nextFloat() - kind, random.nextFloat()), kind));
    }
    return rows;
  }

  @Test
  void theExamplesRun(@TempDir Path home) throws IOException {
    SparkSession spark = LocalSpark.session();
    Path jar = CompiledJars.of(home, "iris", PROGRAM);
    Path weights = home.resolve("iris.npz");
    Path learned = home.resolve("learned.npz");
    String folder = home.resolve("runs").toUri().toString();
    Model.load(jar).initialised(1).save(weights);
    Dataset<Row> flowers = spark.createDataFrame(rows(), StructType.fromDDL("id INT, petal ARRAY<FLOAT>, kind INT"));

    NnModel model = NnModel.load(jar, weights);          // or load(jar) of one that is bundled with its weights
    Dataset<Row> predicted = model.transform(flowers);   // a column for each output behind those of the rows

    assertThat(predicted.columns()).containsExactly("id", "petal", "kind", "probability");

    NnModel other = NnModel.load(jar, weights)
        .batch(64)                                       // rows of a run; 256 without
        .column("petal", "petal_cm")                     // an input by a column of another name
        .output("probability", "p");                     // an output's column called otherwise

    List<Row> expected = predicted.select("probability").collectAsList();
    assertThat(other.transform(flowers.withColumnRenamed("petal", "petal_cm")).select("p").collectAsList()).isEqualTo(expected);

    flowers.createOrReplaceTempView("flowers");
    model.register(spark, "iris");
    Dataset<Row> said = spark.sql("SELECT id, iris(struct(*)) AS p FROM flowers");

    assertThat(said.select("p").collectAsList()).isEqualTo(expected);

    ClusterRun run = NnTraining.of(jar)
        .rows(flowers, "id")                             // numbered by a column, whose values are all different
        .parts(2)                                        // tasks side by side, each on a core; at most as many as a step has blocks
        .epochs(3).batch(16).seed(7)                     // in place of what the program says; any setting by .set(Setting.SHUFFLE, false)
        .checkpoints(folder, 3)                          // hdfs://..., s3a://..., file:///...: after each epoch, the newest three stay
        .run();
    run.save(learned);                                   // for --weights, Model.load, NnModel.load
    Dataset<Row> after = run.predictor().transform(flowers);
    List<Double> losses = run.losses();                  // of each epoch, without penalties

    assertThat(losses).hasSize(3);
    assertThat(after.count()).isEqualTo(120);
    assertThat(Model.load(jar, learned).weight("dense.W").toDoubles()).isEqualTo(run.model().weight("dense.W").toDoubles());
    assertThat(Setting.SHUFFLE.title()).isEqualTo("shuffle");
  }

  @Test
  void thePageShowsWhatIsRun() throws IOException {
    var own = Files.readString(Path.of("src/test/java/nnc/spark/SparkPageTest.java")).lines().map(String::strip).toList();
    var page = Files.readString(PAGE);
    var blocks = page.split("```java\n");
    assertThat(blocks).hasSizeGreaterThan(3);
    for (int i = 1; i < blocks.length; i++) {
      assertThat(own).containsAll(blocks[i].substring(0, blocks[i].indexOf("```")).lines().map(String::strip).toList());
    }
    for (var type : List.of(NnModel.class, NnTraining.class, ClusterRun.class)) {
      for (var method : type.getDeclaredMethods()) {
        if (java.lang.reflect.Modifier.isPublic(method.getModifiers())) {
          assertThat(page).as(type.getSimpleName()).contains(method.getName() + "(");
        }
      }
    }
  }
}
