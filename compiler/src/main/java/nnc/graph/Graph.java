package nnc.graph;

import java.util.List;

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

  /** What a result is for. */
  public enum Role {
    /** An array for the user. */
    OUTPUT,
    /** The scalar that training lowers: the sum of all losses and penalties. */
    LOSS,
    /** A named scalar or array to report. */
    METRIC,
    /** The next value of the parameter or state whose path is the result's name. */
    UPDATE,
    /** The gradient of the loss by the parameter whose path is the result's name. */
    GRADIENT
  }

  /** A node that the graph is asked for, under a name unique within its role. */
  public record Result(Role role, String name, Node node) {}
}
