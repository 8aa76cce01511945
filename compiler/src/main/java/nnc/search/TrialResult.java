package nnc.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** What a point came to with all seeds, trained for so many epochs. */
public record TrialResult(int trial, Point point, int epochs, List<TrialRun> runs) {
  /** A figure's mean over the seeds; NaN if a run failed. */
  public double mean(String figure) {
    return spread(figure).mean();
  }

  /** A figure's standard deviation over the seeds; NaN if a run failed. */
  public double deviation(String figure) {
    return spread(figure).deviation();
  }

  private Spread spread(String figure) {
    return Spread.of(runs.stream().mapToDouble(run -> run.figure(figure)).toArray());
  }

  /** Why it has no figures; empty if it has. */
  public String failure() {
    return runs.stream().map(TrialRun::failure).filter(failure -> !failure.isEmpty()).findFirst().orElse("");
  }

  double seconds() {
    return runs.stream().mapToDouble(TrialRun::seconds).sum();
  }

  /** The names of all figures, in their order. */
  List<String> figures() {
    var names = new LinkedHashSet<String>();
    runs.forEach(run -> names.addAll(run.figures().keySet()));
    return new ArrayList<>(names);
  }
}
