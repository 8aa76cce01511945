package nnc.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Deletes the weights of trials that are neither the best so far nor trained on, as soon as that is known: a search may have thousands. */
final class KeptWeights {
  private final TrialTraining training;
  private final Verdict verdict;
  private final int seeds;
  private final Map<Integer, List<TrialRun>> open = new HashMap<>();
  private TrialResult best;

  KeptWeights(TrialTraining training, Verdict verdict, int seeds) {
    this.training = training;
    this.verdict = verdict;
    this.seeds = seeds;
  }

  /** Takes a run of a trial that is not trained on. */
  void add(TrialRun run) {
    var task = run.task();
    var runs = open.computeIfAbsent(task.trial(), _ -> new ArrayList<>());
    runs.add(run);
    if (runs.size() == seeds) {
      open.remove(task.trial());
      var before = best == null ? Stream.<TrialResult>empty() : Stream.of(best);
      var rivals = Stream.concat(before, Stream.of(new TrialResult(task.trial(), task.point(), task.epochs(), List.copyOf(runs)))).toList();
      best = verdict.best(rivals).orElse(null);
      rivals.forEach(this::forget);
    }
  }

  /**
   * Of trials that may be trained on, keeps those that are, and the best of the last results.
   *
   * @param last of {@code results}, of each trial the last
   */
  void next(List<TrialResult> results, List<TrialResult> last, List<SearchStrategy.Proposal> proposals) {
    best = verdict.best(last).orElse(null);
    for (var result : results) {
      if (proposals.stream().noneMatch(proposal -> proposal.point().equals(result.point()) && proposal.from() == result.epochs())) {
        forget(result);
      }
    }
  }

  private void forget(TrialResult result) {
    boolean kept = best != null && best.point().equals(result.point()) && best.epochs() == result.epochs();
    if (!kept) {
      result.runs().forEach(run -> training.forget(run.task()));
    }
  }
}
