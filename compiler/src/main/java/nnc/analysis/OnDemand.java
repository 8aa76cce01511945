package nnc.analysis;

import java.util.ArrayDeque;
import java.util.function.Function;
import nnc.graph.Node;
import nnc.graph.NodeMap;

/** What is known of nodes, each from what is known of its operands: computed once, when it is asked for. */
final class OnDemand<T> {
  private final NodeMap<T> known = new NodeMap<>();
  private final Function<Node, T> compute;

  /** @param compute of a node all of whose operands are known */
  OnDemand(Function<Node, T> compute) {
    this.compute = compute;
  }

  /** Of any node; graphs are too deep to go into them by recursion. */
  T of(Node node) {
    var open = new ArrayDeque<Node>();
    open.push(node);
    while (!open.isEmpty()) {
      var next = open.peek();
      int before = open.size();
      next.operands().stream().filter(operand -> !known.contains(operand)).forEach(open::push);
      if (open.size() == before) {
        open.pop();
        known.put(next, compute.apply(next));
      }
    }
    return known.get(node);
  }

  /** Of a node that is known already. */
  T get(Node node) {
    return known.get(node);
  }
}
