package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;

/** Gradients made smaller before an optimizer sees them, as a step's settings ask. */
final class GradientClipping {
  /** A power of two that the squares of any 32-bit floats stand, and their sum, if the plain ones are too large. */
  private static final double SMALL = 0x1p-80;
  /** The same of 64-bit floats. */
  private static final double TINY = 0x1p-520;

  private final GraphBuilder g;
  private final StepSettings settings;

  GradientClipping(GraphBuilder g, StepSettings settings) {
    this.g = g;
    this.settings = settings;
  }

  /** By the path of their parameter. */
  Map<String, Node> clipped(Map<String, Node> gradients) {
    var result = new LinkedHashMap<>(gradients);
    settings.number("clip_value").ifPresent(c -> result.replaceAll((_, x) ->
        g.binary(BinaryFn.MAX, g.binary(BinaryFn.MIN, x, g.constant(c)), g.constant(-c))));
    settings.number("clip_norm").ifPresent(c -> result.replaceAll((_, x) -> g.mul(x, shrink(List.of(x), c))));
    settings.number("clip_global_norm").filter(_ -> !result.isEmpty()).ifPresent(c -> {
      var factor = shrink(List.copyOf(result.values()), c);
      result.replaceAll((_, x) -> g.mul(x, factor));
    });
    return result;
  }

  /**
   * {@code min(1, limit / (norm + 1e-6))}, as PyTorch's clip_grad_norm_. Gradients that are to be clipped may be too large for their squares to
   * be numbers: these are summed again, of gradients made smaller for 32 bits and for 64, on the same way through memory.
   */
  private Node shrink(List<Node> gradients, double limit) {
    var ratio = g.div(g.constant(limit * TINY), norm(gradients, TINY));
    for (double factor : new double[] {SMALL, 1}) {
      var norm = norm(gradients, factor);
      ratio = g.select(g.less(norm, g.constant(Double.POSITIVE_INFINITY)), g.div(g.constant(limit * factor), factor == 1 ? g.add(norm, g.constant(1e-6)) : norm), ratio);
    }
    return g.binary(BinaryFn.MIN, ratio, g.constant(1));
  }

  /** Of all gradients as one, times a factor. */
  private Node norm(List<Node> gradients, double factor) {
    return g.sqrt(gradients.stream().map(x -> {
      var part = factor == 1 ? x : g.mul(x, g.constant(factor));
      return g.sum(g.mul(part, part), IntStream.range(0, x.type().rank()).boxed().toList());
    }).reduce(g::add).orElseThrow());
  }
}
