package nnc.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;
import org.apache.spark.sql.types.StructType;

/** A task's copy of a network in training: it computes the shares of blocks, and changes its weights by sums of shares. */
final class BlockTrainer {
  private static final String WHOLE = "train";

  private final Model model;
  private final Context gradient;
  private final Context update;
  private final List<InputColumn> columns;
  private final double[][] fed;
  private final Output loss;
  private final StateReplay replay;
  /** Where what is carried from block to block lies in the weights array, sums and then states: beginning and end, pair by pair. */
  private final int[] ranges;
  private final int sums;
  private final int length;
  private final long seed;
  private int filled;

  /** How a network is trained: the most rows of a block, and the seed of draws. */
  record Way(int block, long seed) {}

  /** @param model whose weights it changes */
  BlockTrainer(Model model, StructType schema, Map<String, String> names, Way way, Threads threads) {
    this.model = model;
    seed = way.seed;
    requirePlans(model);
    columns = PredictionColumns.inputs(model, Training.GRADIENT, schema, names);
    gradient = model.context(Training.GRADIENT, way.block, threads);
    update = model.context(update(model.spec()), 1, threads);
    gradient.seed(way.seed);
    update.seed(way.seed);
    List<Output> terms = gradient.results(Role.TERM).stream().filter(term -> term.name().equals("loss")).toList();
    loss = terms.isEmpty() ? gradient.results(Role.LOSS).get(0) : terms.get(0);
    fed = new double[columns.size()][];
    for (int i = 0; i < fed.length; i++) {
      fed[i] = new double[Math.multiplyExact(way.block, columns.get(i).width())];
    }
    replay = new StateReplay(model, gradient, threads);
    int[] summed = ranges(model.spec());
    int[] kept = ranges(model.spec(), StateReplay.paths(model));
    ranges = IntStream.concat(IntStream.of(summed), IntStream.of(kept)).toArray();
    sums = length(summed);
    length = sums + length(kept);
  }

  /** @throws Fault if the program's training cannot be parted, saying why and what to write */
  static void requirePlans(Model model) {
    if (!model.has(WHOLE)) {
      // says why
      model.code(WHOLE);
    }
    ModelSpec spec = model.spec();
    if (!update(spec).isEmpty()) {
      return;
    } else if (ranges(spec).length == 0) {
      throw new Fault(spec.name() + ".nn: its steps change weights after each batch, and a cluster shares out several batches that make one step",
          "say how many: train { batch = 32  accumulate = 8 } is a step of 256 rows, to the same bits on one machine; compile it again");
    }
    throw new Fault(spec.name() + ".nn: a batch has part in more than sums of gradients and running values, in an order that a cluster has not: losses in turn, an optimizer that reads the loss, "
        + "indices that the network computes, states that rows carry, or layers that compute with what they keep while they train, as batch_renorm", "train it on one machine, or take batch_norm in place of batch_renorm");
  }

  /** The name of the plan that changes weights by sums; empty if there is none. */
  private static String update(ModelSpec spec) {
    return spec.plans().stream().map(ModelSpec.Plan::name).filter(name -> name.startsWith(Training.UPDATE)).findFirst().orElse("");
  }

  /** How many blocks make a step, as the program's {@code accumulate} says. */
  static int round(ModelSpec spec) {
    return Integer.parseInt(update(spec).substring(Training.UPDATE.length()));
  }

  /** Where sums are. */
  private static int[] ranges(ModelSpec spec) {
    return ranges(spec, spec.weights().stream().map(Weight::path).filter(path -> path.startsWith(Training.SUMS)).toList());
  }

  private static int[] ranges(ModelSpec spec, List<String> paths) {
    int[] ranges = new int[2 * paths.size()];
    for (Weight weight : spec.weights()) {
      int place = paths.indexOf(weight.path());
      if (place >= 0) {
        ranges[2 * place] = weight.offset();
        ranges[2 * place + 1] = weight.offset() + weight.size();
      }
    }
    return ranges;
  }

