package nnc.explain;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import nnc.driver.CompiledStage;
import nnc.graph.GraphPrinter;
import nnc.loops.LoopPrinter;
import nnc.machine.Machine;
import nnc.optimizations.Optimization;
import nnc.runtime.spec.ModelSpec;
import nnc.source.JsonText;

/**
 * What the compiler made of one purpose: graph, passes, kernels with their costs, memory, and on request the loops.
 *
 * @param batch   the size of the open dimensions that figures are told for
 * @param machine whose times are predicted
 * @param nanos   measured times of the calls; empty if none were
 */
public record Explanation(CompiledStage stage, int precision, int batch, Machine machine, List<Double> nanos) {

  private ScheduleReport.Subject subject() {
    return new ScheduleReport.Subject(stage.schedule(), stage.memory(), stage.lowered().plan(), stage.lowered().calls(), precision, _ -> batch, machine, nanos);
  }

  /** For people. */
  public String text() {
    var out = new StringBuilder(GraphPrinter.print(stage.schedule().graph()));
    if (!stage.loops().isEmpty()) {
      out.append("\nloops over ranges of numbers\n");
      stage.loops().forEach(loop -> out.append("  line %d, %d turns: %s, %s%n".formatted(loop.place().line(), loop.turns(), loop.rolled() ? "rolled" : "unrolled", loop.why())));
    }
    out.append("\npasses (nodes before -> after)\n");
    for (var change : stage.changes()) {
      out.append("  %-22s %5d -> %d%s%n".formatted(change.pass().title(), change.before(), change.after(),
          change.obstacle().isEmpty() ? "" : "  (not applied: " + change.obstacle() + ")"));
    }
    if (isRecomputed()) {
      out.append("\nrecomputation: of a loop every k-th state is kept, the others are computed again for the gradient\n").append(RecomputationReport.of(stage.elaborated(), precision, batch));
    }
    out.append("\nfigures for open dimensions of %d%n".formatted(batch));
    out.append(ScheduleReport.of(subject()));
    out.append("\n%d kernel calls, %d different kernels%n".formatted(stage.lowered().plan().calls().size(), stage.lowered().kernels().size()));
    return out.toString();
  }

  private boolean isRecomputed() {
    return stage.changes().stream().anyMatch(change -> change.pass() == Optimization.LOOP_RECOMPUTATION && change.obstacle().isEmpty());
  }

  /** For people, the loops of every kernel too. */
  public String textWithLoops() {
    var out = new StringBuilder(text());
    for (int i = 0; i < stage.lowered().kernels().size(); i++) {
      out.append("\nkernel ").append(i).append('\n').append(LoopPrinter.print(stage.lowered().kernels().get(i)));
    }
    return out.toString();
  }

  /** A roofline chart of the calls: by their measured times if there are any, otherwise by the predicted ones. */
  public String chart(String name) {
    var subject = subject();
    var costs = subject.costs();
    var predicted = subject.predicted(costs);
    var computes = subject.computes();
    var points = IntStream.range(0, costs.size()).mapToObj(i -> new RooflineChart.Point(subject.calls().get(i),
        stage.schedule().kernels().get(i).form().title(), computes.get(i), costs.get(i).flops(), costs.get(i).bytes(),
        nanos.isEmpty() ? predicted.get(i) : subject.nanos(i) / 1e9)).toList();
    return RooflineChart.svg("%s, a batch of %d, %s".formatted(name, batch, nanos.isEmpty() ? "predicted" : "measured"), machine, points);
  }

  /** A line of JSON a call, and one of the machine before them. */
  public String json() {
    var out = new StringBuilder(String.format(Locale.ROOT, """
        {"event":"machine","batch":%d,"threads":%d,"flops_per_second":%.4g,"near_bytes_per_second":%.4g,"far_bytes_per_second":%.4g,"cache_bytes":%.0f}
        """, batch, machine.threads(), machine.flops(), machine.near(), machine.far(), machine.cache()));
    var subject = subject();
    var costs = subject.costs();
    var predicted = subject.predicted(costs);
    var computes = subject.computes();
    for (int i = 0; i < costs.size(); i++) {
      ModelSpec.Call call = subject.call(i);
      var cost = costs.get(i);
      out.append(String.format(Locale.ROOT, "{\"event\":\"call\",\"call\":%d,\"kernel\":%d,\"form\":\"%s\",\"line\":%d,\"flops\":%.0f,\"bytes\":%.0f,"
          + "\"far_bytes\":%.0f,\"intensity\":%.4g,\"predicted_us\":%.4g,%s\"computes\":\"%s\"}%n", subject.calls().get(i), call.kernel(),
          stage.schedule().kernels().get(i).form().title(), call.line(), cost.flops(), cost.bytes(), cost.far(), cost.intensity(),
          1e6 * predicted.get(i), nanos.isEmpty() ? "" : String.format(Locale.ROOT, "\"measured_us\":%.4g,", subject.nanos(i) / 1e3),
          JsonText.escape(computes.get(i))));
    }
    return out.toString();
  }
}
