package nnc.passes;

import java.util.function.UnaryOperator;
import nnc.graph.Graph;
import nnc.optimizations.Optimization;

/**
 * A graph in, an equivalent graph out.
 *
 * @param condition asked before it is run
 */
public record Pass(Optimization optimization, Condition condition, UnaryOperator<Graph> run) {

  /** Of the whole graph, why a pass does not apply to it; empty if it does. */
  public interface Condition {
    /** @param examples of a training step, as the program says it; 0 if it does not */
    String obstacle(Graph graph, int examples);
  }

  /** One that applies to any graph. */
  Pass(Optimization optimization, UnaryOperator<Graph> run) {
    this(optimization, (_, _) -> "", run);
  }

  public String name() {
    return optimization.title();
  }
}
