package nnc.driver;

import java.util.List;
import nnc.graph.Graph;
import nnc.lower.Lowering;
import nnc.passes.Pipeline;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;

/** One purpose, compiled as far as loops. */
public record CompiledStage(Graph elaborated, Graph graph, Schedule schedule, MemoryPlan memory, Lowering.Result lowered, List<Pipeline.Change> changes) {}
