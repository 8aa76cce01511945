package nnc.spark;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A compiled network that predicts for the rows of Datasets.
 *
 * <pre>{@code
 * NnModel iris = NnModel.load(Path.of("iris.jar"), Path.of("iris.npz"));
 * Dataset<Row> predicted = iris.transform(flowers);
 * }</pre>
 *
 * <p>Columns feed the inputs of their names. The network's jar and weights go to each executor once, where all tasks share one model; each task has a context of its own and
 * feeds it rows of its partition, a batch at a time. An object is never changed: what sets something gives another one.
 */
public final class NnModel {
  private static final int BATCH = 256;

  private final BroadcastNetwork network;
  private final Model model;
  private final int batch;
  private final Map<String, String> columns;
  private final Map<String, String> outputs;

  private NnModel(BroadcastNetwork network, int batch, Map<String, String> columns, Map<String, String> outputs) {
    this.network = network;
    this.batch = batch;
    this.columns = columns;
    this.outputs = outputs;
    model = network.model();
    model.requireWeights();
  }

  /**
   * The network of a jar that is bundled with its weights.
   *
   * @throws Fault if there is none, or it has no weights
   */
  public static NnModel load(Path jar) {
    return of(BroadcastNetwork.of(jar, null));
  }

  /** The network of a jar with the weights of a file. */
  public static NnModel load(Path jar, Path weights) {
    return of(BroadcastNetwork.of(jar, weights));
  }

  static NnModel of(BroadcastNetwork network) {
    return new NnModel(network, BATCH, Map.of(), Map.of());
  }

  /** With so many rows a run at most; 256 without. */
  public NnModel batch(int rows) {
    if (rows < 1) {
      throw new Fault("a batch has at least one row, not " + rows);
    }
    return new NnModel(network, rows, columns, outputs);
  }

  /** With an input fed by a column of another name. */
  public NnModel column(String input, String column) {
    Map<String, String> names = with(columns, input, column);
    PredictionColumns.requireInputs(model.spec(), names);
    return new NnModel(network, batch, names, outputs);
  }

  /** With an output's column called otherwise. */
  public NnModel output(String output, String column) {
    Map<String, String> names = with(outputs, output, column);
    PredictionColumns.outputs(model, RowPredictions.PLAN, names);
    return new NnModel(network, batch, columns, names);
  }

  private static Map<String, String> with(Map<String, String> names, String name, String column) {
    Map<String, String> more = new HashMap<>(names);
    more.put(name, column);
    return more;
  }

  /** The network, as this process has it. */
  public Model model() {
    return model;
  }

  /**
   * The rows with a column for each output behind their own: a number, or arrays of the output's sizes. Nothing runs before Spark asks for rows.
   *
   * @throws Fault if a column is missing, has another type than its input wants, or is called as an output; or if the network's outputs of a row depend on other rows. A row
   *               whose values do not fit fails its task with a {@code Fault} that names column, row and partition
   */
  public Dataset<Row> transform(Dataset<Row> rows) {
    StructType schema = rows.schema();
    PredictionColumns.inputs(model, RowPredictions.PLAN, schema, columns);
    StructType joined = schema;
    for (StructField field : fields().values()) {
      if (List.of(schema.fieldNames()).contains(field.name())) {
        throw new Fault("the rows have a column " + field.name() + " already, as the output is called", "call it otherwise: output(\"" + field.name() + "\", \"...\")");
      }
      joined = joined.add(field);
    }
    Broadcast<BroadcastNetwork> shared = broadcast(rows.sparkSession());
    Map<String, String> names = columns;
    int most = batch;
    MapPartitionsFunction<Row, Row> predicts = part -> new RowPredictions(shared.value().model(), schema, names, most).appended(part);
    return rows.mapPartitions(predicts, Encoders.row(joined));
  }

  private Map<String, StructField> fields() {
    Map<String, StructField> fields = PredictionColumns.outputs(model, RowPredictions.PLAN, outputs);
    if (fields.isEmpty()) {
      throw new Fault("the network has no outputs to predict");
    }
    return fields;
  }

  private Broadcast<BroadcastNetwork> broadcast(SparkSession session) {
    return JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(network);
  }

  // ---- SQL

  /**
   * Makes the network a function of SQL: of a struct whose fields feed the inputs of their names, {@code SELECT iris(struct(*)) FROM flowers}, or
   * {@code iris(named_struct('petal_length', 5.1, ...))}. It gives the output, or a struct of the outputs where there are several. Rows are predicted one by one: for whole tables
   * {@link #transform} is faster.
   *
   * @throws Fault as {@link #transform}; types of fields are looked at when the first row comes
   */
  public NnModel register(SparkSession session, String name) {
    session.udf().register(name, function(session));
    return this;
  }

  /** The same as a function of columns: {@code rows.select(iris.function(session).apply(functions.struct("*")))}. */
  public UserDefinedFunction function(SparkSession session) {
    Map<String, StructField> fields = new LinkedHashMap<>(fields());
    DataType type = fields.size() == 1 ? fields.values().iterator().next().dataType() : DataTypes.createStructType(List.copyOf(fields.values()));
    return functions.udf((UDF1<Row, Object>) new StructPrediction(broadcast(session), columns, fields.size() == 1), type);
  }
}
