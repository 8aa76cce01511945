package nnc.runtime.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Column;
import nnc.runtime.data.Data;
import nnc.runtime.data.Table;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;

/**
 * The training loop. The order of the examples follows from (seed, epoch), what is random in the network from (seed, step), so a
 * training that was broken off and resumed gives the bits of one that was not. Its steps allocate nothing.
 */
public final class Trainer {
  /** How training came to its end. */
  public enum Ending { COMPLETED, EARLY, INTERRUPTED }

  private static final String BEST = WeightFile.OWN + "best.", ROWS = WeightFile.OWN + "rows.", CARRIED = WeightFile.OWN + "carried.";
  private static final String PLAN = "train";
  private static final long SNAPSHOT_NS = 500_000_000;

  private final Model model;
  private final TrainingSettings settings;
  private final Progress progress;
  private final Interrupt interrupt;
  private final Checkpoints checkpoints;
  private final Path out;
  private final TrainingFiles files;

  private final Table table;
  private final int batch;
  private final MemoryNeed memory;
  private final TrainingSteps steps;
  /** Made once: steps allocate nothing. */
  private final Supplier<List<Figure>> soFar;
  private final Supplier<Map<String, Tensor>> present;
  private final Evaluator validation;
  private final EpochOrder order;
  private final Data data;
  private final LongSupplier clock;
  /** Of the data; null until they are asked for. */
  private Map<String, long[]> sums;

  private int epoch;
  private int step;
  private int place;
  private boolean stepped;
  private final EarlyStopping watch;
  private Object best;

  private Object snapshot;
  private TrainingPosition snapshotAt;
  private Map<String, Tensor> snapshotCarried = Map.of();
  private long snapshotTime;
  private long snapshotInterval = SNAPSHOT_NS;

  /**
   * Makes all ready to train {@code model}, whose weights change in place.
   */
  public Trainer(Model model, Data data, TrainingSettings settings, TrainingFiles files, RunEnvironment environment) {
    this(model, data, settings, files, environment, System::nanoTime);
  }

  /** @param clock by which it is time to save, or to keep a copy */
  Trainer(Model model, Data data, TrainingSettings settings, TrainingFiles files, RunEnvironment environment, LongSupplier clock) {
    this.model = model;
    this.clock = clock;
    this.data = data;
    this.settings = settings;
    this.files = files;
    out = files.out();
    progress = environment.progress();
    interrupt = environment.interrupt();
    Threads threads = environment.threads();
    checkpoints = new Checkpoints(out, settings.retention(), progress, clock);
    watch = new EarlyStopping(settings.stopping());
    if (settings.stopping().watches() && !data.has("validate")) {
      throw new Fault(model.spec().name() + ".nn: " + (settings.stopping().patience() > 0 ? "early_stopping" : "restore_best")
          + " needs validation data", "hold a part back: data { validate = split(train, 0.1) }");
    }
    LossMonitor.check(model, data);
    table = data.table("train");
    order = new EpochOrder(model.spec(), table, settings, model.spec().training().least());
    batch = Math.min(settings.batch(), table.size());
    checkBatches();
    memory = new MemoryNeed(model.spec(), threads.count(), BatchFeeder.largest(model, PLAN, table, batch));
    memory.require("training", batch, PLAN);
    if (settings.memory() > 0) {
      memory.requireWithin(settings.memory(), batch, PLAN);
    }
    steps = new TrainingSteps(model, table, batch, threads);
    soFar = steps::soFar;
    present = this::arrays;
    if (files.steps() != null) {
      files.steps().columns(steps.follow(model, batch, threads));
    }
    checkNeeds();
    validation = data.has("validate") ? new Evaluator(model, data.table("validate"), settings.epochs(), threads) : null;
    steps.seed(settings.seed());
    if (out != null) {
      sums();
    }
  }

