package nnc.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Which columns a plan of a network reads, and which ones its outputs become. */
final class PredictionColumns {
  private static final int[] NO_SIZES = {};

  private PredictionColumns() {}

  /**
   * The columns that feed a plan, in the order of the program's inputs.
   *
   * @param names columns of inputs that are called otherwise, by the inputs' names
   * @throws Fault if a column is missing or has another type than its input wants, or an input has no axis of examples or another open one
   */
  static List<InputColumn> inputs(Model model, String planName, StructType schema, Map<String, String> names) {
    Plan plan = model.code(planName).plan;
    List<InputColumn> columns = new ArrayList<>();
    for (Feed feed : model.spec().inputs()) {
      Place place = plan.inputs().get(feed.name());
      if (place != null) {
        String declared = feed.name() + ": " + Polynomials.text(feed.kind(), place.shape(), Polynomials.names(plan));
        columns.add(new InputColumn(feed, declared, shape(plan, place.shape(), (feed.target() ? "target " : "input ") + declared),
            link(feed, declared, schema, names), model.vocabulary()));
      }
    }
    return columns;
  }

  private static InputColumn.Link link(Feed feed, String declared, StructType schema, Map<String, String> names) {
    List<String> all = Arrays.asList(schema.fieldNames());
    String name = names.containsKey(feed.name()) ? names.get(feed.name()) : feed.among(all, "the rows");
    int place = name == null ? -1 : all.indexOf(name);
    if (place < 0) {
      throw new Fault("no column " + (name == null ? feed.name() : name) + " for " + (feed.target() ? "target " : "input ") + declared + "; there are " + String.join(", ", all),
          "columns are found by the names of inputs, or told: column(\"" + feed.name() + "\", \"...\")");
    }
    StructField field = schema.fields()[place];
    return new InputColumn.Link(name, place, field.dataType());
  }

  /** Sizes of what one row has of an array whose first axis counts rows. */
  private static int[] shape(Plan plan, List<Poly> declared, String what) {
    if (plan.batch() < 0 || declared.isEmpty() || Polynomials.dimension(declared.get(0)) != plan.batch()) {
      throw new Fault(what + " has no first axis that counts examples, and rows are fed many at a time", "declare it with one: float[N, ...]");
    }
    int[] shape = new int[declared.size() - 1];
    for (int axis = 0; axis < shape.length; axis++) {
      if (!Polynomials.isConstant(declared.get(axis + 1))) {
        throw new Fault(what + " has an open size beside that of the batch, and rows of one batch may differ in it", "compile it with a number in its place");
      }
      shape[axis] = (int) Polynomials.value(declared.get(axis + 1), NO_SIZES);
    }
    return shape;
  }

  // ---- what comes out

  /**
   * The columns of the outputs, by the outputs' names in the program.
   *
   * @param names columns that are to be called otherwise
   * @throws Fault if an output of a row depends on other rows, or on how many came before: then it would depend on how rows are parted
   */
  static Map<String, StructField> outputs(Model model, String planName, Map<String, String> names) {
    Plan plan = model.code(planName).plan;
    requireApart(plan);
    Map<String, StructField> columns = new LinkedHashMap<>();
    for (Result result : plan.results()) {
      if (result.role() == Role.OUTPUT) {
        int axes = result.place().shape().size();
        if (result.rows() != 0 || axes == 0) {
          throw new Fault("output " + result.name() + " is not one of each row: it depends on several together", "predict by a Predictor, all rows at once");
        }
        DataType type = leaf(result.kind(), model.spec().precision());
        for (int axis = 1; axis < axes; axis++) {
          type = DataTypes.createArrayType(type, false);
        }
        columns.put(result.name(), DataTypes.createStructField(names.getOrDefault(result.name(), result.alias().isEmpty() ? result.name() : result.alias()), type, false));
      }
    }
    for (String name : names.keySet()) {
      if (!columns.containsKey(name)) {
        throw new Fault("no output " + name + "; there are " + String.join(", ", columns.keySet()));
      }
    }
    return columns;
  }

  private static void requireApart(Plan plan) {
    Call call = plan.drawing();
    if (call != null) {
      throw new Fault("the network draws at random for each row (" + call.label() + ", line " + call.line() + "), by the row's number, which rows of a Dataset have not",
          "predict by a Predictor, or draw before");
    }
  }

  private static DataType leaf(ElementKind kind, int precision) {
    return switch (kind) {
      case FLOAT -> precision == 64 ? DataTypes.DoubleType : DataTypes.FloatType;
      case INT -> DataTypes.IntegerType;
      case BOOL -> DataTypes.BooleanType;
    };
  }

  /** Names that are no input of the network's. */
  static void requireInputs(ModelSpec spec, Map<String, String> names) {
    for (String name : names.keySet()) {
      if (spec.inputs().stream().noneMatch(feed -> feed.name().equals(name))) {
        throw new Fault("no input " + name + "; there are " + String.join(", ", spec.inputs().stream().map(Feed::name).toList()));
      }
    }
  }
}
