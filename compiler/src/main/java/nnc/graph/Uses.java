package nnc.graph;

import java.util.ArrayList;
import java.util.List;

/** Who reads each node of a graph, in order: one that reads it twice stands there twice; and which nodes are results. */
public final class Uses {
  private final NodeMap<List<Node>> users = new NodeMap<>();
  private final NodeSet results = new NodeSet();

  public Uses(Graph graph) {
    var nodes = graph.nodes();
    for (int n = 0; n < nodes.size(); n++) {
      var operands = nodes.get(n).operands();
      for (int i = 0; i < operands.size(); i++) {
        add(operands.get(i), nodes.get(n));
      }
    }
    graph.results().forEach(result -> results.add(result.node()));
  }

  /** Most nodes have one reader: a list that grows is made for the others alone. */
  public void add(Node node, Node user) {
    var known = users.get(node);
    if (known instanceof ArrayList<Node>) {
      known.add(user);
    } else if (known == null) {
      users.put(node, List.of(user));
    } else {
      var several = new ArrayList<>(known);
      several.add(user);
      users.put(node, several);
    }
  }

  /** None for a node that nobody reads. */
  public List<Node> of(Node node) {
    return users.get(node, List.of());
  }

  /** Whether one node alone reads a node, once, and nobody has asked for it as a result. */
  public boolean isReadOnce(Node node) {
    return of(node).size() == 1 && !results.contains(node);
  }
}