  /** A layer may need several examples in every step, the last of an epoch included. */
  private void checkBatches() {
    int last = table.size() % batch == 0 ? batch : table.size() % batch;
    Training training = model.spec().training();
    int examples = table.size();
    if (settings.batching().tokens() > 0) {
      // the last batch of a pool takes what it lacks from the one before, which has to have enough left
      int needed = Math.max(training.least(), Math.min(examples, 2 * training.least() - 1));
      if (batch < needed) {
        throw new Fault(training.reason() + ", and of " + examples + " examples in batches of at most " + batch + ", bounded by tokens, one may have fewer",
            batch == examples ? "" : "take another batch, such as train { batch = " + needed + " }");
      }
    } else if (last < training.least()) {
      throw new Fault(training.reason() + ", and " + (last == batch ? "a batch has " : "the last batch has ")
          + last + " (" + examples + " examples in batches of " + batch + ")", "take another batch, such as train { batch = " + fitting(training.least()) + " }");
    }
  }

  /** Batches have to be as large as what is sliced, the last of an epoch too. */
  private void checkNeeds() {
    int last = table.size() % batch;
    int wrong = steps.unmet(batch) != null ? batch : last > 0 && steps.unmet(last) != null ? last : 0;
    if (wrong > 0) {
      int fits = 0;
      for (int i = 0; i < table.size() && fits == 0; i++) {
        int size = (batch - 1 + i) % table.size() + 1;
        int rest = table.size() % size;
        fits = steps.unmet(size) == null && (rest == 0 || steps.unmet(rest) == null) ? size : 0;
      }
      throw new Fault(steps.unmet(wrong).text() + ", and " + (wrong == batch ? "a batch has " : "the last batch has ") + wrong + " ("
          + table.size() + " examples in batches of " + batch + ")", fits == 0 ? "" : "take another batch, such as train { batch = " + fits + " }");
    }
  }

  /** The batch nearest above that leaves no last batch too small. */
  private int fitting(int least) {
    int size = Math.max(batch, least);
    while (size < table.size() && table.size() % size != 0 && table.size() % size < least) {
      size++;
    }
    return size;
  }

  /** What is trained and on what, for the first line. */
  String summary() {
    long parameters = 0;
    for (Weight weight : model.spec().weights()) {
      parameters += weight.kind() == ModelSpec.WeightKind.PARAMETER ? weight.size() : 0;
    }
    order.arrange(epoch);
    int steps = order.batches();
    int tokens = settings.batching().tokens();
    return model.spec().name() + ": " + Text.grouped(parameters) + " parameters; " + Text.grouped(table.size()) + " examples of "
        + table.origin() + ", " + Text.grouped(steps) + (steps == 1 ? " step of " : " steps of ") + (tokens == 0 ? "" : "up to " + Text.grouped(tokens) + " tokens and ")
        + batch + (tokens == 0 ? "" : " examples") + " an epoch; memory " + memory.text(batch, PLAN);
  }

  /** Whether there are weights to be learned and no step changes any, as where a program has no train block. */
  private boolean isIdle() {
    for (Weight weight : model.spec().weights()) {
      if (weight.kind() == ModelSpec.WeightKind.PARAMETER && !weight.frozen()) {
        return !steps.learn();
      }
    }
    return false;
  }

