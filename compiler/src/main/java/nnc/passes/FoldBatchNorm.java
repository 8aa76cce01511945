package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * Folds batch normalisation into the layer before it: what is added to a convolution or product and multiplied with it channel by channel
 * becomes one factor and one summand a channel, {@code ((y + b - m) / s) * g + h = y * (g / s) + ((b - m) / s * g + h)}, both computed once
 * a run. Only where nobody else reads the steps between: in prediction and evaluation, not in training.
 */
public final class FoldBatchNorm {
  /** Steps from which two are fewer. */
  private static final int MIN_STEPS = 3;

  private FoldBatchNorm() {}

  public static final Pass PASS = new Pass(Optimization.FOLD_BATCH_NORM, graph -> {
    var ends = ends(graph);
    if (ends.isEmpty()) {
      return graph;
    }
    Map<Node, Node> made = new HashMap<>();
    return Rewrite.each(graph, (old, in, b) -> {
      var result = ends.containsKey(old) ? folded(ends.get(old), made, b) : b.keep(old, in);
      made.put(old, result);
      return result;
    });
  });

  /** The last nodes of chains that are worth folding, with their steps. */
  private static Map<Node, List<SpreadStep>> ends(Graph graph) {
    var uses = new Uses(graph);
    Map<Node, List<SpreadStep>> ends = new HashMap<>();
    Set<Node> between = new HashSet<>();
    var nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      var steps = step(nodes.get(i)) == null || between.contains(nodes.get(i)) ? List.<SpreadStep>of() : steps(nodes.get(i), uses);
      if (steps.size() >= MIN_STEPS) {
        ends.put(nodes.get(i), steps);
        steps.forEach(step -> between.add(step.large()));
      }
    }
    return ends;
  }

  /** The operations between a contraction and a node, the first one first; none if there are others between. */
  private static List<SpreadStep> steps(Node node, Uses uses) {
    var steps = new ArrayList<SpreadStep>();
    var at = node;
    while (true) {
      var step = step(at);
      if (step == null || !steps.isEmpty() && !step.over().axes().equals(steps.getFirst().over().axes())) {
        return at.op() instanceof Op.Conv || at.op() instanceof Op.MatMul ? steps : List.of();
      }
      steps.addFirst(step);
      at = step.large();
      if (!uses.isReadOnce(at)) {
        return at.op() instanceof Op.Conv || at.op() instanceof Op.MatMul ? steps : List.of();
      }
    }
  }

  /** One operation with a value a channel. */
  private static SpreadStep step(Node node) {
    return SpreadStep.of(node, FoldBatchNorm::spread);
  }

  private static boolean spread(Node node) {
    return node.op() instanceof Op.Broadcast && node.operand(0).type().rank() == 1;
  }

  private static Node folded(List<SpreadStep> steps, Map<Node, Node> made, GraphBuilder b) {
    Node scale = null;
    Node shift = null;
    for (var step : steps) {
      var channel = made.get(step.values());
      switch (step.fn()) {
        case ADD, SUB -> shift = shift != null ? b.emit(new Op.Binary(step.fn()), List.of(shift, channel)) : step.fn() == BinaryFn.ADD ? channel : b.neg(channel);
        default -> {
          scale = scale != null ? b.emit(new Op.Binary(step.fn()), List.of(scale, channel))
              : step.fn() == BinaryFn.MUL ? channel : b.div(b.like(channel, 1), channel);
          shift = shift == null ? null : b.emit(new Op.Binary(step.fn()), List.of(shift, channel));
        }
      }
    }
    var result = made.get(steps.getFirst().large());
    var spread = steps.getFirst().over();
    if (scale != null) {
      result = b.emit(new Op.Binary(BinaryFn.MUL), List.of(result, b.emit(spread, List.of(scale))));
    }
    return shift == null ? result : b.emit(new Op.Binary(BinaryFn.ADD), List.of(result, b.emit(spread, List.of(shift))));
  }
}
