package nnc.elaborate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.UnaryFn;
import nnc.runtime.spec.ModelSpec;

/**
 * The optimizer at work only on every n-th step, on the mean of the gradients since the last time; between, weights and the optimizer's
 * memory hold. To the optimizer and its schedules {@code step} counts these times.
 */
final class Accumulation {
  private final Elaborator elaborator;
  private final int steps;
  private final Node ready;
  private final Map<String, Node> sums = new LinkedHashMap<>();

  private final UnaryOperator<String> prefix;

  private Accumulation(Elaborator elaborator, int steps, Node ready, UnaryOperator<String> prefix) {
    this.elaborator = elaborator;
    this.steps = steps;
    this.ready = ready;
    this.prefix = prefix;
  }

  /**
   * Over {@code steps} steps; with 1 nothing is changed. From here on {@code step} has its new meaning.
   *
   * @param count  how many steps there have been, this one included
   * @param prefix of the path where a parameter's sum is kept
   */
  static Accumulation of(Elaborator elaborator, Node count, int steps, UnaryOperator<String> prefix) {
    if (steps == 1) {
      return new Accumulation(elaborator, 1, null, prefix);
    }
    var g = elaborator.builder();
    var every = g.constant(steps);
    var rounds = g.unary(UnaryFn.FLOOR, g.div(count, every));
    elaborator.countSteps(g.unary(UnaryFn.FLOOR, g.div(g.add(count, g.constant(steps - 1)), every)));
    return new Accumulation(elaborator, steps, g.equal(g.mul(rounds, every), count), prefix);
  }

  /** The means so far, this step's gradient among them. */
  Map<String, Node> gradients(Map<String, Node> gradients) {
    if (steps == 1) {
      return gradients;
    }
    var g = elaborator.builder();
    gradients.forEach((path, gradient) -> {
      var soFar = elaborator.weights.zeros(path(path), ModelSpec.WeightKind.OPTIMIZER, gradient.type());
      sums.put(path, g.add(soFar, g.div(gradient, g.constant(steps))));
    });
    return Collections.unmodifiableMap(sums);
  }

  /** Holds everything but the layers' own states between the times. */
  void hold(Map<String, Node> updates, Set<String> layers) {
    if (steps == 1) {
      return;
    }
    var g = elaborator.builder();
    updates.replaceAll((path, next) -> layers.contains(path) ? next : choose(g, next, elaborator.weights.node(path)));
    sums.forEach((path, sum) -> updates.put(path(path), choose(g, g.like(sum, 0), sum)));
  }

  private Node choose(GraphBuilder g, Node atTheTime, Node between) {
    return g.select(g.broadcastTo(ready, between.type().shape()), atTheTime, between);
  }

  private String path(String parameter) {
    return prefix.apply(parameter) + ModelSpec.Training.SUM + parameter;
  }
}
