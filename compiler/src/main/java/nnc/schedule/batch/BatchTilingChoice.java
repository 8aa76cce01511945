package nnc.schedule.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.analysis.BatchAxes;
import nnc.graph.Dim;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.machine.Machine;
import nnc.schedule.BatchTiling;
import nnc.schedule.Kernel;
import nnc.schedule.Schedule;
import nnc.schedule.cost.KernelCost;
import nnc.schedule.memory.Liveness;
import nnc.schedule.memory.MemoryPlan;

/**
 * Chooses the tiles of a batch: so that what kernels hand on to each other stays in the cache; otherwise with the thread that has computed it.
 */
public final class BatchTilingChoice {
  private static final List<Integer> SIZES = List.of(1, 2, 4, 6, 8, 12, 16);

  /** How many times what the cache holds a batch must need: little more is moved as fast as what fits, and the threads share few tiles badly. */
  private static final double MIN_CACHE_MULTIPLE = 2;

  /** The share of a step's time that tiles must save: less than that the model cannot tell. */
  private static final double MIN_SAVED_SHARE = 0.1;

  /** More of a tile, or of the kernels, is preferred if it saves this share of the most: there are fewer calls, and less memory is used. */
  private static final double PREFERRED_SHARE = 0.8;

  /** Of so many kernels, an unrolled recurrence's, tiles are not sought: each would call them all again, and choosing takes seconds. */
  private static final int MAX_KERNELS = 1000;

  /** Examples of a tile that a thread has for itself: enough that a weight which is read serves many. */
  private static final int MIN_EXAMPLES_PER_THREAD = 32;

  /** The share of a cache that a thread's own examples may have beside weights. */
  private static final double CACHE_SHARE_OF_EXAMPLES = 0.75;

  /** Vectors of 64 bytes from which on threads share the columns of a product, not its rows. */
  private static final int MIN_SHARED_VECTORS = 8;

  private BatchTilingChoice() {}

  /**
   * The tiles that save time: those that keep activations in the cache; otherwise those that keep them with one thread.
   *
   * @param whole     where buffers lie if there are no tiles
   * @param precision bits of an element
   */
  public static BatchTiling of(Schedule schedule, MemoryPlan whole, int precision) {
    if (schedule.weightOnly().learns() || schedule.kernels().size() > MAX_KERNELS) {
      return BatchTiling.NONE;
    }
    var near = near(schedule, whole, precision);
    return near.kernels() == 0 && handsOver(schedule, precision) ? longest(schedule, own(whole, precision)) : near;
  }

  /** Half as many examples where a thread's own cache does not hold all that is computed of them. */
  private static int own(MemoryPlan whole, int precision) {
    double room = CACHE_SHARE_OF_EXAMPLES * Machine.usual(precision, 1).cache() / (precision / 8.0);
    return whole.peak(_ -> MIN_EXAMPLES_PER_THREAD) - whole.peak(_ -> 0) <= room ? MIN_EXAMPLES_PER_THREAD : MIN_EXAMPLES_PER_THREAD / 2;
  }

  /**
   * Whether most of the work is products of which each thread would compute some columns of all examples: all that they compute is then
   * read by other threads next.
   */
  private static boolean handsOver(Schedule schedule, int precision) {
    double all = 0;
    double shared = 0;
    for (var kernel : schedule.kernels()) {
      var shape = kernel.domain().shape();
      double work = Dim.product(shape).evaluate(_ -> NominalSizes.OPEN);
      boolean wide = !kernel.nodes().isEmpty() && kernel.nodes().getFirst().op() instanceof Op.MatMul && shape.size() == 3
          && !shape.get(0).isConstant() && isWide(shape.get(1), precision);
      all += work;
      shared += wide ? work : 0;
    }
    return shared > all / 2;
  }

  /** Whether a product has so many columns that threads share them. */
  public static boolean isWide(Dim columns, int precision) {
    return columns.isConstant() && Math.ceilDiv(columns.fixed(), 512 / precision) >= MIN_SHARED_VECTORS;
  }

