package nnc.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.OpTraits;
import nnc.graph.RowUpdate;

/**
 * Of an array that a loop carries and that a turn changes a row of, the row is all that is written: what a turn makes lies where what it is given lies.
 *
 * <pre>
 *   k  :=  concat(k[:, :t], row, k[:, t + 1:])        becomes        k[:, t]  :=  row
 * </pre>
 *
 * It does not hold where something is read of the row as it was when the row is already there.
 */
final class RowsInPlace {
  private final Graph bound;
  private final Schedule body;

  private RowsInPlace(Graph bound, Schedule body) {
    this.bound = bound;
    this.body = body;
  }

  /**
   * By carried value, what a turn makes of it, of those where that is a row that can be written where the array lies.
   *
   * @param given   what stands for what the body is given
   * @param carried how many values are carried
   */
  static Map<Integer, RowUpdate> of(Graph bound, Schedule body, Map<Integer, Node> given, int carried) {
    var rows = new RowsInPlace(bound, body);
    Map<Integer, RowUpdate> found = new TreeMap<>();
    for (int i = 0; i < carried; i++) {
      var update = given.get(i) == null ? null : RowUpdate.of(bound.results().get(i).node(), given.get(i));
      if (update != null && !rows.isReadAfterwards(update, i)) {
        found.put(i, update);
      }
    }
    return found;
  }

  /** The schedule without copies of what stays as it is. */
  static Schedule without(Schedule body, Collection<RowUpdate> rows) {
    var kernels = new ArrayList<Kernel>();
    // by kernel, the place that it, or what follows it, has then
    var places = new int[body.kernels().size() + 1];
    for (int i = 0; i < body.kernels().size(); i++) {
      var kernel = body.kernels().get(i);
      if (rows.stream().noneMatch(update -> keeps(kernel, update))) {
        kernels.add(kernel);
      }
      places[i + 1] = kernels.size();
    }
    var repeats = body.repeats().stream().map(one -> new Schedule.Repeat(places[one.from()], places[one.to()], one.turn(), one.turns(), one.going())).toList();
    var branches = body.branches().stream().flatMap(one -> one.renumbered(kernel -> places[kernel])).toList();
    return new Schedule(body.graph(), kernels, body.stored(), body.decisions(), body.copies(), body.locations(), body.weightOnly(), repeats, branches);
  }

  private boolean isReadAfterwards(RowUpdate update, int result) {
    boolean safe = bound.nodes().stream().filter(node -> node.operands().contains(update.of())).allMatch(node -> update.avoids(node) || isKept(node, update));
    if (safe && bound.results().stream().noneMatch(other -> other.node() == update.of())) {
      return false;
    }
    var kernels = body.kernels();
    int first = 0;
    while (first < kernels.size() && (keeps(kernels.get(first), update) || !stores(kernels.get(first), update.whole()))) {
      first++;
    }
    for (var kernel : kernels.subList(first, kernels.size())) {
      if (!keeps(kernel, update) && KernelReads.nodes(body, kernel).contains(update.of())) {
        return true;
      }
    }
    for (int i = 0; i < bound.results().size(); i++) {
      if (i != result && reads(bound.results().get(i).node(), update.of())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a node is a part that stays as it is, and is nothing else. */
  private boolean isKept(Node node, RowUpdate update) {
    return update.whole().operands().contains(node) && node != update.row() && bound.nodes().stream().filter(other -> other.operands().contains(node)).count() == 1
        && bound.results().stream().noneMatch(other -> other.node() == node);
  }

  private boolean stores(Kernel kernel, Node whole) {
    return kernel.writes().stream().map(Kernel.Write::buffer).anyMatch(buffer -> buffer != null && body.location(buffer).whole() == body.location(whole).whole());
  }

  /** Whether a kernel copies a part that stays as it is, which need not be done. */
  private static boolean keeps(Kernel kernel, RowUpdate update) {
    return kernel.nodes().isEmpty() && kernel.writes().stream().allMatch(write -> write.target() instanceof Kernel.Target.Part(var whole, var part, _) && whole == update.whole() && part != update.part());
  }

  /** Whether what is copied at the end of a turn is read from the array. */
  private boolean reads(Node node, Node array) {
    var seen = new NodeSet();
    var open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      var next = open.pop();
      if (next == array) {
        return true;
      }
      if (seen.add(next) && !body.stored().contains(next) && !OpTraits.source(next.op())) {
        open.addAll(new ArrayList<>(next.operands()));
      }
    }
    return false;
  }
}
