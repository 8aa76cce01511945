package nnc.search;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import nnc.runtime.train.Interrupt;

/** Runs trials side by side, each seed on its own; who runs what, and when, decides nothing about the results, nor about the journal but its seconds. */
final class TrialTeam {
  private final TrialTraining training;
  private final Journal journal;
  private final int jobs;
  private final Interrupt interrupt;

  TrialTeam(TrialTraining training, Journal journal, int jobs, Interrupt interrupt) {
    this.training = training;
    this.journal = journal;
    this.jobs = jobs;
    this.interrupt = interrupt;
  }

  /**
   * Runs proposals with all seeds, but for what the journal knows; null if it was interrupted.
   *
   * @param told of each run that is done, one at a time and in order
   */
  List<TrialResult> run(List<SearchStrategy.Proposal> proposals, List<Long> seeds, Consumer<TrialRun> told) {
    var tasks = proposals.stream().flatMap(proposal -> seeds.stream().map(proposal::task)).toList();
    var line = new Line(tasks.size(), told);
    try {
      return Jobs.run(jobs, IntStream.range(0, tasks.size()).mapToObj(i -> run(tasks.get(i), i, line)).toList())
          .map(runs -> IntStream.range(0, proposals.size()).mapToObj(i -> {
            var proposal = proposals.get(i);
            return new TrialResult(proposal.trial(), proposal.point(), proposal.epochs(), runs.subList(i * seeds.size(), (i + 1) * seeds.size()));
          }).toList()).orElse(null);
    } finally {
      line.rest();
    }
  }

  private Callable<TrialRun> run(TrialRun.Task task, int place, Line line) {
    return () -> {
      if (interrupt.requested()) {
        return null;
      }
      var known = journal.find(task);
      var run = known.isPresent() ? known.get() : training.run(task);
      if (run != null) {
        line.done(place, run, known.isPresent());
      }
      return run;
    };
  }

  /** Runs in the order in which they were given out: one waits until all before it are done. */
  private final class Line {
    private final TrialRun[] runs;
    private final boolean[] known;
    private final Consumer<TrialRun> told;
    private int next;

    Line(int count, Consumer<TrialRun> told) {
      runs = new TrialRun[count];
      known = new boolean[count];
      this.told = told;
    }

    synchronized void done(int place, TrialRun run, boolean isKnown) {
      runs[place] = run;
      known[place] = isKnown;
      for (; next < runs.length && runs[next] != null; next++) {
        tell(next);
      }
    }

    /** What has come to its end where others before it were broken off. */
    synchronized void rest() {
      for (; next < runs.length; next++) {
        if (runs[next] != null) {
          tell(next);
        }
      }
    }

    private void tell(int place) {
      if (!known[place]) {
        journal.add(runs[place]);
      }
      told.accept(runs[place]);
    }
  }
}
