package nnc.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Deletes the weights of trials that are neither among the best so far nor trained on, as soon as that is known: a search may have thousands. */
final class KeptWeights {
  private final TrialTraining training;
  private final Verdict verdict;
  private final int seeds;
  private final int count;
  private final Map<Integer, List<TrialRun>> open = new HashMap<>();
  private List<TrialResult> best = List.of();

  KeptWeights(TrialTraining training, Verdict verdict, Sweep.Effort effort) {
    this.training = training;
    this.verdict = verdict;
    seeds = effort.seeds().size();
    count = effort.keep();
  }

  /** Takes a run of a trial that is not trained on. */
  void add(TrialRun run) {
    var task = run.task();
    var runs = open.computeIfAbsent(task.trial(), _ -> new ArrayList<>());
    runs.add(run);
    if (runs.size() == seeds) {
      open.remove(task.trial());
      var rivals = Stream.concat(best.stream(), Stream.of(new TrialResult(task.trial(), task.point(), task.epochs(), List.copyOf(runs)))).toList();
      best = verdict.best(rivals, count);
      rivals.forEach(this::forget);
    }
  }

  /**
   * Of trials that may be trained on, keeps those that are, and the best of the last results.
   *
   * @param last of {@code results}, of each trial the last
   */
  void next(List<TrialResult> results, List<TrialResult> last, List<SearchStrategy.Proposal> proposals) {
    best = verdict.best(last, count);
    for (var result : results) {
      if (proposals.stream().noneMatch(proposal -> proposal.point().equals(result.point()) && proposal.from() == result.epochs())) {
        forget(result);
      }
    }
  }

  private void forget(TrialResult result) {
    if (best.stream().noneMatch(kept -> kept.point().equals(result.point()) && kept.epochs() == result.epochs())) {
      result.runs().forEach(run -> training.forget(run.task()));
    }
  }
}
