package nnc.runtime.learn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.Table;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.Npz;
import nnc.runtime.files.ProcessLock;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.EpochLog;
import nnc.runtime.train.FeatureStatistics;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.Progress;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.StepLog;
import nnc.runtime.train.Trainer;
import nnc.runtime.train.TrainingFiles;
import nnc.runtime.train.TrainingPosition;
import nnc.runtime.train.TrainingSettings;

/**
 * How to train a network: by its program, but for what is said here. The command line trains by the same: with the same data, seed and settings the
 * weights have the same bits.
 *
 * {@snippet :
 * TrainingRun run = Training.of(model).train(examples).validate(0.1).epochs(20).earlyStopping(3).save(Path.of("w.npz")).run();
 * }
 */
public final class Training {
  private final Model network;
  private final Map<Setting, Object> settings = new EnumMap<>(Setting.class);
  private final Map<String, Table> given = new LinkedHashMap<>();
  private final List<TrainingListener> listeners = new ArrayList<>();
  private double share;
  private Path folder;
  private int threads;
  private Path out;
  private Path log;
  private int logSteps;
  private StartingWeights start = StartingWeights.NONE;
  private Path resumed;
  private boolean replacing;

  private Training(Model network) {
    this.network = network;
  }

  /** Of a network, whose own weights stay as they are: training begins from new ones, by its seed. */
  public static Training of(Model network) {
    return new Training(network);
  }

  // ---- data

  /** What to train on, in place of the program's data for {@code train}. */
  public Training train(Examples examples) {
    given.put("train", examples.table());
    return this;
  }

  /** What to validate on after each epoch, in place of the program's data for {@code validate}. */
  public Training validate(Examples examples) {
    given.put("validate", examples.table());
    share = 0;
    return this;
  }

  /**
   * Holds back a part of what is trained on for validation, as {@code validate = split(train, share)} in a program does.
   *
   * @throws Fault if the share is not between 0 and 1
   */
  public Training validate(double share) {
    if (!(share > 0 && share < 1)) {
      throw new Fault("the share that is held back for validation must be between 0 and 1, not " + share);
    }
    given.remove("validate");
    this.share = share;
    return this;
  }

  /** Where the program's data files are; the present folder without. */
  public Training folder(Path folder) {
    this.folder = folder;
    return this;
  }

  // ---- settings

  /** A setting of the train block: a number, {@code true} or {@code false}, or a text. What it may be is checked when training is prepared. */
  public Training set(Setting setting, Object value) {
    settings.put(setting, value);
    return this;
  }

  /** Passes over the data, in all. */
  public Training epochs(int epochs) {
    return set(Setting.EPOCHS, epochs);
  }

  /** Examples a step. */
  public Training batch(int batch) {
    return set(Setting.BATCH, batch);
  }

  /** Of examples that differ in length, the places of a batch at most: its examples times the longest of them. {@link #batch} bounds these all the same. */
  public Training tokens(int tokens) {
    return set(Setting.TOKENS, tokens);
  }

  /** Of initial weights, order and whatever is random in the network. */
  public Training seed(long seed) {
    return set(Setting.SEED, seed);
  }

  /** Ends after so many epochs without a better value on the validation part, with the best epoch's weights. */
  public Training earlyStopping(int epochs) {
    return set(Setting.EARLY_STOPPING, epochs);
  }

  /** Writes a checkpoint beside the saved weights every so many steps, and keeps the newest few; {@link #save} says where. */
  public Training checkpoints(int steps, int keep) {
    return set(Setting.CHECKPOINT_STEPS, steps).set(Setting.KEEP, keep);
  }

  /** Computes by at most so many threads of its own, in place of the process's team; the result does not depend on it. */
  public Training threads(int count) {
    threads = count;
    return this;
  }

  // ---- weights

  /** Takes weights of another network where path and shape fit, in place of new ones. */
  public Training init(Model weights) {
    start = StartingWeights.of(weights);
    return this;
  }

  /** Takes weights of a file where path and shape fit, in place of new ones. */
  public Training init(Path weights) {
    start = StartingWeights.of(weights);
    return this;
  }

  /** Goes on exactly where the training that saved this file stopped, by its batch and seed. */
  public Training resume(Path weights) {
    resumed = weights;
    return this;
  }

  /** The file that weights, and all else that is needed to resume, are saved to, at the end and now and then before; without, none is. */
  public Training save(Path weights) {
    out = weights;
    return this;
  }

  /** Lets {@link #save} replace any file: without, one that is there and holds no weights stays as it is, as does that of {@link #init(Path)}, and nothing is trained. */
  public Training replacingOthers() {
    replacing = true;
    return this;
  }

  /** Writes a line an epoch: CSV if the file's name ends in {@code .csv}, else JSON. */
  public Training log(Path file) {
    log = file;
    return this;
  }

