package nnc.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.Compiler;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.TrainingSettings;
import nnc.search.Axis;
import nnc.search.AxisText;
import nnc.search.BayesSearch;
import nnc.search.FixedSearch;
import nnc.search.HalvingSearch;
import nnc.search.SearchSpace;
import nnc.search.SearchStrategy;
import nnc.search.SparkSubmit;
import nnc.search.Subject;
import nnc.search.Sweep;
import nnc.search.SweepChart;
import nnc.search.SweepReport;
import nnc.search.TrialResult;
import nnc.search.TrialRun;
import nnc.search.Verdict;

/** {@code nnc sweep}. */
final class SweepCommand implements Command {
  private static final int TRIALS = 20, POINTS = 5, INTERRUPTED = 130, WAITING = 64;
  private static final String TABLE = "trials.csv", CHART = "sweep.svg", JAR = "best.jar", LOG = "spark.log";

  @Override
  public String name() {
    return "sweep";
  }

  @Override
  public String help() {
    return "Trains with other values of the program's constants and tells which do best.";
  }

  @Override
  public List<Option> options() {
    return SearchOptions.with(new Option("--search", "WAY", "grid, random, halving or bayes (grid, or random where a range has no end of points)"),
        new Option("--trials", "N", "how many points (" + TRIALS + "); of a grid all"),
        new Option("--points", "N", "grid points of a range that says no number of its own (" + POINTS + ")"),
        new Option("--refine", "N", "of grid and random: goes on N times in half the space, each way, around the best (0)"),
        new Option("--seed", "N", "of what the search draws (1)"),
        new Option("--on", "ROLE", "data to judge by: validate, test or train (the first that there is, in this order: validate, test, train)"),
        new Option("--out", "DIR", "the folder of table, chart, best weights and journal (NAME-sweep); the same command goes on there"),
        new Option("--keep", "K", "of how many of the best trials the weights are kept: best.npz, best-2.npz, ... (1)"),
        new Option("--spark", "MASTER", "trains in tasks of an Apache Spark cluster (spark://HOST:7077, yarn, local[4]); SPARK_HOME says where Spark is"),
        new Option("--jar", "", "also writes the best as a jar that predicts"));
  }

  @Override
  public void moreHelp() {
    System.out.println();
    System.out.println("-D NAME=[a, b, c] tries each; -D NAME=A..B, linear(A..B) and log(A..B) are ranges, of whole numbers if both ends are written so,");
    System.out.println("with a number of grid points if one follows a comma: log(1e-4..1e-1, 4). Other values stay.");
  }

  /** What the command line asks for, once it is understood. */
  private record Request(Subject subject, SearchSpace space, Verdict verdict, ModelSpec spec, Path folder) {}

