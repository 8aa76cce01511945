package nnc.onnx.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Type;
import nnc.graph.Uses;
import nnc.onnx.export.OperatorGroup.Target;
import nnc.runtime.base.Tensor;
import nnc.source.Diagnostics;

/** A graph as the nodes and arrays of an ONNX model: first, from the results on back, what each value is made of; then, in order, the values. */
final class GraphExport {
  private final Graph graph;
  private final Map<String, String> aliases;
  private final ProgramExport.Settings settings;
  private final Diagnostics faults;
  private final Map<Node, OperatorGroup> groups = new HashMap<>();
  private final Map<Node, LoopGroup> loops = new HashMap<>();

  /**
   * Chooses what each node becomes.
   *
   * @param aliases what outputs are called outside the program, by name, where that is another
   * @param faults  takes what cannot be said, at its places
   */
  GraphExport(Graph graph, Map<String, String> aliases, ProgramExport.Settings settings, Diagnostics faults) {
    this.graph = graph;
    this.aliases = aliases;
    this.settings = settings;
    this.faults = faults;
    choose();
  }

  private void choose() {
    var fused = new FusedGroups(new Uses(graph), settings.floats());
    var needed = new NodeSet();
    graph.results().forEach(result -> needed.add(result.node()));
    for (var node : graph.nodes().reversed()) {
      if (needed.contains(node)) {
        try {
          var group = isFed(node) ? draw(node) : fused.of(node).orElseGet(() -> single(node));
          groups.put(node, group);
          group.reads().forEach(needed::add);
        } catch (Unsaid e) {
          var fault = faults.error(node.span(), e.getMessage());
          if (!e.hint().isEmpty()) {
            fault.hint(e.hint());
          }
        }
      }
    }
  }

  private OperatorGroup single(Node node) {
    return switch (node.op()) {
      case Op.Given _ -> new OperatorGroup(List.of(), (_, _) -> {
        throw new IllegalStateException("a turn has " + node);
      });
      case Op.Loop _ -> loop(node).turns();
      case Op.LoopResult(var index, var backwards, _) -> {
        if (backwards) {
          throw new IllegalStateException("passes over gradients alone make " + node);
        }
        yield loop(node.operand(0)).result(index);
      }
      default -> PrimitiveGroups.of(node);
    };
  }

  private LoopGroup loop(Node node) {
    return loops.computeIfAbsent(node, _ -> new LoopGroup(node, new GraphExport(((Op.Loop) node.op()).body(), Map.of(), settings, faults)));
  }

  /** Whether it is a draw that the model's caller makes. */
  private boolean isFed(Node node) {
    return node.op() instanceof Op.Uniform && settings.draws() == ProgramExport.Draws.INPUTS;
  }

  private static String drawName(Node draw) {
    return ProgramExport.DRAWS + ((Op.Uniform) draw.op()).stream();
  }

  private static OperatorGroup draw(Node node) {
    return new OperatorGroup(List.of(), (_, _) -> drawName(node));
  }

  /** The paths of the weights that the model holds, and their types. */
  Map<String, Type> weights() {
    var weights = new LinkedHashMap<String, Type>();
    for (var node : graph.nodes()) {
      if (groups.containsKey(node) && (node.op() instanceof Op.Parameter || node.op() instanceof Op.State)) {
        weights.put(OpTraits.path(node.op()), node.type());
      }
    }
    return weights;
  }

  /** The inputs that something is computed from, or whose shapes alone tell an open size. */
  List<OnnxGraphWriter.Port> inputs(List<OnnxGraphWriter.Port> declared) {
    var read = new HashSet<String>();
    var sizes = new HashSet<>(openSizes().keySet());
    for (var node : groups.keySet()) {
      if (node.op() instanceof Op.Input(var name, _, _)) {
        read.add(name);
      }
    }
    var inputs = new ArrayList<OnnxGraphWriter.Port>();
    var draws = graph.nodes().stream().filter(node -> groups.containsKey(node) && isFed(node))
        .map(node -> new OnnxGraphWriter.Port(drawName(node), drawName(node), node.type())).toList();
    draws.forEach(draw -> sizes.removeAll(variables(draw)));
    declared.stream().filter(input -> read.contains(input.value())).forEach(input -> sizes.removeAll(variables(input)));
    for (var input : declared) {
      if (read.contains(input.value()) || sizes.removeAll(variables(input))) {
        inputs.add(input);
      }
    }
    inputs.addAll(draws);
    return inputs;
  }

