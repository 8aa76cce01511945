package nnc.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.jar.Sha256;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.QuietProgress;
import nnc.runtime.train.RunEnvironment;

/** Trains one trial with one seed, as {@code nnc train} would with its constants, and evaluates it. */
final class TrialTraining {
  private final Subject subject;
  private final TrialPrograms programs;
  private final Verdict verdict;
  private final Path weights;
  private final Interrupt interrupt;
  private final int threads;
  private final Optional<TrainingPlace> place;

  /** @param weights the folder of what is learned */
  TrialTraining(Subject subject, TrialPrograms programs, Verdict verdict, Path weights, RunLimits limits) {
    this.subject = subject;
    this.programs = programs;
    this.verdict = verdict;
    this.weights = weights;
    interrupt = limits.interrupt();
    threads = limits.threads();
    place = limits.place();
  }

  /**
   * @param threads of each run
   * @param place   where trials are trained, if not in this process
   */
  record RunLimits(Interrupt interrupt, int threads, Optional<TrainingPlace> place) {}

  /** Where the weights of so many epochs are: by the point itself, for another search may number it otherwise. */
  private Path file(TrialRun.Task task, int epochs) {
    return weights.resolve(Sha256.of(task.point().toString()).substring(0, 16) + "-seed" + task.seed() + "-epochs" + epochs + ".npz");
  }

  /** Where a run's weights are when it is done. */
  Path file(TrialRun.Task task) {
    return file(task, task.epochs());
  }

  /** Where they are before, for a run that is broken off to go on from. */
  private Path unfinished(TrialRun.Task task) {
    return file(task).resolveSibling("running-" + file(task).getFileName());
  }

  /** The run; null if it was interrupted. What is wrong with the trial alone is its failure; a folder that cannot be written is a fault. */
  TrialRun run(TrialRun.Task task) {
    long started = System.nanoTime();
    AtomicFile.probe(file(task));
    Map<String, Double> figures;
    String failure = "";
    try {
      figures = figures(task);
    } catch (Fault fault) {
      figures = Map.of();
      failure = fault.getMessage();
    } catch (OutOfMemoryError e) {
      figures = Map.of();
      failure = "not enough memory";
    }
    return figures == null ? null : new TrialRun(task, figures, failure, (System.nanoTime() - started) / 1e9);
  }

  private Map<String, Double> figures(TrialRun.Task task) {
    if (place.isPresent() && !Files.exists(file(task))) {
      return elsewhere(task, place.get());
    }
    var network = programs.model(task.point());
    verdict.check(network.spec());
    var data = new Data(network.spec(), subject.folder());
    try (var team = new Threads(threads)) {
      var environment = new RunEnvironment(new QuietProgress(), interrupt, team);
      if (Files.exists(file(task))) {
        var figures = new Evaluator(network.withWeights(file(task)), data.table(verdict.role()), 1, team).run(interrupt);
        return figures == null ? null : numbers(figures);
      }
      var run = prepared(network, data, task, environment);
      // what it needs is found to be missing before the first step, not after the last one
      var evaluator = new Evaluator(run.model(), data.table(verdict.role()), 1, team);
      if (run.run().ending() == TrainingRun.Ending.STOPPED) {
        return null;
      }
      move(unfinished(task), file(task));
      var figures = evaluator.run(interrupt);
      return figures == null ? null : numbers(figures);
    }
  }

  /** The same, by who trains for this process. */
  private Map<String, Double> elsewhere(TrialRun.Task task, TrainingPlace place) {
    verdict.check(programs.spec(task.point()));
    try {
      var before = begun(task);
      var folder = subject.folder();
      var learned = place.train(new TrainingPlace.Order(programs.jar(task.point()), folder.base(), folder.data(), task.seed(), task.epochs(), before == null ? null : Files.readAllBytes(before),
          verdict.role(), threads), interrupt);
      if (learned == null) {
        return null;
      }
      AtomicFile.write(file(task), out -> out.write(learned.weights()));
      Files.deleteIfExists(unfinished(task));
      return judged(learned.figures());
    } catch (IOException e) {
      throw AtomicFile.fault(file(task), e);
    }
  }

  /** What a run goes on from; null if it begins. */
  private Path begun(TrialRun.Task task) {
    return Stream.of(unfinished(task), file(task, task.from())).filter(Files::exists).findFirst().orElse(null);
  }

  private TrainingRun prepared(Model network, Data data, TrialRun.Task task, RunEnvironment environment) {
    var out = unfinished(task);
    var before = begun(task);
    return Training.of(network).epochs(task.epochs()).seed(task.seed()).set(Setting.CHECKPOINT_STEPS, 0).set(Setting.CHECKPOINT_MINUTES, 0.0)
        .save(out).resume(before).prepare(data, environment);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw AtomicFile.fault(to, e);
    }
  }

  private Map<String, Double> numbers(List<Figure> figures) {
    return judged(TrialRun.numbers(figures));
  }

  private Map<String, Double> judged(Map<String, Double> numbers) {
    if (!numbers.containsKey(verdict.figure())) {
      throw new Fault("--metric " + verdict.figure() + ": is no single number", "there is " + String.join(", ", numbers.keySet()));
    } else if (numbers.get(verdict.figure()).isNaN()) {
      throw new Fault(verdict.figure() + " is not a number");
    }
    return numbers;
  }

  /** Deletes what a run has learned. */
  void forget(TrialRun.Task task) {
    for (var file : List.of(file(task), unfinished(task))) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw AtomicFile.fault(file, e);
      }
    }
  }
}
