package nnc.passes;

import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeSet;

/** Which nodes of a graph one reads alone: another node, once, or whoever asked for a result. */
final class SingleUses {
  private final NodeSet read = new NodeSet();
  private final NodeSet again = new NodeSet();

  SingleUses(Graph graph) {
    var nodes = graph.nodes();
    for (int n = 0; n < nodes.size(); n++) {
      var operands = nodes.get(n).operands();
      for (int i = 0; i < operands.size(); i++) {
        count(operands.get(i));
      }
    }
    graph.results().forEach(result -> count(result.node()));
  }

  private void count(Node node) {
    if (!read.add(node)) {
      again.add(node);
    }
  }

  boolean isSole(Node node) {
    return read.contains(node) && !again.contains(node);
  }
}
