package nnc.passes;

import java.util.HashSet;
import nnc.graph.Graph;
import nnc.graph.Node;

/** What no result needs is dropped. */
public final class DeadNodes {
  private DeadNodes() {}

  public static final Pass PASS = new Pass("dead", graph -> {
    var live = HashSet.<Node>newHashSet(graph.nodes().size());
    graph.results().forEach(result -> live.add(result.node()));
    for (var node : graph.nodes().reversed()) {
      if (live.contains(node)) {
        node.operands().forEach(live::add);
      }
    }
    return live.size() == graph.nodes().size() ? graph : new Graph(graph.name(), graph.nodes().stream().filter(live::contains).toList(), graph.results());
  });
}
