package nnc.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeNumbers;
import nnc.graph.Op;
import nnc.runtime.ModelSpec;
import nnc.runtime.Polys;

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

  /** Elements of the slots that a plan has besides: of factors copied as products read them. */
  public long copies(ModelSpec.Plan plan) {
    return plan.slots().stream().skip(sizes.size()).mapToLong(slot -> Polys.value(slot, new int[0])).sum();
  }

  private static final class Planner {
    final Schedule schedule;
    final Map<Node, Integer> first = new LinkedHashMap<>();
    final NodeNumbers last = new NodeNumbers();
    final Map<Node, Integer> slots = new LinkedHashMap<>();
    final List<Set<Dim>> sizes = new ArrayList<>();
    /** By slot, the nominal size of its largest buffer. */
    final List<Long> extents = new ArrayList<>();
    /** Slots in use, by the last kernel that reads them. */
    final PriorityQueue<Busy> busy = new PriorityQueue<>((a, b) -> Integer.compare(a.until, b.until));
    /** Slots that are free, by nominal size and number. */
    final TreeMap<Long, TreeSet<Integer>> free = new TreeMap<>();

    record Busy(int slot, int until) {}

    Planner(Schedule schedule) {
      this.schedule = schedule;
    }

    MemoryPlan plan() {
      lifetimes();
      var byStart = new ArrayList<>(first.keySet());
      byStart.sort((a, b) -> Integer.compare(first.get(a), first.get(b)));
      byStart.forEach(this::assign);
      return new MemoryPlan(slots, sizes);
    }

    /** From the first kernel that writes to the last that reads; inputs from the start, results to the end, what is stored once always. */
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
            case Kernel.Target.Part(var whole, _, _) -> begin(owner(whole), k);
            case Kernel.Target.Turned(var view) -> begin(owner(view), k);
            case Kernel.Target.Update _ -> { }
          }
        }
        for (var node : Reads.nodes(schedule, kernel)) {
          lasts(owner(node), k);
        }
      }
      for (var result : schedule.graph().results()) {
        if (result.role() != Graph.Role.UPDATE) {
          last.put(result.node(), end);
        }
      }
      for (var node : schedule.once().stored()) {
        first.put(node, -1);
        last.put(node, end);
      }
    }

    /** The node in whose buffer a node lies. */
    private Node owner(Node node) {
      return schedule.place(node).whole();
    }

    private void begin(Node node, int kernel) {
      first.putIfAbsent(node, kernel);
      lasts(node, kernel);
    }

    private void lasts(Node node, int kernel) {
      last.put(node, Math.max(last.get(node), kernel));
    }

    /** The free slot whose size is nearest, or a new one. */
    private void assign(Node node) {
      var size = node.type().size();
      long wanted = size.evaluate(_ -> NOMINAL);
      while (!busy.isEmpty() && busy.peek().until < first.get(node)) {
        int slot = busy.poll().slot;
        free.computeIfAbsent(extents.get(slot), _ -> new TreeSet<>()).add(slot);
      }
      int slot = take(wanted);
      if (slot < 0) {
        slot = sizes.size();
        sizes.add(new LinkedHashSet<>());
        extents.add(0L);
      }
      sizes.get(slot).add(size);
      extents.set(slot, Math.max(extents.get(slot), wanted));
      busy.add(new Busy(slot, last.get(node)));
      slots.put(node, slot);
    }

    /** Takes the first of the free slots of the nearest size; -1 if none is free. */
    private int take(long wanted) {
      var below = free.floorEntry(wanted);
      var above = free.ceilingEntry(wanted);
      if (below == null && above == null) {
        return -1;
      }
      long less = below == null ? Long.MAX_VALUE : wanted - below.getKey();
      long more = above == null ? Long.MAX_VALUE : above.getKey() - wanted;
      var entry = less < more || less == more && below.getValue().first() < above.getValue().first() ? below : above;
      int slot = entry.getValue().pollFirst();
      if (entry.getValue().isEmpty()) {
        free.remove(entry.getKey());
      }
      return slot;
    }
  }
}
