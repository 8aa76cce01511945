package nnc.passes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.optimizations.Optimization;

/**
 * A sum of arrays that are each zero but for a part of one axis, the parts side by side, is their concatenation: so look the gradients of
 * gates that were cut out of one product, and of the steps of a sequence. Who makes a part then writes it where it belongs.
 */
public final class SumOfPadsToConcat {
  private SumOfPadsToConcat() {}

  public static final Pass PASS = new Pass(Optimization.SUM_OF_PADS_TO_CONCAT, graph -> {
    var extents = new NodeMap<Extent>();
    return Rewrite.each(graph, (old, in, b) -> {
      if (!isSum(old)) {
        return null;
      }
      var extent = extent(in.get(0), extents).plus(extent(in.get(1), extents));
      var joined = extent.parts() > 1 && extent.axis() >= 0 && old.type().dim(extent.axis()).is(extent.length()) ? joined(in, b) : null;
      if (joined != null) {
        return joined;
      }
      var sum = b.keep(old, in);
      extents.put(sum, extent);
      return sum;
    });
  });

  /**
   * What is known of the parts of a sum without going through them.
   *
   * @param parts  how many there are
   * @param axis   that they lie on; negative if they lie on several, or if not all their places are known
   * @param length of all of them
   */
  private record Extent(int parts, int axis, long length) {
    static final Extent NONE = new Extent(0, 0, 0);

    Extent plus(Extent other) {
      return other.parts == 0 ? this : parts == 0 ? other
          : new Extent(2, axis == other.axis ? axis : -1, Math.min(Integer.MAX_VALUE, length + other.length));
    }
  }

  private static Extent extent(Node node, NodeMap<Extent> sums) {
    var known = sums.get(node);
    if (known != null) {
      return known;
    }
    var part = part(node);
    return part == null ? Extent.NONE : part.from.isConstant() && part.to().isConstant() ? new Extent(1, part.axis, part.padded.operand(0).type().dim(part.axis).fixed())
        : new Extent(1, -1, 0);
  }

  private static boolean isSum(Node node) {
    return node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD;
  }

  /** A part of an axis: where it begins. */
  private record Part(int axis, Dim from, Node padded) {
    Dim to() {
      return from.plus(padded.operand(0).type().dim(axis));
    }
  }

  /** The concatenation of parts that lie on one axis at known places, and what is added to it; null if they overlap or leave gaps. */
  private static Node joined(List<Node> summands, GraphBuilder b) {
    var parts = new ArrayList<Part>();
    var others = new ArrayList<Node>();
    collect(summands, parts, others);
    var first = parts.getFirst();
    if (!inOrder(parts)) {
      return null;
    }
    var joined = b.concat(parts.stream().map(part -> part.padded.operand(0)).toList(), first.axis);
    for (var other : others) {
      joined = b.emit(new Op.Binary(BinaryFn.ADD), List.of(joined, other));
    }
    return joined;
  }

  /** The summands of sums of sums, in order. */
  private static void collect(List<Node> summands, List<Part> parts, List<Node> others) {
    var open = new ArrayDeque<>(summands);
    while (!open.isEmpty()) {
      var node = open.pop();
      var part = part(node);
      if (isSum(node)) {
        node.operands().reversed().forEach(open::push);
      } else if (part != null) {
        parts.add(part);
      } else {
        others.add(node);
      }
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
    parts.sort((a, b) -> Integer.compare(a.from.fixed(), b.from.fixed()));
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
