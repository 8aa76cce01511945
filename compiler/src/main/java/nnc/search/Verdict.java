package nnc.search;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Suggestion;

/**
 * What trials are judged by.
 *
 * @param figure {@code loss} or a metric's name
 * @param role   of the data that it is measured on
 */
public record Verdict(String figure, String role, Better better) {
  /** Which values are better. */
  public enum Better {
    HIGHER, LOWER;

    /** Of a loss the lower ones, else the higher ones. */
    public static Better usual(String figure) {
      return figure.equals("loss") || figure.startsWith("loss.") || figure.equals("penalty") ? LOWER : HIGHER;
    }
  }

  /**
   * Checks that a network can be trained, and has the figure and data of the role.
   *
   * @throws Fault if not
   */
  public void check(ModelSpec spec) {
    if (spec.data().isEmpty()) {
      throw new Fault(spec.name() + " has no data to train on and to judge by", "name sources: data { train = csv(\"rows.csv\")  validate = split(train, 0.2) }");
    } else if (spec.plans().stream().noneMatch(plan -> plan.name().equals("evaluate"))) {
      throw new Fault(spec.name() + " has no loss to train by", "declare one: loss mse(prediction, truth)");
    } else if (!spec.data().containsKey("train")) {
      throw new Fault(spec.name() + " has no data to train on", "name a source: data { train = csv(\"rows.csv\") }");
    } else if (!spec.data().containsKey(role)) {
      throw new Fault("--on " + role + ": the program names no data for it", "its data are " + String.join(", ", spec.data().keySet()));
    }
    var names = names(spec);
    if (!names.contains(figure)) {
      throw new Fault("--metric " + figure + ": the program measures nothing of this name" + Suggestion.sentence(figure, names),
          names.isEmpty() ? "declare a loss or a metric" : "there is " + String.join(", ", names));
    }
  }

  /** What an evaluation tells: the loss, each of several, and metrics of one number. */
  private static List<String> names(ModelSpec spec) {
    return spec.plans().stream().filter(plan -> plan.name().equals("evaluate")).flatMap(_ -> spec.training().figures().stream()).distinct().toList();
  }

  /** The data to judge by where nobody says which: what the program validates or else tests with. */
  public static String role(ModelSpec spec) {
    return spec.data().containsKey("validate") ? "validate" : spec.data().containsKey("test") ? "test" : "train";
  }

  /** A value of which lower is better. */
  public double cost(TrialResult result) {
    double mean = result.mean(figure);
    return better == Better.LOWER ? mean : -mean;
  }

  /** Better results first, then those that were trained longer and those that came first; those that failed last. */
  public Comparator<TrialResult> order() {
    return Comparator.comparingDouble(this::cost).thenComparing(Comparator.comparingInt(TrialResult::epochs).reversed())
        .thenComparingInt(TrialResult::trial);
  }

  /** The best result that has the figure. */
  public Optional<TrialResult> best(List<TrialResult> results) {
    return results.stream().filter(result -> !Double.isNaN(cost(result))).min(order());
  }

  /** So many of the best results that have the figure, better ones first. */
  public List<TrialResult> best(List<TrialResult> results, int count) {
    return results.stream().filter(result -> !Double.isNaN(cost(result))).sorted(order()).limit(count).toList();
  }

  /** The best run of a result. */
  public TrialRun best(TrialResult result) {
    var order = Comparator.<TrialRun>comparingDouble(run -> better == Better.LOWER ? run.figure(figure) : -run.figure(figure));
    return result.runs().stream().min(order.thenComparingLong(run -> run.task().seed())).orElseThrow();
  }

  /** {@code accuracy on the test data, higher is better}. */
  @Override
  public String toString() {
    return figure + " on the " + (role.equals("validate") ? "validation" : role.equals("train") ? "training" : role) + " data, "
        + (better == Better.LOWER ? "lower" : "higher") + " is better";
  }
}
