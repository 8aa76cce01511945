package nnc.onnx.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Type;
import nnc.onnx.message.AttributeProto;
import nnc.onnx.message.GraphProto;
import nnc.onnx.message.NodeProto;
import nnc.onnx.message.TensorShapeProto;
import nnc.onnx.message.TypeProto;
import nnc.onnx.message.ValueInfoProto;
import nnc.onnx.model.ElementType;
import nnc.runtime.base.Tensor;

/** An ONNX graph that is being made. Values go by their names; what is asked for a second time is made once. */
final class OnnxGraphWriter {
  private final ElementType floats;
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private final Map<String, Initialiser> arrays = new LinkedHashMap<>();
  private final Map<String, String> weights = new HashMap<>();
  private final Map<List<Object>, String> known = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Set<String> taken;

  /**
   * A graph without nodes.
   *
   * @param floats {@code FLOAT} or {@code DOUBLE}: what numbers are
   * @param taken  names that are not given to what is made: of inputs and outputs
   */
  OnnxGraphWriter(ElementType floats, Set<String> taken) {
    this.floats = floats;
    this.taken = new HashSet<>(taken);
  }

  /** How elements of a kind are written: whole numbers as {@code int64}, which indices and sizes are in ONNX too. */
  ElementType type(Kind kind) {
    return switch (kind) {
      case FLOAT -> floats;
      case INT -> ElementType.INT64;
      case BOOL -> ElementType.BOOL;
    };
  }

  private String fresh(String stem) {
    String name;
    do {
      name = stem + "_" + counts.merge(stem, 1, Integer::sum);
    } while (!taken.add(name));
    return name;
  }

  /** The value that an operator gives. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    return known.computeIfAbsent(List.of(operator, List.copyOf(inputs), List.of(attributes)), _ -> {
      var name = fresh(operator);
      nodes.add(NodeProto.newBuilder().setName(name).setOpType(operator).addAllInput(inputs).addOutput(name).addAllAttribute(Arrays.asList(attributes)));
      return name;
    });
  }

  /** The second value of an operator that gives two. */
  String second(String operator, List<String> inputs, AttributeProto... attributes) {
    return known.computeIfAbsent(List.of(operator, "second", List.copyOf(inputs), List.of(attributes)), _ -> {
      var name = fresh(operator);
      nodes.add(NodeProto.newBuilder().setName(name).setOpType(operator).addAllInput(inputs).addOutput(fresh(operator)).addOutput(name)
          .addAllAttribute(Arrays.asList(attributes)));
      return name;
    });
  }

  // ---- arrays that the model holds

  /** Takes a weight, under its path, unless that is taken. */
  void weight(String path, Kind kind, Tensor values) {
    var name = taken.add(path) ? path : fresh(path);
    weights.put(path, name);
    arrays.put(name, new Initialiser(name, type(kind), Arrays.stream(values.shape()).mapToObj(size -> (long) size).toList(), values));
  }

  /** A weight that it has taken. */
  String weight(String path) {
    return weights.get(path);
  }

  private String constant(ElementType type, List<Long> shape, List<? extends Number> numbers) {
    return known.computeIfAbsent(List.of(type, List.copyOf(shape), List.copyOf(numbers)), _ -> {
      var name = fresh(shape.isEmpty() ? "number" : "array");
      Object data = type == ElementType.INT64 ? numbers.stream().mapToLong(Number::longValue).toArray() : numbers.stream().mapToDouble(Number::doubleValue).toArray();
      arrays.put(name, new Initialiser(name, type, List.copyOf(shape), new Tensor(shape.stream().mapToInt(Math::toIntExact).toArray(), data)));
      return name;
    });
  }

  /** A scalar. */
  String number(double value, Kind kind) {
    return constant(type(kind), List.of(), kind == Kind.INT ? List.of((long) value) : List.of(value));
  }

  /** A scalar of 64 bits, whatever the model's numbers are. */
  String wide(double value) {
    return constant(ElementType.DOUBLE, List.of(), List.of(value));
  }

  /** A whole number without axes. */
  String whole(long value) {
    return constant(ElementType.INT64, List.of(), List.of(value));
  }

