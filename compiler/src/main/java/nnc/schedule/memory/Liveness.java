package nnc.schedule.memory;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeNumbers;
import nnc.graph.Op;
import nnc.schedule.Kernel;
import nnc.schedule.KernelReads;
import nnc.schedule.Schedule;

/**
 * When each buffer is in use: from the first kernel that writes to the last that reads. Inputs are from before the first kernel, results
 * until behind the last, what is stored once always.
 *
 * @param first by node with a buffer, the number of a kernel; -1 before all
 * @param last  also the number of a kernel; as many as there are behind all
 * @param sides of buffers that one branch alone uses, that branch; all others that branches use are in use from the first of these to the last
 */
public record Liveness(Map<Node, Integer> first, NodeNumbers last, Map<Node, Side> sides) {
  /**
   * A branch of some that may run side by side.
   *
   * @param from its first kernel
   * @param end  the first kernel behind all of them
   */
  public record Side(int from, int end) {}

  public static Liveness of(Schedule schedule) {
    var lifetimes = new Liveness(new LinkedHashMap<>(), new NodeNumbers(), new HashMap<>());
    lifetimes.collect(schedule);
    return lifetimes;
  }

  private void collect(Schedule schedule) {
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
        var owner = owner(schedule, write);
        if (owner != null) {
          first.putIfAbsent(owner, k);
          lasts(owner, k);
        }
      }
      for (var node : KernelReads.nodes(schedule, kernel)) {
        lasts(schedule.location(node).whole(), k);
      }
    }
    schedule.repeats().stream().filter(repeat -> repeat.going() != null).forEach(repeat -> lasts(schedule.location(repeat.going()).whole(), repeat.to() - 1));
    schedule.repeats().reversed().forEach(this::extend);
    schedule.branches().forEach(this::extend);
    for (var result : schedule.graph().results()) {
      if (result.role() != Graph.Role.UPDATE) {
        last.put(result.node(), end);
      }
    }
    for (var node : schedule.weightOnly().stored()) {
      first.put(node, -1);
      last.put(node, end);
    }
  }

  /** What turns find in memory stays there until the last one, and what they leave there has its place from the first on. */
  private void extend(Schedule.Repeat repeat) {
    for (var entry : first.entrySet()) {
      int from = entry.getValue();
      int to = last.get(entry.getKey());
      if (from < repeat.from() && to >= repeat.from() && to < repeat.to()) {
        last.put(entry.getKey(), repeat.to() - 1);
      } else if (from > repeat.from() && from < repeat.to() && to >= repeat.to()) {
        entry.setValue(repeat.from());
      }
    }
  }

  /** What is in use in a branch, and before or behind it, is so while the others may run. */
  private void extend(Schedule.Branches branches) {
    for (var entry : first.entrySet()) {
      var node = entry.getKey();
      int from = entry.getValue();
      int to = last.get(node);
      boolean begins = from >= branches.from() && from < branches.to();
      boolean ends = to >= branches.from() && to < branches.to();
      if (begins && ends && branches.branch(from) == branches.branch(to)) {
        sides.put(node, new Side(branches.bounds().get(branches.branch(from)), branches.to()));
      } else if (begins) {
        entry.setValue(branches.from());
        last.put(node, Math.max(to, branches.to() - 1));
      } else if (ends) {
        last.put(node, branches.to() - 1);
      }
    }
  }

  private void lasts(Node node, int kernel) {
    last.put(node, Math.max(last.get(node), kernel));
  }

  /** The node in whose buffer a kernel's value goes; null if it goes into the weights. */
  public static Node owner(Schedule schedule, Kernel.Write write) {
    var buffer = write.buffer();
    return buffer == null ? null : schedule.location(buffer).whole();
  }
}
