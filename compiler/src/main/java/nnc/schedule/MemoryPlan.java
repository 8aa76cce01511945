package nnc.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;

/**
 * Which slot of the arena each buffer has. Buffers that are never alive together share slots; a slot is as large as its largest buffer,
 * whatever the batch is.
 *
 * @param slots of each node that has a buffer in the arena
 * @param sizes of each slot: the sizes of its buffers, of which the largest counts
 */
public record MemoryPlan(Map<Node, Integer> slots, List<Set<Dim>> sizes) {

  /** The batch at which sizes are compared when slots are chosen. */
  private static final int NOMINAL = 64;

  public static MemoryPlan of(Schedule schedule) {
    var planner = new Planner(schedule);
    return planner.plan();
  }

  /** Elements of all slots at given dimensions. */
  public long peak(java.util.function.ToLongFunction<String> dims) {
    return sizes.stream().mapToLong(slot -> slot.stream().mapToLong(size -> size.evaluate(dims)).max().orElse(0)).sum();
  }

  private static final class Planner {
    final Schedule schedule;
    final Map<Node, Integer> first = new LinkedHashMap<>();
    final Map<Node, Integer> last = new HashMap<>();
    final Map<Node, Integer> slots = new LinkedHashMap<>();
    final List<Set<Dim>> sizes = new ArrayList<>();
    final List<Integer> freeFrom = new ArrayList<>();
    /** By slot, the nominal size of its largest buffer. */
    final List<Long> extents = new ArrayList<>();

    Planner(Schedule schedule) {
      this.schedule = schedule;
    }

    MemoryPlan plan() {
      lifetimes();
      var byStart = new ArrayList<>(first.keySet());
      byStart.sort(java.util.Comparator.comparingInt(first::get));
      byStart.forEach(this::assign);
      return new MemoryPlan(slots, sizes);
    }

    /** From the first kernel that writes to the last that reads; inputs from the start, results to the end. */
    private void lifetimes() {
      int end = schedule.kernels().size();
      for (var node : schedule.graph().nodes()) {
        if (node.op() instanceof Op.Input || node.op() instanceof Op.Counter) {
          first.put(node, -1);
          last.put(node, end);
        }
      }
      for (int k = 0; k < end; k++) {
        var kernel = schedule.kernels().get(k);
        for (var write : kernel.writes()) {
          switch (write.target()) {
            case Kernel.Target.Own _ -> begin(owner(write.node()), k);
            case Kernel.Target.Part(var whole, _) -> begin(owner(whole), k);
            case Kernel.Target.Turned(var view) -> begin(owner(view), k);
            case Kernel.Target.Update _ -> { }
          }
        }
        for (var node : reads(kernel)) {
          last.merge(owner(node), k, Math::max);
        }
      }
      for (var result : schedule.graph().results()) {
        if (result.role() != Graph.Role.UPDATE) {
          last.put(result.node(), end);
        }
      }
    }

    /** The node in whose buffer a node lies. */
    private Node owner(Node node) {
      return schedule.place(node).whole();
    }

    private void begin(Node node, int kernel) {
      first.putIfAbsent(node, kernel);
      last.merge(node, kernel, Math::max);
    }

    private Set<Node> reads(Kernel kernel) {
      var found = new LinkedHashSet<Node>();
      kernel.nodes().forEach(node -> node.operands().forEach(operand -> collect(operand, kernel, found)));
      if (kernel.nodes().isEmpty()) {
        kernel.writes().forEach(write -> {
          if (write.target() instanceof Kernel.Target.Own) {
            write.node().operands().forEach(operand -> collect(operand, kernel, found));
          } else {
            collect(write.node(), kernel, found);
          }
        });
      }
      return found;
    }

    private void collect(Node node, Kernel kernel, Set<Node> found) {
      if (kernel.members().contains(node)) {
        return;
      }
      if (schedule.stored().contains(node) || Ops.source(node.op())) {
        found.add(node);
      }
      if (!schedule.stored().contains(node)) {
        node.operands().forEach(operand -> collect(operand, kernel, found));
      }
    }

    /** The free slot whose size is nearest, or a new one. */
    private void assign(Node node) {
      var size = node.type().size();
      long wanted = size.evaluate(_ -> NOMINAL);
      int start = first.get(node);
      int best = -1;
      long waste = Long.MAX_VALUE;
      for (int slot = 0; slot < sizes.size(); slot++) {
        if (freeFrom.get(slot) < start && Math.abs(extents.get(slot) - wanted) < waste) {
          best = slot;
          waste = Math.abs(extents.get(slot) - wanted);
        }
      }
      if (best < 0) {
        best = sizes.size();
        sizes.add(new LinkedHashSet<>());
        freeFrom.add(0);
        extents.add(0L);
      }
      sizes.get(best).add(size);
      extents.set(best, Math.max(extents.get(best), wanted));
      freeFrom.set(best, last.get(node));
      slots.put(node, best);
    }
  }
}
