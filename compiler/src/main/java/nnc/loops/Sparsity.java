package nnc.loops;

import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;

/** Which nodes may well have many zeros; how many they have is seen at run time ({@link SparseTiles}). */
final class Sparsity {
  /** Operands of operands that are looked at. */
  private static final int LEVELS = 6;

  private Sparsity() {}

  /**
   * Inputs, for pictures have a black ground; truth values; what is chosen to be zero, as by relu, its gradient and dropout; and multiples of
   * all these.
   */
  static boolean isLikely(Node node) {
    return isLikely(node, LEVELS);
  }

  private static boolean isLikely(Node node, int levels) {
    if (levels == 0) {
      return false;
    }
    return switch (node.op()) {
      case Op.Input _ -> true;
      case Op.Cast _ -> node.operand(0).type().kind() == Kind.BOOL;
      case Op.Select _ -> isZero(node.operand(1)) || isZero(node.operand(2));
      case Op.Reshape _, Op.Transpose _ -> isLikely(node.operand(0), levels - 1);
      case Op.Binary(var fn) -> switch (fn) {
        case MAX -> isZero(node.operand(0)) || isZero(node.operand(1));
        case MUL -> isLikely(node.operand(0), levels - 1) || isLikely(node.operand(1), levels - 1);
        case DIV -> isLikely(node.operand(0), levels - 1);
        default -> false;
      };
      default -> false;
    };
  }

  private static boolean isZero(Node node) {
    return switch (node.op()) {
      case Op.Const(var value, _) -> value == 0;
      case Op.Broadcast _ -> isZero(node.operand(0));
      default -> false;
    };
  }
}
