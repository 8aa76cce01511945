package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Segments;

/**
 * A loop as a loop over segments, which saves what each began with, and a loop over the turns behind them, which saves what each was given.
 *
 * <pre>
 *   h  :=  f(h, x[t])                 t = 1 .. T                         becomes
 *   kept[s] := h,  h  :=  f(h, x[(s - 1) k + u])    u = 1 .. k,          s = 1 .. k
 *   saved[v] := h, h  :=  f(h, x[k k + v])          v = 1 .. T - k k
 * </pre>
 */
final class SegmentedLoop {
  private final Op.Loop op;
  private final Segments segments;
  private final GraphBuilder outside;
  private final List<Node> operands;
  private final Node cut;
  private final Node rest;

  /**
   * @param op       which saves what its turns were given
   * @param operands of the loop
   * @param outside  where the loops go
   */
  SegmentedLoop(Op.Loop op, Segments segments, List<Node> operands, GraphBuilder outside) {
    this.op = op;
    this.segments = segments;
    this.outside = outside;
    this.operands = List.copyOf(operands);
    cut = outside.loop(overSegments(), this.operands);
    var then = new ArrayList<>(this.operands);
    for (int i = 0; i < op.carried(); i++) {
      then.set(i, outside.result(cut, i));
    }
    var turn = Segments.rest(op.turn());
    rest = outside.loop(new Op.Loop(body(segments.cut().plus(Dim.open(turn))), turn, segments.rest(), op.carried(), true, op.going()), then);
  }

  /** A turn, of another number. */
  private Graph body(Dim turn) {
    var into = new GraphBuilder(op.body().nodes().size());
    var made = LoopBodies.copy(op.body(), given -> {
      var source = (Op.Given) given.op();
      return into.given(source.place(), source.type());
    }, dim -> dim.with(op.turn(), turn), into);
    return into.finish(op.body().name(), LoopBodies.results(op.body(), made));
  }

  private Op.Loop overSegments() {
    var b = new GraphBuilder();
    var given = IntStream.range(0, operands.size()).mapToObj(place -> b.given(place, operands.get(place).type())).toList();
    var turns = within(Dim.open(Segments.segment(op.turn())), given, b);
    var next = IntStream.range(0, op.carried()).mapToObj(i -> b.result(turns, i)).toList();
    var collected = new ArrayList<Node>();
    for (int i = op.carried(); i < op.saved(0); i++) {
      collected.add(b.result(turns, i));
    }
    collected.addAll(given.subList(0, op.carried()));
    return new Op.Loop(b.finish("body", LoopBodies.results(next, collected)), Segments.segment(op.turn()), segments.length(), op.carried(), true, -1);
  }

  /** The turns of a segment, which save what each was given. */
  Node within(Dim segment, List<Node> given, GraphBuilder b) {
    var turn = Segments.within(op.turn());
    return b.loop(new Op.Loop(body(segments.turn(segment, Dim.open(turn))), turn, segments.length(), op.carried(), true, op.going()), given);
  }

  Segments segments() {
    return segments;
  }

  List<Node> operands() {
    return operands;
  }

  int carried() {
    return op.carried();
  }

  /** The node that stands for the loop. */
  Node last() {
    return rest;
  }

  /** What a carried value was at the beginning of each segment. */
  Node kept(int value) {
    return outside.result(cut, op.saved(value));
  }

  /** What each turn behind the segments was given of a carried value. */
  Node saved(int value) {
    return outside.result(rest, op.saved(value));
  }

  /** Which result of the loop over a segment's turns has that. */
  int savedResult(int value) {
    return op.saved(value);
  }

  /** What stands for a result of the loop; of what it saves, which nobody reads any more, that of the turns behind the segments. */
  Node result(int index) {
    boolean whole = index < op.carried() || index >= op.saved(0);
    return whole ? outside.result(rest, index) : outside.concat(List.of(joined(outside.result(cut, index), outside), outside.result(rest, index)), 0);
  }

  /** What all turns of all segments have collected, a row each. */
  static Node joined(Node collected, GraphBuilder b) {
    var shape = new ArrayList<>(collected.type().shape());
    shape.set(0, shape.removeFirst().times(shape.getFirst()));
    return b.reshape(collected, shape);
  }
}
