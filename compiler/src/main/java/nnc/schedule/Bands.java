package nnc.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.Type;

/**
 * Lays pictures out in memory in bands of rows, {@code [N, bands, C, H / bands, W]}, between the convolutions of a plan that learns nothing.
 * Threads that share an example take bands: so each writes, and finds again, one stretch of memory. Channel by channel the bands would take
 * turns, and processors would fetch ahead what belongs to another one: the exchange of its cache lines takes a fifth of a convolution's time,
 * where processors lie far apart half of it.
 */
final class Bands {
  /** Shorter rows would leave most of a vector's lanes idle. */
  private static final int SHORTEST = 8;

  /** Elements of a picture that are worth two threads. */
  private static final int LEAST = 1 << 11;

  private static final int MOST = 4;
  private static final int LOWEST = 4;

  private final NodeSet chosen = new NodeSet();

  Bands(Graph graph) {
    if (Once.learns(graph)) {
      return;
    }
    var convolved = new NodeSet();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Conv conv && conv.role() == Op.ConvRole.FORWARD && convolved.contains(node.operand(0)) && suits(node.operand(0).type())) {
        chosen.add(node.operand(0));
      }
      if (node.op() instanceof Op.Conv || Ops.pointwise(node.op()) && node.operands().stream().anyMatch(convolved::contains)) {
        convolved.add(node);
      }
    }
  }

  private static boolean suits(Type type) {
    return type.rank() == 4 && type.shape().stream().skip(1).allMatch(Dim::isConstant)
        && type.dim(3).fixed() >= SHORTEST && count(type) > 1
        && Stream.of(1, 2, 3).mapToLong(axis -> type.dim(axis).fixed()).reduce(1, (a, b) -> a * b) >= LEAST;
  }

  private static int count(Type type) {
    int rows = type.dim(2).fixed();
    int bands = MOST;
    while (bands > 1 && (rows % bands != 0 || rows / bands < LOWEST)) {
      bands--;
    }
    return bands;
  }

  /** A node as its readers shall have it: what makes it stores it in bands, what reads it reads through a view of these. */
  Node emit(Node old, Node made, GraphBuilder b) {
    if (!chosen.contains(old)) {
      return made;
    }
    var shape = old.type().shape();
    int bands = count(old.type());
    var cut = new ArrayList<>(shape);
    cut.set(2, Dim.of(bands));
    cut.add(3, Dim.of(shape.get(2).fixed() / bands));
    var order = List.of(0, 2, 1, 3, 4);
    return b.reshape(b.emit(new Op.Transpose(order), List.of(b.emit(new Op.Transpose(order), List.of(b.reshape(made, cut))))), shape);
  }
}
