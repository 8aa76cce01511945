package nnc.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.source.Span;

/** What open dimensions have to be, so that all slices lie inside what they are of and no size is negative. */
public final class SizeNeeds {
  /**
   * A size that must not be negative.
   *
   * @param span where the source wants it
   * @param text what needs how much, without the place
   */
  public record Need(Dim size, Span span, String text) {}

  private final List<Need> needs = new ArrayList<>();
  private final Set<Dim> known = new HashSet<>();
  private Span span;

  private SizeNeeds() {}

  /** Of all nodes, in order; what holds for whatever sizes of at least one is left out. */
  public static List<Need> of(Graph graph) {
    var needs = new SizeNeeds();
    for (var node : graph.nodes()) {
      needs.span = node.span();
      if (node.op() instanceof Op.Slice slice) {
        for (int axis = 0; axis < slice.start().size(); axis++) {
          needs.slice(slice.start().get(axis), slice.count().get(axis), slice.step().get(axis), node.operand(0).type().dim(axis));
        }
      }
      if (node.op() instanceof Op.Pad(var low, var high, _, _)) {
        low.forEach(width -> needs.need(width, "padding by " + width, "is negative"));
        high.forEach(width -> needs.need(width, "padding by " + width, "is negative"));
      }
      node.type().shape().forEach(dim -> needs.need(dim, "a size of " + dim, "is negative"));
    }
    return needs.needs;
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

  /** @param never what is to be said of a size that is negative whatever the dimensions */
  private void need(Dim size, String what, String never) {
    if (!size.isNatural() && known.add(size)) {
      needs.add(new Need(size, span, what + " " + (size.isConstant() ? never : condition(size))));
    }
  }

  private static String condition(Dim size) {
    var names = size.variables();
    var name = names.iterator().next();
    var slope = size.minus(size.with(name, 0)).dividedBy(Dim.open(name));
    if (names.size() > 1 || slope.isEmpty() || !slope.get().isConstant()) {
      return "needs " + size + " not to be negative";
    }
    long factor = slope.get().constant().orElseThrow();
    long rest = size.with(name, 0).constant().orElseThrow();
    return "needs " + name + " of " + (factor > 0 ? "at least " + Math.ceilDiv(-rest, factor) : "at most " + Math.floorDiv(rest, -factor));
  }
}
