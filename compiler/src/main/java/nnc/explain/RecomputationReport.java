package nnc.explain;

import java.util.List;
import java.util.stream.Collectors;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Segments;
import nnc.graph.Type;
import nnc.passes.LoopRecomputation;
import nnc.runtime.base.Text;

/** Which loops keep every k-th state alone, for people: what is saved and computed again, and how many bytes that is with and without it. */
final class RecomputationReport {
  /** Of lengths that are open, figures are told for these. */
  private static final List<Integer> LENGTHS = List.of(100, 1000, 10_000);

  private final int precision;
  private final int batch;
  private final StringBuilder out = new StringBuilder();

  private RecomputationReport(int precision, int batch) {
    this.precision = precision;
    this.batch = batch;
  }

  /**
   * @param graph     as elaborated
   * @param precision bits of an element
   * @param batch     what open dimensions count as that no loop runs over
   */
  static String of(Graph graph, int precision, int batch) {
    var report = new RecomputationReport(precision, batch);
    var loops = LoopRecomputation.loops(graph);
    loops.forEach(report::tell);
    if (loops.isEmpty()) {
      report.line("there is no loop of which that can be said");
    }
    return report.out.toString();
  }

  private void line(String format, Object... arguments) {
    out.append("  ").append(format.formatted(arguments)).append('\n');
  }

  private void tell(Node node) {
    var loop = (Op.Loop) node.op();
    var segments = Segments.of(loop.turns()).orElseThrow();
    var states = loop.body().results().subList(0, loop.carried()).stream().map(result -> result.node().type()).toList();
    line("loop at %s over %s turns, k = %s at a time", node.span(), loop.turns(), segments.length());
    line("  carries %s", states.stream().map(Type::toString).collect(Collectors.joining(", ")));
    line("  kept: these at the beginning of k segments; saved: those of k turns, or of the %s behind the segments", segments.rest());
    line("  computed again: %s turns", segments.cut());
    var elements = states.stream().map(type -> type.size()).reduce(Dim.ZERO, Dim::plus);
    line("  without it saved: %s numbers", elements.times(loop.turns()));
    for (int length : loop.turns().isConstant() ? List.of(0) : LENGTHS) {
      line("  %s%s without it, %s with it", loop.turns().isConstant() ? "" : "%s of %d: ".formatted(String.join(", ", loop.turns().variables()), length),
          bytes(elements, loop.turns(), loop, length), bytes(elements, segments.length().plus(longer(segments, loop, length)), loop, length));
    }
  }

  /** Turns of which states are saved at a time, where there are most. */
  private Dim longer(Segments segments, Op.Loop loop, int length) {
    return value(segments.rest(), loop, length) > value(segments.length(), loop, length) ? segments.rest() : segments.length();
  }

  private String bytes(Dim elements, Dim rows, Op.Loop loop, int length) {
    return Text.bytes(value(elements, loop, length) * (double) value(rows, loop, length) * (precision / 8.0));
  }

  private long value(Dim dim, Op.Loop loop, int length) {
    return dim.evaluate(name -> loop.turns().variables().contains(name) ? length : batch);
  }
}
