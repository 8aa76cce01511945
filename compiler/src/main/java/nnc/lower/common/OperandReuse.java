package nnc.lower.common;

import java.util.HashMap;
import java.util.Map;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.schedule.Kernel;
import nnc.schedule.Schedule;

/** How often the factors of a plan's products are read in a run. */
public final class OperandReuse {
  private final NodeSet fixed;
  private final Map<Node, Integer> readers = new HashMap<>();

  public OperandReuse(Schedule schedule) {
    this.fixed = schedule.weightOnly().fixed();
    for (Kernel kernel : schedule.kernels()) {
      if (!kernel.nodes().isEmpty() && kernel.nodes().getFirst().op() instanceof Op.MatMul) {
        kernel.nodes().getFirst().operands().forEach(factor -> readers.merge(factor, 1, Integer::sum));
      }
    }
  }

  /** Whether a factor is the same at each run. */
  public boolean isFixed(Node factor) {
    return fixed.contains(factor);
  }

  /** How long a factor's copy is right. */
  public PackedOperand.Lifetime lifetime(Node factor) {
    return isFixed(factor) ? PackedOperand.Lifetime.WEIGHTS : PackedOperand.Lifetime.RUN;
  }

  /** The share of a copy's cost that falls to one of the products that read it: nothing of one that serves many runs. */
  public double share(Node factor) {
    return isFixed(factor) ? 0 : 1.0 / readers.getOrDefault(factor, 1);
  }
}
