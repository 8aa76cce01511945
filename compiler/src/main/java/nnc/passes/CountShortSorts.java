package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.optimizations.Optimization;

/**
 * Orders of few are counted rather than merged: an element's rank is how many stand before it. All of it is elementwise, and joins what is around it.
 */
public final class CountShortSorts {
  /** Elements of an axis up to which counting, which is quadratic, is faster than merging. */
  private static final int MAX_COUNTING_SORT_ELEMENTS = 64;

  private CountShortSorts() {}

  public static final Pass PASS = new Pass(Optimization.COUNT_SHORT_SORTS, graph -> Rewrite.each(graph, (old, in, b) ->
      old.op() instanceof Op.ArgSort(var axis, var descending) && isShort(old.type().dim(axis)) ? order(in.getFirst(), axis, descending, b) : null));

  private static boolean isShort(Dim size) {
    return size.isConstant() && size.fixed() <= MAX_COUNTING_SORT_ELEMENTS;
  }

  /** Each element's rank is the number of elements before it in the order; the order is the ranks turned round. Quadratic in the axis. */
  private static Node order(Node x, int axis, boolean descending, GraphBuilder b) {
    int last = x.type().rank() - 1;
    var turn = moved(x.type().rank(), axis, last);
    var row = b.transpose(x, turn);
    var square = new ArrayList<>(row.type().shape());
    square.add(row.type().shape().getLast());
    var mine = b.unreduce(row, square, List.of(last + 1));
    var other = b.unreduce(row, square, List.of(last));
    var i = b.iota(square, last);
    var j = b.iota(square, last + 1);
    // of equals the lower index comes first
    var before = b.select(b.less(j, i), inOrder(other, mine, descending, b), b.not(inOrder(mine, other, descending, b)));
    var rank = b.sum(b.cast(before, Kind.INT), List.of(last + 1));
    var here = b.equal(b.unreduce(rank, square, List.of(last)), i);
    var order = b.sum(b.select(here, j, b.like(j, 0)), List.of(last + 1));
    return b.transpose(order, turn);
  }

  /** Whether {@code y} may stand behind {@code x}: true of equals both ways, and not a number is the largest. */
  private static Node inOrder(Node x, Node y, boolean descending, GraphBuilder b) {
    var low = descending ? y : x;
    var high = descending ? x : y;
    return b.binary(BinaryFn.OR, b.binary(BinaryFn.LE, low, high), b.binary(BinaryFn.NE, high, high));
  }

  /** The axis changes places with the last one. */
  private static List<Integer> moved(int rank, int axis, int last) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      order.add(i == axis ? last : i == last ? axis : i);
    }
    return order;
  }
}
