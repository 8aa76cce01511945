package nnc.schedule;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.NodeNumbers;

/** Kernels as text, their nodes by the numbers that {@link GraphPrinter} gives them: {@code %4 matmul, %5 add %4 %2  ->  %5}. */
public final class SchedulePrinter {
  private final NodeNumbers numbers = new NodeNumbers();

  public SchedulePrinter(Graph graph) {
    int count = 0;
    for (var node : graph.nodes()) {
      numbers.put(node, count++);
    }
  }

  /** The graph, and a line for each kernel: its form, what it computes, and what it stores. */
  public static String print(Schedule schedule) {
    var printer = new SchedulePrinter(schedule.graph());
    var text = new StringBuilder(GraphPrinter.print(schedule.graph())).append("schedule ").append(schedule.graph().name()).append('\n');
    for (int i = 0; i < schedule.kernels().size(); i++) {
      var kernel = schedule.kernels().get(i);
      var once = schedule.weightOnly().kernels().contains(kernel) ? ", once for all runs" : "";
      text.append("%4d  %-11s  %s%s%n".formatted(i, kernel.form().title(), printer.computes(kernel), once));
    }
    schedule.branches().forEach(branches -> text.append("side by side: ").append(stretches(branches.bounds())).append('\n'));
    return text.toString();
  }

  /** Stretches one behind the other: {@code 3 to 9, 10 to 15}. */
  public static String stretches(List<Integer> bounds) {
    return IntStream.range(1, bounds.size()).mapToObj(i -> bounds.get(i - 1) + " to " + (bounds.get(i) - 1)).collect(Collectors.joining(", "));
  }

  /** A node by its number. */
  public String name(Node node) {
    return "%" + numbers.get(node);
  }

  /** What a kernel computes, and where it stores what of it. */
  public String computes(Kernel kernel) {
    var nodes = kernel.nodes().isEmpty() ? kernel.writes().stream().map(Kernel.Write::node).toList() : kernel.nodes();
    var text = nodes.stream().map(node -> name(node) + " " + GraphPrinter.describe(node.op())).collect(Collectors.joining(", "));
    var written = kernel.writes().stream().map(write -> switch (write.target()) {
      case Kernel.Target.Own _ -> name(write.node());
      case Kernel.Target.Part(var whole, var part, _) -> "part " + part + " of " + name(whole);
      case Kernel.Target.Place(var whole, var offset) -> name(whole) + (offset.is(0) ? "" : " from " + offset);
      case Kernel.Target.Transposed(var view) -> name(view);
      case Kernel.Target.Update(var path) -> path + " in place";
    }).distinct().collect(Collectors.joining(", "));
    return text + "  ->  " + written;
  }
}
