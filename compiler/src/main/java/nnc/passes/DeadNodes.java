package nnc.passes;

import nnc.graph.Graph;
import nnc.graph.NodeSet;

/** What no result needs is dropped. */
public final class DeadNodes {
  private DeadNodes() {}

  public static final Pass PASS = new Pass("dead", graph -> {
    var live = new NodeSet();
    graph.results().forEach(result -> live.add(result.node()));
    for (var node : graph.nodes().reversed()) {
      if (live.contains(node)) {
        for (int i = 0; i < node.operands().size(); i++) {
          live.add(node.operand(i));
        }
      }
    }
    return live.size() == graph.nodes().size() ? graph : new Graph(graph.name(), graph.nodes().stream().filter(live::contains).toList(), graph.results());
  });
}