  private static int length(int[] ranges) {
    int all = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      all += ranges[i + 1] - ranges[i];
    }
    return all;
  }

  Model model() {
    return model;
  }

  // ---- a block

  /** Adds a row to the block. */
  void feed(RowNumbers row) {
    int at = 0;
    for (int i = 0; i < fed.length; i++) {
      int width = columns.get(i).width();
      System.arraycopy(row.values(), at, fed[i], filled * width, width);
      at += width;
    }
    filled++;
  }

  /**
   * The share of the rows that were fed.
   *
   * @throws Fault if their loss is no finite number
   */
  Share share(int step, int epoch) {
    feed(gradient);
    gradient.counters(step, epoch);
    gradient.run();
    double value = loss.get(0);
    if (!Double.isFinite(value) || !Double.isFinite(gradient.results(Role.LOSS).get(0).get(0))) {
      throw new Fault("the loss became " + value + " at step " + step + " (epoch " + (epoch + 1) + ")", "take a smaller rate, or train on one machine to be told what in it is first not finite");
    }
    Object shares = NumberArrays.of(sums, wide());
    System.arraycopy(carried(), 0, shares, 0, sums);
    return new Share(step, shares, replay.values(), value);
  }

  /** Hands the rows that were fed to a plan. */
  private void feed(Context context) {
    context.batch(filled);
    for (int i = 0; i < fed.length; i++) {
      int width = columns.get(i).width();
      context.input(columns.get(i).feed().name()).set(Arrays.copyOf(fed[i], filled * width));
    }
    filled = 0;
  }

  /** What comes of a block: what it adds to the sums, what states go on by, and its loss. */
  record Share(int step, Object sums, Object values, double loss) {}

  // ---- what is carried from block to block: sums, and what layers keep

  private boolean wide() {
    return model.weights() instanceof double[];
  }

  /** As it is kept. */
  Object carried() {
    Object weights = model.weights();
    Object carried = NumberArrays.of(length, wide());
    int at = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      System.arraycopy(weights, ranges[i], carried, at, ranges[i + 1] - ranges[i]);
      at += ranges[i + 1] - ranges[i];
    }
    return carried;
  }

  /** Where pieces end in which it goes from task to task: sums are added element by element, and states go on together. */
  int[] pieces() {
    IntStream parts = IntStream.rangeClosed(1, (sums + RingExchange.PIECE - 1) / RingExchange.PIECE).map(i -> (int) Math.min(sums, (long) i * RingExchange.PIECE));
    return (length > sums ? IntStream.concat(parts, IntStream.of(length)) : parts).toArray();
  }

  /** Has a piece go on by blocks, one after the other. */
  void advance(Object carried, List<Share> shares, int from, int end, int epoch) {
    for (Share share : shares) {
      if (from < sums) {
        NumberArrays.add(carried, share.sums, from, end);
      } else {
        replay.advance(carried, sums, share.values, share.step, epoch);
      }
    }
  }

  /** Keeps what was carried, and changes the weights by its sums where a round ends. */
  void take(Object carried, int step, int epoch, boolean ends) {
    Object weights = model.writable();
    int at = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      System.arraycopy(carried, at, weights, ranges[i], ranges[i + 1] - ranges[i]);
      at += ranges[i + 1] - ranges[i];
    }
    if (ends) {
      update.counters(step, epoch);
      update.run();
    }
  }

  // ---- whether it is the order of one machine

  /**
   * Runs the end of a round both ways on a block of rows, as one machine does and as tasks do, and compares all bits; the weights stay as they are.
   *
   * @param round steps of a round
   * @throws Fault if they differ: then the program's code adds in another order
   */
  void requireOrder(List<RowNumbers> block, int round) {
    Object weights = model.writable();
    Object before = copy(weights);
    Object start = carried();
    System.arraycopy(NumberArrays.of(sums, wide()), 0, start, 0, sums);
    Object carried = copy(start);
    for (int step = round - 1; step <= round; step++) {
      block.forEach(this::feed);
      List<Share> share = List.of(share(step, 0));
      int from = 0;
      for (int end : pieces()) {
        advance(carried, share, from, end, 0);
        from = end;
      }
    }
    take(carried, round, 0, true);
    Object parted = copy(weights);
    restore(before);
    take(start, 0, 0, false);
    try (var threads = new Threads(1)) {
      Context whole = model.context(WHOLE, block.size(), threads);
      whole.seed(seed);
      for (int step = round - 1; step <= round; step++) {
        block.forEach(this::feed);
        feed(whole);
        feedOthers(whole);
        whole.counters(step, 0);
        whole.run();
      }
    }
    boolean same = NumberArrays.same(parted, model.weights());
    restore(before);
    if (!same) {
      throw new Fault(model.spec().name() + ".nn: the code of its training step adds gradients in another order than tasks can", "train it on one machine");
    }
  }

  /** What metrics alone read changes no weight, and may be anything. */
  private void feedOthers(Context whole) {
    for (Input input : whole.inputs()) {
      if (columns.stream().noneMatch(column -> column.feed().name().equals(input.name()))) {
        input.set(new double[input.size()]);
      }
    }
  }

  private static Object copy(Object array) {
    return array instanceof float[] floats ? floats.clone() : (Object) ((double[]) array).clone();
  }

  /** Takes weights, sums and the optimizer's memory. */
  void restore(Object weights) {
    System.arraycopy(weights, 0, model.writable(), 0, NumberArrays.length(weights));
  }
}
