package nnc.endtoend;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Golden;
import nnc.driver.CompiledStage;
import nnc.explain.ScheduleReport;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Verifier;
import nnc.loops.LoopPrinter;
import nnc.machine.Machine;
import nnc.passes.Pass;
import nnc.passes.Pipeline;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the stages make of small programs, written down: the graph after passes, the schedule with its reasons, the loops of kernels. */
class StagesTest {
  private static final int BATCH = 64;

  /** One purpose of a descriptor's program; {@code predict} if it does not say which. */
  private static CompiledStage stage(Map<String, String> sections) {
    return Programs.compile(sections.get("source"), 32).stages().get(sections.getOrDefault("purpose", "predict"));
  }

  /** The passes that {@code [passes]} names, in its order, each with the graph that it leaves. */
  @TestFactory
  Stream<DynamicTest> passesLeaveTheseGraphs() {
    return Golden.tests("graph", sections -> {
      var graph = stage(sections).elaborated();
      var text = new StringBuilder("elaborated: " + GraphPrinter.print(graph));
      for (var name : sections.get("passes").split("\\s+")) {
        graph = Verifier.check(pass(name).run().apply(graph), name);
        text.append("\nafter ").append(name).append(": ").append(GraphPrinter.print(graph));
      }
      return Map.of("graphs", text.toString());
    });
  }

  private static Pass pass(String name) {
    return Pipeline.STANDARD.passes().stream().filter(pass -> pass.optimization().title().equals(name)).findFirst().orElseThrow();
  }

  @TestFactory
  Stream<DynamicTest> graphsAreCutIntoTheseKernels() {
    return Golden.tests("schedule", sections -> {
      var stage = stage(sections);
      Graph graph = stage.schedule().graph();
      return Map.of("schedule", GraphPrinter.print(graph) + "\n" + ScheduleReport.of(new ScheduleReport.Subject(stage.schedule(),
          stage.memory(), stage.lowered().plan(), stage.lowered().calls(), 32, _ -> BATCH, Machine.usual(32, 1), List.of())));
    });
  }

  @TestFactory
  Stream<DynamicTest> kernelsBecomeTheseLoops() {
    return Golden.tests("loops", sections -> {
      var lowered = stage(sections).lowered();
      var text = new StringBuilder();
      for (int i = 0; i < lowered.kernels().size(); i++) {
        text.append(i == 0 ? "" : "\n").append(lowered.sources().get(i).form()).append(' ').append(LoopPrinter.print(lowered.kernels().get(i)));
      }
      return Map.of("loops", text.toString());
    });
  }
}
