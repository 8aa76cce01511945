package nnc.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nnc.Compiler;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.Interrupt;
import nnc.search.CrossValidation;
import nnc.search.CrossValidation.FoldRun;
import nnc.search.Spread;

/** {@code nnc crossvalidate}. */
final class CrossvalidateCommand implements Command {
  private static final int FOLDS = 5, INTERRUPTED = 130;

  @Override
  public String name() {
    return "crossvalidate";
  }

  @Override
  public String help() {
    return "Trains on all but one fold of the training data, for each fold, and tells mean and deviation of what it comes to on that one.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("--folds", "N", "how many (" + FOLDS + ")"),
        new Option("--stratify", "COLUMN", "each fold has as many of each of its values as all have: of a target, usually"),
        new Option("--group", "COLUMN", "examples with the same value are in the same fold"),
        new Option("--seed", "N", "of how examples are dealt out to folds (1)"),
        new Option("--seeds", "N", "trains with the seeds 1 to N on each fold (1)"),
        new Option("--epochs", "N", "passes over the data, in all (the program's)"),
        new Option("--parallel", "N", "trainings at a time (as processors allow)"),
        new Option("--threads", "N", "of each training (1); no result depends on it"),
        new Option("--data", "DIR", "where data files are, instead of beside the program"),
        new Option("--json", "", "prints each run and each figure as a JSON object a line"));
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var parts = new CrossValidation.Parts(Numbers.count(given, "--folds", FOLDS, 2), Optional.ofNullable(given.one("--stratify", null)),
          Optional.ofNullable(given.one("--group", null)), Numbers.count(given, "--seed", 1, 0));
      if (parts.stratify().isPresent() && parts.group().isPresent()) {
        throw new WrongUsage("--stratify and --group exclude each other");
      }
      var subject = SearchOptions.subject(given, given.pairs("-D"));
      var effort = SearchOptions.effort(given);
      int epochs = Numbers.count(given, "--epochs", 0, 1);
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, subject.file());
      }
      var compiled = Compiler.compileForJar(subject.file(), subject.options());
      Faults.tell(compiled.warnings(), json);
      requireLearning(compiled.spec());
      var interrupt = new Interrupt();
      interrupt.install();
      try {
        var runs = new CrossValidation(subject, Compiler.load(compiled), parts, effort).run(epochs, interrupt, run -> tell(run, json));
        runs.ifPresent(all -> tell(compiled.spec().name(), parts.folds(), all, json));
        return runs.isPresent() ? 0 : INTERRUPTED;
      } finally {
        interrupt.finish();
      }
    });
  }

  private static void requireLearning(ModelSpec spec) {
    for (var plan : List.of("train", "evaluate")) {
      if (spec.plans().stream().noneMatch(one -> one.name().equals(plan))) {
        throw new Fault("the network " + spec.name() + " was not compiled to " + plan, "declare a loss");
      }
    }
  }

  private static void tell(FoldRun run, boolean json) {
    if (json) {
      var line = new Json().put("event", "run").put("fold", (long) run.fold()).put("seed", run.seed()).put("examples", (long) run.examples());
      run.figures().forEach(line::put);
      System.out.println(line.put("seconds", run.seconds()));
    } else {
      var figures = run.figures().entrySet().stream().map(one -> one.getKey() + " " + Text.number(one.getValue())).toList();
      System.err.println("fold " + run.fold() + ", seed " + run.seed() + ": " + String.join(", ", figures) + ", " + Text.seconds(run.seconds()));
    }
  }

  private static void tell(String name, int folds, List<FoldRun> runs, boolean json) {
    var rows = new ArrayList<String[]>();
    rows.add(new String[] {"", "mean", "deviation", "least", "most", ""});
    for (var figure : runs.getFirst().figures().keySet()) {
      var values = runs.stream().mapToDouble(run -> run.figures().get(figure)).toArray();
      var spread = Spread.of(values);
      var ends = Arrays.stream(values).summaryStatistics();
      if (json) {
        System.out.println(new Json().put("event", "figure").put("name", figure).put("mean", spread.mean()).put("deviation", spread.deviation())
            .put("least", ends.getMin()).put("most", ends.getMax()).put("runs", (long) runs.size()));
      }
      rows.add(new String[] {figure, Text.number(spread.mean()), Text.number(spread.deviation()), Text.number(ends.getMin()), Text.number(ends.getMax()), ""});
    }
    if (!json) {
      int seeds = runs.size() / folds;
      System.out.println(name + ": " + folds + " folds" + (seeds == 1 ? "" : ", " + seeds + " seeds each") + ", of the folds that were held back:");
      System.out.println();
      Text.table(rows, System.out);
    }
  }
}
