package nnc.elaborate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;

/**
 * What one sees who looks into a network while it predicts: of each example, what layers give and names of the program stand for. Layers are called by their
 * paths; a name that has stood for several values means the last of them; what has a name, or is what a layer
 * gives, gets no other.
 */
final class ObservedValues {
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Value.Instance> layers = new LinkedHashMap<>();
  private final Map<Node, String> names = new IdentityHashMap<>();

  /** @param nodes of the graph, each after its operands */
  ObservedValues(List<Node> nodes, List<Value.Instance> instances, List<ShownPicture.Named> named) {
    Map<String, Node> found = new LinkedHashMap<>();
    // dropout and its like give what they are given while the network predicts
    var layered = instances.stream().filter(layer -> layer.output != null && layer.output != layer.input).toList();
    layered.forEach(layer -> names.put(layer.output, layer.frame.path()));
    named.stream().filter(one -> !(one.node().op() instanceof Op.Input) && isOfExamples(one.node()) && !names.containsKey(one.node())).forEach(one -> {
      found.put(one.name(), one.node());
      names.put(one.node(), one.name());
    });
    layered.stream().filter(layer -> isOfExamples(layer.output)).forEach(layer -> {
      found.put(layer.frame.path(), layer.output);
      layers.put(layer.frame.path(), layer);
    });
    Map<Node, Integer> order = new IdentityHashMap<>();
    nodes.forEach(node -> order.put(node, order.size()));
    found.entrySet().stream().sorted(Comparator.comparing(one -> order.get(one.getValue()))).forEach(one -> values.put(one.getKey(), one.getValue()));
    names.clear();
    values.forEach((name, node) -> names.put(node, name));
    nodes.stream().filter(node -> node.op() instanceof Op.Input).forEach(node -> names.put(node, ((Op.Input) node.op()).name()));
  }

  /** A float array whose first axis is open: its elements are those of examples. */
  private static boolean isOfExamples(Node node) {
    return node.type().kind() == Kind.FLOAT && node.type().rank() > 0 && !node.type().dim(0).isConstant();
  }

  /** Outputs, and behind them the values in the order in which they are computed. */
  static List<Graph.Result> with(List<Graph.Result> outputs, ObservedValues observed) {
    var results = new ArrayList<>(outputs);
    observed.values.forEach((name, node) -> results.add(new Graph.Result(Graph.Role.VALUE, name, node)));
    return results;
  }

  /** Of each layer's value, the value or input that the layer was applied to, where it is one or a function of one alone. */
  Map<String, String> origins() {
    Map<String, String> origins = new LinkedHashMap<>();
    layers.forEach((path, layer) -> {
      var origin = origin(layer.input);
      if (!origin.isEmpty()) {
        origins.put(path, origin);
      }
    });
    return origins;
  }

  private String origin(Node of) {
    for (var node = of; node != null; node = node.operands().size() == 1 ? node.operands().get(0) : null) {
      if (names.containsKey(node)) {
        return names.get(node);
      }
    }
    return "";
  }
}
