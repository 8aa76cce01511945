package nnc.lower.gemm;

import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.loops.Loop;
import nnc.loops.expand.TileTuning;
import nnc.loops.expand.ZeroSkippingTiles;

/** Which products' left factors may well have many zeros; how many they have is seen at run time ({@link ZeroSkippingTiles}). */
final class ZeroSkipping {
  private ZeroSkipping() {}

  /**
   * Whether a product's left factor may have many zeros, its terms lie side by side or will in a copy, and there are enough rows, columns and
   * terms. Of two inputs nothing is expected: such a product is there for its own sake.
   *
   * @param lanes elements of a logical vector
   */
  static boolean isWorthLookingFor(GemmOrientation gemm, int lanes) {
    var left = gemm.left();
    boolean lies = left == null || left.buffer().space() == Loop.Space.ARENA && (gemm.hasConflicts() || left.step(GemmOrientation.TERM).is(1));
    boolean wide = gemm.columns().isConstant() && gemm.columns().fixed() > (TileTuning.MIN_ROW_TILE_VECTORS - 1) * lanes;
    boolean large = NominalSizes.of(gemm.rows()) * NominalSizes.of(gemm.columns()) * NominalSizes.of(gemm.depth()) >= GemmTuning.ZERO_SKIPPING_MULTIPLICATIONS;
    return lies && wide && large && isMany(gemm.rows()) && isMany(gemm.depth()) && isLikelyZero(gemm.leftNode(), GemmTuning.ZERO_SEARCH_LEVELS)
        && !(gemm.rightNode().op() instanceof Op.Input);
  }

  private static boolean isMany(Dim dim) {
    return NominalSizes.of(dim) >= NominalSizes.OPEN / 2;
  }

  /**
   * Inputs, for pictures have a black ground; truth values; what is chosen to be zero, as by relu, its gradient and dropout; and multiples of
   * all these.
   */
  private static boolean isLikelyZero(Node node, int levels) {
    if (levels == 0) {
      return false;
    }
    return switch (node.op()) {
      case Op.Input _ -> true;
      case Op.Cast _ -> node.operand(0).type().kind() == Kind.BOOL;
      case Op.Select _ -> isZero(node.operand(1)) || isZero(node.operand(2));
      case Op.Reshape _, Op.Transpose _ -> isLikelyZero(node.operand(0), levels - 1);
      case Op.Binary(var fn) -> switch (fn) {
        case MAX -> isZero(node.operand(0)) || isZero(node.operand(1));
        case MUL -> isLikelyZero(node.operand(0), levels - 1) || isLikelyZero(node.operand(1), levels - 1);
        case DIV -> isLikelyZero(node.operand(0), levels - 1);
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
