package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import nnc.onnx.message.AttributeProto;
import nnc.onnx.message.GraphProto;
import nnc.onnx.message.ModelProto;
import nnc.onnx.message.NodeProto;
import nnc.onnx.message.OperatorSetIdProto;
import nnc.onnx.message.TensorProto;
import nnc.onnx.message.TensorShapeProto;
import nnc.onnx.message.TypeProto;
import nnc.onnx.message.ValueInfoProto;
import nnc.onnx.translate.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exporters write as many nodes is a layer or function again. Oracle: its formula. */
class RecognisedLayersTest {
  @TempDir
  Path folder;

  private final GraphProto.Builder graph = GraphProto.newBuilder().addOutput(ValueInfoProto.newBuilder().setName("y"))
      .addInput(ValueInfoProto.newBuilder().setName("x").setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)
          .setShape(TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
              .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(3))))));

  private NodeProto.Builder node(String operator, String output, String... inputs) {
    return graph.addNodeBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput(output);
  }

  private void array(String name, double... values) {
    var tensor = TensorProto.newBuilder().setName(name).setDataType(1);
    if (values.length > 1) {
      tensor.addDims(values.length);
    }
    for (var value : values) {
      tensor.addFloatData((float) value);
    }
    graph.addInitializer(tensor);
  }

  private void mean(String output, String input) {
    node("ReduceMean", output, input).addAttribute(AttributeProto.newBuilder().setName("axes").setType(7).addInts(-1));
  }

  private void layerNorm() {
    array("ln.weight", 2, 0.5, -1);
    array("ln.bias", 0.1, 0.2, 0.3);
    array("epsilon", 1e-12);
    array("two", 2);
    mean("mean", "x");
    node("Sub", "off", "x", "mean");
    node("Pow", "square", "off", "two");
    mean("variance", "square");
    node("Add", "safe", "variance", "epsilon");
    node("Sqrt", "deviation", "safe");
    node("Div", "scaled", "off", "deviation");
    node("Mul", "factor", "scaled", "ln.weight");
    node("Add", "normal", "factor", "ln.bias");
  }

  private static double[] layerNorm(double[] x) {
    double mean = (x[0] + x[1] + x[2]) / 3;
    double deviation = Math.sqrt(((x[0] - mean) * (x[0] - mean) + (x[1] - mean) * (x[1] - mean) + (x[2] - mean) * (x[2] - mean)) / 3);
    return new double[] {2 * (x[0] - mean) / deviation + 0.1, 0.5 * (x[1] - mean) / deviation + 0.2, -(x[2] - mean) / deviation + 0.3};
  }

  private String imported(double[] x, double... right) throws IOException, FaultyProgram {
    var file = folder.resolve("model.onnx");
    Files.write(file, ModelProto.newBuilder().setGraph(graph).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13)).build().toByteArray());
    var program = OnnxImport.of(file, Settings.NONE);
    var made = new Compilation("model.nn", program.text(), CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph();
    var y = new Interpreter(Map.of("N", 1), op -> op instanceof Op.Parameter(var path, _) ? program.weights().get(path).toDoubles() : x, 0, 1, 0).run(made)
        .get(made.results().getFirst().node()).values();
    assertThat(y).containsExactly(right, org.assertj.core.data.Offset.offset(1e-6));
    return program.text();
  }

  @Test
  void layerNormIsOneLayer() throws IOException, FaultyProgram {
    layerNorm();
    node("Identity", "y", "normal");
    double[] x = {0.3, -1.5, 2};
    assertThat(imported(x, layerNorm(x))).contains("ln = layer_norm(epsilon = 1e-12)", "output y = ln(x)");
  }

  @Test
  void geluIsOneFunction() throws IOException, FaultyProgram {
    array("root", Math.sqrt(2));
    array("one", 1);
    array("half", 0.5);
    node("Div", "inner", "x", "root");
    node("Erf", "wave", "inner");
    node("Add", "gate", "wave", "one");
    node("Mul", "wide", "x", "gate");
    node("Mul", "y", "wide", "half");
    // x times the normal distribution at x: 0 and infinity are exact, at 1 it is 0.8413447460685429
    assertThat(imported(new double[] {0, 1, -1}, 0, 0.8413447460685429, 0.8413447460685429 - 1)).contains("output y = gelu(x)");
  }

  @Test
  void theApproximationOfGeluIsSaidToBeOne() throws IOException, FaultyProgram {
    array("three", 3);
    array("little", 0.044715);
    array("root", Math.sqrt(2 / Math.PI));
    array("one", 1);
    array("half", 0.5);
    node("Pow", "cube", "x", "three");
    node("Mul", "more", "cube", "little");
    node("Add", "sum", "x", "more");
    node("Mul", "inner", "sum", "root");
    node("Tanh", "wave", "inner");
    node("Add", "gate", "wave", "one");
    node("Mul", "part", "x", "half");
    node("Mul", "y", "part", "gate");
    double[] x = {0.5, -2, 3};
    var right = java.util.Arrays.stream(x).map(v -> v / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))).toArray();
    assertThat(imported(x, right)).contains("gelu(x, approximate = true)");
  }

  /** What only looks like it stays as it is: another factor, another mean. */
  @Test
  void othersStayExpressions() throws IOException, FaultyProgram {
    array("root", 2);
    array("one", 1);
    array("half", 0.5);
    node("Div", "inner", "x", "root");
    node("Tanh", "wave", "inner");
    node("Add", "gate", "wave", "one");
    node("Mul", "wide", "x", "gate");
    node("Mul", "y", "wide", "half");
    double[] x = {0, 1, -2};
    var right = java.util.Arrays.stream(x).map(v -> v / 2 * (1 + Math.tanh(v / 2))).toArray();
    assertThat(imported(x, right)).doesNotContain("gelu");
  }
}
