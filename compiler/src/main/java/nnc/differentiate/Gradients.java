package nnc.differentiate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;

/** Symbolic reverse mode: the gradient of a scalar as ordinary nodes, so that it can be differentiated again. */
public final class Gradients {
  private Gradients() {}

  /**
   * The gradients of {@code y}, a float scalar, by each of {@code xs}, with their shapes. An empty one is zero: {@code y} does not
   * depend on it. New nodes are appended to the builder, which must hold {@code y} already.
   */
  public static List<Optional<Node>> of(Node y, List<Node> xs, GraphBuilder builder) {
    if (y.type().rank() != 0 || y.type().kind() != Kind.FLOAT) {
      throw new IllegalArgumentException("the gradient of a float scalar is needed, and this is " + y.type());
    }
    var nodes = new ArrayList<>(builder.nodes());
    var active = active(nodes, xs);
    var cotangents = new NodeMap<Node>();
    var span = builder.span();
    if (active.contains(y)) {
      cotangents.put(y, builder.constant(1));
    }
    for (var node : nodes.reversed()) {
      var g = cotangents.get(node);
      if (g == null || node.operands().isEmpty()) {
        continue;
      }
      builder.at(node.span());
      var contributions = Rules.of(node, g, builder, active);
      for (int i = 0; i < contributions.size(); i++) {
        var operand = node.operand(i);
        if (contributions.get(i) != null && active.contains(operand)) {
          var others = cotangents.get(operand);
          cotangents.put(operand, others == null ? contributions.get(i) : builder.add(others, contributions.get(i)));
        }
      }
    }
    builder.at(span);
    return xs.stream().map(x -> Optional.ofNullable(cotangents.get(x))).toList();
  }

  /** The float nodes through which a change of {@code xs} can reach a result. */
  private static NodeSet active(List<Node> nodes, List<Node> xs) {
    var active = new NodeSet();
    xs.forEach(active::add);
    for (var node : nodes) {
      for (int i = 0; node.type().kind() == Kind.FLOAT && i < node.operands().size(); i++) {
        if (active.contains(node.operand(i))) {
          active.add(node);
        }
      }
    }
    return active;
  }
}
