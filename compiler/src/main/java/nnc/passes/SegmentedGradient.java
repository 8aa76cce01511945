package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.Segments;

/**
 * A loop that is the gradient of another as a loop over the turns behind the segments, and a loop over segments from the last to the first: each begins with what was kept, computes
 * again what its turns were given, and goes back through them.
 *
 * <pre>
 *   a[t - 1] = (df at h[t - 1])^T a[t]                                    t = T .. k k + 1
 *   h[t] = f(h[t - 1], x[t])    t = (s - 1) k + 1 .. s k                  s = k .. 1
 *   a[t - 1] = (df at h[t - 1])^T a[t]    t = s k .. (s - 1) k + 1
 * </pre>
 */
final class SegmentedGradient {
  private final Op.Loop op;
  private final SegmentedLoop loop;
  private final Segments segments;
  /** By the place of an operand, of which carried value it has what turns were given. */
  private final Map<Integer, Integer> saved;
  private final GraphBuilder outside;
  private final Node rest;
  private final Node cut;

  /**
   * @param op       the gradient
   * @param loop     whose gradient it is
   * @param operands of the gradient; those that are saved values are not read
   * @param outside  where the loops go
   */
  SegmentedGradient(Op.Loop op, SegmentedLoop loop, Map<Integer, Integer> saved, List<Node> operands, GraphBuilder outside) {
    this.op = op;
    this.loop = loop;
    this.segments = loop.segments();
    this.saved = saved;
    this.outside = outside;
    var first = new ArrayList<>(operands);
    saved.forEach((place, value) -> first.set(place, loop.saved(value)));
    var turn = Segments.rest(op.turn());
    rest = outside.loop(back(turn, Dim.open(turn), segments.rest(), first), first);
    var then = new ArrayList<>(operands);
    for (int i = 0; i < op.carried(); i++) {
      then.set(i, outside.result(rest, i));
    }
    saved.forEach((place, value) -> then.set(place, loop.kept(value)));
    int own = then.size();
    then.addAll(loop.operands().subList(loop.carried(), loop.operands().size()));
    cut = outside.loop(overSegments(then, own), then);
  }

  private int results() {
    return op.body().results().size() - (op.saved() ? op.carried() : 0);
  }

  /**
   * Turns that are gone through backwards.
   *
   * @param turn     counts them
   * @param place    which of all of the gradient's turns that is
   * @param turns    how many there are
   * @param operands of the loop: of saved values those of its turns alone
   */
  private Op.Loop back(String turn, Dim place, Dim turns, List<Node> operands) {
    var b = new GraphBuilder(op.body().nodes().size());
    UnaryOperator<Dim> sizes = dim -> dim.with(op.turn(), place);
    var made = new NodeMap<Node>();
    for (var node : op.body().nodes()) {
      b.at(node.span());
      var in = node.operands().stream().map(made::get).toList();
      made.put(node, switch (node.op()) {
        case Op.Given(var at, var type) -> b.given(at, saved.containsKey(at) ? operands.get(at).type() : type);
        case Op.Slice _ when isSaved(node.operand(0)) -> b.slice(in.getFirst(), 0, turns.minus(Dim.open(turn)), Dim.ONE, 1);
        default -> b.emit(LoopBodies.with(node.op(), sizes), in);
      });
    }
    var body = new Graph(op.body().name(), op.body().nodes(), op.body().results().subList(0, results()));
    return new Op.Loop(b.finish(body.name(), LoopBodies.results(body, made)), turn, turns, op.carried(), false, -1);
  }

  private boolean isSaved(Node node) {
    return node.op() instanceof Op.Given(var place, _) && saved.containsKey(place);
  }

  /** @param own the place of the first operand that is the loop's own whose gradient it is */
  private Op.Loop overSegments(List<Node> operands, int own) {
    var b = new GraphBuilder();
    var given = IntStream.range(0, operands.size()).mapToObj(place -> b.given(place, operands.get(place).type())).toList();
    var turn = Segments.segment(op.turn());
    // from the last to the first
    var segment = segments.length().plus(1).minus(Dim.open(turn));
    var again = new ArrayList<Node>();
    for (int i = 0; i < loop.carried(); i++) {
      again.add(kept(i, segment, given, b));
    }
    again.addAll(given.subList(own, given.size()));
    var turns = loop.within(segment, again, b);
    var read = new ArrayList<>(given.subList(0, own));
    saved.forEach((place, value) -> read.set(place, b.result(turns, loop.savedResult(value))));
    var within = Segments.within(op.turn());
    var back = b.loop(back(within, segments.rest().plus(segments.turn(Dim.open(turn), Dim.open(within))), segments.length(), read), read);
    var all = IntStream.range(0, results()).mapToObj(i -> b.result(back, i)).toList();
    var body = b.finish("body", LoopBodies.results(all.subList(0, op.carried()), all.subList(op.carried(), all.size())));
    return new Op.Loop(body, turn, segments.length(), op.carried(), false, -1);
  }

  private Node kept(int value, Dim segment, List<Node> given, GraphBuilder b) {
    var place = saved.entrySet().stream().filter(one -> one.getValue() == value).map(Map.Entry::getKey).findFirst().orElseThrow();
    return b.at(given.get(place), 0, segment.plus(-1));
  }

  /** The node that stands for the loop. */
  Node last() {
    return cut;
  }

  /** What stands for a result of the loop. */
  Node result(int index) {
    return index < op.carried() ? outside.result(cut, index) : outside.concat(List.of(outside.result(rest, index), SegmentedLoop.joined(outside.result(cut, index), outside)), 0);
  }

  /** Whether a loop reads an operand at one place of its first axis each turn, from the last to the first, and not otherwise. */
  static boolean isReadByTurn(Op.Loop loop, int operand) {
    var place = loop.turns().minus(Dim.open(loop.turn()));
    for (var node : loop.body().nodes()) {
      for (var read : node.operands()) {
        if (read.op() instanceof Op.Given(var at, var type) && at == operand && !(node.op() instanceof Op.Slice(var start, var count, var step)
            && start.getFirst().equals(place) && count.getFirst().is(1) && step.stream().allMatch(one -> one == 1) && start.subList(1, start.size()).stream().allMatch(one -> one.is(0))
            && count.subList(1, count.size()).equals(type.shape().subList(1, type.shape().size())))) {
          return false;
        }
      }
    }
    return loop.body().results().stream().noneMatch(result -> result.node().op() instanceof Op.Given(var at, _) && at == operand);
  }
}
