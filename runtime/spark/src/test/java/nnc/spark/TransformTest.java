package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.runtime.Model;
import nnc.runtime.Prediction;
import nnc.runtime.Predictor;
import nnc.runtime.base.Fault;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of Datasets are predicted as a predictor predicts them, however they are parted; what does not fit is told by column and row. Oracle: the predictor. */
class TransformTest {
  private static final String PROGRAM = """
      input  age: float[N]
      input  grid: float[N, 2, 3]
      input  kind: category("small", "large")[N]
      input  gap: float?[N]

      flat = grid |> flatten
      hidden = concat([reshape(age, [N, 1]), flat, one_hot(kind, 2), reshape(if_missing(gap, 0), [N, 1])], 1) |> dense(5, tanh)
      output score = mean(hidden, 1)
      output class = argmax(hidden, 1)
      output large = score > 0
      output grid_out = hidden |> dense(6) |> reshape([N, 3, 2])
      """;

  private static final StructType SCHEMA = StructType.fromDDL("id BIGINT, age DOUBLE, grid ARRAY<ARRAY<FLOAT>>, kind STRING, gap FLOAT");
  private static final SparkSession SPARK = LocalSpark.session();

  @TempDir
  static Path folder;
  private static Path jar;
  private static Path weights;

  @BeforeAll
  static void compile() throws IOException {
    jar = CompiledJars.of(folder, "rows", PROGRAM);
    weights = folder.resolve("rows.npz");
    Model.load(jar).initialised(7).save(weights);
  }

  private static List<Row> rows(int count) {
    var random = new Random(3);
    var rows = new ArrayList<Row>();
    for (long i = 0; i < count; i++) {
      var grid = List.of(List.of(random.nextFloat(), random.nextFloat(), random.nextFloat()), List.of(random.nextFloat(), random.nextFloat(), random.nextFloat()));
      rows.add(RowFactory.create(i, random.nextDouble(), grid, random.nextBoolean() ? "small" : "large", random.nextInt(4) == 0 ? null : random.nextFloat()));
    }
    return rows;
  }

  private static Map<String, Object> example(Row row) {
    var example = new LinkedHashMap<String, Object>();
    for (var name : List.of("age", "kind", "gap")) {
      example.put(name, row.get(SCHEMA.fieldIndex(name)));
    }
    example.put("grid", row.get(2));
    return example;
  }

