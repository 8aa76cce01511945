package nnc.runtime.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Role;

/** One of the losses that are lowered in turn, by batches that somebody else feeds. */
public final class LossStep {
  private static final String PENALTY = "penalty";

  private final Context context;
  private final int every;
  private final Output loss;
  private final MetricTally tally;
  /** The place of the open dimension that counts examples; -1 if there is none. */
  private final int batch;

  /**
   * Of a plan that trains.
   *
   * @param context at its largest batch
   * @param every   it is lowered on batches whose number is a multiple of this
   */
  public LossStep(Model model, Context context, int every, Threads threads) {
    this.context = context;
    this.every = every;
    Plan plan = context.executor().plan();
    batch = plan.batch();
    loss = context.results(Role.LOSS).isEmpty() ? null : context.results(Role.LOSS).getFirst();
    tally = new MetricTally(model, context, examples(), threads);
  }

  private int examples() {
    return batch < 0 ? 1 : context.size(batch);
  }

  public Context context() {
    return context;
  }

  /** Whether it runs on the batch of that number, from 1 on. */
  public boolean isDue(int number) {
    return number % every == 0;
  }

  /** Runs on what was fed; gives what was lowered. */
  public double run(int number, int epoch) {
    context.counters(number, epoch);
    context.run();
    return loss == null ? 0 : loss.get(0);
  }

  /** What the last run has come to. */
  public List<Figure> figures() {
    tally.clear();
    tally.add(examples());
    return tally.figures();
  }

  /** What several steps come to together: losses and penalties are sums of theirs; in the order of the names. */
  public static List<Figure> joined(List<String> names, List<List<Figure>> told) {
    if (told.size() == 1) {
      return told.getFirst();
    }
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (List<Figure> step : told) {
      for (Figure figure : step) {
        Figure other = figures.putIfAbsent(figure.name(), figure);
        if (other != null && (figure.name().equals(MetricTally.LOSS) || figure.name().equals(PENALTY))) {
          figures.put(figure.name(), new Figure(figure.name(), figure.shape(), new double[] {other.value() + figure.value()}));
        }
      }
    }
    return MetricTally.inOrder(names, figures);
  }
}