  /** Whether an input is fed how long a column's rows are, whatever it is called. */
  private boolean isMeasured(Column ragged) {
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      Column lengths = feed.target() || feed.kind() != ModelSpec.ElementKind.INT || feed.shape().size() != 1 ? null : table.column(feed);
      boolean same = lengths != null && !lengths.isRagged();
      for (int i = 0; same && i < table.size(); i++) {
        same = lengths.get(table.rows()[i], 0) == ragged.length(table.rows()[i]);
      }
      if (same) {
        return true;
      }
    }
    return false;
  }

  /** What to say where rows differ in length and no input can tell which places are there; null if there is nothing to say. */
  private String padded() {
    String name = null;
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      Column column = table.column(feed);
      name = name == null && column != null && column.differs(table.rows()) && !isMeasured(column) ? feed.name() : name;
    }
    return name == null ? null : "rows of " + name + " differ in length, and the program does not ask how long they are: the zeros behind them are trained on as data; input n \""
        + name + Column.LENGTHS + "\": int[N] is fed the lengths, and sequence_mask(n, T) tells what is there";
  }

  /** How many there are in all. */
  public int epochs() {
    return settings.epochs();
  }

  /** Epochs done. */
  public int epoch() {
    return epoch;
  }

  /** Steps done. */
  public int step() {
    return step;
  }

  /** What the last step has lowered; NaN before the first that is trained here. */
  public double loss() {
    return !stepped ? Double.NaN : steps.lowered(step);
  }

  /** What the present epoch has come to, but for what takes long. */
  public List<Figure> soFar() {
    return steps.soFar();
  }

  // ---- resuming

  /** Goes on where the training that wrote these arrays stopped. */
  public void resume(Map<String, Tensor> arrays, String origin) {
    TrainingPosition position = TrainingPosition.read(arrays, origin);
    int tokens = settings.batching().tokens();
    if (position.rows() != table.size() || position.batch() != settings.batch() || position.tokens() != tokens || position.seed() != settings.seed()) {
      throw new Fault(origin + ": cannot go on to the same result: it was trained on " + position.rows() + " examples with batch "
          + position.batch() + (tokens == position.tokens() ? "" : ", tokens " + position.tokens()) + " and seed " + position.seed() + ", now there are " + table.size()
          + " examples, batch " + settings.batch() + (tokens == position.tokens() ? "" : ", tokens " + tokens) + " and seed " + settings.seed(),
          "start from its weights with --init instead");
    }
    order.arrange(position.epoch());
    if (!order.begins(position.place())) {
      throw new Fault(origin + ": cannot go on to the same result: no batch begins at example " + position.place() + " of epoch " + (position.epoch() + 1),
          "start from its weights with --init instead");
    }
    DataSums.require(arrays, sums(), origin);
    WeightFile.resume(model.spec(), arrays, model.writable(), model.vocabulary(), origin);
    goTo(position);
    if (!steps.restoreRows(arrays, ROWS)) {
      steps.clear();
    }
    steps.carryOn(ofPrefix(CARRIED, arrays));
    checkpoints.resume(step, origin);
    Map<String, Tensor> bests = ofPrefix(BEST, arrays);
    if (!bests.isEmpty()) {
      best = NumericArrays.copy(model.weights());
      WeightFile.resume(model.spec(), bests, best, model.vocabulary(), origin);
    }
  }

  /** Arrays whose names begin so, by the rest of their names. */
  private static Map<String, Tensor> ofPrefix(String prefix, Map<String, Tensor> arrays) {
    Map<String, Tensor> found = new LinkedHashMap<>();
    for (var array : arrays.entrySet()) {
      if (array.getKey().startsWith(prefix)) {
        found.put(array.getKey().substring(prefix.length()), array.getValue());
      }
    }
    return found;
  }

  private Map<String, long[]> sums() {
    if (sums == null) {
      sums = DataSums.of(model.spec(), data);
    }
    return sums;
  }

  private TrainingPosition position() {
    return new TrainingPosition(epoch, step, place, table.size(), settings.batch(), settings.batching().tokens(), settings.seed(), watch.state(), steps.state());
  }

  private void goTo(TrainingPosition position) {
    epoch = position.epoch();
    step = position.step();
    place = position.place();
    watch.restore(position.watch());
    if (!steps.restore(position.sums())) {
      steps.clear();
    }
  }

  private Map<String, Tensor> arrays() {
    Map<String, Tensor> arrays = WeightFile.arraysOfTraining(model.spec(), model.weights());
    arrays.putAll(WeightFile.categories(model.vocabulary()));
    position().write(arrays);
    for (var sum : sums().entrySet()) {
      arrays.put(sum.getKey(), new Tensor(new int[] {1}, sum.getValue()));
    }
    arrays.putAll(steps.rows(ROWS));
    for (var state : steps.carried().entrySet()) {
      arrays.put(CARRIED + state.getKey(), state.getValue());
    }
    if (best != null) {
      for (var array : WeightFile.arraysOfTraining(model.spec(), best).entrySet()) {
        arrays.put(BEST + array.getKey(), array.getValue());
      }
    }
    return arrays;
  }

  // ---- the loop

  /**
   * Trains to the last epoch, to an early stop or until it is interrupted, and saves.
   *
   * @throws Fault if the loss, or what has been learned, is no longer finite; the last good weights are saved before
   */
  public Ending run() {
    progress.begin(summary());
    if (isIdle()) {
      progress.note("idle", "no weight is learned, since nothing says how weights change; write: train { optimizer = adam(0.001)  batch = " + batch + "  epochs = 10 }");
    }
    String padded = padded();
    if (padded != null) {
      progress.note("padding", padded);
    }
    steps.prepare(batches());
    if (validation != null) {
      validation.announce();
    }
    Ending ending = Ending.COMPLETED;
    while (epoch < settings.epochs() && ending == Ending.COMPLETED) {
      ending = interrupt.requested() ? Ending.INTERRUPTED : trainEpoch();
    }
    if (ending != Ending.INTERRUPTED && settings.stopping().restore() && best != null) {
      System.arraycopy(best, 0, model.writable(), 0, NumericArrays.length(best));
    }
    position().record(model.vocabulary().record());
    if (sums != null) {
      model.vocabulary().record().putAll(sums);
    }
    checkpoints.saveAtLast(present);
    return ending;
  }

  /** Roughly how many elementary operations are to come. */
  public double work() {
    return steps.work() * batches();
  }

  private double batches() {
    return (double) order.batches() * (settings.epochs() - epoch);
  }

  private Ending trainEpoch() {
    order.arrange(epoch);
    if (place == 0) {
      steps.restart();
    }
    takeSnapshot();
    long started = System.nanoTime();
    int before = place;
    while (place < table.size()) {
      int wrong;
      try {
        wrong = trainStep();
      } catch (Fault fault) {
        throw refused(fault);
      }
      if (wrong >= 0) {
        throw diverged("the loss became " + steps.loss(wrong));
      }
      if (steps.isEndless()) {
        throw Again.endless(step);
      }
      if (files.steps() != null && files.steps().isDue(step)) {
        files.steps().add(step, epoch, steps.ofBatch(step), progress);
      }
      progress.step(epoch, settings.epochs(), place, table.size(), (System.nanoTime() - started) / 1e9 * place / (place - before), soFar);
      checkpoints.checkpoint(step, present);
      if (interrupt.requested()) {
        return Ending.INTERRUPTED;
      }
      if (Math.abs(clock.getAsLong() - snapshotTime) > snapshotInterval) {
        takeSnapshot();
      }
    }
    String spoiled = spoiled();
    if (spoiled != null) {
      throw diverged(spoiled);
    }
    return endEpoch((System.nanoTime() - started) / 1e9, table.size() - before);
  }

  /** Trains by the next batch; gives which step's loss is no finite number, -1 if all are. */
  private int trainStep() {
    int count = order.count(place);
    int wrong = steps.run(order.rows(), place, count, step + 1, epoch);
    place += count;
    step++;
    stepped = true;
    return wrong;
  }

  private Ending endEpoch(double seconds, int examples) {
    List<Figure> validated = validation == null ? null : validation.run(interrupt);
    if (validation != null && validated == null) {
      return Ending.INTERRUPTED;
    }
    LossMonitor.tell(model, validated);
    boolean better = validated != null && settings.stopping().watches() && watch.add(validated);
    var result = new Progress.Epoch(epoch, settings.epochs(), step, examples, seconds, steps.figures(), validated, better);
    progress.epoch(result);
    if (files.epochs() != null) {
      files.epochs().add(result, progress);
    }
    steps.clear();
    place = 0;
    epoch++;
    if (better && settings.stopping().restore()) {
      best = NumericArrays.copy(model.weights());
    }
    if (watch.isOver()) {
      progress.note("early_stopping", watch.reason());
      return Ending.EARLY;
    }
    if (epoch < settings.epochs()) {
      checkpoints.saveNowAndThen(present);
    }
    return Ending.COMPLETED;
  }

  // ---- when it goes wrong

  /** A step that was refused has changed no weight: what was trained before is saved. */
  private Fault refused(Fault fault) {
    return new Fault(fault.getMessage() + ", at step " + (step + 1) + " (epoch " + (epoch + 1) + ")"
        + (step > 0 ? kept() : ""), fault.hint(), fault);
  }

  /**
   * Keeps a copy to go back to, so often that it costs about a hundredth of the time. Weights that a step has spoiled, which the next loss will
   * show, are none: the last copy stays.
   */
  private void takeSnapshot() {
    long started = clock.getAsLong();
    if (snapshot == null) {
      snapshot = NumericArrays.copy(model.weights());
      snapshotAt = position();
      snapshotCarried = steps.carried();
    } else if (!isSpoiled(model.weights(), snapshot)) {
      System.arraycopy(model.weights(), 0, snapshot, 0, NumericArrays.length(snapshot));
      snapshotAt = position();
      snapshotCarried = steps.carried();
    }
    snapshotTime = clock.getAsLong();
    snapshotInterval = Math.max(SNAPSHOT_NS, 100 * (snapshotTime - started));
  }

  /** Whether a float among the weights is no longer a number that was one before. */
  private boolean isSpoiled(Object weights, Object before) {
    for (ModelSpec.Weight weight : model.spec().weights()) {
      if (weight.elements() == ModelSpec.ElementKind.FLOAT && NumericArrays.firstSpoiled(weights, before, weight.offset(), weight.offset() + weight.size()) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Which weight is no longer a number, as the next loss would show if there were one; null if all are. */
  private String spoiled() {
    for (ModelSpec.Weight weight : model.spec().weights()) {
      boolean learned = weight.kind() == ModelSpec.WeightKind.PARAMETER;
      int at = learned ? NumericArrays.firstSpoiled(model.weights(), snapshot, weight.offset(), weight.offset() + weight.size()) : -1;
      if (at >= 0) {
        return weight.path() + " became " + NumericArrays.get(model.weights(), at);
      }
    }
    return null;
  }

  /**
   * Goes back to the last copy and repeats the steps since, which gives the same bits, up to the step that spoils loss or weights; saves the
   * weights before that step and says what in it is first not finite.
   *
   * @param what has shown it
   */
  private Fault diverged(String what) {
    int last = step;
    Object weights = model.writable();
    System.arraycopy(snapshot, 0, weights, 0, NumericArrays.length(snapshot));
    goTo(snapshotAt);
    steps.carryOn(snapshotCarried);
    order.arrange(epoch);
    Object before = NumericArrays.copy(weights);
    TrainingPosition good = position();
    Map<String, Tensor> left = snapshotCarried;
    boolean found = false;
    while (step < last && !found) {
      System.arraycopy(weights, 0, before, 0, NumericArrays.length(before));
      good = position();
      left = steps.carried();
      found = trainStep() >= 0 || isSpoiled(weights, before);
    }
    System.arraycopy(before, 0, weights, 0, NumericArrays.length(before));
    goTo(good);
    steps.carryOn(left);
    NonFiniteDiagnosis.Found cause = steps.firstNotFinite(model, order.rows(), place, order.count(place), step + 1, epoch);
    System.arraycopy(before, 0, weights, 0, NumericArrays.length(before));
    steps.carryOn(left);
    return new Fault(what + ": at step " + (step + 1) + " (epoch " + (epoch + 1) + ") first " + cause.what()
        + kept(), cause.hint());
  }

  /** Saves what is good; says where it is. */
  private String kept() {
    try {
      checkpoints.saveAtLast(present);
    } catch (Fault fault) {
      return "; " + fault.getMessage() + (fault.hint().isEmpty() ? "" : ": " + fault.hint());
    }
    return "; the weights before that step are " + (out == null ? "the model's" : "in " + out);
  }
}
