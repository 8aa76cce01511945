package nnc.schedule.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.machine.Machine;
import nnc.schedule.IterationSpace;
import nnc.schedule.Kernel;
import nnc.schedule.KernelReads;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;

/**
 * What a kernel does and moves, counted from its nodes. Nothing here looks at the loops: it is what they cannot do without.
 *
 * @param products operations of matrix products and convolutions: two a multiply-add
 * @param others   all other operations; an exponential counts as the polynomial that computes it
 * @param near     bytes read and written of what the cache still holds
 * @param far      bytes read and written of what it does not
 */
public record KernelCost(double products, double others, double near, double far) {

  public double flops() {
    return products + others;
  }

  public double bytes() {
    return near + far;
  }

  /** Operations a byte; of a kernel that moves nothing, none. */
  public double intensity() {
    return bytes() == 0 ? 0 : flops() / bytes();
  }

  public KernelCost plus(KernelCost other) {
    return new KernelCost(products + other.products, others + other.others, near + other.near, far + other.far);
  }

  /** So many times as much. */
  public KernelCost times(double factor) {
    return new KernelCost(products * factor, others * factor, near * factor, far * factor);
  }

  /** Seconds that the operations take. */
  public double computing(Machine machine) {
    return (products + 2 * others) / machine.flops();
  }

  /** Seconds that moving takes. */
  private double moving(Machine machine) {
    return near / machine.near() + far / machine.far();
  }

  /** Seconds that a call takes besides computing, where none of it goes on meanwhile. */
  public double handing(Machine machine) {
    return moving(machine) + machine.call();
  }

  /**
   * Seconds that the kernel takes at least: computing and moving go on side by side, so the longer of the two, and the call. An operation
   * that is no multiply-add takes as long as one that is.
   */
  public double seconds(Machine machine) {
    return Math.max(computing(machine), moving(machine)) + machine.call();
  }

  /** As above, where all of the machine's threads share the work. */
  public double secondsOnAllThreads(Machine machine) {
    return Math.max(computing(machine), moving(machine)) / machine.threads() + machine.call() + machine.fork();
  }

  /**
   * The cost of each of a schedule's kernels in a step that follows others like it.
   *
   * @param dims      sizes of the open dimensions
   * @param precision bits of an element
   * @param cache     bytes that stay near
   */
  public static List<KernelCost> of(Schedule schedule, MemoryPlan memory, ToLongFunction<String> dims, int precision, double cache) {
    var reads = reads(schedule, dims);
    var moved = moved(schedule, memory, dims, precision, cache, reads);
    var costs = new ArrayList<KernelCost>();
    for (int i = 0; i < reads.size(); i++) {
      costs.add(computed(schedule.kernels().get(i), reads.get(i), dims).plus(moved.get(i)));
    }
    return costs;
  }

  /** As {@link #of}, for those who ask for no operations. */
  public static List<KernelCost> moved(Schedule schedule, MemoryPlan memory, ToLongFunction<String> dims, int precision, double cache) {
    return moved(schedule, memory, dims, precision, cache, reads(schedule, dims));
  }

  private static List<KernelCost> moved(Schedule schedule, MemoryPlan memory, ToLongFunction<String> dims, int precision, double cache, List<KernelReads> reads) {
    var traffic = new MemoryTraffic(schedule, memory, dims, precision / 8, cache);
    traffic.step(reads);
    return traffic.step(reads);
  }

  private static List<KernelReads> reads(Schedule schedule, ToLongFunction<String> dims) {
    return schedule.kernels().stream().map(kernel -> KernelReads.of(schedule, kernel, dims)).toList();
  }

  private static KernelCost computed(Kernel kernel, KernelReads reads, ToLongFunction<String> dims) {
    double products = 0;
    double others = 0;
    for (var node : reads.again()) {
      others += operations(node, dims);
    }
    for (var node : kernel.nodes()) {
      if (OpTraits.contracts(node.op())) {
        products += operations(node, dims);
      } else if (kernel.grown().filter(sums -> node != sums).isEmpty()) {
        others += operations(node, dims);
      }
    }
    return new KernelCost(products, others, 0, 0);
  }

  private static double operations(Node node, ToLongFunction<String> dims) {
    double space = 1;
    for (var dim : node.op() instanceof Op.ScatterAdd ? node.operand(1).type().shape() : IterationSpace.of(node).shape()) {
      space *= dim.evaluate(dims);
    }
    return space * switch (node.op()) {
      case Op.MatMul _, Op.Conv _ -> 2;
      case Op.Reduce _, Op.FoldWindows _ -> 1;
      default -> OpTraits.weight(node.op());
    };
  }
}