  /** An array of a known shape. */
  String array(List<Long> shape, List<Double> values, Kind kind) {
    return constant(type(kind), shape, values);
  }

  /** A list of whole numbers, as axes and sizes are given. */
  String integers(List<Long> values) {
    return constant(ElementType.INT64, List.of((long) values.size()), values);
  }

  /** A matrix of whole numbers, by rows. */
  String integers(int rows, int columns, List<Long> values) {
    return constant(ElementType.INT64, List.of((long) rows, (long) columns), values);
  }

  private String axes(List<Integer> axes) {
    return integers(axes.stream().map(Integer::longValue).toList());
  }

  // ---- what is used everywhere

  /** With axes of one element at these places of the result; the value itself if there are none. */
  String unsqueeze(String value, List<Integer> axes) {
    return axes.isEmpty() ? value : node("Unsqueeze", List.of(value, axes(axes)));
  }

  /** Without axes of one element. */
  String squeeze(String value, List<Integer> axes) {
    return axes.isEmpty() ? value : node("Squeeze", List.of(value, axes(axes)));
  }

  String transpose(String value, List<Integer> order) {
    return node("Transpose", List.of(value), Attributes.of("perm", order));
  }

  String cast(String value, Kind kind) {
    return cast(value, type(kind));
  }

  String cast(String value, ElementType type) {
    return node("Cast", List.of(value), Attributes.of("to", type.code()));
  }

  String reduce(String operator, String value, List<Integer> axes) {
    // of the reductions of version 17 the sum alone takes its axes as an input
    return operator.equals("ReduceSum") ? node(operator, List.of(value, axes(axes)), Attributes.of("keepdims", 0))
        : node(operator, List.of(value), Attributes.of("axes", axes), Attributes.of("keepdims", 0));
  }

  // ---- the whole

  /**
   * A graph's input or output.
   *
   * @param name  what it is called in the model
   * @param value what it was called while the model was made
   */
  record Port(String name, String value, Type type) {}

  /** The graph without its arrays; what goes in and out is called by its names in the model. */
  GraphProto.Builder finish(String name, List<Port> inputs, List<Port> outputs) {
    var made = new HashMap<String, NodeProto.Builder>();
    nodes.forEach(node -> node.getOutputList().forEach(value -> made.put(value, node)));
    var renamed = new HashMap<String, String>();
    inputs.forEach(input -> renamed.put(input.value, input.name));
    for (var output : outputs) {
      if (!output.name.equals(output.value) && made.containsKey(output.value) && !renamed.containsKey(output.value)) {
        renamed.put(output.value, output.name);
      } else if (!output.name.equals(renamed.getOrDefault(output.value, output.value))) {
        nodes.add(NodeProto.newBuilder().setName(fresh("Identity")).setOpType("Identity").addInput(output.value).addOutput(output.name));
      }
    }
    var graph = GraphProto.newBuilder().setName(name);
    for (var node : nodes) {
      for (int i = 0; i < node.getInputCount(); i++) {
        node.setInput(i, renamed.getOrDefault(node.getInput(i), node.getInput(i)));
      }
      for (int i = 0; i < node.getOutputCount(); i++) {
        node.setOutput(i, renamed.getOrDefault(node.getOutput(i), node.getOutput(i)));
      }
      graph.addNode(node);
    }
    inputs.forEach(input -> graph.addInput(info(input)));
    outputs.forEach(output -> graph.addOutput(info(output)));
    return graph;
  }

  List<Initialiser> arrays() {
    return List.copyOf(arrays.values());
  }

  private ValueInfoProto info(Port port) {
    var shape = TensorShapeProto.newBuilder();
    port.type.shape().forEach(dim -> shape.addDim(size(dim)));
    return ValueInfoProto.newBuilder().setName(port.name)
        .setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(type(port.type.kind()).code()).setShape(shape))).build();
  }

  /** Open sizes keep their names; what is computed of them is named by its polynomial. */
  private static TensorShapeProto.Dimension size(Dim dim) {
    var size = TensorShapeProto.Dimension.newBuilder();
    return (dim.isConstant() ? size.setDimValue(dim.fixed()) : size.setDimParam(dim.toString())).build();
  }
}
