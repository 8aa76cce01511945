package nnc.schedule;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import nnc.graph.Node;

/**
 * What a kernel reads from memory, through views and what it computes again.
 *
 * @param stored elements read, by node that lies in memory: no more than it has, and no more than the views of it show
 * @param again  nodes that are computed in this kernel though they belong to none, each once
 */
record Reads(Map<Node, Double> stored, Set<Node> again) {

  static Reads of(Schedule schedule, Kernel kernel, ToLongFunction<String> dims) {
    var walk = new Walk(schedule, kernel, dims, new Reads(new LinkedHashMap<>(), new LinkedHashSet<>()));
    kernel.nodes().forEach(node -> node.operands().forEach(operand -> walk.collect(operand, Double.MAX_VALUE)));
    if (kernel.nodes().isEmpty()) {
      for (var write : kernel.writes()) {
        if (write.target() instanceof Kernel.Target.Own) {
          write.node().operands().forEach(operand -> walk.collect(operand, Double.MAX_VALUE));
        } else {
          walk.collect(write.node(), Double.MAX_VALUE);
        }
      }
    }
    return walk.found;
  }

  private record Walk(Schedule schedule, Kernel kernel, ToLongFunction<String> dims, Reads found) {

    /** @param most how many elements of it can be seen */
    void collect(Node node, double most) {
      if (kernel.members().contains(node)) {
        return;
      }
      double size = node.type().size().evaluate(dims);
      double seen = Math.min(most, size);
      boolean stored = schedule.stored().contains(node);
      if (stored || Ops.source(node.op())) {
        found.stored.merge(node, seen, (a, b) -> Math.min(size, a + b));
      } else if (!Ops.view(node.op())) {
        found.again.add(node);
      }
      if (!stored) {
        node.operands().forEach(operand -> collect(operand, seen));
      }
    }
  }
}
