package nnc.runtime.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.GivenRows;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.JsonProgress;
import nnc.runtime.train.Progress;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.TextProgress;

/** {@code evaluate}: loss and metrics on the test data. */
final class EvaluateCommand implements ModelCommand {
  /** Who else looks at the data; null if nobody does. */
  private final Judge judge;

  EvaluateCommand(Judge judge) {
    this.judge = judge;
  }

  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved"),
      new Options.Flag("--data", "DIR", "where data files are, instead of beside the program"),
      new Options.Flag("--in", "FILE", "examples in place of the program's: what predict --in takes, with targets"),
      new Options.Flag("--on", "ROLE", "train, validate or test (test, or what there is)"),
      new Options.Flag("--seed", "N", "of what is drawn at random (0)"),
      new Options.Flag("--threads", "N", "at most that many (all processors)"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    Model model = options.has("--weights") ? session.model().withWeights(options.path("--weights", null)) : session.model();
    model.requireWeights();
    if (options.has("--in") && options.has("--on")) {
      throw new Options.Wrong("--in is a file in place of the data that --on chooses from");
    }
    var folder = new Folder(session.base(), options.path("--data", null), session.err());
    var data = new Data(model.spec(), folder);
    String role = options.has("--in") ? options.text("--in", "") : options.has("--on") ? options.path("--on", null).toString() : data.has("test") ? "test"
        : data.has("validate") ? "validate" : "train";
    if (!data.isGenerated(role) && session.canRelaunch()) {
      return session.again().run(arguments);
    }
    if (options.has("--in")) {
      data.replace(role, GivenRows.read(model.spec(), feeds(model), options.path("--in", null), folder));
    }
    Progress progress = options.has("--json") ? new JsonProgress(session.out()) : TextProgress.plain(session.out());
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      long seed = options.number("--seed", 0);
      List<Figure> figures = evaluate(model, role, data, seed, new RunEnvironment(progress, new Interrupt(), threads));
      if (judge != null) {
        judge.judge(new Judge.Evaluated(model, role, data.table(role), figures), seed, threads);
      }
    }
    return 0;
  }

  /** What losses, metrics and outputs depend on. */
  private static Map<String, ModelSpec.Feed> feeds(Model model) {
    Map<String, ModelSpec.Feed> feeds = new LinkedHashMap<>();
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      if (model.code("evaluate").plan.inputs().containsKey(feed.name()) || model.has("predict") && model.code("predict").plan.inputs().containsKey(feed.name())) {
        feeds.put(feed.name(), feed);
      }
    }
    return feeds;
  }

  /** The names of what the only target that has such says by number. */
  private static List<String> classes(Model model, Table table) {
    List<String> classes = List.of();
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      List<String> names = !feed.target() || table.column(feed.name()) == null ? List.of()
          : feed.column().isText() ? model.vocabulary().titles(feed) : table.column(feed.name()).classes();
      if (!names.isEmpty() && !classes.isEmpty()) {
        return List.of();
      }
      classes = names.isEmpty() ? classes : names;
    }
    return classes;
  }

  /** Evaluates a role's data and tells {@code progress}; gives what it came to. */
  private static List<Figure> evaluate(Model model, String role, Data data, long seed, RunEnvironment environment) {
    var evaluator = new Evaluator(model, data.table(role), 1, environment.threads());
    evaluator.seed(seed);
    return evaluate(evaluator, model, role, environment);
  }

  /** Evaluates by what is ready for it and tells {@code progress}; gives what it came to, or null if it was interrupted. */
  static List<Figure> evaluate(Evaluator evaluator, Model model, String role, RunEnvironment environment) {
    long started = System.nanoTime();
    List<Figure> figures = evaluator.run(environment.interrupt());
    if (figures != null) {
      Table table = evaluator.table();
      environment.progress().results(role, table.size(), (System.nanoTime() - started) / 1e9, figures, classes(model, table));
    }
    return figures;
  }
}
