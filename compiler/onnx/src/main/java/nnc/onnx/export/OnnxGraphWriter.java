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

/**
 * An ONNX graph that is being made. Values go by their names; what is asked for a second time is made once. The body of a loop is a graph of its own that reads what is
 * outside: what depends on no turn is made there, and so are all arrays.
 */
final class OnnxGraphWriter {
  /** The graph that this one lies in; null if in none. */
  private final OnnxGraphWriter outside;
  private final ElementType floats;
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  /** What is made here or given to the turns, by name: in what operator's node. */
  private final Map<String, NodeProto.Builder> own = new HashMap<>();
  private final Map<String, Initialiser> arrays;
  private final Map<String, String> weights;
  private final Map<List<Object>, String> known = new HashMap<>();
  private final Map<String, Integer> counts;
  private final Set<String> taken;

  /**
   * A graph without nodes.
   *
   * @param floats {@code FLOAT} or {@code DOUBLE}: what numbers are
   * @param taken  names that are not given to what is made: of inputs and outputs
   */
  OnnxGraphWriter(ElementType floats, Set<String> taken) {
    this.outside = null;
    this.floats = floats;
    this.arrays = new LinkedHashMap<>();
    this.weights = new HashMap<>();
    this.counts = new HashMap<>();
    this.taken = new HashSet<>(taken);
  }

  private OnnxGraphWriter(OnnxGraphWriter outside) {
    this.outside = outside;
    this.floats = outside.floats;
    this.arrays = outside.arrays;
    this.weights = outside.weights;
    this.counts = outside.counts;
    this.taken = outside.taken;
  }

  /** The body of a loop, which is written before the loop is. */
  OnnxGraphWriter body() {
    return new OnnxGraphWriter(this);
  }

  /** What each turn is given: a name of its own. */
  String given(String stem) {
    var name = fresh(stem);
    own.put(name, NodeProto.newBuilder());
    return name;
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

  /** Where what reads these values is made: as far out as they are. */
  private OnnxGraphWriter place(List<String> inputs) {
    return outside == null || inputs.stream().anyMatch(own::containsKey) ? this : outside.place(inputs);
  }

  /** The value that an operator gives. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    var at = place(inputs);
    return at.known.computeIfAbsent(List.of(operator, List.copyOf(inputs), List.of(attributes)), _ -> at.made(operator, inputs, 1, attributes).getFirst());
  }

  /** The second value of an operator that gives two. */
  String second(String operator, List<String> inputs, AttributeProto... attributes) {
    var at = place(inputs);
    return at.known.computeIfAbsent(List.of(operator, "second", List.copyOf(inputs), List.of(attributes)), _ -> at.made(operator, inputs, 2, attributes).getLast());
  }

  /** All values of an operator, made here and anew. */
  List<String> made(String operator, List<String> inputs, int count, AttributeProto... attributes) {
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      names.add(fresh(operator));
    }
    var node = NodeProto.newBuilder().setName(names.getLast()).setOpType(operator).addAllInput(inputs).addAllOutput(names).addAllAttribute(Arrays.asList(attributes));
    nodes.add(node);
    names.forEach(name -> own.put(name, node));
    return names;
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
    if (outside != null) {
      return outside.constant(type, shape, numbers);
    }
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

  /** Without axes of one element; what was there before these axes were added, if that was done. */
  String squeeze(String value, List<Integer> axes) {
    if (axes.isEmpty()) {
      return value;
    }
    var before = maker(value);
    return before != null && before.getOpType().equals("Unsqueeze") && before.getInput(1).equals(axes(axes)) ? before.getInput(0) : node("Squeeze", List.of(value, axes(axes)));
  }

  /** The node that gives a value; null if none does. */
  private NodeProto.Builder maker(String value) {
    return own.containsKey(value) || outside == null ? own.get(value) : outside.maker(value);
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
      rename(node, renamed);
      graph.addNode(node);
    }
    inputs.forEach(input -> graph.addInput(info(input)));
    outputs.forEach(output -> graph.addOutput(info(output)));
    return graph;
  }

  /** Gives values of this graph other names, in what reads them within loops too. */
  private static void rename(NodeProto.Builder node, Map<String, String> renamed) {
    for (int i = 0; i < node.getInputCount(); i++) {
      node.setInput(i, renamed.getOrDefault(node.getInput(i), node.getInput(i)));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      node.setOutput(i, renamed.getOrDefault(node.getOutput(i), node.getOutput(i)));
    }
    for (var attribute : node.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.getGBuilder().getNodeBuilderList().forEach(inner -> rename(inner, renamed));
      }
    }
  }

  /** The graph as the body of a loop, of what it is given and what it makes, whose names stay. */
  GraphProto body(List<Port> inputs, List<Port> results) {
    var outputs = new ArrayList<Port>();
    for (var result : results) {
      // an output is made by a node of the body, and each by its own
      boolean isMade = nodes.stream().anyMatch(node -> node.getOutputList().contains(result.value)) && outputs.stream().noneMatch(output -> output.value.equals(result.value));
      var value = isMade ? result.value : made("Identity", List.of(result.value), 1).getFirst();
      outputs.add(new Port(value, value, result.type));
    }
    return finish(fresh("body"), inputs, outputs).build();
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
