package nnc.passes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;

/**
 * Says choices, and orders of few, by reductions, so that the kernels need to know nothing else, and gives every result a buffer that no node reads:
 * what is index arithmetic for its readers stays so where it is a result too.
 */
public final class Legalize {
  private Legalize() {}

  /** Elements of an axis up to which it is sorted by counting. */
  private static final int MAX_COUNTING_SORT_ELEMENTS = 64;

  public static Graph run(Graph graph) {
    var builder = new GraphBuilder(graph.nodes().size());
    var made = new NodeMap<Node>();
    var regroup = new Reassociate(graph, builder);
    var bands = new BandLayout(graph);
    for (var node : graph.nodes()) {
      builder.at(node.span());
      made.put(node, bands.emit(node, switch (node.op()) {
        case Op.ArgReduce(var largest, var axis) -> place(made.get(node.operand(0)), largest, axis, builder);
        case Op.ArgSort(var axis, var descending) when isShort(node.type().dim(axis)) -> order(made.get(node.operand(0)), axis, descending, builder);
        default -> regroup.emit(node, made);
      }, builder));
    }
    Map<Node, Node> kept = new HashMap<>();
    var results = graph.results().stream()
        .map(r -> new Graph.Result(r.role(), r.name(), kept.computeIfAbsent(made.get(r.node()), node -> kept(node, builder)))).toList();
    // what only nodes needed that have been said otherwise goes
    return builder.finish(graph.name(), results).needed(node -> OpTraits.source(node.op()));
  }

  /** A node that is computed, by itself or by a copy: readers of a view go past it, and would not wait for its buffer. */
  private static Node kept(Node node, GraphBuilder b) {
    return OpTraits.source(node.op()) || OpTraits.view(node.op()) || fromNothing(node) ? b.at(node.span()).emit(new Op.StopGradient(), List.of(node)) : node;
  }

  /** Whether everything behind a node is computed elementwise, down to constants and counts. */
  private static boolean fromNothing(Node node) {
    var seen = new HashSet<>(List.of(node));
    var open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      var next = open.pop();
      if (!OpTraits.pointwise(next.op()) && !OpTraits.view(next.op())) {
        return false;
      }
      next.operands().stream().filter(seen::add).forEach(open::push);
    }
    return true;
  }

  /** The smallest place whose element is the best, or is not a number. */
  private static Node place(Node x, boolean largest, int axis, GraphBuilder b) {
    var shape = x.type().shape();
    var best = b.reduce(largest ? ReduceFn.MAX : ReduceFn.MIN, x, List.of(axis), false);
    var wins = b.binary(BinaryFn.OR, b.equal(x, b.unreduce(best, shape, List.of(axis))), b.binary(BinaryFn.NE, x, x));
    var none = b.full(shape, 1 << 24, Kind.INT);
    return b.reduce(ReduceFn.MIN, b.select(wins, b.iota(shape, axis), none), List.of(axis), false);
  }

  /** Whether counting, all of it elementwise, is faster than merging. */
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
    var rank = b.sum(b.cast(before, Kind.INT), List.of(last + 1), false);
    var here = b.equal(b.unreduce(rank, square, List.of(last)), i);
    var order = b.sum(b.select(here, j, b.like(j, 0)), List.of(last + 1), false);
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
