package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.optimizations.Optimization;

/**
 * A comparison that was used to rectify is taken from the rectified value: where {@code y = select(x <= 0, 0, x)}, later uses of {@code
 * x <= 0} become {@code y <= 0}. So neither x nor a mask need be kept for the gradient beside y. Holds for NaN, which passes through y.
 */
public final class ReluMaskReuse {
  private ReluMaskReuse() {}

  public static final Pass PASS = new Pass(Optimization.RELU_MASK_REUSE, graph -> {
    var rectified = rectified(graph);
    if (rectified.isEmpty()) {
      return graph;
    }
    var values = Set.copyOf(rectified.values());
    Map<Node, Node> made = new HashMap<>();
    return Rewrite.each(graph, (old, in, b) -> {
      var operands = new ArrayList<>(in);
      for (int i = 0; i < in.size(); i++) {
        var y = made.get(rectified.get(old.operand(i)));
        if (y != null) {
          operands.set(i, b.emit(old.operand(i).op(), List.of(y, in.get(i).operand(1))));
        }
      }
      var result = b.keep(old, operands);
      if (values.contains(old)) {
        made.put(old, result);
      }
      return result;
    });
  });

  /** By comparison {@code x <= 0}, the first value that it rectifies. */
  private static Map<Node, Node> rectified(Graph graph) {
    Map<Node, Node> found = new HashMap<>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Select && isComparison(node.operand(0)) && isZero(node.operand(1)) && node.operand(2) == node.operand(0).operand(0)) {
        found.putIfAbsent(node.operand(0), node);
      }
    }
    return found;
  }

  private static boolean isComparison(Node node) {
    return node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.LE && isZero(node.operand(1));
  }

  private static boolean isZero(Node node) {
    return node.op() instanceof Op.Const(var value, _) && value == 0 || node.op() instanceof Op.Broadcast && isZero(node.operand(0));
  }
}
