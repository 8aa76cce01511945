package nnc.graph;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Checks what must hold of every graph after every pass; a fault here is the compiler's. */
public final class Verifier {
  private Verifier() {}

  /** Throws if a node is used before it is defined, has not the type of its rule, or a result is not in the graph. */
  public static Graph check(Graph graph, String after) {
    Set<Node> defined = new HashSet<>();
    for (var node : graph.nodes()) {
      for (var operand : node.operands()) {
        demand(defined.contains(operand), graph, after, () -> "used before definition: " + operand);
      }
      var type = Shapes.of(node.op(), node.operands().stream().map(Node::type).toList());
      demand(type.equals(node.type()), graph, after, () -> node + " should be " + type);
      demand(defined.add(node), graph, after, () -> "defined twice: " + node);
    }
    for (var result : graph.results()) {
      demand(defined.contains(result.node()), graph, after, () -> "result " + result.name() + " is not in the graph");
    }
    return graph;
  }

  private static void demand(boolean holds, Graph graph, String after, Supplier<String> what) {
    if (!holds) {
      throw new IllegalStateException("after " + after + ": " + what.get() + "\n" + GraphPrinter.print(graph));
    }
  }
}
