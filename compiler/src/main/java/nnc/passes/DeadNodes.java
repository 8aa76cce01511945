package nnc.passes;

import nnc.graph.Graph;
import nnc.graph.NodeSet;

/** What no result needs is dropped. */
public final class DeadNodes {
  private DeadNodes() {}

  public static final Pass PASS = new Pass("dead", graph -> {
    var live = new NodeSet();
    graph.results().forEach(result -> live.add(result.node()));
    var nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (live.contains(nodes.get(i))) {
        live.addAll(nodes.get(i).operands());
      }
    }
    return live.size() == nodes.size() ? graph : new Graph(graph.name(), nodes.in(live), graph.results());
  });
}