  private static void assertSame(Row said, Prediction expected) {
    assertThat(said.<Float>getAs("score")).isEqualTo((float) expected.number("score"));
    assertThat(said.<Integer>getAs("class")).isEqualTo((int) expected.number("class"));
    assertThat(said.<Boolean>getAs("large")).isEqualTo(expected.number("large") != 0);
    var grid = new ArrayList<Float>();
    for (var inner : said.<Object>getList(said.fieldIndex("grid_out"))) {
      scala.jdk.javaapi.CollectionConverters.asJava((scala.collection.Iterable<?>) inner).forEach(value -> grid.add((Float) value));
    }
    assertThat(grid.stream().mapToDouble(Float::doubleValue).toArray()).isEqualTo(expected.tensor("grid_out").toDoubles());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "256, 3", "4, 2"})
  void rowsArePredictedAsByAPredictor(int batch, int partitions) {
    var rows = rows(10);
    var expected = Predictor.of(Model.load(jar, weights)).predictAll(rows.stream().map(TransformTest::example).toList());
    var said = NnModel.load(jar, weights).batch(batch).transform(dataset(rows).repartition(partitions)).collectAsList();
    assertThat(said).hasSize(rows.size());
    for (var row : said) {
      assertSame(row, expected.get((int) (long) row.<Long>getAs("id")));
      assertThat(row.<Double>getAs("age")).isEqualTo(rows.get((int) (long) row.<Long>getAs("id")).getDouble(1));
    }
  }

  @Test
  void columnsMayBeCalledOtherwiseAndFlat() {
    var rows = rows(5);
    var expected = Predictor.of(Model.load(jar, weights)).predictAll(rows.stream().map(TransformTest::example).toList());
    var flat = dataset(rows).select(functions.col("id"), functions.col("age").as("years"), functions.flatten(functions.col("grid")).as("grid"), functions.col("kind"),
        functions.col("gap"));
    var said = NnModel.load(jar, weights).column("age", "years").output("score", "how_much").transform(flat).orderBy("id").collectAsList();
    for (int i = 0; i < said.size(); i++) {
      assertThat(said.get(i).<Float>getAs("how_much")).isEqualTo((float) expected.get(i).number("score"));
    }
  }

  @Test
  void aNetworkIsAFunctionOfSql() {
    var rows = rows(6);
    var expected = Predictor.of(Model.load(jar, weights)).predictAll(rows.stream().map(TransformTest::example).toList());
    NnModel.load(jar, weights).register(SPARK, "judge");
    dataset(rows).createOrReplaceTempView("people");
    var said = SPARK.sql("SELECT id, judge(struct(*)) AS said FROM people ORDER BY id").collectAsList();
    for (int i = 0; i < said.size(); i++) {
      assertSame(said.get(i).getStruct(1), expected.get(i));
    }
    assertThat(SPARK.sql("SELECT said.score FROM (SELECT judge(named_struct('age', 1, 'grid', array(1, 2, 3, 4, 5, 6), 'kind', 'small', 'gap', CAST(NULL AS INT))) AS said)").first()
        .getFloat(0)).isEqualTo((float) Predictor.of(Model.load(jar, weights)).predict(1, new float[] {1, 2, 3, 4, 5, 6}, "small", null).number("score"));
  }

  private static Dataset<Row> dataset(List<Row> rows) {
    return SPARK.createDataFrame(rows, SCHEMA);
  }

  private static Dataset<Row> of(String values) {
    return SPARK.sql("SELECT " + values);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "1 AS age, array(1, 2, 3, 4, 5, 6) AS grid, 'small' AS kind | no column gap for input gap: float[N]; there are age, grid, kind",
      "'x' AS age, array(1, 2, 3, 4, 5, 6) AS grid, 'small' AS kind, 1 AS gap | column age is string, and input age: float[N] wants a number a row",
      "1 AS age, 2 AS grid, 'small' AS kind, 1 AS gap | column grid is int, and input grid: float[N, 2, 3] wants an array of 2 by 3 numbers a row",
      "1 AS age, array(1, 2, 3, 4, 5, 6) AS grid, 'small' AS kind, 1 AS gap, 0 AS score | the rows have a column score already"})
  void columnsThatDoNotFitAreTold(String values, String message) {
    assertThatThrownBy(() -> NnModel.load(jar, weights).transform(of(values))).isInstanceOf(Fault.class).hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "CAST(NULL AS INT) AS age, array(1, 2, 3, 4, 5, 6) AS grid, 'small' AS kind, 1 AS gap | column age, row 0 of partition 0: null, and input age: float[N] wants a number a row",
      "1 AS age, array(1, 2, 3, 4, 5) AS grid, 'small' AS kind, 1 AS gap | column grid, row 0 of partition 0: an array of 5, and input grid: float[N, 2, 3] wants an array of 2 by 3 numbers",
      "1 AS age, array(array(1, 2), array(4, 5)) AS grid, 'small' AS kind, 1 AS gap | column grid, row 0 of partition 0: an array of 2 within another",
      "1 AS age, array(1, 2, 3, 4, NULL, 6) AS grid, 'small' AS kind, 1 AS gap | column grid, row 0 of partition 0: null at place 4",
      "1 AS age, array(1, 2, 3, 4, 5, 6) AS grid, 'tiny' AS kind, 1 AS gap | column kind, row 0 of partition 0: 'tiny' is no category of input kind; there are small, large",
      "DOUBLE('NaN') AS age, array(1, 2, 3, 4, 5, 6) AS grid, 'small' AS kind, 1 AS gap | column age, row 0 of partition 0: NaN"})
  void valuesThatDoNotFitAreTold(String values, String message) {
    assertThatThrownBy(() -> NnModel.load(jar, weights).transform(of(values)).collectAsList()).hasMessageContaining(message);
  }

  @Test
  void rowsThatDependOnEachOtherAreRefused() throws IOException {
    var mean = CompiledJars.of(folder, "mean", "input x: float[N]\noutput y = x - mean(x)\n");
    assertThatThrownBy(() -> NnModel.load(mean).transform(of("1 AS x"))).isInstanceOf(Fault.class).hasMessageContaining("output y is not one of each row");
    var drawn = CompiledJars.of(folder, "drawn", "input x: float[N]\noutput y = x + uniform(0, 1, [N])\n");
    assertThatThrownBy(() -> NnModel.load(drawn).transform(of("1 AS x"))).isInstanceOf(Fault.class).hasMessageContaining("draws at random");
    assertThat(Arrays.asList(SCHEMA.fieldNames())).contains("id");
  }
}
