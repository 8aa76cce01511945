package nnc.differentiate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;

/**
 * The gradient of a loop is a loop over its turns from the last to the first. It carries the cotangents of the values that the loop carries, and sums up those of what all turns
 * read. Of what is read by slices, one a turn, the slices' cotangents are collected and put in their places behind the loop. What a turn has computed is computed again from the
 * values that it was given, which the loop has collected.
 *
 * <pre>
 *   h[t] = f(h[t - 1], x[t], w)     t = 1 .. T
 *   a[t - 1], dx[t], d = (df)^T a[t],   dw += d     t = T .. 1
 * </pre>
 */
public final class LoopGradient {
  /** What the turns of a backward loop are called, behind those of the loop. */
  private static final String BACK = "'";

  private final GraphBuilder outside;
  private final Node loop;
  private final Op.Loop op;
  private final NodeSet active;
  /** Of the backward loop. */
  private final GraphBuilder body = new GraphBuilder();
  private final Dim place;
  /** What the backward loop begins with, and what it is given besides. */
  private final List<Node> begins = new ArrayList<>();
  private final List<Node> shared = new ArrayList<>();
  private final List<Node> carriedGiven = new ArrayList<>();

  /**
   * @param outside where the gradient goes
   * @param active  nodes outside through which a change can reach a result
   */
  LoopGradient(GraphBuilder outside, Node loop, NodeSet active) {
    this.outside = outside;
    this.loop = loop;
    this.op = (Op.Loop) loop.op();
    this.active = active;
    // the place of the turn that is gone through, from 0: the last one first
    this.place = op.turns().minus(Dim.open(backward()));
  }

  private String backward() {
    return op.turn() + BACK;
  }

  /** Whether a loop is the gradient of another, whose turns it computes again. */
  public static boolean isBackward(Op.Loop loop) {
    return loop.turn().endsWith(BACK);
  }

  /** Whether a loop is the gradient of that one. */
  public static boolean isGradient(Op.Loop loop, Op.Loop of) {
    return loop.turn().equals(of.turn() + BACK) && loop.turns().equals(of.turns());
  }

  /** A slice of what all turns read that each turn has for itself, along one axis. */
  private record TurnSlice(int operand, Node node, int axis, boolean rises, Dim first) {}

  /**
   * The cotangents of the loop's operands.
   *
   * @param cotangents of its results, null for a zero
   * @return null for a zero
   */
  List<Node> of(List<Node> cotangents) {
    if (!op.saved()) {
      throw new IllegalStateException("a loop that has not saved what its turns were given");
    }
    var slices = new ArrayList<TurnSlice>();
    var summed = new ArrayList<Integer>();
    for (int i = op.carried(); i < loop.operands().size(); i++) {
      if (isFloat(i) && active.contains(loop.operand(i))) {
        var own = slices(i);
        if (own == null) {
          summed.add(i);
        } else {
          slices.addAll(own);
        }
      }
    }
    var floats = new ArrayList<Integer>();
    for (int i = 0; i < op.carried(); i++) {
      if (isFloat(i)) {
        floats.add(i);
      }
    }
    for (int i : floats) {
      carry(cotangents.get(i) != null ? cotangents.get(i) : outside.like(loop.operand(i), 0));
    }
    for (int i : summed) {
      carry(outside.like(loop.operand(i), 0));
    }
    return back(cotangents, floats, summed, slices);
  }

  private boolean isFloat(int operand) {
    return loop.operand(operand).type().kind() == Kind.FLOAT;
  }

  private void carry(Node beginning) {
    begins.add(beginning);
    carriedGiven.add(body.given(begins.size() - 1, beginning.type()));
  }

  /** What stands in the body for a value outside that is the same in all turns; places follow those of what is carried. */
  private Node share(Node node) {
    shared.add(node);
    return body.given(begins.size() + shared.size() - 1, node.type());
  }

  private List<Node> back(List<Node> cotangents, List<Integer> floats, List<Integer> summed, List<TurnSlice> slices) {
    var states = new Node[op.carried()];
    for (int i = 0; i < states.length; i++) {
      states[i] = body.at(share(outside.result(loop, op.saved(i))), 0, place);
    }
    var others = new Node[loop.operands().size()];
    var again = LoopBodies.copy(op.body(), given -> {
      int at = ((Op.Given) given.op()).place();
      if (at < states.length) {
        return states[at];
      }
      others[at] = others[at] == null ? share(loop.operand(at)) : others[at];
      return others[at];
    }, dim -> dim.with(op.turn(), place.plus(1)), body);
    var total = total(cotangents, floats, again);
    var xs = new ArrayList<Node>();
    floats.forEach(i -> xs.add(states[i]));
    summed.forEach(i -> xs.add(others[i] == null ? share(loop.operand(i)) : others[i]));
    slices.forEach(slice -> xs.add(again.get(slice.node)));
    var found = total == null ? xs.stream().map(_ -> (Node) null).toList() : Gradients.of(total, xs, body).stream().map(one -> one.orElse(null)).toList();
    var next = new ArrayList<Node>();
    for (int i = 0; i < floats.size(); i++) {
      next.add(found.get(i) == null ? body.like(xs.get(i), 0) : found.get(i));
    }
    for (int i = floats.size(); i < floats.size() + summed.size(); i++) {
      next.add(found.get(i) == null ? carriedGiven.get(i) : body.add(carriedGiven.get(i), found.get(i)));
    }
    var collected = new ArrayList<Node>();
    for (int i = 0; i < slices.size(); i++) {
      var one = found.get(next.size() + i);
      collected.add(one == null ? body.like(xs.get(next.size() + i), 0) : one);
    }
    collected.addAll(carriedGiven);
    var graph = body.finish("body", LoopBodies.results(next, collected));
    var operands = new ArrayList<>(begins);
    operands.addAll(shared);
    var made = outside.loop(new Op.Loop(graph.needed(node -> node.op() instanceof Op.Given), backward(), op.turns(), begins.size(), true, -1), operands);
    return contributions(made, floats, summed, slices);
  }

