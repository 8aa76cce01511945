package nnc.graph;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Checks what must hold of every graph after every pass; a fault here is the compiler's. A node never changes: a verifier that has seen
 * it with its operands knows its type to be right in the next graph too.
 */
public final class Verifier {
  /** By node, the number of the last graph that it was seen in. */
  private final Map<Node, Integer> seen = new HashMap<>();
  private Integer number = 0;
  private Graph last;

  /** Throws if a node is used before it is defined, has not the type of its rule, or a result is not in the graph. */
  public static Graph check(Graph graph, String after) {
    return new Verifier().next(graph, after);
  }

  /** As {@link #check}, of one graph after the other, which have most of their nodes in common. */
  public Graph next(Graph graph, String after) {
    if (graph == last) {
      return graph;
    }
    number++;
    for (var node : graph.nodes()) {
      for (var operand : node.operands()) {
        demand(number.equals(seen.get(operand)), graph, after, () -> "used before definition: " + operand);
      }
      var before = seen.put(node, number);
      if (before == null) {
        var type = Shapes.of(node.op(), Node.types(node.operands()));
        demand(type.equals(node.type()), graph, after, () -> node + " should be " + type);
      }
      demand(!number.equals(before), graph, after, () -> "defined twice: " + node);
    }
    for (var result : graph.results()) {
      demand(number.equals(seen.get(result.node())), graph, after, () -> "result " + result.name() + " is not in the graph");
    }
    last = graph;
    return graph;
  }

  private static void demand(boolean holds, Graph graph, String after, Supplier<String> what) {
    if (!holds) {
      throw new IllegalStateException("after " + after + ": " + what.get() + "\n" + GraphPrinter.print(graph));
    }
  }
}
