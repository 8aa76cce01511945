package nnc.graph;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks what must hold of every graph after every pass; a fault here is the compiler's. A node never changes: a verifier that has seen
 * it with its operands knows its type to be right in the next graph too.
 */
public final class Verifier {
  /** Of every node that was ever seen, where it stood in the last graph that it was in. */
  private final Map<Node, Integer> places = new HashMap<>();
  /** By op, a node whose type was right. Passes keep ops and types as they are where nothing changes but what a node reads. */
  private final Map<Op, Node> right = new IdentityHashMap<>();
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
    var nodes = graph.nodes();
    int same = begin(nodes);
    last = null;
    for (int i = same; i < nodes.size(); i++) {
      var node = nodes.get(i);
      var operands = node.operands();
      for (int o = 0; o < operands.size(); o++) {
        if (!isBefore(operands.get(o), i, nodes)) {
          throw fault(graph, after, "used before definition: " + operands.get(o));
        }
      }
      if (isBefore(node, i, nodes)) {
        throw fault(graph, after, "defined twice: " + node);
      }
      if (places.put(node, i) == null && !isLike(node, right.put(node.op(), node))) {
        var type = Shapes.of(node.op(), Node.types(operands));
        if (!type.equals(node.type())) {
          throw fault(graph, after, node + " should be " + type);
        }
      }
    }
    for (var result : graph.results()) {
      if (!isBefore(result.node(), nodes.size(), nodes)) {
        throw fault(graph, after, "result " + result.name() + " is not in the graph");
      }
    }
    last = graph;
    return graph;
  }

  /** How many nodes a graph begins with that the last one began with. */
  private int begin(List<Node> nodes) {
    int same = 0;
    while (last != null && same < Math.min(nodes.size(), last.nodes().size()) && nodes.get(same) == last.nodes().get(same)) {
      same++;
    }
    return same;
  }

  /** Whether a node stands before a place of a graph, up to which all places are known. */
  private boolean isBefore(Node node, int end, List<Node> nodes) {
    var place = places.get(node);
    return place != null && place < end && nodes.get(place) == node;
  }

  /** Whether a node has the type of another, which was right, for the very same reasons. */
  private static boolean isLike(Node node, Node other) {
    if (other == null || node.type() != other.type() || node.operands().size() != other.operands().size()) {
      return false;
    }
    for (int i = 0; i < node.operands().size(); i++) {
      if (node.operand(i).type() != other.operand(i).type()) {
        return false;
      }
    }
    return true;
  }

  private static IllegalStateException fault(Graph graph, String after, String what) {
    return new IllegalStateException("after " + after + ": " + what + "\n" + GraphPrinter.print(graph));
  }
}