  private static Set<String> variables(OnnxGraphWriter.Port input) {
    return Dim.product(input.type().shape()).variables();
  }

  /**
   * Writes it, if nothing was in the way.
   *
   * @param inputs those that the model has
   * @param values of the weights, by path
   */
  Optional<ExportedModel> write(List<OnnxGraphWriter.Port> inputs, Map<String, Tensor> values) {
    Set<String> taken = new HashSet<>();
    graph.results().forEach(result -> taken.add(name(result)));
    inputs.forEach(input -> taken.addAll(List.of(input.name(), input.value())));
    var writer = new OnnxGraphWriter(settings.floats(), taken);
    var sizes = new SizeValues(writer, inputs);
    if (!sizesAreKnown(sizes)) {
      return Optional.empty();
    }
    weights().forEach((path, type) -> writer.weight(path, type.kind(), values.get(path)));
    var target = new Target(writer, sizes);
    var names = values(target, List.of());
    var results = graph.results().stream().map(result -> new OnnxGraphWriter.Port(name(result), names.get(result.node()), result.node().type())).toList();
    if (!isApart(inputs, results)) {
      return Optional.empty();
    }
    return Optional.of(new ExportedModel(writer.finish(graph.name(), inputs, results), writer.arrays()));
  }

  /**
   * Writes the nodes in order.
   *
   * @param given in the body of a loop, what a turn is given, by place
   * @return the value of each
   */
  Map<Node, String> values(Target target, List<String> given) {
    Map<Node, String> names = new HashMap<>();
    for (var node : graph.nodes()) {
      if (groups.containsKey(node)) {
        var group = groups.get(node);
        names.put(node, node.op() instanceof Op.Given(var place, _) ? given.get(place) : group.writing().write(target, group.reads().stream().map(names::get).toList()));
      }
    }
    return names;
  }

  private String name(Graph.Result result) {
    return aliases.getOrDefault(result.name(), result.name());
  }

  /** Tells of an output that is called as an input and is another value: of a model each name is one. */
  private boolean isApart(List<OnnxGraphWriter.Port> inputs, List<OnnxGraphWriter.Port> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      var output = outputs.get(i);
      if (inputs.stream().anyMatch(input -> input.name().equals(output.name()) && !input.value().equals(output.value()))) {
        faults.error(graph.results().get(i).node().span(), "an input and an output are called '" + output.name() + "', and a model has one value of each name")
            .hint("call the output otherwise");
        return false;
      }
    }
    return true;
  }

  /** The open sizes that something depends on, and where; what counts turns is not among them. */
  private Map<String, Node> openSizes() {
    var sizes = new LinkedHashMap<String, Node>();
    for (var node : graph.nodes()) {
      if (groups.containsKey(node)) {
        node.type().shape().forEach(size -> size.variables().forEach(name -> sizes.putIfAbsent(name, node)));
        LoopBodies.with(node.op(), size -> {
          size.variables().forEach(name -> sizes.putIfAbsent(name, node));
          return size;
        });
      }
    }
    sizes.keySet().removeAll(turns());
    return sizes;
  }

  /** The open dimensions that count turns, of loops within loops too. */
  private Set<String> turns() {
    var turns = new HashSet<String>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Loop loop) {
        turns.add(loop.turn());
        turns.addAll(loop(node).body().turns());
      }
    }
    return turns;
  }

  private boolean sizesAreKnown(SizeValues sizes) {
    for (var size : openSizes().entrySet()) {
      var name = size.getKey();
      if (!sizes.isKnown(name)) {
        faults.error(size.getValue().span(), "the size " + name + " is that of no input, and a model knows no others").hint("-D " + name + "=8 decides it");
        return false;
      }
    }
    return true;
  }
}
