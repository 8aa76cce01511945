package nnc.runtime.cli;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.engine.KernelSet;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.EpochLog;
import nnc.runtime.train.FeatureStatistics;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.JsonProgress;
import nnc.runtime.train.Progress;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.StepLog;
import nnc.runtime.train.TextProgress;
import nnc.runtime.train.Trainer;
import nnc.runtime.train.TrainingFiles;
import nnc.runtime.train.TrainingPosition;
import nnc.runtime.train.TrainingSettings;

/** {@code train}: learns the weights from the program's data and saves them. */
public final class TrainCommand implements ModelCommand {
  private static final String LOG_STEPS = "--log-steps";

  public static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--data", "DIR", "where data files are, instead of beside the program"),
      new Options.Flag(Setting.EPOCHS.option(), "N", "passes over the data, in all"),
      new Options.Flag(Setting.BATCH.option(), "N", "examples a step"),
      new Options.Flag(Setting.SEED.option(), "N", "of initial weights, order and dropout"),
      new Options.Flag("--threads", "N", "at most that many (all processors); the result does not depend on it"),
      new Options.Flag("--out", "WEIGHTS", "the file to save to (NAME.npz)"),
      new Options.Flag("--init", "WEIGHTS", "start from these weights where they fit"),
      new Options.Flag("--resume", "WEIGHTS", "go on exactly where the training that saved them stopped"),
      new Options.Flag(Setting.EARLY_STOPPING.option(), "N", "end after N epochs without a better value on the validation data"),
      new Options.Flag(Setting.MIN_DELTA.option(), "X", "how much better counts as better (0)"),
      new Options.Flag(Setting.CHECKPOINT_STEPS.option(), "N", "keep a checkpoint beside WEIGHTS every N steps"),
      new Options.Flag(Setting.CHECKPOINT_MINUTES.option(), "X", "and every X minutes"),
      new Options.Flag(Setting.KEEP.option(), "N", "checkpoints that stay, the newest (3); 0 for all"),
      new Options.Flag("--log", "FILE", "a line an epoch: CSV if FILE ends in .csv, else JSON"),
      new Options.Flag(LOG_STEPS, "[N]", "and a line every N steps (1) in FILE-steps, of that step's batch"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    if (options.has("--init") && options.has("--resume")) {
      throw new Options.Wrong("--init and --resume exclude each other");
    }
    if (options.has(LOG_STEPS) && !options.has("--log")) {
      throw new Options.Wrong(LOG_STEPS + " needs --log FILE");
    }
    var spec = session.model().spec();
    var data = new Data(spec, new Folder(session.base(), options.path("--data", null), session.err()));
    if (!data.isGenerated("train") && session.canRelaunch()) {
      return session.again().run(arguments);
    }
    Path resumed = options.path("--resume", null);
    Path out = options.path("--out", resumed != null ? resumed : Path.of(spec.name() + ".npz"));
    AtomicFile.probe(out);
    Map<String, Tensor> arrays = resumed == null ? null : Npz.read(resumed);
    TrainingSettings settings = settings(spec, options, arrays, resumed);
    Progress progress = options.has("--json") ? new JsonProgress(session.out())
        : session.terminal() ? TextProgress.onTerminal(session.out()) : TextProgress.plain(session.out());
    Model model = session.model().initialised(settings.seed());
    List<String> taken = options.has("--init") ? initialise(model, options.path("--init", null), progress) : List.of();
    if (resumed == null) {
      FeatureStatistics.fit(model, data, taken);
    } else {
      WeightFile.learn(spec, arrays, model.vocabulary(), resumed.toString());
    }
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      TrainingFiles files = files(options, out, resumed == null ? null : TrainingPosition.read(arrays, resumed.toString()));
      var interrupt = new Interrupt();
      var environment = new RunEnvironment(progress, interrupt, threads);
      var trainer = new Trainer(model, data, settings, files, environment);
      if (resumed != null) {
        trainer.resume(arrays, resumed.toString());
      }
      if (trainer.work() > KernelSet.LARGE && session.canRelaunch()) {
        return session.again().run(arguments);
      }
      interrupt.install();
      try {
        return end(session, trainer.run(), model, data, out, environment);
      } finally {
        interrupt.finish();
      }
    }
  }

  /** @param resumed where training goes on; null if it begins */
  private static TrainingFiles files(Options options, Path out, TrainingPosition resumed) {
    Path log = options.path("--log", null);
    if (log == null) {
      return TrainingFiles.of(out);
    }
    EpochLog epochs = resumed == null ? EpochLog.begin(log) : EpochLog.resume(log, resumed.step());
    if (!options.has(LOG_STEPS)) {
      return new TrainingFiles(out, epochs, null);
    }
    Path steps = StepLog.beside(log);
    int every = options.hasValue(LOG_STEPS) ? options.count(LOG_STEPS, 1, 1) : 1;
    return new TrainingFiles(out, epochs, resumed == null ? StepLog.begin(steps, every) : StepLog.resume(steps, every, resumed.step()));
  }

  private static TrainingSettings settings(ModelSpec spec, Options options, Map<String, Tensor> arrays, Path resumed) {
    Map<Setting, Object> instead = new EnumMap<>(Setting.class);
    if (arrays != null) {
      TrainingPosition position = TrainingPosition.read(arrays, resumed.toString());
      instead.put(Setting.BATCH, position.batch());
      instead.put(Setting.SEED, position.seed());
    }
    count(options, Setting.EPOCHS, 0, instead);
    count(options, Setting.BATCH, 1, instead);
    count(options, Setting.EARLY_STOPPING, 0, instead);
    count(options, Setting.CHECKPOINT_STEPS, 0, instead);
    count(options, Setting.KEEP, 0, instead);
    if (options.has(Setting.SEED.option())) {
      instead.put(Setting.SEED, options.number(Setting.SEED.option(), 0));
    }
    decimal(options, Setting.CHECKPOINT_MINUTES, instead);
    decimal(options, Setting.MIN_DELTA, instead);
    return TrainingSettings.of(spec, instead);
  }

  /** Takes an option for the setting of its name. */
  private static void count(Options options, Setting setting, int low, Map<Setting, Object> instead) {
    if (options.has(setting.option())) {
      instead.put(setting, options.count(setting.option(), 0, low));
    }
  }

  private static void decimal(Options options, Setting setting, Map<Setting, Object> instead) {
    if (options.has(setting.option())) {
      instead.put(setting, options.decimal(setting.option(), 0, 0));
    }
  }

  /** Gives the paths of the weights that the file had. */
  private static List<String> initialise(Model model, Path file, Progress progress) {
    Npz.Arrays arrays = Npz.read(file, name -> true);
    WeightFile.learn(model.spec(), arrays.read(), model.vocabulary(), file.toString());
    WeightFile.Fit fit = WeightFile.fillWhatFits(model.spec(), arrays.read(), model.writable());
    fit.unused().addAll(arrays.unread().keySet());
    int all = fit.taken().size() + fit.missing().size() + fit.other().size();
    if (fit.taken().isEmpty() && all > 0) {
      throw new Fault(file + ": none of its arrays is a weight of the network, by name and shape", "the file has "
          + WeightFile.listed(fit.unused()) + (fit.other().isEmpty() ? "" : "; of another shape: " + WeightFile.listed(fit.other()))
          + (fit.missing().isEmpty() ? "" : "; the network has " + WeightFile.listed(fit.missing())));
    }
    progress.initialised(file.toString(), fit);
    return fit.taken();
  }

  private static int end(Session session, Trainer.Ending ending, Model model, Data data, Path out, RunEnvironment environment) {
    Progress progress = environment.progress();
    progress.note("saved", "saved " + out);
    if (ending == Trainer.Ending.INTERRUPTED) {
      progress.note("interrupted", "stopped; to go on: " + session.caller().call("train") + " --resume " + out);
      return 130;
    }
    if (data.has("test") && model.has("evaluate")) {
      EvaluateCommand.evaluate(model, "test", data, 0, environment);
    }
    return 0;
  }
}
