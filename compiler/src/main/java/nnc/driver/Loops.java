package nnc.driver;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.analysis.Batch;
import nnc.graph.Graph;
import nnc.loops.Loop;
import nnc.loops.LoopPrinter;
import nnc.lower.Lowering;
import nnc.optimizations.Optimization;
import nnc.optimizations.Optimization.Stage;
import nnc.optimizations.Switches;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;

/** All that the loops of one purpose follow from, but for the switches. */
record Loops(Schedule schedule, Graph elaborated, Batch batch, MemoryPlan memory, int precision, String className, WeightLayout layout) {

  Lowering.Result lowered(Switches switches) {
    return Lowering.lower(schedule, elaborated, batch, memory, precision, className, layout, switches);
  }

  /** Of each of some optimizations, the kernels that it makes otherwise, those behind it not done yet. */
  List<Shown> shown(Switches switches, Set<Optimization> wanted) {
    return wanted.stream().filter(one -> one.stage() == Stage.LOOPS && switches.on(one)).map(one -> {
      var before = lowered(switches.before(one)).kernels();
      var after = lowered(switches.until(one)).kernels();
      return new Shown(one, text(before, after), text(after, before));
    }).toList();
  }

  /** The kernels that others have not. */
  private String text(List<Loop.Kernel> kernels, List<Loop.Kernel> others) {
    var known = new HashSet<>(others);
    var changed = kernels.stream().filter(kernel -> !known.contains(kernel)).map(LoopPrinter::print).toList();
    return "loops " + schedule.graph().name() + (changed.isEmpty() ? ": none is changed\n" : "\n" + String.join("\n", changed));
  }
}
