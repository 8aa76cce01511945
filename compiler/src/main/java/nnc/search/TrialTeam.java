package nnc.search;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import nnc.runtime.train.Interrupt;

/** Runs trials side by side, each seed on its own; who runs what, and when, decides nothing about the results. */
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
   * @param told of each run that is done, one at a time
   */
  List<TrialResult> run(List<SearchStrategy.Proposal> proposals, List<Long> seeds, Consumer<TrialRun> told) {
    var work = proposals.stream().flatMap(proposal -> seeds.stream().map(seed -> run(proposal.task(seed), told))).toList();
    return Jobs.run(jobs, work).map(runs -> IntStream.range(0, proposals.size()).mapToObj(i -> {
      var proposal = proposals.get(i);
      return new TrialResult(proposal.trial(), proposal.point(), proposal.epochs(), runs.subList(i * seeds.size(), (i + 1) * seeds.size()));
    }).toList()).orElse(null);
  }

  private Callable<TrialRun> run(TrialRun.Task task, Consumer<TrialRun> told) {
    return () -> {
      var known = journal.find(task);
      if (interrupt.requested()) {
        return null;
      }
      var run = known.isPresent() ? known.get() : training.run(task);
      if (run != null) {
        synchronized (this) {
          if (known.isEmpty()) {
            journal.add(run);
          }
          told.accept(run);
        }
      }
      return run;
    };
  }
}
