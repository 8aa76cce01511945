package nnc.driver;

import java.util.List;
import java.util.Set;
import nnc.graph.Graph;
import nnc.optimizations.Optimization;
import nnc.optimizations.Optimization.Stage;
import nnc.optimizations.Switches;
import nnc.schedule.BatchTiling;
import nnc.schedule.Fusion;
import nnc.schedule.Schedule;
import nnc.schedule.SchedulePrinter;
import nnc.schedule.batch.BatchTilingChoice;
import nnc.schedule.memory.MemoryPlan;
import nnc.schedule.memory.ScheduleVerifier;

/** A graph as kernels in an order, and where in memory what they hand on lies. */
record Scheduled(Schedule schedule, MemoryPlan memory) {

  static Scheduled of(Graph graph, int precision, Switches switches) {
    var schedule = Fusion.schedule(graph, switches);
    var memory = MemoryPlan.of(schedule);
    var tiles = switches.on(Optimization.BATCH_TILING) && schedule.repeats().isEmpty() ? BatchTilingChoice.of(schedule, memory, precision) : BatchTiling.NONE;
    return new Scheduled(schedule, ScheduleVerifier.check(schedule, tiles.kernels() > 0 ? MemoryPlan.of(schedule, tiles) : memory));
  }

  /** What each of some optimizations does to the schedule, those behind it not done yet. */
  static List<Shown> shown(Graph graph, int precision, Switches switches, Set<Optimization> wanted) {
    return wanted.stream().filter(one -> one.stage() == Stage.SCHEDULE && switches.on(one))
        .map(one -> new Shown(one, of(graph, precision, switches.before(one)).text(), of(graph, precision, switches.until(one)).text())).toList();
  }

  private String text() {
    var tiles = memory.tiles();
    return SchedulePrinter.print(schedule)
        + (tiles.kernels() > 0 ? "kernels before %d: over %d of %s at a time%n".formatted(tiles.kernels(), tiles.size(), tiles.batch()) : "");
  }
}
