package nnc.passes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * What kernels need, whatever else is done: the place of the best element is said by reductions, and every result gets a buffer that no node reads;
 * what is index arithmetic for its readers stays so where it is a result too.
 */
public final class Legalize {
  private Legalize() {}

  public static final Pass PASS = new Pass(Optimization.LEGALIZE, graph -> withBuffers(Rewrite.each(graph, (old, in, b) ->
      old.op() instanceof Op.ArgReduce(var largest, var axis) ? place(in.getFirst(), largest, axis, b) : null)));

  /** Without what only nodes needed that have been said otherwise. */
  private static Graph withBuffers(Graph graph) {
    var builder = new GraphBuilder(graph.nodes().size());
    var operands = new NodeMap<Node>();
    var made = new NodeMap<Node>();
    for (var node : graph.nodes()) {
      var read = node.operands().stream().map(operand -> made.get(operand, operand)).toList();
      made.put(node, builder.keep(node, node.op() instanceof Op.Loop loop ? handed(loop, read, operands, builder) : read));
    }
    var users = new Uses(graph);
    Map<Node, Node> kept = new HashMap<>();
    var results = graph.results().stream()
        .map(r -> new Graph.Result(r.role(), r.name(), kept.computeIfAbsent(r.node(), node -> kept(made.get(node), users, builder)))).toList();
    var whole = results.equals(graph.results()) && operands.isEmpty() ? graph : builder.finish(graph.name(), results);
    return whole.needed(node -> OpTraits.source(node.op()));
  }

  /** What a loop reads, each from a buffer: readers of a view go past it. What it begins with may be made of nothing, which is copied from nowhere. */
  private static List<Node> handed(Op.Loop loop, List<Node> read, NodeMap<Node> known, GraphBuilder b) {
    var handed = new ArrayList<Node>();
    for (var node : read) {
      boolean nothing = fromNothing(node);
      boolean copied = nothing ? handed.size() >= loop.carried() : OpTraits.view(node.op()) && !OpTraits.source(node.op());
      if (copied && !known.contains(node) && !(node.op() instanceof Op.StopGradient)) {
        known.put(node, b.at(node.span()).emit(new Op.StopGradient(""), List.of(node)));
      }
      handed.add(copied ? known.get(node, node) : node);
    }
    return handed;
  }

  /** A node that is computed, by itself or by a copy: readers of a view go past it, and would not wait for its buffer. */
  private static Node kept(Node node, Uses users, GraphBuilder b) {
    boolean copied = node.op() instanceof Op.StopGradient && users.of(node).isEmpty();
    return !copied && (OpTraits.source(node.op()) || OpTraits.view(node.op()) || fromNothing(node))
        ? b.at(node.span()).emit(new Op.StopGradient(""), List.of(node)) : node;
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
    var best = b.reduce(largest ? ReduceFn.MAX : ReduceFn.MIN, x, List.of(axis));
    var wins = b.binary(BinaryFn.OR, b.equal(x, b.unreduce(best, shape, List.of(axis))), b.binary(BinaryFn.NE, x, x));
    var none = b.full(shape, Integer.MAX_VALUE, Kind.INT);
    return b.reduce(ReduceFn.MIN, b.select(wins, b.iota(shape, axis), none), List.of(axis));
  }
}
