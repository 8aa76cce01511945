package nnc.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Graph;
import nnc.graph.Node;

/** Who reads each node of a graph, in order: one that reads it twice stands there twice. */
final class Users {
  private final Map<Node, List<Node>> users;

  Users(Graph graph) {
    users = HashMap.newHashMap(graph.nodes().size());
    for (var node : graph.nodes()) {
      for (var operand : node.operands()) {
        add(operand, node);
      }
    }
  }

  void add(Node node, Node user) {
    var known = users.get(node);
    if (known == null) {
      known = new ArrayList<>(2);
      users.put(node, known);
    }
    known.add(user);
  }

  /** None for a node that nobody reads. */
  List<Node> of(Node node) {
    return users.getOrDefault(node, List.of());
  }
}
