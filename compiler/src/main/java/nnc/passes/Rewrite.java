package nnc.passes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;

/** Rebuilds a graph node by node under a rule. Spans travel with the nodes. */
final class Rewrite {
  private Rewrite() {}

  interface Rule {
    /** The replacement of a node whose operands are already rebuilt, or null to keep it. */
    Node apply(Node old, List<Node> operands, GraphBuilder b);
  }

  static Graph each(Graph graph, Rule rule) {
    var builder = new GraphBuilder();
    Map<Node, Node> made = new HashMap<>();
    for (var node : graph.nodes()) {
      var operands = node.operands().stream().map(made::get).toList();
      builder.at(node.span());
      var replacement = rule.apply(node, operands, builder);
      made.put(node, replacement != null ? replacement : builder.emit(node.op(), operands));
    }
    return builder.finish(graph.name(),
        graph.results().stream().map(r -> new Graph.Result(r.role(), r.name(), made.get(r.node()))).toList());
  }
}
