package nnc.search;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Table;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.FeatureStatistics;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.Trainer;
import nnc.runtime.train.TrainingFiles;
import nnc.runtime.train.TrainingSettings;

/**
 * Trains as often as there are folds of the training data, each time on all but one, which the network is then judged by. What is learned from the
 * data before the first step (means, deviations, categories) is learned without that fold too.
 */
public final class CrossValidation {
  private static final String TRAIN = "train";

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
    var running = new ArrayList<Future<FoldRun>>();
    try (var workers = Executors.newFixedThreadPool(effort.jobs())) {
      for (int fold = 0; fold < parts.folds; fold++) {
        for (long seed : effort.seeds()) {
          int held = fold;
          running.add(workers.submit(() -> {
            var run = interrupt.requested() ? null : run(folds, new Part(held, seed, epochs), interrupt);
            if (run != null) {
              synchronized (this) {
                told.accept(run);
              }
            }
            return run;
          }));
        }
      }
    }
    var runs = running.stream().map(CrossValidation::done).toList();
    return runs.stream().allMatch(Optional::isPresent) ? Optional.of(runs.stream().map(Optional::orElseThrow).toList()) : Optional.empty();
  }

  private record Part(int fold, long seed, int epochs) {}

  private Data data() {
    return new Data(model.spec(), subject.folder());
  }

  private static Optional<FoldRun> done(Future<FoldRun> running) {
    try {
      return Optional.ofNullable(running.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
  }

  // ---- parts

  /** The fold of each row of a table, in the table's order. */
  int[] folds(Table table) {
    var folds = parts.stratify.isPresent() ? Folds.stratified(values(table, "--stratify", parts.stratify.get()), parts.folds, parts.seed)
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
    return Folds.values(column, table.rows());
  }

  /** The rows of a table that are in a fold, or those that are not. */
  private static int[] rows(Table table, int[] folds, IntPredicate chosen) {
    return IntStream.range(0, folds.length).filter(i -> chosen.test(folds[i])).map(i -> table.rows()[i]).toArray();
  }

  // ---- a training

  private FoldRun run(int[] folds, Part part, Interrupt interrupt) throws IOException {
    long started = System.nanoTime();
    var data = data();
    var whole = data.table(TRAIN);
    data.replace(TRAIN, whole.select(rows(whole, folds, fold -> fold != part.fold)));
    var held = whole.select(rows(whole, folds, fold -> fold == part.fold));
    var trained = model.initialised(part.seed);
    FeatureStatistics.fit(trained, data, List.of());
    var weights = Files.createTempFile("nnc", ".npz");
    try (var team = new Threads(effort.threads())) {
      var environment = new RunEnvironment(new QuietProgress(), interrupt, team);
      var trainer = new Trainer(trained, data, settings(part), TrainingFiles.of(weights), environment);
      var figures = trainer.run() == Trainer.Ending.INTERRUPTED ? null : new Evaluator(trained, held, 1, team).run(interrupt);
      if (figures == null) {
        return null;
      }
      Map<String, Double> numbers = new LinkedHashMap<>();
      figures.stream().filter(figure -> figure.values().length == 1).forEach(figure -> numbers.put(figure.name(), figure.values()[0]));
      return new FoldRun(part.fold + 1, part.seed, held.size(), numbers, (System.nanoTime() - started) / 1e9);
    } finally {
      Files.deleteIfExists(weights);
    }
  }

  private TrainingSettings settings(Part part) {
    Map<Setting, Object> instead = new EnumMap<>(Setting.class);
    instead.put(Setting.SEED, part.seed);
    if (part.epochs > 0) {
      instead.put(Setting.EPOCHS, part.epochs);
    }
    instead.put(Setting.CHECKPOINT_STEPS, 0);
    instead.put(Setting.CHECKPOINT_MINUTES, 0.0);
    return TrainingSettings.of(model.spec(), instead);
  }
}