  /** Tiles between whose kernels activations are moved within the cache; but weights are moved once for each tile, and there are more calls. */
  private static BatchTiling near(Schedule schedule, MemoryPlan whole, int precision) {
    var machine = Machine.usual(precision, 1);
    if (whole.peak(_ -> NominalSizes.OPEN) * (precision / 8.0) <= MIN_CACHE_MULTIPLE * machine.cache()) {
      return BatchTiling.NONE;
    }
    var costs = KernelCost.of(schedule, whole, _ -> NominalSizes.OPEN, precision, machine.cache());
    double least = MIN_SAVED_SHARE * costs.stream().mapToDouble(cost -> cost.computing(machine) + cost.handing(machine)).sum();
    boolean worth = costs.stream().mapToDouble(cost -> cost.far() / machine.far()).sum() >= least;
    var savings = worth ? savings(schedule, whole, precision, machine, costs) : Map.<BatchTiling, Double>of();
    double most = savings.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return savings.entrySet().stream().filter(saving -> saving.getValue() >= Math.max(least, PREFERRED_SHARE * most)).map(Map.Entry::getKey)
        .reduce((a, b) -> b).orElse(BatchTiling.NONE);
  }

  /** The seconds that all tiles to choose from save, smaller ones and those of fewer kernels first. */
  private static Map<BatchTiling, Double> savings(Schedule schedule, MemoryPlan whole, int precision, Machine machine, List<KernelCost> costs) {
    var savings = new LinkedHashMap<BatchTiling, Double>();
    var ends = ends(schedule);
    for (int size : ends.isEmpty() ? List.<Integer>of() : SIZES) {
      var tiles = KernelCost.moved(schedule, whole, name -> name.equals(ends.getFirst().batch()) ? size : NominalSizes.OPEN, precision, machine.cache());
      double saved = 0;
      int kernel = 0;
      for (var end : ends) {
        for (; kernel < end.kernels(); kernel++) {
          boolean varies = !isOnce(schedule, kernel) && !end.isAlike(schedule.kernels().get(kernel));
          saved += varies ? costs.get(kernel).handing(machine) - tiles.get(kernel).handing(machine) * NominalSizes.OPEN / size : 0;
        }
        savings.put(end.by(size), saved);
      }
    }
    return savings;
  }

  /** As many kernels as can be run over tiles, of so many examples; none if the schedule computes no examples apart. */
  public static BatchTiling longest(Schedule schedule, int size) {
    var ends = ends(schedule);
    return ends.isEmpty() ? BatchTiling.NONE : ends.getLast().by(size);
  }

  /** With how many of its kernels, ascending, a schedule can run over tiles: what they hand to others lies example behind example. */
  private static List<BatchTiling> ends(Schedule schedule) {
    var ends = new ArrayList<BatchTiling>();
    var batch = BatchAxes.batch(schedule.graph());
    if (batch == null || schedule.weightOnly().learns()) {
      return ends;
    }
    var examples = new BatchAxes(schedule.graph(), batch);
    var lives = Liveness.of(schedule);
    int from = 0;
    for (int k = 0; k < schedule.kernels().size() && (isOnce(schedule, k) || isApart(schedule, schedule.kernels().get(k), examples)); k++) {
      if (isOnce(schedule, k)) {
        continue;
      }
      for (var write : schedule.kernels().get(k).writes()) {
        var owner = Liveness.owner(schedule, write);
        from = examples.areInOrder(owner) ? from : Math.max(from, lives.last().get(owner));
      }
      if (k >= from) {
        ends.add(new BatchTiling(batch, 1, k + 1));
      }
    }
    return ends;
  }

  private static boolean isOnce(Schedule schedule, int kernel) {
    return schedule.weightOnly().kernels().contains(schedule.kernels().get(kernel));
  }

  private static boolean isApart(Schedule schedule, Kernel kernel, BatchAxes examples) {
    return kernel.nodes().stream().allMatch(examples::areApart)
        && kernel.writes().stream().allMatch(write -> examples.areApart(write.node()) && examples.areApart(Liveness.owner(schedule, write)))
        && kernel.writes().stream().map(write -> examples.isAlike(write.node())).distinct().count() == 1;
  }
}
