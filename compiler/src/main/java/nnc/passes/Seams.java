package nnc.passes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;

/**
 * A sum of arrays that are each zero but for a part of one axis, the parts side by side, is their concatenation: so look the gradients of
 * gates that were cut out of one product, and of the steps of a sequence. Who makes a part then writes it where it belongs.
 */
public final class Seams {
  private Seams() {}

  public static final Pass PASS = new Pass("seams", graph -> Rewrite.each(graph, (old, in, b) -> isSum(old) ? joined(in, b) : null));

  private static boolean isSum(Node node) {
    return node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD;
  }

  /** A part of an axis: where it begins. */
  private record Part(int axis, Dim from, Node padded) {
    Dim to() {
      return from.plus(padded.operand(0).type().dim(axis));
    }
  }

  private static Node joined(List<Node> summands, GraphBuilder b) {
    var parts = new ArrayList<Part>();
    var others = new ArrayList<Node>();
    for (var summand : summands) {
      collect(summand, parts, others);
    }
    var first = parts.isEmpty() ? null : parts.getFirst();
    if (parts.size() < 2 || parts.stream().anyMatch(part -> part.axis != first.axis) || !inOrder(parts)) {
      return null;
    }
    var joined = b.concat(parts.stream().map(part -> part.padded.operand(0)).toList(), first.axis);
    for (var other : others) {
      joined = b.emit(new Op.Binary(BinaryFn.ADD), List.of(joined, other));
    }
    return joined;
  }

  private static void collect(Node node, List<Part> parts, List<Node> others) {
    if (isSum(node)) {
      node.operands().forEach(operand -> collect(operand, parts, others));
      return;
    }
    var part = part(node);
    if (part != null) {
      parts.add(part);
    } else {
      others.add(node);
    }
  }

  private static Part part(Node node) {
    if (!(node.op() instanceof Op.Pad(var low, var high, var interior, var value)) || value != 0 || interior.stream().anyMatch(i -> i != 0)) {
      return null;
    }
    Part part = null;
    for (int axis = 0; axis < low.size(); axis++) {
      if (!low.get(axis).is(0) || !high.get(axis).is(0)) {
        if (part != null) {
          return null;
        }
        part = new Part(axis, low.get(axis), node);
      }
    }
    return part;
  }

  /** Sorts parts of an axis; whether each begins where the one before ends, from the beginning to the end of the axis. */
  private static boolean inOrder(List<Part> parts) {
    if (parts.stream().anyMatch(part -> !part.from.isConstant() || !part.to().isConstant())) {
      return false;
    }
    parts.sort(Comparator.comparingInt(part -> part.from.fixed()));
    int at = 0;
    for (var part : parts) {
      if (part.from.fixed() != at) {
        return false;
      }
      at = part.to().fixed();
    }
    return parts.getFirst().padded.type().dim(parts.getFirst().axis).is(at);
  }
}
