package nnc.differentiate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;

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
    Map<Node, Node> cotangents = new HashMap<>();
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
          cotangents.merge(operand, contributions.get(i), builder::add);
        }
      }
    }
    builder.at(span);
    return xs.stream().map(x -> Optional.ofNullable(cotangents.get(x))).toList();
  }

  /** The float nodes through which a change of {@code xs} can reach a result. */
  private static Set<Node> active(List<Node> nodes, List<Node> xs) {
    Set<Node> active = new HashSet<>(xs);
    for (var node : nodes) {
      if (node.type().kind() == Kind.FLOAT && node.operands().stream().anyMatch(active::contains)) {
        active.add(node);
      }
    }
    return active;
  }
}
