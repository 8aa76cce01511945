package nnc.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.graph.Type;
import nnc.source.Span;

/**
 * What open dimensions have to be, so that all slices lie inside what they are of, all windows fit, sizes that stand for one number are the same, and none is
 * negative.
 */
public final class SizeNeeds {
  /**
   * A size that must not be negative.
   *
   * @param span where the source wants it
   * @param text what needs how much, without the place
   */
  public record Need(Dim size, Span span, String text) {}

  /** How large a size is looked for that is large enough. */
  private static final int TRIED = 10_000;

  private final List<Need> needs = new ArrayList<>();
  private final Set<Dim> known = new HashSet<>();
  private Span span;
  /** The loops whose body is looked at, the innermost last. */
  private final List<Op.Loop> loops = new ArrayList<>();

  private SizeNeeds() {}

  /** Of all nodes, in order; what holds for whatever sizes of at least one is left out. */
  public static List<Need> of(Graph graph) {
    var needs = new SizeNeeds();
    needs.collect(graph);
    return needs.needs;
  }

  private void collect(Graph graph) {
    for (var node : graph.nodes()) {
      span = node.span();
      if (node.op() instanceof Op.Loop loop) {
        loops.add(loop);
        collect(loop.body());
        loops.removeLast();
      }
      if (node.op() instanceof Op.Slice slice) {
        for (int axis = 0; axis < slice.start().size(); axis++) {
          slice(slice.start().get(axis), slice.count().get(axis), slice.step().get(axis), node.operand(0).type().dim(axis));
        }
      }
      if (node.op() instanceof Op.Pad(var low, var high, _, _)) {
        low.forEach(width -> need(width, "padding by " + width, "is negative"));
        high.forEach(width -> need(width, "padding by " + width, "is negative"));
      }
      if (node.op() instanceof Op.Windows windows) {
        int first = node.type().rank() - 2 * windows.size().size();
        fit(node.type().shape().subList(first, first + windows.size().size()), "a window", node.operand(0).type());
      }
      if (node.op() instanceof Op.Conv conv && conv.role() != Op.ConvRole.FILTER) {
        fit(node.type().shape().subList(2, node.type().rank()), "the kernel of a convolution", node.operand(0).type());
      }
      if (node.op() instanceof Op.Reshape) {
        same(node.operand(0).type(), node.type());
      }
      node.type().shape().forEach(dim -> need(dim, "a size of " + dim, "is negative"));
    }
  }

  private void slice(Dim start, Dim count, int step, Dim size) {
    if (count.is(0)) {
      return;
    }
    var last = start.plus(count.plus(-1).times(step));
    var what = (count.is(1) ? "place " + start : "the slice " + start + ":" + start.plus(count.times(step)) + (step == 1 ? "" : ":" + step)) + " of an axis of " + size;
    need(step > 0 ? start : last, what, "lies outside");
    need(size.minus(step > 0 ? last : start).plus(-1), what, "lies outside");
    need(count, what, "lies outside");
  }

  /** Of something that goes over axes, how often it does on each. */
  private void fit(List<Dim> places, String what, Type over) {
    places.forEach(count -> need(count.plus(-1), what + " over " + over, "does not fit"));
  }

  /** Of sizes that are other polynomials and taken for the same: axis by axis, or all elements. */
  private void same(Type x, Type y) {
    if (x.size().equals(y.size())) {
      return;
    }
    boolean axes = Shapes.meet(x.shape(), y.shape());
    for (int axis = 0; axis < (axes ? x.rank() : 1); axis++) {
      var one = axes ? x.dim(axis) : x.size();
      var other = axes ? y.dim(axis) : y.size();
      var text = axes ? x + " here meets a size of " + other + ", which needs " + one + " and " + other + " to be the same"
          : x + " has " + one + " elements here, which need to be " + other;
      equal(one.minus(other), text);
      equal(other.minus(one), text);
    }
  }

  private void equal(Dim difference, String text) {
    if (!difference.isNatural() && known.add(difference)) {
      needs.add(new Need(difference, span, text));
    }
  }

  /** @param never what is to be said of a size that is negative whatever the dimensions */
  private void need(Dim size, String what, String never) {
    for (var loop : loops.reversed()) {
      if (!size.isConstant() && size.variables().contains(loop.turn())) {
        // of sizes that grow or fall evenly from turn to turn the first and the last one are the least
        needInTurn(size.with(loop.turn(), Dim.ONE), inTurn(what, loop, Dim.ONE), never, loop);
        needInTurn(size.with(loop.turn(), loop.turns()), inTurn(what, loop, loop.turns()), never, loop);
        return;
      }
    }
    if (!size.isNatural() && known.add(size)) {
      needs.add(new Need(size, span, what + " " + (size.isConstant() ? never : condition(size))));
    }
  }

  /** Of a turn there is: what holds wherever there is a turn need not be told. */
  private void needInTurn(Dim size, String what, String never, Op.Loop loop) {
    if (!size.minus(loop.turns()).plus(1).isNatural()) {
      need(size, what, never);
    }
  }

  private static String inTurn(String what, Op.Loop loop, Dim turn) {
    return what.replace(loop.turn(), turn.toString());
  }

  private static String condition(Dim size) {
    var names = size.variables();
    var name = names.iterator().next();
    if (names.size() == 1 && !size.quotients().isEmpty()) {
      var least = LongStream.range(1, TRIED).filter(one -> size.evaluate(_ -> one) >= 0).findFirst();
      return least.isPresent() && size.evaluate(_ -> TRIED) >= 0 ? "needs " + name + " of at least " + least.getAsLong() : "needs " + size + " not to be negative";
    }
    var slope = size.minus(size.with(name, 0)).dividedBy(Dim.open(name));
    if (names.size() > 1 || slope.isEmpty() || !slope.get().isConstant()) {
      return "needs " + size + " not to be negative";
    }
    long factor = slope.get().constant().orElseThrow();
    long rest = size.with(name, 0).constant().orElseThrow();
    return "needs " + name + " of " + (factor > 0 ? "at least " + Math.ceilDiv(-rest, factor) : "at most " + Math.floorDiv(rest, -factor));
  }
}
