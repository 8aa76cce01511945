package nnc.passes;

import nnc.analysis.BatchAxes;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;

/**
 * What to keep of each example for a value that all examples together are needed for: the value itself, or less that it follows from
 * without a rounding, such as a label for a row of zeros with a one.
 */
final class KeptPerExample {
  /** A size for open dimensions other than that of the examples, to compare by. */
  private static final int NOMINAL_SIZE = 16;

  private final NodeMap<Long> sizes = new NodeMap<>();
  private final NodeSet derived = new NodeSet();

  /** @param batch the open dimension that counts examples */
  KeptPerExample(Graph graph, String batch, BatchAxes examples) {
    for (var node : graph.nodes()) {
      if (examples.rows(node) >= 0) {
        long own = node.type().elements(name -> name.equals(batch) ? 1 : NOMINAL_SIZE);
        long others = isExact(node) ? node.operands().stream().distinct().mapToLong(sizes::get).sum() : Long.MAX_VALUE;
        // of as much, what others may read too
        if (others < own || others == own && node.operands().size() == 1) {
          derived.add(node);
        }
        sizes.put(node, Math.min(own, others));
      } else {
        sizes.put(node, isRepresentable(node) ? 0L : Long.MAX_VALUE >> 16);
      }
    }
  }

  /** Whether a value with a row for each example follows from its operands, of which less need be kept. */
  boolean isDerived(Node node) {
    return derived.contains(node);
  }

  /** Whether 64 bits give what 32 do. */
  private static boolean isExact(Node node) {
    return switch (node.op()) {
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.StopGradient _, Op.Select _, Op.Iota _ -> true;
      case Op.Cast(var to) -> to != Kind.INT;
      case Op.Binary(var fn) -> fn == BinaryFn.LT || fn == BinaryFn.LE || fn == BinaryFn.EQ || fn == BinaryFn.NE || fn == BinaryFn.AND || fn == BinaryFn.OR;
      default -> false;
    };
  }

  private static boolean isRepresentable(Node node) {
    return switch (node.op()) {
      case Op.Const(var value, _) -> (float) value == value;
      case Op.Iota _ -> true;
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _ -> isRepresentable(node.operand(0));
      default -> false;
    };
  }
}
