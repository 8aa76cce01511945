package nnc.runtime.cli;

import java.nio.file.Path;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.engine.KernelSet;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.JsonProgress;
import nnc.runtime.train.Progress;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.TextProgress;

/** {@code train}: learns the weights from the program's data and saves them. */
public final class TrainCommand implements ModelCommand {
  /** Who else follows; null if nobody does. */
  private final TrainingFollower follower;

  public TrainCommand() {
    this(null);
  }

  TrainCommand(TrainingFollower follower) {
    this.follower = follower;
  }

  private static final String LOG_STEPS = "--log-steps";

  public static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--data", "DIR", "where data files are, instead of beside the program"),
      new Options.Flag(Setting.EPOCHS.option(), "N", "passes over the data, in all"),
      new Options.Flag(Setting.BATCH.option(), "N", "examples a step"),
      new Options.Flag(Setting.TOKENS.option(), "N", "of rows that differ in length: rows times the longest of a batch, at most"),
      new Options.Flag(Setting.MEMORY.option(), "SIZE", "bytes that training may take, as 512M or 2G; refused if it takes more"),
      new Options.Flag(Setting.SEED.option(), "N", "of initial weights, order and dropout"),
      new Options.Flag("--threads", "N", "at most that many (all processors); the result does not depend on it"),
      new Options.Flag("--out", "WEIGHTS", "the file to save to (NAME.npz)"),
      new Options.Flag(Options.FORCE, "", "save to it even if there is another file than weights, or what --init names"),
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
    Training training = training(session.model(), options).save(out).resume(resumed);
    session.keepOwn(out);
    Progress progress = options.has("--json") ? new JsonProgress(session.out())
        : session.terminal() ? TextProgress.onTerminal(session.out()) : TextProgress.plain(session.out());
    if (follower != null) {
      progress = follower.around(progress);
    }
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      var interrupt = new Interrupt();
      var environment = new RunEnvironment(progress, interrupt, threads);
      TrainingRun run = training.prepare(data, environment);
      if (run.work() > KernelSet.LARGE && session.canRelaunch()) {
        return session.again().run(arguments);
      }
      // what it needs is found to be missing before the first step, not after the last one
      Evaluator test = data.has("test") && run.model().has("evaluate") ? new Evaluator(run.model(), data.table("test"), 1, threads) : null;
      if (follower != null) {
        follower.ready(run, data, threads);
      }
      interrupt.install();
      try {
        return end(session, run.run(), test, out, environment);
      } finally {
        interrupt.finish();
      }
    }
  }

  private static Training training(Model model, Options options) {
    Training training = Training.of(model);
    for (Setting setting : List.of(Setting.EPOCHS, Setting.EARLY_STOPPING, Setting.CHECKPOINT_STEPS, Setting.KEEP)) {
      count(options, setting, 0, training);
    }
    count(options, Setting.BATCH, 1, training);
    count(options, Setting.TOKENS, 1, training);
    if (options.has(Setting.SEED.option())) {
      training.seed(options.number(Setting.SEED.option(), 0));
    }
    if (options.has(Setting.MEMORY.option())) {
      training.set(Setting.MEMORY, options.text(Setting.MEMORY.option(), ""));
    }
    decimal(options, Setting.CHECKPOINT_MINUTES, training);
    decimal(options, Setting.MIN_DELTA, training);
    if (options.has(Options.FORCE)) {
      training.replacingOthers();
    }
    if (options.has("--init")) {
      training.init(options.path("--init", null));
    }
    if (options.has(LOG_STEPS)) {
      training.logSteps(options.hasValue(LOG_STEPS) ? options.count(LOG_STEPS, 1, 1) : 1);
    }
    return training.log(options.path("--log", null));
  }

  /** Takes an option for the setting of its name. */
  private static void count(Options options, Setting setting, int low, Training training) {
    if (options.has(setting.option())) {
      training.set(setting, options.count(setting.option(), 0, low));
    }
  }

  private static void decimal(Options options, Setting setting, Training training) {
    if (options.has(setting.option())) {
      training.set(setting, options.decimal(setting.option(), 0, 0));
    }
  }

  /** @param test may be null */
  private int end(Session session, TrainingRun run, Evaluator test, Path out, RunEnvironment environment) {
    Progress progress = environment.progress();
    progress.note("saved", "saved " + out);
    if (follower != null) {
      follower.ended();
    }
    if (run.ending() == TrainingRun.Ending.STOPPED) {
      progress.note("interrupted", "stopped; to go on: " + session.caller().call("train") + " --resume " + out);
      return 130;
    }
    if (test != null) {
      EvaluateCommand.evaluate(test, run.model(), "test", environment);
    }
    return 0;
  }
}
