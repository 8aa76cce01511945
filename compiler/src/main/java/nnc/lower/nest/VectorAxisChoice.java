package nnc.lower.nest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.NominalSizes;
import nnc.graph.OpTraits;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.AffineIndex.Atom.Var;
import nnc.lower.common.LoopAxes;
import nnc.machine.Core;
import nnc.schedule.Kernel;

/**
 * Which loop of a nest runs in lanes: the one with which the nest takes the fewest cycles, roughly.
 *
 * @param loads  what the nest reads; {@code stores} what it writes, and other indices that it computes
 * @param learns whether it is part of a training step
 */
record VectorAxisChoice(Kernel kernel, ReductionLevels levels, LoopAxes axes, List<AffineIndex> loads, List<AffineIndex> stores, boolean learns) {
  /** What open dimensions are taken for: batches of training are large, predictions may as well be of one example. */
  private static final List<Integer> TRAINED = List.of(NominalSizes.OPEN);
  private static final List<Integer> PREDICTED = List.of(1, NominalSizes.OPEN);

  /** The name of a loop, of those over the axes that remain or the innermost over the reduced ones; null if there is none. */
  String best() {
    var candidates = new ArrayList<>(axes.outer().reversed());
    if (!axes.inner().isEmpty()) {
      candidates.add(axes.inner().getLast());
    }
    // by what each is slower than the best, over all sizes together
    var excess = new double[candidates.size()];
    for (int size : learns ? TRAINED : PREDICTED) {
      var cycles = candidates.stream().mapToDouble(lane -> cycles(lane, size)).toArray();
      double least = Arrays.stream(cycles).min().orElse(0);
      Arrays.setAll(excess, i -> excess[i] + cycles[i] / least);
    }
    return IntStream.range(0, excess.length).boxed().min(Comparator.comparingDouble(i -> excess[i])).map(i -> candidates.get(i).name()).orElse(null);
  }

  private double cycles(Var lane, int open) {
    boolean folds = axes.inner().contains(lane);
    long sums = kernel.nodes().stream().filter(node -> OpTraits.reduces(node.op())).count();
    double each = Math.max(accesses(lane, true) + work(true), sums > 0 ? NestTuning.ADD_LATENCY_CYCLES : 0);
    double row = accesses(lane, false) + work(false) * (folds ? NestTuning.SCALAR_FACTOR : 1) + (folds ? NestTuning.FOLD_CYCLES * sums : 0);
    return iterations(axes.outer(), lane, open) * (row + iterations(axes.inner(), lane, open) * each);
  }

  /** Of what is done in the loops over the reduced axes, or outside of them. */
  private double accesses(Var lane, boolean inside) {
    return loads.stream().filter(load -> isInside(load) == inside).mapToDouble(load -> access(load, lane, NestTuning.STRIDE_TWO_CYCLES)).sum()
        + stores.stream().filter(store -> isInside(store) == inside).mapToDouble(store -> access(store, lane, NestTuning.GATHER_CYCLES)).sum();
  }

  private double work(boolean inside) {
    return kernel.nodes().stream().filter(node -> (OpTraits.reduces(node.op()) || levels.full(node)) == inside)
        .mapToDouble(node -> OpTraits.reduces(node.op()) ? 1 : OpTraits.weight(node.op())).sum() / 2;
  }

  private boolean isInside(AffineIndex index) {
    return axes.inner().stream().anyMatch(loop -> index.variables().contains(loop.name()));
  }

  private double iterations(List<Var> loops, Var lane, int open) {
    double iterations = 1;
    for (var loop : loops) {
      double size = Math.max(1, loop.extent().evaluate(_ -> open));
      iterations *= loop.equals(lane) && isEven(lane) ? Math.ceil(size / Core.FLOAT_LANES) : size;
    }
    return iterations;
  }

  /** Whether every index runs through the lanes in even steps: otherwise there are none. */
  private boolean isEven(Var lane) {
    return loads.stream().allMatch(load -> load.repeats(lane.name()) > 1 || isEven(load, lane)) && stores.stream().allMatch(store -> isEven(store, lane));
  }

  private static boolean isEven(AffineIndex index, Var lane) {
    return !index.entangled().contains(lane.name()) && !index.entangled().contains("*") && index.factor(lane.name()).isConstant();
  }

  private double access(AffineIndex index, Var lane, double everyOther) {
    if (index.repeats(lane.name()) > 1) {
      return NestTuning.REPEATED_CYCLES;
    }
    var step = index.factor(lane.name());
    return step.is(0) ? NestTuning.BROADCAST_CYCLES : step.is(1) ? NestTuning.CONTIGUOUS_CYCLES : step.is(2) ? everyOther : NestTuning.GATHER_CYCLES;
  }
}