  /** And a line every so many steps in a file beside it ({@code run-steps.csv} beside {@code run.csv}). */
  public Training logSteps(int every) {
    logSteps = every;
    return this;
  }

  /** Who follows; several are told in the order in which they were given. */
  public Training listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  // ---- ready

  /** Trains, and returns when it is over; see {@link #prepare} and {@link TrainingRun#run} for what it throws. */
  public TrainingRun run() {
    return prepare().run();
  }

  /**
   * Reads the data and takes the memory that training needs.
   *
   * @throws Fault if data, settings or files do not fit the network
   */
  public TrainingRun prepare() {
    if (threads < 0 || logSteps < 0) {
      throw new Fault((threads < 0 ? "threads" : "steps between two lines of a log") + " must be at least 1, not " + Math.min(threads, logSteps));
    }
    var interrupt = new Interrupt();
    var progress = new ListenerProgress(listeners, interrupt);
    Threads own = threads == 0 ? null : new Threads(threads);
    try {
      var data = new Data(network.spec(), new Folder(Path.of(""), folder, System.err), given, share);
      return prepare(data, new RunEnvironment(progress, interrupt, own == null ? Threads.shared() : own)).closing(own);
    } catch (RuntimeException | Error e) {
      if (own != null) {
        own.close();
      }
      throw e;
    }
  }

  /** For nnc's own command line: with data and all around it in place of listeners and threads. */
  public TrainingRun prepare(Data data, RunEnvironment environment) {
    if (start != StartingWeights.NONE && resumed != null) {
      throw new Fault("weights to start from and a training to resume exclude each other");
    }
    if (!network.has("train")) {
      // says why
      network.code("train");
    }
    if (log != null) {
      data.keep(log);
      if (logSteps > 0) {
        data.keep(StepLog.beside(log));
      }
    }
    if (out != null) {
      data.keep(out);
      AtomicFile.probe(out);
      if (!replacing) {
        WeightFile.keepOthers(out, network.spec());
        AtomicFile.keepRead(start.file(), out, "training starts from these weights, and what is learned would take their place");
      }
      ProcessLock lock = lock(out);
      if (lock != null) {
        lock.close();
      }
    }
    ModelSpec spec = network.spec();
    Map<String, Tensor> arrays = resumed == null ? null : Npz.read(resumed);
    TrainingPosition position = arrays == null ? null : TrainingPosition.read(arrays, resumed.toString());
    TrainingSettings settings = settings(spec, position);
    Model model = network.initialised(settings.seed());
    Progress progress = environment.progress();
    List<String> taken = start.fill(model, progress);
    if (resumed == null) {
      FeatureStatistics.fit(model, data, taken);
    } else {
      WeightFile.learn(spec, arrays, model.vocabulary(), resumed.toString());
    }
    var trainer = new Trainer(model, data, settings, files(position), environment);
    if (resumed != null) {
      trainer.resume(arrays, resumed.toString());
    }
    return new TrainingRun(model, data, trainer, environment.interrupt(), progress instanceof ListenerProgress told ? told : null, taken).saving(out);
  }

  /**
   * Keeps others from saving to a file, who would write over, and delete, what is saved: takes {@code .NAME.lock} beside it.
   *
   * @return null where there is nothing to be held: a device, a pipe, or a disk without locks
   * @throws Fault if another training saves to it
   */
  static ProcessLock lock(Path out) {
    try {
      Path file = AtomicFile.target(out);
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        return null;
      }
      file = file.resolveSibling("." + file.getFileName() + ".lock");
      ProcessLock lock = ProcessLock.take(file);
      if (lock == null) {
        throw new Fault(out + ": another training saves to this file: " + ProcessLock.holder(file), "wait for its end, stop it, or choose another name for what is saved");
      }
      return lock;
    } catch (IOException e) {
      return null;
    }
  }

  private TrainingSettings settings(ModelSpec spec, TrainingPosition position) {
    Map<Setting, Object> instead = new EnumMap<>(Setting.class);
    if (position != null) {
      instead.put(Setting.BATCH, position.batch());
      if (position.tokens() > 0) {
        instead.put(Setting.TOKENS, position.tokens());
      }
      instead.put(Setting.SEED, position.seed());
    }
    instead.putAll(settings);
    return TrainingSettings.of(spec, instead);
  }

  private TrainingFiles files(TrainingPosition position) {
    if (log == null) {
      if (logSteps > 0) {
        throw new Fault("a log of steps stands beside one of epochs", "name that one's file");
      }
      return TrainingFiles.of(out);
    }
    EpochLog epochs = position == null ? EpochLog.begin(log) : EpochLog.resume(log, position.step());
    Path steps = logSteps == 0 ? null : StepLog.beside(log);
    return new TrainingFiles(out, epochs, steps == null ? null : position == null ? StepLog.begin(steps, logSteps)
        : StepLog.resume(steps, logSteps, position.step()));
  }
}
