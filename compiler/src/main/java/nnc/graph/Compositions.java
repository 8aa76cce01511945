package nnc.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What is composed of several ops, as the language's library and passes need it. Axes are from 0, as the {@link GraphBuilder}'s. */
public final class Compositions {
  private Compositions() {}

  public static Node mean(GraphBuilder b, Node x, List<Integer> axes) {
    return b.div(b.sum(number(b, x), axes), count(b, x, axes));
  }

  /** As {@link #mean}, but the axes stay, of size 1. */
  public static Node meanKept(GraphBuilder b, Node x, List<Integer> axes) {
    return b.div(b.sumKept(number(b, x), axes), count(b, x, axes));
  }

  /** Truth values are counted; a sum of whole numbers would wrap around. */
  private static Node number(GraphBuilder b, Node x) {
    return b.cast(x, x.type().kind() == Kind.BOOL ? Kind.INT : Kind.FLOAT);
  }

  private static Node count(GraphBuilder b, Node x, List<Integer> axes) {
    return b.size(Dim.product(axes.stream().map(x.type()::dim).toList()));
  }

  /** {@code numpy.take}: the index's shape stands in place of the axis. */
  public static Node take(GraphBuilder b, Node x, Node index, int axis) {
    var shape = x.type().shape();
    var flat = b.reshape(index, List.of(index.type().size()));
    var wide = new ArrayList<>(shape);
    wide.set(axis, flat.type().dim(0));
    var others = IntStream.range(0, shape.size()).filter(i -> i != axis).boxed().toList();
    var indices = b.unreduce(flat, wide, others);
    var result = new ArrayList<>(shape.subList(0, axis));
    result.addAll(index.type().shape());
    result.addAll(shape.subList(axis + 1, shape.size()));
    return b.reshape(b.gather(x, indices, axis), result);
  }

  /** {@code numpy.matmul}: leading dimensions broadcast; a vector is a row on the left, a column on the right. */
  public static Node matmul(GraphBuilder b, Node x, Node y) {
    var left = b.cast(x.type().rank() == 1 ? b.expand(x, 0) : x, Kind.FLOAT);
    var right = b.cast(y.type().rank() == 1 ? b.expand(y, 1) : y, Kind.FLOAT);
    TypeFault.check(left.type().rank() >= 2 && right.type().rank() >= 2, "matrix product of %s and %s", x.type(), y.type());
    var columns = left.type().shape().getLast();
    var rows = right.type().dim(right.type().rank() - 2);
    TypeFault.check(columns.equals(rows), "matrix product of %s and %s: %s and %s differ", x.type(), y.type(), columns, rows);
    var product = right.type().rank() == 2 && left.type().rank() > 2 ? rowsBy(b, left, right) : batched(b, left, right);
    var shape = new ArrayList<>(product.type().shape());
    if (y.type().rank() == 1) {
      shape.removeLast();
    }
    if (x.type().rank() == 1) {
      shape.remove(shape.size() - (y.type().rank() == 1 ? 1 : 2));
    }
    return b.reshape(product, shape);
  }

  /** A stack of matrices by one matrix is one product of all their rows. */
  private static Node rowsBy(GraphBuilder b, Node stack, Node matrix) {
    var lead = stack.type().shape().subList(0, stack.type().rank() - 1);
    var flat = b.reshape(stack, List.of(Dim.product(lead), stack.type().shape().getLast()));
    var shape = new ArrayList<>(lead);
    shape.add(matrix.type().dim(1));
    return b.reshape(b.product(flat, matrix), shape);
  }

  private static Node batched(GraphBuilder b, Node x, Node y) {
    var leadX = x.type().shape().subList(0, x.type().rank() - 2);
    var leadY = y.type().shape().subList(0, y.type().rank() - 2);
    int rank = Math.max(leadX.size(), leadY.size());
    var lead = new ArrayList<Dim>();
    for (int i = 0; i < rank; i++) {
      var p = i < rank - leadX.size() ? Dim.ONE : leadX.get(i - rank + leadX.size());
      var q = i < rank - leadY.size() ? Dim.ONE : leadY.get(i - rank + leadY.size());
      TypeFault.check(p.equals(q) || p.equals(Dim.ONE) || q.equals(Dim.ONE), "matrix product of %s and %s: %s and %s differ", x.type(), y.type(), p, q);
      lead.add(p.equals(Dim.ONE) ? q : p);
    }
    return b.product(withLead(b, x, lead), withLead(b, y, lead));
  }

  private static Node withLead(GraphBuilder b, Node x, List<Dim> lead) {
    var shape = new ArrayList<>(lead);
    shape.addAll(x.type().shape().subList(x.type().rank() - 2, x.type().rank()));
    return b.broadcastTo(x, shape);
  }

  /** {@code log(sum(exp(x)))} without overflow: the largest element is taken out, with no gradient of its own. */
  public static Node logSumExp(GraphBuilder b, Node x, List<Integer> axes) {
    return b.reshape(logSumExpKept(b, x, axes), Shapes.without(x.type().shape(), axes));
  }

  /** As {@link #logSumExp}, but the axes stay, of size 1. */
  public static Node logSumExpKept(GraphBuilder b, Node x, List<Integer> axes) {
    var top = b.stopGradient(b.maxKept(x, axes));
    var finite = b.select(b.less(b.unary(UnaryFn.ABS, top), b.like(top, Double.POSITIVE_INFINITY)), top, b.like(top, 0));
    var sum = b.log(b.sumKept(b.exp(b.sub(x, finite)), axes));
    return b.add(sum, finite);
  }

  public static Node softmax(GraphBuilder b, Node x, int axis) {
    var e = b.exp(b.sub(x, b.stopGradient(b.maxKept(x, List.of(axis)))));
    return b.div(e, b.sumKept(e, List.of(axis)));
  }

  public static Node logSoftmax(GraphBuilder b, Node x, int axis) {
    var shifted = b.sub(x, b.stopGradient(b.maxKept(x, List.of(axis))));
    return b.sub(shifted, b.log(b.sumKept(b.exp(shifted), List.of(axis))));
  }

  public static Node stack(GraphBuilder b, List<Node> parts, int axis) {
    return b.concat(parts.stream().map(p -> b.expand(p, axis)).toList(), axis);
  }
}
