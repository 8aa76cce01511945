package nnc.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folds;
import nnc.runtime.data.Table;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.QuietProgress;
import nnc.runtime.train.RunEnvironment;

/**
 * Trains as often as there are folds of the training data, each time on all but one, which the network is then judged by. What is learned from the
 * data before the first step (means, deviations, categories) is learned without that fold too.
 */
public final class CrossValidation {
  private static final String TRAIN = "train", STRATIFY = "--stratify";

  private final Subject subject;
  private final Model model;
  private final Parts parts;
  private final Sweep.Effort effort;

  /**
   * How the data is parted.
   *
   * @param stratify the column whose values each fold has as many of as all have, if any
   * @param group    the column whose values are in one fold each, if any
   */
  public record Parts(int folds, Optional<String> stratify, Optional<String> group, long seed) {}

  /** What a training came to on its fold. */
  public record FoldRun(int fold, long seed, int examples, Map<String, Double> figures, double seconds) {}

  /** @param model without weights */
  public CrossValidation(Subject subject, Model model, Parts parts, Sweep.Effort effort) {
    this.subject = subject;
    this.model = model;
    this.parts = parts;
    this.effort = effort;
  }

  /**
   * All runs, by fold and then by seed; nothing if they were interrupted.
   *
   * @param epochs 0 for the program's
   * @param told   of each run that is done, one at a time
   * @throws Fault if the data cannot be parted so, or a training fails
   */
  public Optional<List<FoldRun>> run(int epochs, Interrupt interrupt, Consumer<FoldRun> told) {
    int[] folds = folds(data().table(TRAIN));
    var work = new ArrayList<Callable<FoldRun>>();
    for (int fold = 0; fold < parts.folds; fold++) {
      for (long seed : effort.seeds()) {
        var part = new Part(fold, seed, epochs);
        work.add(() -> {
          var run = interrupt.requested() ? null : run(folds, part, interrupt);
          if (run != null) {
            synchronized (this) {
              told.accept(run);
            }
          }
          return run;
        });
      }
    }
    return Jobs.run(effort.jobs(), work);
  }

  private record Part(int fold, long seed, int epochs) {}

  private Data data() {
    return new Data(model.spec(), subject.folder());
  }

  // ---- parts

  /** The fold of each row of a table, in the table's order. */
  int[] folds(Table table) {
    var folds = parts.stratify.isPresent() ? Folds.stratified(values(table, STRATIFY, parts.stratify.get()), parts.folds, parts.seed)
        : parts.group.isPresent() ? Folds.grouped(values(table, "--group", parts.group.get()), parts.folds, parts.seed)
        : Folds.of(table.size(), parts.folds, parts.seed);
    for (int fold = 0; fold < parts.folds; fold++) {
      int held = fold;
      if (IntStream.of(folds).noneMatch(one -> one == held)) {
        throw new Fault("--folds " + parts.folds + ": " + table.origin() + " has too few " + (parts.group.isPresent() ? "groups" : "examples")
            + " for so many", "take fewer folds");
      }
    }
    return folds;
  }

  private static List<?> values(Table table, String option, String name) {
    var column = table.column(name);
    if (column == null) {
      throw new Fault(option + " " + name + ": " + table.origin() + " has no column of this name that the program reads",
          "there is " + String.join(", ", table.columns().stream().map(one -> one.name()).toList()));
    }
    var values = Folds.values(column, table.rows());
    if (option.equals(STRATIFY) && Folds.areContinuous(values)) {
      throw new Fault(option + " " + name + ": folds are made alike by classes, and this column has a value of its own in most rows",
          "leave " + option + " out: random folds of many rows are alike enough");
    }
    return values;
  }

  /** The rows of a table that are in a fold, or those that are not. */
  private static int[] rows(Table table, int[] folds, IntPredicate chosen) {
    return IntStream.range(0, folds.length).filter(i -> chosen.test(folds[i])).map(i -> table.rows()[i]).toArray();
  }

  // ---- a training

  private FoldRun run(int[] folds, Part part, Interrupt interrupt) {
    long started = System.nanoTime();
    var data = data();
    var whole = data.table(TRAIN);
    data.replace(TRAIN, whole.select(rows(whole, folds, fold -> fold != part.fold)));
    var held = whole.select(rows(whole, folds, fold -> fold == part.fold));
    try (var team = new Threads(effort.threads())) {
      var run = training(part).prepare(data, new RunEnvironment(new QuietProgress(), interrupt, team)).run();
      var figures = run.ending() == TrainingRun.Ending.STOPPED ? null : new Evaluator(run.model(), held, 1, team).run(interrupt);
      return figures == null ? null : new FoldRun(part.fold + 1, part.seed, held.size(), TrialRun.numbers(figures), (System.nanoTime() - started) / 1e9);
    }
  }

  private Training training(Part part) {
    var training = Training.of(model).seed(part.seed).set(Setting.CHECKPOINT_STEPS, 0).set(Setting.CHECKPOINT_MINUTES, 0.0);
    return part.epochs > 0 ? training.epochs(part.epochs) : training;
  }
}
