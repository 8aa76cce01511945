package nnc.analysis;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.graph.Graph;
import nnc.graph.Op;

/**
 * The open dimension that counts the examples of a plan, and how its results depend on them.
 *
 * @param name of the dimension; empty if no input begins with an open one
 * @param rows by result, in the order of the graph's: the axis that counts examples, where each is computed by itself; or
 *             {@link BatchAxes#ALIKE}, {@link BatchAxes#MIXED} or {@link BatchAxes#JOINED}
 */
public record Batch(String name, List<Integer> rows) {
  public Batch {
    rows = List.copyOf(rows);
  }

  /**
   * The batch of a program's graph, as it was elaborated. Of several dimensions that inputs begin with it is the one by which most results
   * have rows of their own and none depends on several, so that there is a way to compute them in parts; of equal ones the first, where inputs count
   * before targets, which predictions do without. Nothing that is learned is apart.
   */
  public static Batch of(Graph graph) {
    var names = leading(graph);
    if (names.isEmpty() || graph.learns()) {
      var name = names.isEmpty() ? "" : names.iterator().next();
      return new Batch(name, Collections.nCopies(graph.results().size(), BatchAxes.MIXED));
    }
    Batch best = null;
    for (var name : names) {
      var batch = by(graph, name);
      best = best == null || batch.worth(graph) > best.worth(graph) ? batch : best;
    }
    return best;
  }

  /** Of a graph whose results for several batches are joined to those for all of them at once. */
  public static Batch joined(String name, Graph graph) {
    return new Batch(name, Collections.nCopies(graph.results().size(), BatchAxes.JOINED));
  }

  private static Batch by(Graph graph, String name) {
    var examples = new BatchAxes(graph, name);
    return new Batch(name, graph.results().stream().map(result -> examples.rows(result.node())).toList());
  }

  /** By what is asked for; how it was checked has rows of no one. */
  private long worth(Graph graph) {
    var asked = IntStream.range(0, rows.size()).filter(i -> graph.results().get(i).role() != Graph.Role.CHECK).mapToObj(rows::get).toList();
    return asked.contains(BatchAxes.MIXED) ? 0 : asked.stream().filter(axis -> axis != BatchAxes.ALIKE).mapToInt(axis -> axis == 0 ? 2 : 1).sum();
  }

  private static Set<String> leading(Graph graph) {
    var names = new LinkedHashSet<String>();
    for (boolean targets : new boolean[] {false, true}) {
      for (var node : graph.nodes()) {
        if (node.op() instanceof Op.Input(_, var target, var type) && target == targets && type.rank() > 0 && BatchAxes.isVariable(type.dim(0))) {
          names.add(type.dim(0).toString());
        }
      }
    }
    return names;
  }
}
