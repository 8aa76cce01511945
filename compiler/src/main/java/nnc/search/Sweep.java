package nnc.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.train.Interrupt;

/** A search from its first trial to its last, in a folder from which it goes on after it was broken off. */
public final class Sweep {
  /** The journal's file. */
  public static final String JOURNAL = "runs.tsv";
  private static final String WEIGHTS = "weights", BEST = "best", ENDING = ".npz";

  private final Subject subject;
  private final SearchSpace space;
  private final Verdict verdict;
  private final Path folder;
  private final Effort effort;
  private final Interrupt interrupt;

  /**
   * What is spent.
   *
   * @param seeds   of each trial
   * @param jobs    runs at a time
   * @param threads of each run
   * @param keep    of how many of the best trials the weights are kept
   * @param place   where runs are trained, if not in this process
   */
  public record Effort(List<Long> seeds, int jobs, int threads, int keep, Optional<TrainingPlace> place) {}

  /**
   * What is told meanwhile.
   *
   * @param known how many runs the folder has already
   */
  public record Listeners(Consumer<Integer> known, Consumer<TrialRun> run) {}

  /** A search whose files are in {@code folder}, which is made if need be. */
  public Sweep(Subject subject, SearchSpace space, Verdict verdict, Path folder, Effort effort, Interrupt interrupt) {
    this.subject = subject;
    this.space = space;
    this.verdict = verdict;
    this.folder = folder;
    this.effort = effort;
    this.interrupt = interrupt;
  }

  /** Where the best weights are. */
  public Path best() {
    return best(1);
  }

  /** Where those of a rank are, from 1 on. */
  public Path best(int rank) {
    return folder.resolve(rank == 1 ? BEST + ENDING : BEST + "-" + rank + ENDING);
  }

  /**
   * Runs to the end; the best trials' weights are kept, and those of each one's best seed as {@link #best(int)}.
   *
   * @return every trial's last result, better ones first; nothing if it was interrupted
   * @throws Fault if files cannot be written, or the folder is another search's
   */
  public Optional<List<TrialResult>> run(SearchStrategy strategy, Listeners listeners) {
    AtomicFile.probe(folder.resolve(JOURNAL));
    var training = new TrialTraining(subject, new TrialPrograms(subject, space), verdict, folder.resolve(WEIGHTS),
        new TrialTraining.RunLimits(interrupt, effort.threads(), effort.place()));
    try (var journal = new Journal(folder.resolve(JOURNAL), "nnc sweep " + ProgramText.digest(subject, verdict))) {
      listeners.known().accept(journal.size());
      var kept = new KeptWeights(training, verdict, effort);
      var team = new TrialTeam(training, journal, effort.jobs(), interrupt);
      var results = new ArrayList<TrialResult>();
      for (var proposals = strategy.next(results); !proposals.isEmpty(); proposals = strategy.next(results)) {
        if (strategy.goesOn()) {
          kept.next(results, last(results), proposals);
        }
        var done = team.run(proposals, effort.seeds(), run -> {
          listeners.run().accept(run);
          if (!strategy.goesOn()) {
            kept.add(run);
          }
        });
        if (done == null) {
          return Optional.empty();
        }
        results.addAll(done);
      }
      var last = last(results);
      kept.next(results, last, List.of());
      return keep(last, training) ? Optional.of(last) : Optional.empty();
    }
  }

  /** The last result of each trial, in order. */
  private List<TrialResult> last(List<TrialResult> results) {
    var last = new LinkedHashMap<Integer, TrialResult>();
    results.forEach(result -> last.put(result.trial(), result));
    return last.values().stream().sorted(verdict.order()).toList();
  }

  /** Copies the best runs' weights; where they are gone since the journal was written they are learned again, with the same bits. */
  private boolean keep(List<TrialResult> results, TrialTraining training) {
    var best = verdict.best(results, effort.keep());
    for (int i = 0; i < best.size(); i++) {
      var task = verdict.best(best.get(i)).task();
      if (!Files.exists(training.file(task)) && training.run(task) == null) {
        return false;
      }
      AtomicFile.write(best(i + 1), out -> Files.copy(training.file(task), out));
    }
    forgetBehind(best.size());
    return true;
  }

  /** Those of ranks that an earlier search of this folder has kept and this one does not. */
  private void forgetBehind(int rank) {
    try {
      for (int next = rank + 1; Files.deleteIfExists(best(next)); next++) { }
    } catch (IOException e) {
      throw AtomicFile.fault(best(rank + 1), e);
    }
  }
}
