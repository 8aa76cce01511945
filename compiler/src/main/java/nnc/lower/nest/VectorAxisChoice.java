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
import nnc.schedule.Kernel;

/**
 * Which loop of a nest runs in lanes: the one with which the nest takes the fewest cycles, roughly.
 *
 * @param loads  what the nest reads; {@code stores} what it writes, and other indices that it computes
 * @param learns whether it is part of a training step
 */
record VectorAxisChoice(Kernel kernel, ReductionLevels levels, LoopAxes axes, List<AffineIndex> loads, List<AffineIndex> stores, boolean learns) {
  private static final int LANES = 16;

  /** Cycles for a vector of elements that lie a constant step apart, side by side, two apart, several times each, or in one place. */
  private static final double APART = 26;
  private static final double EVEN = 1;
  private static final double EVERY_OTHER = 4;
  private static final double REPEATED = 3;
  private static final double SAME = 0.5;

  /** Cycles to add up the lanes of a sum. */
  private static final double FOLD = 20;

  /** Cycles before a sum can be added to again. */
  private static final double LATENCY = 4;

  /** By what an operation on one number is slower than on a vector: nothing else is done meanwhile. */
  private static final double ALONE = 2;

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
    double each = Math.max(accesses(lane, true) + work(true), sums > 0 ? LATENCY : 0);
    double row = accesses(lane, false) + work(false) * (folds ? ALONE : 1) + (folds ? FOLD * sums : 0);
    return turns(axes.outer(), lane, open) * (row + turns(axes.inner(), lane, open) * each);
  }

  /** Of what is done in the loops over the reduced axes, or outside of them. */
  private double accesses(Var lane, boolean inside) {
    return loads.stream().filter(load -> isInside(load) == inside).mapToDouble(load -> access(load, lane, EVERY_OTHER)).sum()
        + stores.stream().filter(store -> isInside(store) == inside).mapToDouble(store -> access(store, lane, APART)).sum();
  }

  private double work(boolean inside) {
    return kernel.nodes().stream().filter(node -> (OpTraits.reduces(node.op()) || levels.full(node)) == inside)
        .mapToDouble(node -> OpTraits.reduces(node.op()) ? 1 : OpTraits.weight(node.op())).sum() / 2;
  }

  private boolean isInside(AffineIndex index) {
    return axes.inner().stream().anyMatch(loop -> index.variables().contains(loop.name()));
  }

  private double turns(List<Var> loops, Var lane, int open) {
    double turns = 1;
    for (var loop : loops) {
      double size = Math.max(1, loop.extent().evaluate(_ -> open));
      turns *= loop.equals(lane) && isEven(lane) ? Math.ceil(size / LANES) : size;
    }
    return turns;
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
      return REPEATED;
    }
    var step = index.factor(lane.name());
    return step.is(0) ? SAME : step.is(1) ? EVEN : step.is(2) ? everyOther : APART;
  }
}
