package nnc.lower.common;

import java.util.HashMap;
import java.util.Map;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.schedule.Kernel;
import nnc.schedule.Schedule;

/** How often the factors of a plan's products are read in a run: by products that turns repeat, weights once a turn, for their copies are made before the loop. */
public final class OperandReuse {
  /** More turns make no difference. */
  private static final int MOST_TURNS = 1000;

  private final NodeSet fixed;
  private final Map<Node, Integer> readers = new HashMap<>();

  public OperandReuse(Schedule schedule) {
    this.fixed = schedule.weightOnly().fixed();
    for (int i = 0; i < schedule.kernels().size(); i++) {
      Kernel kernel = schedule.kernels().get(i);
      if (!kernel.nodes().isEmpty() && kernel.nodes().getFirst().op() instanceof Op.MatMul) {
        int turns = turns(schedule, i);
        kernel.nodes().getFirst().operands().forEach(factor -> readers.merge(factor, isWeight(factor) ? turns : 1, Integer::sum));
      }
    }
  }

  private static int turns(Schedule schedule, int kernel) {
    long turns = 1;
    for (var repeat : schedule.repeats()) {
      if (repeat.from() <= kernel && kernel < repeat.to()) {
        turns *= Math.clamp(NominalSizes.of(repeat.turns()), 1, MOST_TURNS);
      }
    }
    return (int) Math.min(turns, MOST_TURNS);
  }

  /** Whether a factor is a weight, or a view of one. */
  private static boolean isWeight(Node factor) {
    var node = factor;
    while (OpTraits.view(node.op()) && node.operands().size() == 1) {
      node = node.operand(0);
    }
    return OpTraits.path(node.op()) != null;
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
