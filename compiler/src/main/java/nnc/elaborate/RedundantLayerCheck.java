package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/**
 * Layers that predict no more than one would: {@code W2 (W1 x + b1) + b2} is {@code W x + b}. A first layer that is narrower than what it
 * reads and than the second is another matter, as {@code W} is then of that rank, and so is one that others read.
 */
final class RedundantLayerCheck {
  /** Steps from a weight to what is added or multiplied; normalisation takes five. */
  private static final int STEPS = 8;

  private RedundantLayerCheck() {}

  /** Two layers and, from the second up to the first, all that lies between, the first among it. */
  private record Pair(Node first, Node second, List<Node> path) {}

  /**
   * Warns of each product with a weight that follows another one with nothing but sums and factors a channel between.
   *
   * @param nodes in order
   * @param ends  the nodes that the program is there for
   */
  static void tell(List<Node> nodes, List<Node> ends, Diagnostics diagnostics) {
    var pairs = new ArrayList<Pair>();
    for (var node : nodes) {
      if (isLayer(node) && !node.span().equals(Span.NONE)) {
        find(node, pairs);
      }
    }
    if (pairs.isEmpty()) {
      return;
    }
    var uses = uses(nodes, ends);
    pairs.stream().filter(pair -> pair.path.stream().allMatch(node -> uses.getOrDefault(node, 0) == 1)).forEach(pair -> tell(pair, diagnostics));
  }

  /** How often each node is read by those that somebody needs. */
  private static Map<Node, Integer> uses(List<Node> nodes, List<Node> ends) {
    Map<Node, Integer> uses = new HashMap<>();
    ends.forEach(end -> uses.merge(end, 1, Integer::sum));
    for (var node : nodes.reversed()) {
      if (uses.containsKey(node)) {
        node.operands().forEach(operand -> uses.merge(operand, 1, Integer::sum));
      }
    }
    return uses;
  }

  private static void tell(Pair pair, Diagnostics diagnostics) {
    var warning = diagnostics.warning(WarningName.REDUNDANT_LAYER, pair.second.span(), "this layer follows another with no activation between: the two predict no more than one");
    if (!pair.first.span().equals(pair.second.span())) {
      warning.note("the other one:", pair.first.span());
    }
    warning.hint("put an activation such as relu between them, or leave one of them out");
  }

  private static void find(Node layer, List<Pair> pairs) {
    var path = new ArrayList<Node>();
    var at = layer.operand(0);
    while (at != null) {
      path.add(at);
      if (isLayer(at)) {
        if (width(at, 1) >= Math.min(width(at, 0), width(layer, 1))) {
          pairs.add(new Pair(at, layer, path));
        }
        return;
      }
      at = behind(at);
    }
  }

  /** Whether a node is the product of rows with a weight. */
  private static boolean isLayer(Node node) {
    return node.op() instanceof Op.MatMul && node.operand(1).type().rank() == 2 && isWeight(node.operand(1));
  }

  private static boolean isWeight(Node node) {
    return node.op() instanceof Op.Parameter || node.op() instanceof Op.State;
  }

  private static int width(Node layer, int axis) {
    return layer.operand(1).type().dim(axis).fixed();
  }

  /** What a node is but for sums and factors a channel and for how rows are arranged; null if it is something else. */
  private static Node behind(Node node) {
    return switch (node.op()) {
      case Op.Reshape _ -> node.type().rank() > 0 && node.operand(0).type().rank() > 0
          && node.type().shape().getLast().equals(node.operand(0).type().shape().getLast()) ? node.operand(0) : null;
      case Op.Binary(var fn) when fn == BinaryFn.ADD || fn == BinaryFn.SUB || fn == BinaryFn.MUL || fn == BinaryFn.DIV ->
          isChannelwise(node.operand(1)) ? node.operand(0) : fn != BinaryFn.DIV && isChannelwise(node.operand(0)) ? node.operand(1) : null;
      default -> null;
    };
  }

  /** A number, or a value a channel, that follows from the weights. */
  private static boolean isChannelwise(Node node) {
    return node.op() instanceof Op.Broadcast(var shape, var axes) && isFixed(node, STEPS)
        && (node.operand(0).type().rank() == 0 || node.operand(0).type().rank() == 1 && !axes.contains(shape.size() - 1));
  }

  private static boolean isFixed(Node node, int steps) {
    return isWeight(node) || node.op() instanceof Op.Const || steps > 0 && !node.operands().isEmpty() && !(node.op() instanceof Op.Uniform)
        && node.operands().stream().allMatch(operand -> isFixed(operand, steps - 1));
  }
}
