package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import nnc.graph.Dim;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;

/**
 * Of a loop that goes back through the turns of another, what its turns compute again: nodes that do what nodes of the other do, of the same values, in the turn that is gone through.
 *
 * <pre>
 *   turn t of T:  z = h[t - 1] U                  turn b of T, t = T + 1 - b:  z = saved[T - b] U
 * </pre>
 */
final class TurnTwins {
  private final Node loop;
  private final Op.Loop op;
  private final Node back;
  private final Op.Loop backOp;
  private final NodeMap<Node> twins = new NodeMap<>();
  private final NodeSet kept = new NodeSet();

  /** What a node does and what it does it with; of nodes of the other loop by its own nodes. */
  private record Work(Op op, List<Node> of) {}

  private TurnTwins(Node loop, Node back) {
    this.loop = loop;
    this.op = (Op.Loop) loop.op();
    this.back = back;
    this.backOp = (Op.Loop) back.op();
  }

  /**
   * @param loop a loop of which every turn is run
   * @param back one behind it, of as many turns
   */
  static TurnTwins of(Node loop, Node back) {
    var twins = new TurnTwins(loop, back);
    twins.find();
    return twins;
  }

  /** Whether a loop reads what another has collected, from the last turn to the first. */
  static boolean goesBack(Node loop, Node back) {
    var op = (Op.Loop) loop.op();
    return back.op() instanceof Op.Loop other && other.turns().equals(op.turns())
        && back.operands().stream().anyMatch(read -> read.op() instanceof Op.LoopResult(var index, var backwards, _) && read.operand(0) == loop && index >= op.carried() && !backwards);
  }

  /** The place of a turn of the loop among what it collects, as turns back have it. */
  Dim place() {
    return backOp.turns().minus(Dim.open(backOp.turn()));
  }

  /** What a node of the loop that goes back does again; null if it does something else. */
  Node of(Node node) {
    return twins.get(node);
  }

  /** Whether a node is read from memory: what both loops are given, and what has been collected. */
  boolean isKept(Node node) {
    return kept.contains(node);
  }

  private void find() {
    UnaryOperator<Dim> sizes = dim -> dim.isConstant() ? dim : dim.with(op.turn(), place().plus(1));
    Map<Work, Node> known = new HashMap<>();
    Map<Node, Node> shared = new HashMap<>();
    for (var node : op.body().nodes()) {
      switch (node.op()) {
        case Op.Given(var place, _) when place >= op.carried() -> shared.putIfAbsent(loop.operand(place), node);
        case Op.Given _, Op.Loop _, Op.LoopResult _, Op.Uniform _ -> { }
        default -> known.putIfAbsent(new Work(LoopBodies.with(node.op(), sizes), new ArrayList<>(node.operands())), node);
      }
    }
    for (var node : backOp.body().nodes()) {
      var collected = collected(node);
      if (node.op() instanceof Op.Given(var place, _)) {
        if (place >= backOp.carried() && shared.get(back.operand(place)) instanceof Node given) {
          keep(node, given);
        }
      } else if (collected != null && collected.type().equals(node.type())) {
        keep(node, collected);
      } else if (node.operands().stream().allMatch(twins::contains)) {
        var twin = known.get(new Work(node.op(), node.operands().stream().map(twins::get).toList()));
        if (twin != null) {
          twins.put(node, twin);
        }
      }
    }
  }

  private void keep(Node node, Node twin) {
    twins.put(node, twin);
    kept.add(node);
  }

  /** What a turn has collected that is read here; null if a node is something else. */
  private Node collected(Node node) {
    if (!(node.op() instanceof Op.Reshape) || !(node.operand(0).op() instanceof Op.Slice(var start, var count, var step)) || !(node.operand(0).operand(0).op() instanceof Op.Given(var at, var type))
        || at < backOp.carried() || !(back.operand(at).op() instanceof Op.LoopResult(var index, var backwards, _)) || back.operand(at).operand(0) != loop || index < op.carried() || backwards) {
      return null;
    }
    boolean row = start.getFirst().equals(place()) && count.getFirst().is(1) && start.subList(1, start.size()).stream().allMatch(from -> from.is(0))
        && count.subList(1, count.size()).equals(type.shape().subList(1, type.rank())) && step.stream().allMatch(one -> one == 1);
    return row ? op.body().results().get(index).node() : null;
  }
}
