package nnc.onnx;

import ai.onnxruntime.OnnxJavaType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.onnx.BesideRuntime.Fed;
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
import nnc.onnx.write.ImportedProgram;

/** A model that a test writes, with what it is fed. */
final class SmallModel {
  private static final Map<OnnxJavaType, Integer> CODES = Map.of(OnnxJavaType.FLOAT, 1, OnnxJavaType.INT64, 7, OnnxJavaType.INT32, 6, OnnxJavaType.BOOL, 9, OnnxJavaType.UINT8, 2);

  private final int opset;
  private final Random random = new Random(5);
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");
  private final Map<String, Fed> fed = new LinkedHashMap<>();
  private final Map<String, Object[]> open = new LinkedHashMap<>();

  SmallModel(int opset) {
    this.opset = opset;
  }

  /** An input of rows of floats, any number of them, that is not fed here. */
  SmallModel rows(String name, long width) {
    graph.addInput(port(name, 1, -1, width));
    return this;
  }

  /** An input of floats between -1 and 1. */
  SmallModel input(String name, long... shape) {
    return input(name, OnnxJavaType.FLOAT, shape, random.doubles(size(shape), -1, 1).map(value -> (float) value).toArray());
  }

  /** An input of floats, some of whose sizes are open and have names: {@code open("x", 1, 3, "H", "W")}. What it is fed is drawn for each run. */
  SmallModel open(String name, Object... shape) {
    var dims = TensorShapeProto.newBuilder();
    for (var size : shape) {
      dims.addDim(size instanceof String open ? TensorShapeProto.Dimension.newBuilder().setDimParam(open) : TensorShapeProto.Dimension.newBuilder().setDimValue((int) size));
    }
    graph.addInput(ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(dims))));
    open.put(name, shape);
    return this;
  }

  SmallModel input(String name, OnnxJavaType type, long[] shape, double... values) {
    graph.addInput(port(name, CODES.get(type), shape));
    fed.put(name, new Fed(type, shape, values));
    return this;
  }

  /** A constant of floats between -1 and 1. */
  SmallModel weight(String name, long... shape) {
    return weight(name, shape, random.doubles(size(shape), -1, 1).toArray());
  }

  SmallModel weight(String name, long[] shape, double... values) {
    var tensor = TensorProto.newBuilder().setName(name).setDataType(1).addAllDims(Arrays.stream(shape).boxed().toList());
    Arrays.stream(values).forEach(value -> tensor.addFloatData((float) value));
    graph.addInitializer(tensor);
    return this;
  }

  /** A constant truth. */
  SmallModel truth(String name, boolean value) {
    graph.addInitializer(TensorProto.newBuilder().setName(name).setDataType(9).addInt32Data(value ? 1 : 0));
    return this;
  }

  /** A constant list of whole numbers. */
  SmallModel list(String name, long... values) {
    graph.addInitializer(TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length).addAllInt64Data(Arrays.stream(values).boxed().toList()));
    return this;
  }

  /** A constant whole number. */
  SmallModel whole(String name, long value) {
    graph.addInitializer(TensorProto.newBuilder().setName(name).setDataType(7).addInt64Data(value));
    return this;
  }

  private static int size(long[] shape) {
    return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  private static ValueInfoProto port(String name, int type, long... shape) {
    var dims = TensorShapeProto.newBuilder();
    Arrays.stream(shape).forEach(size -> dims.addDim(size < 0 ? TensorShapeProto.Dimension.newBuilder().setDimParam("batch")
        : TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
    return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(dims))).build();
  }

  /**
   * A node.
   *
   * @param names      inputs, an arrow, outputs: {@code "x w -> y"}; a dot for one that is left out
   * @param attributes names, each followed by its value: a whole number, a fraction, a text, a list of whole numbers, or a graph
   */
  SmallModel node(String operator, String names, Object... attributes) {
    var sides = names.split("->");
    var node = NodeProto.newBuilder().setOpType(operator).setName("the_" + operator + graph.getNodeCount());
    names(sides[0]).forEach(node::addInput);
    names(sides[1]).forEach(node::addOutput);
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    graph.addNode(node);
    return this;
  }

  private static List<String> names(String side) {
    return Arrays.stream(side.strip().split(" +")).map(name -> name.equals(".") ? "" : name).toList();
  }

  private static AttributeProto attribute(String name, Object value) {
    var attribute = AttributeProto.newBuilder().setName(name);
    switch (value) {
      case Integer whole -> attribute.setType(2).setI(whole);
      case Double real -> attribute.setType(1).setF(real.floatValue());
      case String text -> attribute.setType(3).setS(ByteString.copyFromUtf8(text));
      case SmallModel body -> attribute.setType(5).setG(body.graph);
      case List<?> list when list.getFirst() instanceof String -> attribute.setType(8).addAllStrings(list.stream().map(one -> ByteString.copyFromUtf8((String) one)).toList());
      case List<?> list -> attribute.setType(7).addAllInts(list.stream().map(one -> ((Number) one).longValue()).toList());
      default -> throw new IllegalArgumentException(name);
    }
    return attribute.build();
  }

  /** Outputs by their names; of floats unless {@code name:type} says the number of another element type, and of any shape unless brackets behind it say that of a number. */
  SmallModel outputs(String... names) {
    Arrays.stream(names).map(SmallModel::port).forEach(graph::addOutput);
    return this;
  }

  /** Inputs of a graph within another, said as outputs are. */
  SmallModel takes(String... names) {
    Arrays.stream(names).map(SmallModel::port).forEach(graph::addInput);
    return this;
  }

  private static ValueInfoProto port(String said) {
    var parts = said.replace("[]", "").split(":");
    var type = TypeProto.Tensor.newBuilder().setElemType(parts.length > 1 ? Integer.parseInt(parts[1]) : 1);
    if (said.endsWith("[]")) {
      type.setShape(TensorShapeProto.getDefaultInstance());
    }
    return ValueInfoProto.newBuilder().setName(parts[0]).setType(TypeProto.newBuilder().setTensorType(type)).build();
  }

  /** The file, written to a folder. */
  Path file(Path folder) throws IOException {
    var model = ModelProto.newBuilder().setIrVersion(8).setGraph(graph).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset)).build();
    return Files.write(folder.resolve("model.onnx"), model.toByteArray());
  }

  /** Imports it with its sizes open, and compares with ONNX Runtime for several of these, each given by name. */
  ImportedProgram agreesAt(Path folder, List<Map<String, Integer>> sizes) throws Exception {
    var runs = new ArrayList<Map<String, Fed>>();
    for (var chosen : sizes) {
      Map<String, Fed> run = new LinkedHashMap<>(fed);
      open.forEach((name, shape) -> {
        var dims = Arrays.stream(shape).mapToLong(size -> size instanceof String one ? chosen.get(one) : (int) size).toArray();
        run.put(name, new Fed(OnnxJavaType.FLOAT, dims, random.doubles(size(dims), -1, 1).map(value -> (float) value).toArray()));
      });
      runs.add(run);
    }
    return BesideRuntime.agrees(file(folder), Settings.NONE, runs);
  }

  /** Imports it, and compares with ONNX Runtime. */
  ImportedProgram agrees(Path folder) throws Exception {
    return BesideRuntime.agrees(file(folder), Settings.NONE, fed);
  }
}