  @Override
  public int run(CommandLine given) {
    return Faults.guard(given.has("--json"), () -> {
      Map<String, String> stay = new LinkedHashMap<>();
      var space = space(given, stay);
      var subject = SearchOptions.subject(given, stay);
      var effort = SearchOptions.effort(given);
      Optional<SparkSubmit.Cluster> cluster = given.has("--spark") ? Optional.of(SparkSubmit.Cluster.of(given.one("--spark", ""), System.getenv())) : Optional.empty();
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, subject.file());
      }
      var spec = SearchOptions.spec(subject, given);
      if (SearchOptions.areUnknown(subject, space.grid(1).getFirst().values(), given)) {
        return 1;
      }
      var verdict = SearchOptions.verdict(given, spec);
      verdict.check(spec);
      var request = new Request(subject, space, verdict, spec, SearchOptions.folder(given, spec, "-sweep"));
      return cluster.isEmpty() ? sweep(request, effort, given) : onCluster(request, effort, cluster.get(), given);
    });
  }

  /** As many runs are handed over as may wait for a place; which is free when changes no result. */
  private static int onCluster(Request request, Sweep.Effort effort, SparkSubmit.Cluster cluster, CommandLine given) throws Exception {
    try (var place = new SparkSubmit(cluster, request.folder.resolve(LOG), effort.threads())) {
      return sweep(request, new Sweep.Effort(effort.seeds(), given.has("--parallel") ? effort.jobs() : WAITING, effort.threads(), effort.keep(), Optional.of(place)), given);
    }
  }

  private static SearchSpace space(CommandLine given, Map<String, String> stay) {
    var axes = new ArrayList<Axis>();
    given.pairs("-D").forEach((name, text) -> {
      try {
        AxisText.read(name, text).ifPresentOrElse(axes::add, () -> stay.put(name, text));
      } catch (Fault fault) {
        throw new WrongUsage(fault.getMessage() + (fault.hint().isEmpty() ? "" : "\n  " + fault.hint()));
      }
    });
    if (axes.isEmpty()) {
      throw new WrongUsage("nothing varies\n  give a constant of the program several values: -D rate=log(1e-4..1e-1) or -D 'rate=[0.01, 0.1]'");
    }
    return new SearchSpace(axes);
  }

  private static SearchStrategy strategy(CommandLine given, Request request) {
    var space = request.space;
    int points = Numbers.count(given, "--points", POINTS, 1);
    int epochs = Numbers.count(given, "--epochs", TrainingSettings.of(request.spec).epochs(), 1);
    int rounds = Numbers.count(given, "--refine", 0, 0);
    int trials = Numbers.count(given, "--trials", TRIALS, 1);
    int seed = Numbers.count(given, "--seed", 1, 0);
    var usual = Double.isInfinite(space.count()) ? "random" : "grid";
    var way = Numbers.word(given, "--search", usual, List.of("grid", "random", "halving", "bayes"));
    if (rounds > 0 && (way.equals("halving") || way.equals("bayes"))) {
      throw new WrongUsage("--refine is for --search grid and random; " + way + " looks closer by itself");
    }
    return switch (way) {
      case "grid" -> {
        double size = space.gridCount(points);
        if (size > 1e6 || given.has("--trials") && size > trials) {
          throw new WrongUsage("the grid has " + Text.grouped((long) size) + " points, more than "
              + (size > 1e6 ? "can be tried" : "--trials " + trials) + "\n  --search random takes as many of the space as you like");
        }
        yield new FixedSearch(space, some -> some.grid(points), epochs, request.verdict, rounds);
      }
      case "halving" -> new HalvingSearch(space, trials, epochs, request.verdict, seed);
      case "bayes" -> new BayesSearch(space, trials, epochs, request.verdict, seed);
      default -> new FixedSearch(space, FixedSearch.drawn(trials, seed), epochs, request.verdict, rounds);
    };
  }

  private static int sweep(Request request, Sweep.Effort effort, CommandLine given) throws Exception {
    boolean json = given.has("--json");
    var strategy = strategy(given, request);
    if (!request.verdict.role().equals("validate") && !given.has("--on")) {
      System.err.println("nnc: judged by the " + (request.verdict.role().equals("train") ? "training" : "test") + " data, for there is no validation data:"
          + " what is chosen so looks better there than it is; data { validate = split(train, 0.2) } holds a part back");
    }
    var interrupt = new Interrupt();
    interrupt.install();
    try {
      var sweep = new Sweep(request.subject, request.space, request.verdict, request.folder, effort, interrupt);
      var results = sweep.run(strategy, new Sweep.Listeners(known -> tellKnown(known, request), run -> tell(run, request.verdict, json)));
      if (results.isEmpty()) {
        System.err.println("nnc: stopped; the same command goes on");
        return INTERRUPTED;
      }
      return end(request, results.get(), sweep, given);
    } finally {
      interrupt.finish();
    }
  }

  private static void tellKnown(int known, Request request) {
    if (known > 0) {
      System.err.println("nnc: " + known + (known == 1 ? " run is" : " runs are") + " known from " + request.folder.resolve(Sweep.JOURNAL));
    }
  }

  private static void tell(TrialRun run, Verdict verdict, boolean json) {
    if (json) {
      System.out.println(SweepReport.json(run));
      return;
    }
    var task = run.task();
    var figure = run.figures().get(verdict.figure());
    System.err.println("trial " + task.trial() + ", seed " + task.seed() + ": " + task.point() + ": "
        + (figure == null ? run.failure().lines().findFirst().orElse("") : verdict.figure() + " " + Text.number(figure)) + ", " + Text.seconds(run.seconds()));
  }

  private static int end(Request request, List<TrialResult> results, Sweep sweep, CommandLine given) throws Exception {
    var report = new SweepReport(request.spec.name(), request.space.axes().stream().map(Axis::name).toList(), request.verdict, results);
    write(request.folder.resolve(TABLE), report.csv());
    write(request.folder.resolve(CHART), SweepChart.svg(request.space, report));
    boolean json = given.has("--json");
    if (json) {
      report.json().forEach(System.out::println);
    } else {
      report.print(System.out);
      System.out.println();
    }
    var best = request.verdict.best(results);
    if (best.isEmpty()) {
      throw new Fault("no trial came to its end: " + results.getFirst().failure());
    }
    jar(request, best.get(), sweep, given);
    if (json) {
      System.out.println(new Json().put("event", "best").put("weights", sweep.best().toString()).put("options", best.get().point().options()));
    } else {
      System.out.println("best: nnc train " + given.file() + " " + best.get().point().options());
      System.out.println("in " + request.folder + ": " + sweep.best().getFileName() + " (weights), " + TABLE + ", " + CHART + (given.has("--jar") ? ", " + JAR : ""));
    }
    return 0;
  }

  private static void jar(Request request, TrialResult best, Sweep sweep, CommandLine given) throws Exception {
    if (given.has("--jar")) {
      var compiled = Compiler.compileForJar(request.subject.file(), request.subject.options(best.point()));
      Compiler.writeJar(compiled, request.folder.resolve(JAR), Compiler.load(compiled).withWeights(sweep.best()).bundled());
    }
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
