package nnc.schedule;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;

/** What a schedule decided, for people: kernels, what was fused or not and why, the memory plan. */
public final class Report {
  private final Schedule schedule;
  private final MemoryPlan memory;
  private final ToLongFunction<String> dims;
  private final int precision;
  private final Map<Node, Integer> numbers = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  private Report(Schedule schedule, MemoryPlan memory, ToLongFunction<String> dims, int precision) {
    this.schedule = schedule;
    this.memory = memory;
    this.dims = dims;
    this.precision = precision;
    schedule.graph().nodes().forEach(node -> numbers.put(node, numbers.size()));
  }

  /** @param dims sizes of the open dimensions that figures are told for */
  public static String of(Schedule schedule, MemoryPlan memory, ToLongFunction<String> dims, int precision) {
    var report = new Report(schedule, memory, dims, precision);
    report.kernels();
    report.decisions();
    report.memory();
    return report.out.toString();
  }

  private void line(String format, Object... arguments) {
    out.append(format.formatted(arguments).stripTrailing()).append('\n');
  }

  private String name(Node node) {
    return "%" + numbers.get(node);
  }

  private void kernels() {
    line("kernels");
    line("  %3s  %-11s  %-22s  %9s  %9s  %s", "", "form", "space", "MFLOP", "KiB", "computes");
    int number = 0;
    for (var kernel : schedule.kernels()) {
      var space = new nnc.graph.Type(nnc.graph.Kind.FLOAT, kernel.domain().shape()).toString().replace("float", "");
      line("  %3d  %-11s  %-22s  %9.3f  %9.1f  %s", number++, kernel.form().name().toLowerCase(Locale.ROOT), space, flops(kernel) / 1e6,
          bytes(kernel) / 1024.0, computes(kernel));
    }
  }

  private String computes(Kernel kernel) {
    var nodes = kernel.nodes().isEmpty() ? kernel.writes().stream().map(Kernel.Write::node).toList() : kernel.nodes();
    var text = nodes.stream().map(node -> name(node) + " " + GraphPrinter.describe(node.op())).collect(Collectors.joining(", "));
    var written = kernel.writes().stream().map(write -> switch (write.target()) {
      case Kernel.Target.Own _ -> name(write.node());
      case Kernel.Target.Part(var whole, var part, _) -> "part " + part + " of " + name(whole);
      case Kernel.Target.Turned(var view) -> name(view);
      case Kernel.Target.Update(var path) -> path + " in place";
    }).distinct().collect(Collectors.joining(", "));
    return text + "  ->  " + written;
  }

  private double flops(Kernel kernel) {
    double sum = 0;
    for (var node : kernel.nodes()) {
      double space = Domain.of(node).shape().stream().mapToDouble(dim -> dim.evaluate(dims)).reduce(1, (a, b) -> a * b);
      sum += space * (Ops.contracts(node.op()) ? 2 : Ops.weight(node.op()));
    }
    return sum;
  }

  private double bytes(Kernel kernel) {
    double elements = kernel.writes().stream().mapToDouble(write -> write.node().type().size().evaluate(dims)).sum();
    for (var node : kernel.nodes()) {
      for (var operand : node.operands()) {
        if (!kernel.members().contains(operand) && (schedule.stored().contains(operand) || Ops.source(operand.op()))) {
          elements += operand.type().size().evaluate(dims);
        }
      }
    }
    return elements * precision / 8;
  }

  private void decisions() {
    var refused = schedule.decisions().stream().filter(decision -> !decision.fused()).toList();
    line("");
    line("fusion: %d nodes joined the kernel of what they read; %d times one could not", schedule.decisions().size() - refused.size(), refused.size());
    for (var decision : refused) {
      line("  %s %s does not join %s %s: %s", name(decision.consumer()), GraphPrinter.describe(decision.consumer().op()),
          name(decision.producer()), GraphPrinter.describe(decision.producer().op()), decision.reason());
    }
  }

  private void memory() {
    line("");
    line("memory: %d buffers in %d slots, peak %.1f KiB", memory.slots().size(), memory.sizes().size(), memory.peak(dims) * precision / 8 / 1024.0);
    for (int slot = 0; slot < memory.sizes().size(); slot++) {
      int number = slot;
      var users = memory.slots().entrySet().stream().filter(entry -> entry.getValue() == number).map(entry -> name(entry.getKey())).toList();
      long size = memory.sizes().get(slot).stream().mapToLong(s -> s.evaluate(dims)).max().orElse(0);
      line("  slot %-3d %10.1f KiB  %s", slot, size * precision / 8 / 1024.0, String.join(" ", users));
    }
  }
}
