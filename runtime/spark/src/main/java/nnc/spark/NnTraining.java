package nnc.spark;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.TrainingSettings;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How to train a network on the rows of a Dataset, in tasks side by side, to the bits of {@code nnc train} on one machine.
 *
 * <pre>{@code
 * ClusterRun run = NnTraining.of(Path.of("iris.jar")).rows(flowers, "id").parts(4).epochs(20).checkpoints("hdfs:///runs/iris", 3).run();
 * Dataset<Row> predicted = run.predictor().transform(flowers);
 * }</pre>
 *
 * <p>The program says {@code batch} and {@code accumulate}: so many batches, the blocks, make one step. A machine computes their gradients one after the other and adds them; here
 * tasks compute them side by side, and add them in the same order.
 */
public final class NnTraining {
  /** How often an epoch is begun before training gives up; as often as Spark tries other stages. */
  private static final int ATTEMPTS = 4;

  /** A fault in what Spark says of a task. */
  private static final Pattern FAULT = Pattern.compile(Pattern.quote(Fault.class.getName()) + ": ([^\n]*)");

  private final BroadcastNetwork network;
  private final Map<Setting, Object> settings = new EnumMap<>(Setting.class);
  private final Map<String, String> columns = new HashMap<>();
  private Dataset<Row> rows;
  private String order;
  private int parts = 1;
  private Path start;
  private String checkpoints = "";
  private int keep;

  private NnTraining(BroadcastNetwork network) {
    this.network = network;
  }

  /** Of the network of a jar; training begins from new weights, by its seed. */
  public static NnTraining of(Path jar) {
    return new NnTraining(BroadcastNetwork.of(jar, null));
  }

  /**
   * What to train on.
   *
   * @param order a column whose values are all different: rows are numbered by it, so that their order in an epoch does not depend on how they are parted
   */
  public NnTraining rows(Dataset<Row> rows, String order) {
    this.rows = rows;
    this.order = order;
    return this;
  }

  /** In how many tasks side by side, each of which needs a core of the cluster at once; 1 without. At most as many as blocks make a step. */
  public NnTraining parts(int tasks) {
    parts = tasks;
    return this;
  }

  /** With an input or target fed by a column of another name. */
  public NnTraining column(String input, String column) {
    columns.put(input, column);
    return this;
  }

  /**
   * A setting of the train block in place of the program's.
   *
   * @throws Fault if it is of checkpoints, which {@link #checkpoints} says
   */
  public NnTraining set(Setting setting, Object value) {
    if (setting == Setting.KEEP || setting == Setting.CHECKPOINT_STEPS || setting == Setting.CHECKPOINT_MINUTES) {
      throw new Fault(setting.title() + " says nothing on a cluster: a checkpoint is written after each epoch", "say checkpoints(folder, keep)");
    }
    settings.put(setting, value);
    return this;
  }

  /** Passes over the rows, in all. */
  public NnTraining epochs(int epochs) {
    return set(Setting.EPOCHS, epochs);
  }

  /** Rows of a block: a step has as many blocks as the program accumulates. */
  public NnTraining batch(int rows) {
    return set(Setting.BATCH, rows);
  }

  /** Of initial weights, order and whatever is random in the network. */
  public NnTraining seed(long seed) {
    return set(Setting.SEED, seed);
  }

  /** Takes weights of a file where path and shape fit, in place of new ones. */
  public NnTraining init(Path weights) {
    start = weights;
    return this;
  }

  /**
   * Writes a checkpoint after each epoch, and goes on from the newest that is there, to the bits of a training that was not broken off.
   *
   * @param folder of any file system that Hadoop knows
   * @param keep   how many stay; 0 for all
   */
  public NnTraining checkpoints(String folder, int keep) {
    checkpoints = folder;
    this.keep = keep;
    return this;
  }

  // ---- the run

  /**
   * Trains to the last epoch. An epoch is one stage; one that a task or an executor was lost from is tried again from the epoch's beginning, to the same bits, up to four times in all.
   *
   * @throws Fault if columns, settings or the program do not fit, or a row's values; if a loss is no finite number; or if an epoch has been tried in vain
   */
  public ClusterRun run() {
    if (rows == null) {
      throw new Fault("no rows to train on", "say rows(dataset, \"id\")");
    }
    Model shared = network.model();
    ModelSpec spec = shared.spec();
    BlockTrainer.requirePlans(shared);
    TrainingSettings wanted = TrainingSettings.of(spec, settings);
    requirePlain(spec, wanted);
    PredictionColumns.requireInputs(spec, columns);
    requireParts(BlockTrainer.round(spec));
    Model model = initial(shared, wanted.seed());
    var spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    Broadcast<BroadcastNetwork> sent = spark.broadcast(network);
    try {
      var table = TrainingRows.of(rows, order, sent, Map.copyOf(columns));
      try {
        var blocks = new BlockSteps(table.count(), Math.min(wanted.batch(), table.count()), BlockTrainer.round(spec), parts);
        requireRows(spec, blocks);
        return train(model, table, sent, wanted, blocks);
      } finally {
        table.release();
      }
    } finally {
      sent.destroy();
    }
  }

