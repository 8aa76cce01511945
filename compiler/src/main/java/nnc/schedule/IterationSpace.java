package nnc.schedule;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;

/**
 * The space that a kernel's loops run over. Its nodes have the full shape, or, behind a reduction, the shape of the axes that remain.
 *
 * @param shape   all axes
 * @param reduced those that are summed (or otherwise combined) away, ascending
 */
public record IterationSpace(List<Dim> shape, List<Integer> reduced) {
  public IterationSpace {
    shape = List.copyOf(shape);
    reduced = List.copyOf(reduced);
  }

  /** Said in full because it is asked of every node. */
  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof IterationSpace domain && Shapes.same(shape, domain.shape) && reduced.equals(domain.reduced);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + reduced.hashCode();
  }

  /** The shape of what is left. */
  public List<Dim> outer() {
    return Shapes.without(shape, reduced);
  }

  /** The space over which a node is computed. */
  public static IterationSpace of(Node node) {
    return switch (node.op()) {
      case Op.Reduce(_, var axes) -> new IterationSpace(node.operand(0).type().shape(), axes);
      case Op.MatMul() -> behind(node, List.of(node.operand(0).type().shape().getLast()));
      case Op.Conv conv -> behind(node, summed(conv, node));
      case Op.FoldWindows fold -> behind(node, fold.size().stream().map(k -> Dim.of(k)).toList());
      default -> new IterationSpace(node.type().shape(), List.of());
    };
  }

  /** A result's axes, and behind them those that are summed. */
  private static IterationSpace behind(Node node, List<Dim> summed) {
    var shape = new ArrayList<>(node.type().shape());
    var axes = new ArrayList<Integer>();
    for (var dim : summed) {
      axes.add(shape.size());
      shape.add(dim);
    }
    return new IterationSpace(shape, axes);
  }

  /** What a convolution sums over: (channels, kernel) forward, (filters, kernel) by input, (batch, positions) by filter. */
  private static List<Dim> summed(Op.Conv conv, Node node) {
    var second = node.operand(1).type();
    var list = new ArrayList<Dim>();
    switch (conv.role()) {
      case FORWARD -> list.addAll(second.shape().subList(1, second.rank()));
      case INPUT -> {
        list.add(Dim.of(second.dim(0).fixed() / conv.window().groups()));
        list.addAll(second.shape().subList(2, second.rank()));
      }
      case FILTER -> {
        var shape = conv.batchLast() ? Shapes.batchFirst(second).shape() : second.shape();
        list.add(shape.getFirst());
        list.addAll(shape.subList(2, shape.size()));
      }
    }
    return list;
  }
}
