package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.UnaryFn;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * What a step adds to a few rows of a large table is added to these rows alone: {@code w - c scatter(i, v) = w + scatter(i, -c v)}, where {@code scatter} adds
 * rows v to zeros at the places i, as the gradient of a look-up does. The schedule then lets the sums grow in the table itself. The sums of a row
 * are rounded in another order. Only for tables of which elements are added one after the other anyway, see {@link OpTraits#scattersWide}.
 */
public final class SparseUpdates {
  public static final Pass PASS = new Pass(Optimization.SPARSE_UPDATES, SparseUpdates::run);

  private final Uses uses;
  /** By node, the path of the weight whose next value it is. */
  private final Map<Node, String> updates = new HashMap<>();

  private SparseUpdates(Graph graph) {
    uses = new Uses(graph);
    graph.results().stream().filter(result -> result.role() == Graph.Role.UPDATE).forEach(result -> updates.put(result.node(), result.name()));
  }

  /** Without nodes that nobody needs: they would count as readers. */
  private static Graph run(Graph graph) {
    if (graph.nodes().stream().noneMatch(OpTraits::scattersWide)) {
      return graph;
    }
    var live = graph.needed(_ -> false);
    var sparse = new SparseUpdates(live);
    return Rewrite.each(live, sparse::emit).needed(_ -> false);
  }

  private Node emit(Node old, Nodes in, UnaryOperator<Node> made, GraphBuilder b) {
    boolean subtracts = old.op() instanceof Op.Binary(var fn) && fn == BinaryFn.SUB;
    boolean adds = old.op() instanceof Op.Binary(var other) && other == BinaryFn.ADD;
    boolean own = updates.containsKey(old) && (subtracts || adds) && updates.get(old).equals(OpTraits.path(old.operand(0).op()));
    if (!own || adds && old.operand(1).op() instanceof Op.ScatterAdd) {
      return null;
    }
    var steps = new ArrayList<Node>();
    var at = old.operand(1);
    while (uses.isReadOnce(at) && step(at) != null) {
      steps.addFirst(at);
      at = step(at);
    }
    if (!uses.isReadOnce(at) || !(at.op() instanceof Op.ScatterAdd(var axis, var size)) || !OpTraits.scattersWide(at)) {
      return null;
    }
    var rows = scaled(at.operand(1), steps, made, b);
    return b.add(in.get(0), b.scatterAdd(made.apply(at.operand(0)), subtracts ? b.neg(rows) : rows, axis, size));
  }

  /** What a step is a multiple of, by a number that all elements share; null of other steps. */
  private static Node step(Node node) {
    return switch (node.op()) {
      case Op.Unary(var fn) when fn == UnaryFn.NEG -> node.operand(0);
      case Op.Binary(var fn) when fn == BinaryFn.MUL -> isNumber(node.operand(1)) ? node.operand(0) : isNumber(node.operand(0)) ? node.operand(1) : null;
      case Op.Binary(var fn) when fn == BinaryFn.DIV && isNumber(node.operand(1)) -> node.operand(0);
      default -> null;
    };
  }

  private static boolean isNumber(Node node) {
    return node.op() instanceof Op.Broadcast && node.operand(0).type().rank() == 0;
  }

  private static Node scaled(Node rows, List<Node> steps, UnaryOperator<Node> made, GraphBuilder b) {
    var at = made.apply(rows);
    for (var step : steps) {
      if (step.op() instanceof Op.Binary(var fn)) {
        var number = isNumber(step.operand(1)) ? step.operand(1).operand(0) : step.operand(0).operand(0);
        at = b.binary(fn, at, made.apply(number));
      } else {
        at = b.neg(at);
      }
    }
    return at;
  }
}
