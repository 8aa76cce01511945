package nnc.passes;

import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;
import nnc.optimizations.Optimization;

/**
 * The gradient of a softmax by its result alone. Of {@code y = e / s}, where s is the same along an axis, differentiation makes
 * {@code e (g / s - sum(g y / s))}; that is {@code y (g - sum(g y))}, for which neither e nor s need to be kept.
 */
public final class SoftmaxGradient {
  private SoftmaxGradient() {}

  public static final Pass PASS = new Pass(Optimization.SOFTMAX_GRADIENT, graph -> Rewrite.each(graph, (old, in, b) -> {
    if (!is(old, BinaryFn.MUL)) {
      return null;
    }
    var first = gradient(in.get(0), in.get(1), b);
    return first != null ? first : gradient(in.get(1), in.get(0), b);
  }));

  /** The product of a sum with e; null if it is none of a softmax. */
  private static Node gradient(Node sum, Node e, GraphBuilder b) {
    if (!is(sum, BinaryFn.ADD)) {
      return null;
    }
    var first = gradient(sum.operand(0), sum.operand(1), e, b);
    return first != null ? first : gradient(sum.operand(1), sum.operand(0), e, b);
  }

  /** Of {@code share = g / s} and {@code rest = -sum(g y / s)}. */
  private static Node gradient(Node share, Node rest, Node e, GraphBuilder b) {
    if (!is(share, BinaryFn.DIV) || !(rest.op() instanceof Op.Broadcast(_, var axes)) || !(rest.operand(0).op() instanceof Op.Reduce(var fn, var summed))
        || fn != ReduceFn.SUM || !summed.equals(axes)) {
      return null;
    }
    var g = share.operand(0);
    var s = share.operand(1);
    var product = product(rest.operand(0).operand(0), s);
    var y = product == null ? null : product.operand(0) == g ? product.operand(1) : product.operand(1) == g ? product.operand(0) : null;
    boolean same = s.op() instanceof Op.Broadcast(_, var alike) && alike.containsAll(axes);
    if (!same || y == null || !is(y, BinaryFn.DIV) || y.operand(0) != e || y.operand(1) != s) {
      return null;
    }
    var total = b.reduce(ReduceFn.SUM, product, axes);
    return b.mul(y, b.sub(g, b.emit(rest.op(), List.of(total))));
  }

  /** The product p of {@code -p / s}; null if a node is something else. */
  private static Node product(Node node, Node s) {
    var quotient = node.op() instanceof Op.Unary(var fn) && fn == UnaryFn.NEG ? node.operand(0) : null;
    boolean found = quotient != null && is(quotient, BinaryFn.DIV) && quotient.operand(1) == s && is(quotient.operand(0), BinaryFn.MUL);
    return found ? quotient.operand(0) : null;
  }

  private static boolean is(Node node, BinaryFn wanted) {
    return node.op() instanceof Op.Binary(var fn) && fn == wanted;
  }
}
