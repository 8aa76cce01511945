package nnc.search;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
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
    try (var workers = Executors.newFixedThreadPool(jobs, work -> {
      var thread = new Thread(work, "nnc-trial");
      thread.setDaemon(true);
      return thread;
    })) {
      var running = new ArrayList<List<Future<TrialRun>>>();
      for (var proposal : proposals) {
        running.add(seeds.stream().map(seed -> workers.submit(run(proposal.task(seed), told))).toList());
      }
      return results(proposals, running);
    }
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

  private static List<TrialResult> results(List<SearchStrategy.Proposal> proposals, List<List<Future<TrialRun>>> running) {
    var results = new ArrayList<TrialResult>();
    for (int i = 0; i < proposals.size(); i++) {
      var runs = new ArrayList<TrialRun>();
      for (var one : running.get(i)) {
        var run = await(one);
        if (run == null) {
          return null;
        }
        runs.add(run);
      }
      results.add(new TrialResult(proposals.get(i).trial(), proposals.get(i).point(), proposals.get(i).epochs(), List.copyOf(runs)));
    }
    return results;
  }

  private static TrialRun await(Future<TrialRun> running) {
    try {
      return running.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
  }
}
