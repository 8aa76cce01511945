package nnc.driver;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.analysis.Batch;
import nnc.graph.Graph;
import nnc.loops.Loop;
import nnc.loops.LoopPrinter;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.lower.Lowering;
import nnc.optimizations.Optimization;
import nnc.optimizations.Optimization.Stage;
import nnc.optimizations.Switches;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;

/** All that the loops of one purpose follow from, but for the switches. */
record Loops(Schedule schedule, Graph elaborated, Batch batch, MemoryPlan memory, int precision, String className, WeightLayout layout) {

  Lowering.Result lowered(Switches switches) {
    return Lowering.lower(schedule, elaborated, batch, memory, new Lowering.Target(precision, className, layout, switches));
  }

  /** The width that loops are shown for, where they are made for one. */
  private static final Width SHOWN = Width.V256;

  /** Of each of some optimizations, the kernels that it makes otherwise, those behind it not done yet. */
  List<Shown> shown(Switches switches, Set<Optimization> wanted) {
    return wanted.stream().filter(one -> one.stage() == Stage.LOOPS && switches.on(one)).map(one -> {
      var before = kernels(one, switches.before(one), false);
      var after = kernels(one, switches.until(one), true);
      return new Shown(one, text(before, after), text(after, before));
    }).toList();
  }

  /** @param done whether an optimization is done; of those behind it nothing is */
  private List<Loop.Kernel> kernels(Optimization one, Switches on, boolean done) {
    var kernels = lowered(on).kernels().stream();
    if (one.compareTo(Optimization.TRANSPOSE_IN_REGISTERS) >= 0) {
      kernels = kernels.map(kernel -> Expansion.transposed(kernel, SHOWN, precision, on));
    }
    return (done && one == Optimization.TILE_PRODUCTS ? kernels.map(kernel -> Expansion.tiled(kernel, SHOWN, precision)) : kernels).toList();
  }

  /** The kernels that others have not. */
  private String text(List<Loop.Kernel> kernels, List<Loop.Kernel> others) {
    var known = new HashSet<>(others);
    var changed = kernels.stream().filter(kernel -> !known.contains(kernel)).map(LoopPrinter::print).toList();
    return "loops " + schedule.graph().name() + (changed.isEmpty() ? ": none is changed\n" : "\n" + String.join("\n", changed));
  }
}
