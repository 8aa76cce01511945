package nnc.graph;

import java.util.List;

/**
 * Checks what must hold of every graph after every pass; a fault here is the compiler's. A node never changes: a verifier that has seen
 * it with its operands knows its type to be right in the next graph too.
 */
public final class Verifier {
  /** How many nodes of the last graph are looked at for one with the same op. */
  private static final int REACH = 16;

  /** The nodes of the last graph, and where in it each stands. */
  private List<Node> before = List.of();
  private NodeNumbers places = new NodeNumbers();
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
    var now = new NodeNumbers();
    int at = 0;
    for (int i = 0; i < nodes.size(); i++) {
      var node = nodes.get(i);
      for (int o = 0; o < node.operands().size(); o++) {
        if (!now.contains(node.operand(o))) {
          throw fault(graph, after, "used before definition: " + node.operand(o));
        }
      }
      if (now.contains(node)) {
        throw fault(graph, after, "defined twice: " + node);
      }
      now.put(node, i);
      int place = places.get(node);
      int like = place != NodeNumbers.NONE ? place : like(node, at);
      if (like < 0) {
        verifyType(node, graph, after);
      } else {
        at = like + 1;
      }
    }
    for (var result : graph.results()) {
      if (!now.contains(result.node())) {
        throw fault(graph, after, "result " + result.name() + " is not in the graph");
      }
    }
    before = nodes;
    places = now;
    last = graph;
    return graph;
  }

  private static void verifyType(Node node, Graph graph, String after) {
    if (node.op() instanceof Op.Loop loop) {
      check(loop.body(), after + " in a loop's body");
    }
    var type = Shapes.of(node.op(), node.operands());
    if (!type.equals(node.type())) {
      throw fault(graph, after, node + " should be " + type);
    }
  }

  /** Passes keep ops and types where nothing changes but what a node reads: where such a node stood in the last graph, from a place on. */
  private int like(Node node, int from) {
    for (int i = from; i < Math.min(from + REACH, before.size()); i++) {
      if (before.get(i).op() == node.op()) {
        return isLike(node, before.get(i)) ? i : -1;
      }
    }
    return -1;
  }

  /** Whether a node has the type of another, which was right, for the very same reasons. */
  private static boolean isLike(Node node, Node other) {
    if (node.type() != other.type() || node.operands().size() != other.operands().size()) {
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
