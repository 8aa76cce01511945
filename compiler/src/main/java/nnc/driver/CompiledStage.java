package nnc.driver;

import java.util.List;
import nnc.elaborate.LoopChoice;
import nnc.graph.Graph;
import nnc.lower.Lowering;
import nnc.optimizations.Optimization;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;

/**
 * One purpose, compiled as far as loops.
 *
 * @param loops of the program, over ranges of numbers, and what became of them
 */
public record CompiledStage(Graph elaborated, Schedule schedule, MemoryPlan memory, Lowering.Result lowered, List<Change> changes, List<LoopChoice> loops) {

  /**
   * What one pass did, in nodes.
   *
   * @param obstacle why it did not apply; empty if it did
   */
  public record Change(Optimization pass, int before, int after, String obstacle) {}
}
