package nnc.elaborate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;

/**
 * A program in its own words: what its names, layers and activations have come to, one after the other.
 *
 * @param builder    of all nodes; gradients by it know what the program declares of them
 * @param steps      in the order in which they were done
 * @param parameters by path, frozen ones among them, in the order of the program
 * @param weights    parameters and states
 * @param results    of the purpose, by the steps of a training; none where the program has nothing for it
 * @param outputs    of prediction
 */
public record Traced(GraphBuilder builder, List<Step> steps, Map<String, Node> parameters, List<Elaborated.WeightInfo> weights, List<List<Graph.Result>> results,
    List<Graph.Result> outputs) {

  /** What a step is. */
  public enum Kind {
    /** A name of the program itself was given a value. */
    NAME,
    /** A layer was applied. */
    LAYER,
    /** An activation was applied, by a layer or by the program. */
    ACTIVATION
  }

  /**
   * A step.
   *
   * @param name  the program's, or the path of the layer, or of the layer that applies an activation; empty for the program's own
   * @param made  the layer's or the activation's name in the library; empty for names
   * @param of    what an activation is of; of others null
   */
  public record Step(Kind kind, String name, String made, Node of, Node value) {}

  /** The scalar that the first step lowers; none if the program has no loss. */
  public Optional<Node> loss() {
    return results.getFirst().stream().filter(result -> result.role() == Graph.Role.LOSS).map(Graph.Result::node).findFirst();
  }
}
