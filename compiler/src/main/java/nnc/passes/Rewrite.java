package nnc.passes;

import java.util.List;
import java.util.Objects;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;

/** Rebuilds a graph node by node under a rule. Nodes of which nothing changes stay the same nodes, and so does a graph. */
final class Rewrite {
  private Rewrite() {}

  interface Rule {
    /** The replacement of a node whose operands are already rebuilt, or null to keep it. */
    Node apply(Node old, List<Node> operands, GraphBuilder b);
  }

  static Graph each(Graph graph, Rule rule) {
    var builder = new GraphBuilder();
    // what stands for a node, where that is not the node itself
    var made = new NodeMap<Node>(0);
    for (var node : graph.nodes()) {
      var operands = operands(node, made);
      builder.at(node.span());
      var replacement = rule.apply(node, operands, builder);
      var result = replacement != null ? replacement : builder.keep(node, operands);
      if (result != node) {
        made.put(node, result);
      }
    }
    if (made.isEmpty() && builder.nodes().size() == graph.nodes().size()) {
      return graph;
    }
    return builder.finish(graph.name(),
        graph.results().stream().map(r -> new Graph.Result(r.role(), r.name(), Objects.requireNonNullElse(made.get(r.node()), r.node()))).toList());
  }

  /** What stands for a node's operands: their own list if it is themselves. */
  private static List<Node> operands(Node node, NodeMap<Node> made) {
    var old = node.operands();
    if (made.isEmpty()) {
      return old;
    }
    Node[] operands = null;
    for (int i = 0; i < old.size(); i++) {
      var replacement = made.get(old.get(i));
      if (replacement != null) {
        operands = operands == null ? old.toArray(Node[]::new) : operands;
        operands[i] = replacement;
      }
    }
    return operands == null ? old : List.of(operands);
  }
}