  private ClusterRun train(Model model, TrainingRows table, Broadcast<BroadcastNetwork> sent, TrainingSettings wanted, BlockSteps blocks) {
    var spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    ClusterCheckpoints kept = checkpoints.isEmpty() ? null : new ClusterCheckpoints(checkpoints, keep, spark.hadoopConfiguration());
    TrainingState found = kept == null ? null : kept.newest(model, wanted.seed(), blocks);
    TrainingState state = found != null ? found : new TrainingState(0, wanted.seed(), List.of(), model.weights());
    for (boolean checked = true; state.epoch() < wanted.epochs(); checked = false) {
      Broadcast<TrainingState> before = spark.broadcast(state);
      try {
        var stage = new EpochStage(sent, before, table.schema(), Map.copyOf(columns), blocks, checked);
        state = next(state, tried(stage, table, new TrainingRows.Arrangement(wanted.batching().shuffle(), wanted.seed(), state.epoch())), blocks);
      } finally {
        before.destroy();
      }
      if (kept != null) {
        kept.write(model, state, blocks);
      }
    }
    System.arraycopy(state.weights(), 0, model.writable(), 0, NumberArrays.length(state.weights()));
    return new ClusterRun(network, model, state.losses());
  }

  /**
   * What the tasks of an epoch give. Spark does not try a barrier stage again that gives results: it is asked anew, for tasks are functions of what they are sent. A fault of the program's or of
   * rows would come again; whoever has cancelled the job or interrupted the driver does not want it again.
   */
  private static List<EpochStage.Part> tried(EpochStage stage, TrainingRows table, TrainingRows.Arrangement order) {
    for (int attempt = 1;; attempt++) {
      try {
        return stage.collect(table.arranged(stage.blocks(), order), new SecureRandom().nextLong());
      } catch (Exception e) {
        var fault = FAULT.matcher(String.valueOf(e.getMessage()));
        boolean own = fault.find();
        // Scala throws it undeclared
        boolean interrupted = e instanceof InterruptedException;
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        boolean ended = interrupted || String.valueOf(e.getMessage()).contains("SPARK_JOB_CANCELLED");
        if (own || ended || attempt == ATTEMPTS) {
          throw new Fault("epoch " + (order.epoch() + 1) + ": " + (own ? fault.group(1) : ended ? "ended from outside: " + e : "tried " + ATTEMPTS + " times: " + e.getMessage()), "", e);
        }
      }
    }
  }

  private Model initial(Model shared, long seed) {
    Model model = shared.initialised(seed);
    List<String> taken = List.of();
    if (start != null) {
      WeightFile.Fit fit = WeightFile.fillWhatFits(shared.spec(), Npz.read(start), model.writable());
      taken = fit.taken();
      if (taken.isEmpty()) {
        throw new Fault(start + ": none of its arrays is a weight of the network, by name and shape");
      }
    }
    for (ModelSpec.Weight weight : shared.spec().weights()) {
      if (weight.initialiser().kind().fitted() && !taken.contains(weight.path())) {
        throw new Fault(weight.path() + " begins as a statistic of the training data, which is not taken here", "train an epoch on one machine on part of the data, and begin with what that has saved: init(...)");
      }
    }
    return model;
  }

  /** What a stage's tasks give together. */
  private static TrainingState next(TrainingState before, List<EpochStage.Part> given, BlockSteps blocks) {
    double[] losses = new double[blocks.steps()];
    int first = blocks.first(before.epoch());
    Object weights = null;
    for (EpochStage.Part part : given) {
      weights = part.weights() != null ? part.weights() : weights;
      if (part.hash() != given.get(0).hash()) {
        throw new IllegalStateException("tasks have come to different weights in epoch " + (before.epoch() + 1));
      }
      for (int i = 0; i < part.steps().length; i++) {
        losses[part.steps()[i] - first] = part.losses()[i];
      }
    }
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += losses[i] * blocks.size(first + i, before.epoch());
    }
    List<Double> told = new ArrayList<>(before.losses());
    told.add(sum / blocks.rows());
    return new TrainingState(before.epoch() + 1, before.seed(), told, weights);
  }

  // ---- what does not go

  private static void requirePlain(ModelSpec spec, TrainingSettings wanted) {
    if (wanted.stopping().patience() > 0 || wanted.stopping().restore()) {
      throw new Fault(spec.name() + ".nn: " + (wanted.stopping().patience() > 0 ? "early_stopping" : "restore_best") + " needs validation after each epoch, which a cluster does not do",
          "leave it out: set(Setting.EARLY_STOPPING, 0).set(Setting.RESTORE_BEST, false)");
    }
    if (wanted.batching().tokens() > 0) {
      throw new Fault(spec.name() + ".nn: tokens bounds the places of batches whose rows differ in length, and rows of a Dataset do not here", "leave it out: set(Setting.TOKENS, 0)");
    }
    if (spec.weights().stream().anyMatch(weight -> weight.path().equals(ModelSpec.VALIDATION_LOSS))) {
      throw new Fault(spec.name() + ".nn: its training reads the validation loss, which a cluster does not compute", "take a schedule that follows from the step, or train it on one machine");
    }
  }

  private void requireParts(int round) {
    if (parts < 1 || parts > round) {
      throw new Fault("a step of " + round + " blocks is computed by 1 to " + round + " tasks, not by " + parts, "more blocks make a step with a larger accumulate in the train block");
    }
  }

  private static void requireRows(ModelSpec spec, BlockSteps blocks) {
    int last = (blocks.rows() - 1) % blocks.block() + 1;
    if (last < spec.training().least()) {
      throw new Fault(spec.training().reason() + ", and the last block has " + last + " (" + blocks.rows() + " rows in blocks of " + blocks.block() + ")", "take another batch");
    }
  }
}
