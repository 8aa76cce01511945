package nnc.loops;

import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;

/** Which nodes may well have many zeros; how many they have is seen at run time ({@link SparseTiles}). */
final class Sparsity {
  private Sparsity() {}

  /** Inputs, for pictures have a black ground; what is chosen to be zero, as by relu, its gradient and dropout; and multiples of both. */
  static boolean isLikely(Node node) {
    return switch (node.op()) {
      case Op.Reshape _, Op.Transpose _ -> isLikely(node.operand(0));
      case Op.Binary(var fn) when fn == BinaryFn.MUL -> isSource(node.operand(0)) || isSource(node.operand(1));
      case Op.Binary(var fn) when fn == BinaryFn.DIV -> isSource(node.operand(0));
      default -> isSource(node);
    };
  }

  private static boolean isSource(Node node) {
    return switch (node.op()) {
      case Op.Input _ -> true;
      case Op.Binary(var fn) when fn == BinaryFn.MAX -> isZero(node.operand(0)) || isZero(node.operand(1));
      case Op.Select _ -> isZero(node.operand(1)) || isZero(node.operand(2));
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
