package nnc.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import nnc.graph.Node;
import nnc.graph.OpTraits;

/**
 * Brings loops next to each other that do not depend on each other, as those of the two directions of a bidirectional layer and those of their gradients: they may run side by side.
 *
 * <pre>
 *   loop f   a(f)   b   loop g(b)   c(f, g)        becomes        b   [ loop f | loop g(b) ]   a(f)   c(f, g)
 * </pre>
 *
 * What a loop needs that stands between goes before them, all else behind them.
 */
final class IndependentLoops {
  private final Schedule schedule;
  private final List<Access> accesses = new ArrayList<>();

  /** The buffers and weights that a kernel reads, and those that it writes. */
  private record Access(Set<Object> reads, Set<Object> writes) {
    static Access of(Schedule schedule, Kernel kernel) {
      var access = new Access(new HashSet<>(), new HashSet<>());
      KernelReads.nodes(schedule, kernel).forEach(node -> access.reads.add(place(schedule, node)));
      for (var write : kernel.writes()) {
        access.writes.add(write.target() instanceof Kernel.Target.Update(var path) ? path : place(schedule, write.buffer()));
      }
      return access;
    }

    private static Object place(Schedule schedule, Node node) {
      var path = OpTraits.path(node.op());
      return path != null ? path : schedule.location(node).whole();
    }

    void add(Access other) {
      reads.addAll(other.reads);
      writes.addAll(other.writes);
    }

    /** Whether one of both writes what the other one reads or writes. */
    boolean meets(Access other) {
      return meet(writes, other.reads) || meet(writes, other.writes) || meet(reads, other.writes);
    }

    private static boolean meet(Set<Object> some, Set<Object> others) {
      return some.stream().anyMatch(others::contains);
    }
  }

  private IndependentLoops(Schedule schedule) {
    this.schedule = schedule;
    schedule.kernels().forEach(kernel -> accesses.add(Access.of(schedule, kernel)));
  }

  static Schedule side(Schedule schedule) {
    return schedule.kernels().stream().filter(IndependentLoops::isLoop).count() > 1 ? new IndependentLoops(schedule).grouped() : schedule;
  }

  private static boolean isLoop(Kernel kernel) {
    return kernel.form() == KernelForm.LOOP;
  }

  private Schedule grouped() {
    var left = new ArrayList<Integer>();
    for (int i = 0; i < schedule.kernels().size(); i++) {
      left.add(i);
    }
    var order = new ArrayList<Kernel>();
    var branches = new ArrayList<Schedule.Branches>();
    while (!left.isEmpty()) {
      int first = left.getFirst();
      var before = new TreeSet<Integer>();
      var loops = isLoop(schedule.kernels().get(first)) ? besides(left, before) : List.of(first);
      before.forEach(kernel -> order.add(schedule.kernels().get(kernel)));
      if (loops.size() > 1) {
        var bounds = new ArrayList<Integer>();
        for (int i = 0; i <= loops.size(); i++) {
          bounds.add(order.size() + i);
        }
        branches.add(new Schedule.Branches(List.copyOf(bounds)));
      }
      loops.forEach(kernel -> order.add(schedule.kernels().get(kernel)));
      left.removeAll(before);
      left.removeAll(loops);
    }
    return new Schedule(schedule.graph(), order, schedule.stored(), schedule.decisions(), schedule.copies(), schedule.locations(), schedule.weightOnly(), schedule.repeats(), branches);
  }

  /**
   * The first of some kernels, a loop, and those of the others that may run beside it.
   *
   * @param before is given what they need and nobody has run
   */
  private List<Integer> besides(List<Integer> kernels, Set<Integer> before) {
    var loops = new ArrayList<>(List.of(kernels.getFirst()));
    for (int at = 1; at < kernels.size(); at++) {
      if (isLoop(schedule.kernels().get(kernels.get(at)))) {
        var needed = needs(kernels.subList(0, at + 1));
        if (loops.stream().noneMatch(needed::contains)) {
          before.addAll(needed);
          loops.add(kernels.get(at));
        }
      }
    }
    return loops;
  }

  /** Which of some kernels have to run before the last of them. */
  private Set<Integer> needs(List<Integer> kernels) {
    var needed = new HashSet<Integer>();
    var later = new Access(new HashSet<>(), new HashSet<>());
    later.add(accesses.get(kernels.getLast()));
    for (int kernel : kernels.subList(0, kernels.size() - 1).reversed()) {
      if (accesses.get(kernel).meets(later)) {
        needed.add(kernel);
        later.add(accesses.get(kernel));
      }
    }
    return needed;
  }
}
