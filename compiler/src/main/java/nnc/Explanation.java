package nnc;

import nnc.graph.GraphPrinter;
import nnc.loops.LoopPrinter;
import nnc.schedule.Report;

/** A compiled purpose as text: graph, passes, kernels, memory, and on request the loops. */
final class Explanation {
  private Explanation() {}

  static String of(Compiler.Stage stage, int precision, int batch, boolean loops) {
    var out = new StringBuilder(GraphPrinter.print(stage.schedule().graph()));
    out.append("\npasses (nodes before -> after)\n");
    for (var change : stage.changes()) {
      out.append("  %-9s %5d -> %d%n".formatted(change.pass(), change.before(), change.after()));
    }
    out.append("\nfigures for open dimensions of %d%n".formatted(batch));
    out.append(Report.of(stage.schedule(), stage.memory(), _ -> batch, precision));
    out.append("\n%d kernel calls, %d different kernels%n".formatted(stage.lowered().plan().calls().size(), stage.lowered().kernels().size()));
    if (loops) {
      for (int i = 0; i < stage.lowered().kernels().size(); i++) {
        out.append("\nkernel ").append(i).append('\n').append(LoopPrinter.print(stage.lowered().kernels().get(i)));
      }
    }
    return out.toString();
  }
}
