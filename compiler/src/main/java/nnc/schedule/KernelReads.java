package nnc.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;

/**
 * What a kernel reads from memory, through views and what it computes again.
 *
 * @param stored elements read, by node that lies in memory: no more than it has, and no more than the views of it show
 * @param again  nodes that are computed in this kernel though they belong to none, each once
 */
public record KernelReads(Map<Node, Double> stored, Set<Node> again) {

  public static KernelReads of(Schedule schedule, Kernel kernel, ToLongFunction<String> dims) {
    var walk = new Walk(schedule, kernel, dims, new KernelReads(new LinkedHashMap<>(), new LinkedHashSet<>()));
    if (kernel.nodes().isEmpty()) {
      operands(kernel).forEach(walk::collect);
    }
    kernel.nodes().forEach(walk::collect);
    return walk.found;
  }

  /** The nodes in memory alone, for those who do not ask how much of them is read. */
  public static Set<Node> nodes(Schedule schedule, Kernel kernel) {
    var found = new LinkedHashSet<Node>();
    var open = new ArrayDeque<Node>();
    for (var operands : operands(kernel)) {
      open.addAll(operands);
      while (!open.isEmpty()) {
        var node = open.pop();
        if (kernel.members().contains(node)) {
          continue;
        }
        if (schedule.stored().contains(node) || OpTraits.source(node.op())) {
          found.add(node);
        } else {
          for (int i = node.operands().size() - 1; i >= 0; i--) {
            open.push(node.operand(i));
          }
        }
      }
    }
    return found;
  }

  /** What is read by each node of a kernel, or by each copy, if it only copies. */
  private static List<List<Node>> operands(Kernel kernel) {
    var operands = new ArrayList<List<Node>>();
    for (var node : kernel.nodes()) {
      operands.add(node.operands());
    }
    if (operands.isEmpty()) {
      kernel.writes().forEach(write -> operands.add(write.target() instanceof Kernel.Target.Own ? write.node().operands() : List.of(write.node())));
    }
    return operands;
  }

  private record Walk(Schedule schedule, Kernel kernel, ToLongFunction<String> dims, KernelReads found) {

    /** A node to look at, of which no more than {@code most} elements can be seen. */
    private record Seen(Node node, double most) {}

    /** What a node of the kernel reads: of a table that elements are looked up in, or added to in place, no more than there are of these. */
    void collect(Node node) {
      var open = new ArrayDeque<Seen>();
      push(node.operands(), Double.MAX_VALUE, open);
      if (node.op() instanceof Op.Gather || kernel.grown().filter(_ -> node == kernel.nodes().getLast()).isPresent()) {
        open.pop();
        open.push(new Seen(node.operand(0), kernel.grown().map(sums -> sums.operand(1)).orElse(node).type().elements(dims)));
      }
      collect(open);
    }

    void collect(List<Node> operands) {
      var open = new ArrayDeque<Seen>();
      push(operands, Double.MAX_VALUE, open);
      collect(open);
    }

    /** Goes up, depth first: chains of views may be longer than the stack is deep. */
    private void collect(ArrayDeque<Seen> open) {
      while (!open.isEmpty()) {
        var next = open.pop();
        if (!kernel.members().contains(next.node)) {
          visit(next.node, next.most, open);
        }
      }
    }

    private void visit(Node node, double most, ArrayDeque<Seen> open) {
      double size = node.type().elements(dims);
      double seen = Math.min(most, size);
      boolean stored = schedule.stored().contains(node);
      if (stored || OpTraits.source(node.op())) {
        found.stored.merge(node, seen, (a, b) -> Math.min(size, a + b));
      } else if (!OpTraits.view(node.op())) {
        found.again.add(node);
      }
      if (!stored) {
        push(node.operands(), seen, open);
      }
    }

    private static void push(List<Node> operands, double most, ArrayDeque<Seen> open) {
      operands.reversed().forEach(operand -> open.push(new Seen(operand, most)));
    }
  }
}
