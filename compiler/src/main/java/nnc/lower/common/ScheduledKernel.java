package nnc.lower.common;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import nnc.graph.Node;
import nnc.loops.Loop.Expr;
import nnc.loops.StatementBuilder;
import nnc.machine.Core;
import nnc.optimizations.Switches;
import nnc.schedule.Kernel;

/**
 * A kernel with all of its schedule that its loops follow from.
 *
 * @param precision bits of an element
 * @param stored    nodes that lie in memory; what is not among them is computed where it is read
 * @param learns    whether it is part of a training step
 */
public record ScheduledKernel(Kernel kernel, int precision, Set<Node> stored, boolean learns, Switches switches) {
  /** Elements of a logical vector. */
  public int lanes() {
    return Core.lanes(precision);
  }

  /**
   * Lowers the values that it reads and computes.
   *
   * @param origins is told what each buffer's name stands for
   * @param own     answers for the kernel's own nodes; null for others
   */
  public ValueLowering values(StatementBuilder sink, Map<String, Origin> origins, BiFunction<Node, List<AffineIndex>, Expr> own) {
    return new ValueLowering(sink, precision, stored, origins, own);
  }
}
