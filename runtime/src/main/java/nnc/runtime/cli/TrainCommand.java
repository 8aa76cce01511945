package nnc.runtime.cli;

import java.nio.file.Path;
import java.util.HashMap;
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
import nnc.runtime.train.EpochLog;
import nnc.runtime.train.FeatureStatistics;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.JsonProgress;
import nnc.runtime.train.Progress;
import nnc.runtime.train.TextProgress;
import nnc.runtime.train.Trainer;
import nnc.runtime.train.TrainingPosition;
import nnc.runtime.train.TrainingSettings;

/** {@code train}: learns the weights from the program's data and saves them. */
public final class TrainCommand implements ModelCommand {
  public static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--data", "DIR", "where data files are, instead of beside the program"),
      new Options.Flag("--epochs", "N", "passes over the data, in all"),
      new Options.Flag("--batch", "N", "examples a step"),
      new Options.Flag("--seed", "N", "of initial weights, order and dropout"),
      new Options.Flag("--threads", "N", "at most that many (all processors); the result does not depend on it"),
      new Options.Flag("--out", "WEIGHTS", "the file to save to (NAME.npz)"),
      new Options.Flag("--init", "WEIGHTS", "start from these weights where they fit"),
      new Options.Flag("--resume", "WEIGHTS", "go on exactly where the training that saved them stopped"),
      new Options.Flag("--early-stopping", "N", "end after N epochs without a better value on the validation data"),
      new Options.Flag("--min-delta", "X", "how much better counts as better (0)"),
      new Options.Flag("--checkpoint-steps", "N", "keep a checkpoint beside WEIGHTS every N steps"),
      new Options.Flag("--checkpoint-minutes", "X", "and every X minutes"),
      new Options.Flag("--keep", "N", "checkpoints that stay, the newest (3); 0 for all"),
      new Options.Flag("--log", "FILE", "a line an epoch: CSV if FILE ends in .csv, else JSON"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    if (options.has("--init") && options.has("--resume")) {
      throw new Options.Wrong("--init and --resume exclude each other");
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
    Progress progress = options.has("--json") ? new JsonProgress(session.out()) : new TextProgress(session.out(), session.terminal());
    Model model = session.model().initialised(settings.seed());
    List<String> taken = options.has("--init") ? initialise(model, options.path("--init", null), progress) : List.of();
    if (resumed == null) {
      FeatureStatistics.fit(model, data, taken);
    }
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      Path log = options.path("--log", null);
      var interrupt = new Interrupt();
      var trainer = new Trainer(model, data, settings, out, log == null ? null : new EpochLog(log, resumed != null), progress, interrupt,
          threads);
      if (resumed != null) {
        trainer.resume(arrays, resumed.toString());
      }
      if (trainer.work() > KernelSet.LARGE && session.canRelaunch()) {
        return session.again().run(arguments);
      }
      interrupt.install();
      try {
        return end(session, trainer.run(), model, data, out, progress, interrupt, threads);
      } finally {
        interrupt.finish();
      }
    }
  }

  private static TrainingSettings settings(ModelSpec spec, Options options, Map<String, Tensor> arrays, Path resumed) {
    Map<String, Object> instead = new HashMap<>();
    if (arrays != null) {
      TrainingPosition position = TrainingPosition.read(arrays, resumed.toString());
      instead.put("batch", position.batch());
      instead.put("seed", position.seed());
    }
    count(options, "--epochs", 0, instead);
    count(options, "--batch", 1, instead);
    count(options, "--early-stopping", 0, instead);
    count(options, "--checkpoint-steps", 0, instead);
    count(options, "--keep", 0, instead);
    if (options.has("--seed")) {
      instead.put("seed", options.number("--seed", 0));
    }
    if (options.has("--checkpoint-minutes")) {
      instead.put("checkpoint_minutes", options.decimal("--checkpoint-minutes", 0, 0));
    }
    if (options.has("--min-delta")) {
      instead.put("min_delta", options.decimal("--min-delta", 0, 0));
    }
    return TrainingSettings.of(spec, instead);
  }

  /** Takes an option for the setting of its name. */
  private static void count(Options options, String name, int low, Map<String, Object> instead) {
    if (options.has(name)) {
      instead.put(name.substring(2).replace('-', '_'), options.count(name, 0, low));
    }
  }

  /** Gives the paths of the weights that the file had. */
  private static List<String> initialise(Model model, Path file, Progress progress) {
    Npz.Arrays arrays = Npz.read(file, name -> true);
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

  private static int end(Session session, Trainer.Ending ending, Model model, Data data, Path out, Progress progress, Interrupt interrupt,
      Threads threads) {
    progress.note("saved", "saved " + out);
    if (ending == Trainer.Ending.INTERRUPTED) {
      progress.note("interrupted", "stopped; to go on: " + session.caller().call("train") + " --resume " + out);
      return 130;
    }
    if (data.has("test") && model.has("evaluate")) {
      EvaluateCommand.evaluate(model, "test", data, 0, progress, interrupt, threads);
    }
    return 0;
  }
}