  /** A scalar whose gradients are the cotangents of what a turn was given; null if there are none. */
  private Node total(List<Node> cotangents, List<Integer> floats, NodeMap<Node> again) {
    Node total = null;
    var results = op.body().results();
    for (int i = 0; i < floats.size(); i++) {
      total = plus(total, again.get(results.get(floats.get(i)).node()), carriedGiven.get(i));
    }
    for (int i = op.carried(); i < results.size(); i++) {
      if (cotangents.get(i) != null && results.get(i).node().type().kind() == Kind.FLOAT) {
        total = plus(total, again.get(results.get(i).node()), body.at(share(cotangents.get(i)), 0, place));
      }
    }
    return total;
  }

  private Node plus(Node total, Node value, Node cotangent) {
    var axes = new ArrayList<Integer>();
    for (int axis = 0; axis < value.type().rank(); axis++) {
      axes.add(axis);
    }
    var part = body.sum(body.mul(value, cotangent), axes);
    return total == null ? part : body.add(total, part);
  }

  private List<Node> contributions(Node made, List<Integer> floats, List<Integer> summed, List<TurnSlice> slices) {
    var all = new ArrayList<Node>(Collections.nCopies(loop.operands().size(), null));
    for (int i = 0; i < floats.size(); i++) {
      all.set(floats.get(i), outside.result(made, i));
    }
    for (int i = 0; i < summed.size(); i++) {
      all.set(summed.get(i), outside.result(made, floats.size() + i));
    }
    for (int i = 0; i < slices.size(); i++) {
      var slice = slices.get(i);
      var placed = placed(outside.result(made, begins.size() + i), slice);
      var others = all.get(slice.operand);
      all.set(slice.operand, others == null ? placed : outside.add(others, placed));
    }
    return all;
  }

  /** Slices' cotangents in the order of the backward turns, where the slices were read. */
  private Node placed(Node collected, TurnSlice slice) {
    var whole = loop.operand(slice.operand).type();
    var shape = new ArrayList<>(collected.type().shape());
    shape.remove(slice.axis + 1);
    var rows = outside.reshape(collected, shape);
    rows = slice.rises ? outside.reverse(rows, 0) : rows;
    var order = new ArrayList<Integer>();
    for (int axis = 1; axis < shape.size(); axis++) {
      order.add(axis);
    }
    order.add(slice.axis, 0);
    var low = new ArrayList<>(Collections.nCopies(shape.size(), Dim.ZERO));
    var high = new ArrayList<>(low);
    low.set(slice.axis, slice.first);
    high.set(slice.axis, whole.dim(slice.axis).minus(slice.first).minus(op.turns()));
    return outside.pad(outside.transpose(rows, order), low, high, Collections.nCopies(shape.size(), 0), 0);
  }

  /** The slices that turns read of an operand; null if they read it otherwise too. */
  private List<TurnSlice> slices(int operand) {
    var found = new ArrayList<TurnSlice>();
    for (var result : op.body().results()) {
      if (isGiven(result.node(), operand)) {
        return null;
      }
    }
    for (var node : op.body().nodes()) {
      for (var read : node.operands()) {
        if (isGiven(read, operand)) {
          var slice = slice(node, operand);
          if (slice == null) {
            return null;
          }
          found.add(slice);
        }
      }
    }
    return found;
  }

  private static boolean isGiven(Node node, int operand) {
    return node.op() instanceof Op.Given(var place, _) && place == operand;
  }

  /** One place of one axis, another each turn, of all other axes all; null if it is anything else. */
  private TurnSlice slice(Node node, int operand) {
    if (!(node.op() instanceof Op.Slice(var start, var count, _))) {
      return null;
    }
    TurnSlice found = null;
    for (int axis = 0; axis < start.size(); axis++) {
      var from = start.get(axis);
      boolean moves = from.variables().contains(op.turn());
      if (moves) {
        var slope = from.with(op.turn(), Dim.open(op.turn()).plus(1)).minus(from);
        if (found != null || !count.get(axis).is(1) || !slope.is(1) && !slope.is(-1)) {
          return null;
        }
        found = new TurnSlice(operand, node, axis, slope.is(1), from.with(op.turn(), slope.is(1) ? Dim.ONE : op.turns()));
      } else if (!from.is(0) || !count.get(axis).equals(node.operand(0).type().dim(axis))) {
        return null;
      }
    }
    return found;
  }
}
