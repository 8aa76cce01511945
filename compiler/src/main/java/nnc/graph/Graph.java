package nnc.graph;

import java.util.List;
import java.util.function.Predicate;

/**
 * A static computational graph.
 *
 * @param name    its purpose: {@code train}, {@code evaluate}, {@code predict}, ...
 * @param nodes   every node after its operands
 * @param results what is computed, in the order of the source
 */
public record Graph(String name, Nodes nodes, List<Result> results) {

  public Graph {
    results = List.copyOf(results);
  }

  public Graph(String name, List<Node> nodes, List<Result> results) {
    this(name, Nodes.of(nodes), results);
  }

  /** Without the nodes that neither a result needs nor a node which is kept for its own sake; the same graph if there are none. */
  public Graph needed(Predicate<Node> kept) {
    var live = new NodeSet();
    results.forEach(result -> live.add(result.node()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      var node = nodes.get(i);
      if (live.contains(node) || kept.test(node)) {
        live.add(node);
        live.addAll(node.operands());
      }
    }
    return live.size() == nodes.size() ? this : new Graph(name, nodes.in(live), results);
  }

  /** What a result is for. */
  public enum Role {
    /** An array for the user. */
    OUTPUT,
    /** What a layer gives, by its path, or a name of the program stands for: for who looks into the network while it predicts. */
    VALUE,
    /** The scalar that training lowers: the sum of all losses and penalties. */
    LOSS,
    /** A scalar to report: {@code loss} is the sum of the losses without penalties, {@code loss.NAME} one of several, {@code penalty}. */
    TERM,
    /** A named scalar or array to report. */
    METRIC,
    /** What losses and metrics of several batches follow from: added up over the batches, multiplied, the largest or the smallest of them. */
    SUM, PROD, MAX, MIN,
    /** What they follow from and is kept of each example; the first axis counts these. */
    ROWS,
    /** The next value of the parameter or state whose path is the result's name. */
    UPDATE,
    /** The gradient of the loss by the parameter whose path is the result's name. */
    GRADIENT,
    /** Such a gradient in which one has part that the program declares. */
    DECLARED_GRADIENT,
    /** Of an index that may be no place: whether all elements are places, what they are, and of how many. */
    CHECK,
    /** What the input of the result's name is fed in the next run. */
    CARRIED
  }

  /** A node that the graph is asked for, under a name unique within its role. */
  public record Result(Role role, String name, Node node) {}

  /** Whether it replaces weights, or computes gradients by which others would. */
  public boolean learns() {
    return results.stream().anyMatch(result -> switch (result.role()) {
      case UPDATE, GRADIENT, DECLARED_GRADIENT -> true;
      case OUTPUT, VALUE, LOSS, TERM, METRIC, SUM, PROD, MAX, MIN, ROWS, CHECK, CARRIED -> false;
    });
  }
}
