package nnc.passes;

import java.util.function.Predicate;
import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;

/** One operation of an array with what is spread over it: {@code large fn spread}. */
record SpreadStep(BinaryFn fn, Node large, Node spread) {

  /** A sum, difference, product or quotient whose second operand, or of sums and products either, is a broadcast as asked for; null if a node is something else. */
  static SpreadStep of(Node node, Predicate<Node> isSpread) {
    if (!(node.op() instanceof Op.Binary(var fn))) {
      return null;
    }
    return switch (fn) {
      case ADD, MUL -> isSpread.test(node.operand(1)) ? new SpreadStep(fn, node.operand(0), node.operand(1))
          : isSpread.test(node.operand(0)) ? new SpreadStep(fn, node.operand(1), node.operand(0)) : null;
      case SUB, DIV -> isSpread.test(node.operand(1)) ? new SpreadStep(fn, node.operand(0), node.operand(1)) : null;
      default -> null;
    };
  }

  /** What is spread. */
  Node values() {
    return spread.operand(0);
  }

  /** Over which axes. */
  Op.Broadcast over() {
    return (Op.Broadcast) spread.op();
  }
}
