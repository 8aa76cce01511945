package nnc.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
  /** Where sums are in the weights array: beginning and end, pair by pair. */
  private final int[] ranges;
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
    ranges = ranges(model.spec());
    int all = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      all += ranges[i + 1] - ranges[i];
    }
    length = all;
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
    throw new Fault(spec.name() + ".nn: more than sums of gradients comes from a batch, in an order that a cluster has not: what layers keep from batch to batch, as batch_norm's running means, "
        + "losses in turn, an optimizer that reads the loss, or indices that the network computes", "train it on one machine, or take layer_norm or group_norm in place of batch_norm");
  }

  /** The name of the plan that changes weights by sums; empty if there is none. */
  private static String update(ModelSpec spec) {
    return spec.plans().stream().map(ModelSpec.Plan::name).filter(name -> name.startsWith(Training.UPDATE)).findFirst().orElse("");
  }

  /** How many blocks make a step, as the program's {@code accumulate} says. */
  static int round(ModelSpec spec) {
    return Integer.parseInt(update(spec).substring(Training.UPDATE.length()));
  }

  private static int[] ranges(ModelSpec spec) {
    List<Integer> ranges = new ArrayList<>();
    for (Weight weight : spec.weights()) {
      if (weight.path().startsWith(Training.SUMS)) {
        ranges.add(weight.offset());
        ranges.add(weight.offset() + weight.size());
      }
    }
    return ranges.stream().mapToInt(Integer::intValue).toArray();
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
    int rows = filled;
    feed(gradient);
    gradient.counters(step, epoch);
    gradient.run();
    double value = loss.get(0);
    if (!Double.isFinite(value) || !Double.isFinite(gradient.results(Role.LOSS).get(0).get(0))) {
      throw new Fault("the loss became " + value + " at step " + step + " (epoch " + (epoch + 1) + ")", "take a smaller rate, or train on one machine to be told what in it is first not finite");
    }
    return new Share(sums(), value, rows);
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

  /** What a block adds to the sums, its loss and its rows. */
  record Share(Object sums, double loss, int rows) {}

  // ---- sums

  /** The sums as they are kept. */
  Object sums() {
    Object weights = model.weights();
    Object sums = NumberArrays.of(length, weights instanceof double[]);
    int at = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      System.arraycopy(weights, ranges[i], sums, at, ranges[i + 1] - ranges[i]);
      at += ranges[i + 1] - ranges[i];
    }
    return sums;
  }

  /** Keeps sums, and changes the weights by them where a round ends. */
  void take(Object sums, int step, int epoch, boolean ends) {
    Object weights = model.writable();
    int at = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      System.arraycopy(sums, at, weights, ranges[i], ranges[i + 1] - ranges[i]);
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
    Object sums = NumberArrays.of(length, weights instanceof double[]);
    Object start = NumberArrays.of(length, weights instanceof double[]);
    for (int step = round - 1; step <= round; step++) {
      block.forEach(this::feed);
      NumberArrays.add(sums, share(step, 0).sums, 0, length);
    }
    take(sums, round, 0, true);
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
