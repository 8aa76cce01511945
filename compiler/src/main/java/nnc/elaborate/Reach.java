package nnc.elaborate;

import java.util.ArrayDeque;
import java.util.Collection;
import nnc.graph.Node;
import nnc.graph.NodeMap;

/** What a node is computed from. */
final class Reach {
  private final NodeMap<Boolean> reached = new NodeMap<>();

  private Reach() {}

  static Reach of(Node node) {
    var reach = new Reach();
    var open = new ArrayDeque<Node>();
    open.push(node);
    while (!open.isEmpty()) {
      var next = open.pop();
      if (!reach.reached.contains(next)) {
        reach.reached.put(next, true);
        next.operands().forEach(open::push);
      }
    }
    return reach;
  }

  /** Whether one of these is among it. */
  boolean anyOf(Collection<Node> nodes) {
    return nodes.stream().anyMatch(reached::contains);
  }
}
