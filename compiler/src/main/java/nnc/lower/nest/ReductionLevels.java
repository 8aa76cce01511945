package nnc.lower.nest;

import java.util.HashMap;
import java.util.Map;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.schedule.Kernel;

/**
 * Which of a kernel's passes over the reduced axes computes each of its nodes. Elements of the whole space have the level of the first
 * pass that can compute them; values of a row, reductions among them, the number of passes before them.
 */
final class ReductionLevels {
  private final Kernel kernel;
  private final Map<Node, Integer> levels = new HashMap<>();

  ReductionLevels(Kernel kernel) {
    this.kernel = kernel;
    kernel.nodes().forEach(this::add);
  }

  private void add(Node node) {
    int result = 0;
    for (var operand : node.operands()) {
      var source = kernel.members().contains(operand) ? operand
          : operand.op() instanceof Op.Broadcast && kernel.members().contains(operand.operand(0)) ? operand.operand(0) : null;
      if (source != null) {
        result = Math.max(result, levels.get(source));
      }
    }
    levels.put(node, OpTraits.reduces(node.op()) ? result + 1 : result);
  }

  int of(Node node) {
    return levels.get(node);
  }

  /** The highest. */
  int last() {
    return levels.values().stream().mapToInt(level -> level).max().orElse(0);
  }

  /** Whether a node has elements in the whole space, reduced axes and all. */
  boolean full(Node node) {
    return !kernel.domain().reduced().isEmpty() && !OpTraits.reduces(node.op()) && node.type().shape().equals(kernel.domain().shape());
  }

  /** Whether a later pass reads a node. */
  boolean usedAfter(Node node, int level) {
    return kernel.nodes().stream().anyMatch(user -> user.operands().contains(node) && usedAt(user) > level);
  }

  private int usedAt(Node user) {
    return OpTraits.reduces(user.op()) ? levels.get(user) - 1 : levels.get(user);
  }
}
