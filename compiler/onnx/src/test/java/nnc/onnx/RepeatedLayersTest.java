package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import nnc.onnx.message.GraphProto;
import nnc.onnx.message.ModelProto;
import nnc.onnx.message.NodeProto;
import nnc.onnx.message.OperatorSetIdProto;
import nnc.onnx.message.TensorProto;
import nnc.onnx.message.TensorShapeProto;
import nnc.onnx.message.TypeProto;
import nnc.onnx.message.ValueInfoProto;
import nnc.onnx.translate.Settings;
import nnc.onnx.write.ImportedProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks that a model has several times become a loop, with each turn's weights under its number. Oracle: the blocks computed one by one. */
class RepeatedLayersTest {
  private static final int WIDTH = 3;
  private static final int BLOCKS = 4;

  @TempDir
  Path folder;

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput(output).build();
  }

  private static TensorProto array(String name, Random random, long... dims) {
    var tensor = TensorProto.newBuilder().setName(name).setDataType(1);
    long size = 1;
    for (long dim : dims) {
      tensor.addDims(dim);
      size *= dim;
    }
    for (long i = 0; i < size; i++) {
      tensor.addFloatData((float) random.nextGaussian());
    }
    return tensor.build();
  }

  /** {@code x = x + relu(x W + b) V}, several times, and a last product. */
  private static ModelProto model() {
    var random = new Random(3);
    var graph = GraphProto.newBuilder().addInput(ValueInfoProto.newBuilder().setName("x").setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)
        .setShape(TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch_size"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(WIDTH))))));
    graph.addNode(node("Tanh", "h0", "x"));
    for (int i = 0; i < BLOCKS; i++) {
      var path = "blocks." + i + ".";
      graph.addInitializer(array(path + "first.weight", random, WIDTH, WIDTH)).addInitializer(array(path + "first.bias", random, WIDTH))
          .addInitializer(array(path + "second.weight", random, WIDTH, WIDTH));
      graph.addNode(node("MatMul", "m" + i, "h" + i, path + "first.weight")).addNode(node("Add", "a" + i, path + "first.bias", "m" + i)).addNode(node("Relu", "r" + i, "a" + i))
          .addNode(node("MatMul", "s" + i, "r" + i, path + "second.weight")).addNode(node("Add", "h" + (i + 1), "h" + i, "s" + i));
    }
    graph.addInitializer(array("head.weight", random, WIDTH, 2)).addNode(node("MatMul", "y", "h" + BLOCKS, "head.weight"));
    graph.addOutput(ValueInfoProto.newBuilder().setName("y"));
    return ModelProto.newBuilder().setGraph(graph).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).build();
  }

  private ImportedProgram program() throws IOException {
    var file = folder.resolve("blocks.onnx");
    Files.write(file, model().toByteArray());
    return OnnxImport.of(file, Settings.NONE);
  }

  @Test
  void areALoop() throws IOException {
    assertThat(program().text()).contains("for i in 0.." + BLOCKS + " {", "first = dense(3, relu)", "second = dense(3, bias = false)", "head = dense(2, bias = false)", "input x: float[batch_size, 3]");
    assertThat(program().weights()).containsKeys("first.0.W", "first.3.b", "second.2.W", "head.W");
  }

  @Test
  void computeWhatTheBlocksDo() throws IOException, FaultyProgram {
    var program = program();
    var x = List.of(0.3, -1.2, 0.8);
    var graph = new Compilation("blocks.nn", program.text(), CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph();
    var y = new Interpreter(Map.of("batch_size", 1), op -> op instanceof Op.Parameter(var path, _) ? program.weights().get(path).toDoubles()
        : x.stream().mapToDouble(v -> v).toArray(), 0, 1, 0).run(graph).get(graph.results().getFirst().node()).values();
    var arrays = model().getGraph().getInitializerList().stream().map(TensorProto::getFloatDataList).toList();
    var h = x.stream().map(Math::tanh).toList();
    for (int i = 0; i < BLOCKS; i++) {
      var hidden = product(h, arrays.get(3 * i), WIDTH);
      for (int k = 0; k < WIDTH; k++) {
        hidden.set(k, Math.max(0, hidden.get(k) + arrays.get(3 * i + 1).get(k)));
      }
      var more = product(hidden, arrays.get(3 * i + 2), WIDTH);
      for (int k = 0; k < WIDTH; k++) {
        more.set(k, more.get(k) + h.get(k));
      }
      h = more;
    }
    assertThat(y).containsExactly(product(h, arrays.getLast(), 2).stream().mapToDouble(v -> v).toArray(), org.assertj.core.data.Offset.offset(1e-9));
  }

  private static List<Double> product(List<Double> row, List<Float> matrix, int columns) {
    var result = new ArrayList<Double>();
    for (int j = 0; j < columns; j++) {
      double sum = 0;
      for (int i = 0; i < row.size(); i++) {
        sum += row.get(i) * matrix.get(i * columns + j);
      }
      result.add(sum);
    }
    return result;
  }
}
