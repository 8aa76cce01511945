package nnc.analysis;

import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;

/** Sums of squares, as a variance is: zero only where everything that is squared is. */
public final class SumsOfSquares {
  /** Ops that are looked through. */
  private static final int MAX_DEPTH = 12;

  private SumsOfSquares() {}

  public static boolean is(Node node) {
    return is(node, MAX_DEPTH);
  }

  private static boolean is(Node node, int depth) {
    return depth > 0 && switch (node.op()) {
      case Op.Reduce(var fn, _) -> fn == ReduceFn.SUM && is(node.operand(0), depth - 1);
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _ -> is(node.operand(0), depth - 1);
      case Op.Binary(var fn) -> binary(fn, node.operand(0), node.operand(1), depth - 1);
      default -> false;
    };
  }

  private static boolean binary(BinaryFn fn, Node x, Node y, int depth) {
    return switch (fn) {
      case ADD -> is(x, depth) && is(y, depth);
      case MUL -> same(x, y, depth) || isNumber(x, depth) && is(y, depth) || isNumber(y, depth) && is(x, depth);
      case DIV -> isNumber(y, depth) && is(x, depth);
      case POW -> OpTraits.value(y) > 0 && OpTraits.value(y) % 2 == 0;
      default -> false;
    };
  }

  /** Whether two nodes are computed alike. */
  static boolean same(Node x, Node y) {
    return same(x, y, MAX_DEPTH);
  }

  private static boolean same(Node x, Node y, int depth) {
    if (x == y || depth == 0) {
      return x == y;
    }
    return x.operands().size() == y.operands().size() && x.op().equals(y.op())
        && IntStream.range(0, x.operands().size()).allMatch(i -> same(x.operand(i), y.operand(i), depth - 1));
  }

  /** A factor that depends on nothing but sizes. */
  private static boolean isNumber(Node node, int depth) {
    return node.op() instanceof Op.Const(var value, _) ? value > 0 : node.op() instanceof Op.Size
        || depth > 0 && !node.operands().isEmpty() && (node.op() instanceof Op.Binary || node.op() instanceof Op.Broadcast || node.op() instanceof Op.Reshape)
        && node.operands().stream().allMatch(operand -> isNumber(operand, depth - 1));
  }
}
