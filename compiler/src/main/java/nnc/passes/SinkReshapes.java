package nnc.passes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Shapes;
import nnc.optimizations.Optimization;

/**
 * Moves reshapes that cut axes down through what does not care: {@code f(reshape(x)) = reshape(f(x))}. A product of all rows of a batch of
 * sequences stays rows until somebody asks for sequences, and so bias, activation, residual sums and normalisation have its space: they
 * can share its kernel, or one with each other.
 */
public final class SinkReshapes {
  /** How deep an expression may be that is said again for another shape. */
  private static final int MAX_DEPTH = 8;

  public static final Pass PASS = new Pass(Optimization.SINK_RESHAPES, graph -> Rewrite.each(graph, (old, in, b) -> new SinkReshapes(b).flattened(old.op(), in)));

  private final GraphBuilder b;

  private SinkReshapes(GraphBuilder b) {
    this.b = b;
  }

  /** The result of an op on some operands with its last reshape at the end; null if there is nothing to move. */
  private Node flattened(Op op, List<Node> in) {
    return switch (op) {
      case Op.Reshape(var shape) when in.getFirst().op() instanceof Op.Reshape -> reshape(in.getFirst(), shape);
      case Op.Reduce reduce -> reduced(reduce, in.getFirst());
      case Op.ArgReduce(var largest, var axis) -> chosen(largest, axis, in.getFirst());
      case Op.Broadcast broadcast -> broadcast(broadcast, in.getFirst());
      default -> OpTraits.arithmetic(op) || op instanceof Op.StopGradient ? elementwise(op, in) : null;
    };
  }

  private Node emit(Op op, List<Node> in) {
    var flattened = flattened(op, in);
    return flattened != null ? flattened : b.emit(op, in);
  }

  /** Of a reshape: once. */
  private Node reshape(Node x, List<Dim> shape) {
    return b.reshape(x.op() instanceof Op.Reshape ? x.operand(0) : x, shape);
  }

  /** How the axes of an operand of a reshape were cut into more; null if they were not, or if the operand is nothing that a kernel computes. */
  private static ReshapeGroups cut(Node reshape) {
    if (!(reshape.op() instanceof Op.Reshape)) {
      return null;
    }
    var behind = reshape.operand(0);
    return OpTraits.source(behind.op()) || OpTraits.view(behind.op()) ? null : ReshapeGroups.of(behind.type().shape(), reshape.type().shape());
  }

  // ---- elementwise

  private Node elementwise(Op op, List<Node> in) {
    var cut = in.stream().map(SinkReshapes::cut).filter(Objects::nonNull).min(Comparator.comparingInt(c -> c.whole().size())).orElse(null);
    return cut == null || !in.stream().allMatch(node -> canBeFlat(node, cut, MAX_DEPTH)) ? null
        : reshape(emit(op, flat(in, cut)), in.getFirst().type().shape());
  }

  /**
   * Not where a kernel reduces in the shape behind the cut what would be read. Cheap arithmetic may be done twice, once in each shape; but
   * not what belongs to a product or convolution.
   */
  private static boolean canBeFlat(Node node, ReshapeGroups cut, int depth) {
    return switch (node.op()) {
      case Op.Broadcast(_, var axes) -> cut.whole(axes) != null || !isOfParts(node.operand(0), cut, MAX_DEPTH);
      default -> !OpTraits.arithmetic(node.op()) ? depth == MAX_DEPTH || !OpTraits.contracts(node.op())
          : depth > 0 && !OpTraits.dear(node) && node.operands().stream().allMatch(operand -> canBeFlat(operand, cut, depth - 1));
    };
  }

  /** Whether parts were reduced to what a node is computed from: arithmetic on both can share the reduction's kernel. */
  private static boolean isOfParts(Node node, ReshapeGroups cut, int depth) {
    return switch (node.op()) {
      case Op.Reduce _, Op.ArgReduce _ -> node.operand(0).type().shape().equals(cut.parts());
      default -> depth > 0 && (OpTraits.arithmetic(node.op()) || OpTraits.view(node.op()))
          && node.operands().stream().anyMatch(operand -> isOfParts(operand, cut, depth - 1));
    };
  }

  private List<Node> flat(List<Node> nodes, ReshapeGroups cut) {
    return nodes.stream().map(node -> flat(node, cut)).toList();
  }

  /** A node in the shape before the cut. */
  private Node flat(Node node, ReshapeGroups cut) {
    return switch (node.op()) {
      case Op.Broadcast(_, var axes) -> {
        var whole = cut.whole(axes);
        yield whole == null || whole.isEmpty() ? reshape(node, cut.whole())
            : emit(new Op.Broadcast(cut.whole(), whole), List.of(reshape(node.operand(0), cut.without(whole))));
      }
      case Op.Iota(_, var axis) -> {
        var whole = cut.whole(List.of(axis));
        yield whole == null || whole.isEmpty() ? reshape(node, cut.whole()) : b.iota(cut.whole(), whole.getFirst());
      }
      case Op.Uniform(var stream, _, var rows) -> b.emit(new Op.Uniform(stream, cut.whole(), rows), List.of());
      default -> OpTraits.arithmetic(node.op()) ? emit(node.op(), flat(node.operands(), cut)) : reshape(node, cut.whole());
    };
  }

  // ---- axes that come and go

  private Node reduced(Op.Reduce reduce, Node x) {
    var cut = cut(x);
    var whole = cut == null ? null : cut.whole(reduce.axes());
    return whole == null || whole.isEmpty() ? null
        : reshape(emit(new Op.Reduce(reduce.fn(), whole), List.of(x.operand(0))), Shapes.without(x.type().shape(), reduce.axes()));
  }

  private Node chosen(boolean largest, int axis, Node x) {
    var cut = cut(x);
    var whole = cut == null ? null : cut.whole(List.of(axis));
    return whole == null || whole.isEmpty() ? null
        : reshape(emit(new Op.ArgReduce(largest, whole.getFirst()), List.of(x.operand(0))), Shapes.without(x.type().shape(), List.of(axis)));
  }

  /** Axes that are added between those of a cut leave it as it is; among the parts of one axis there is no place for them. */
  private Node broadcast(Op.Broadcast broadcast, Node x) {
    var cut = cut(x);
    if (cut == null) {
      return null;
    }
    var shape = new ArrayList<Dim>();
    var added = new ArrayList<Integer>();
    int axis = 0;
    int next = 0;
    for (int place = 0; place < broadcast.shape().size(); place++) {
      if (!broadcast.axes().contains(place)) {
        for (int group = cut.groups().get(axis++); next <= group; next++) {
          shape.add(cut.whole().get(next));
        }
      } else if (axis > 0 && axis < cut.groups().size() && cut.groups().get(axis - 1).equals(cut.groups().get(axis))) {
        return null;
      } else {
        added.add(shape.size());
        shape.add(broadcast.shape().get(place));
      }
    }
    shape.addAll(cut.whole().subList(next, cut.whole().size()));
    return reshape(emit(new Op.Broadcast(List.copyOf(shape), added), List.of(x.operand(0))), broadcast.shape());
  }
}
