package nnc.runtime.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.NumericArrays;
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
  private final Again again;
  private final Input[] inputs;
  /** What was fed, for further runs with it; none where there are none. */
  private final Object[] fed;

  /**
   * Of a plan that trains.
   *
   * @param context at its largest batch
   * @param number  of the step, from 0 on
   */
  public LossStep(Model model, Context context, int number, Threads threads) {
    this.context = context;
    List<Integer> all = model.spec().training().every();
    every = all.isEmpty() ? 1 : all.get(number);
    again = new Again(model, number);
    again.requireOnce(model, context.executor().plan());
    inputs = context.inputs().toArray(new Input[0]);
    fed = new Object[again.isPossible() ? inputs.length : 0];
    for (int i = 0; i < fed.length; i++) {
      fed[i] = NumericArrays.copy(memory(), inputs[i].base(), inputs[i].base() + inputs[i].size());
    }
    Plan plan = context.executor().plan();
    batch = plan.batch();
    loss = context.results(Role.LOSS).isEmpty() ? null : context.results(Role.LOSS).get(0);
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

  /**
   * Runs on what was fed, and then on the same as often as the optimizer wants; gives what the first run has lowered.
   *
   * @throws nnc.runtime.base.Fault if the optimizer finds no end
   */
  public double run(int number, int epoch) {
    for (int i = 0; i < fed.length; i++) {
      System.arraycopy(memory(), inputs[i].base(), fed[i], 0, inputs[i].size());
    }
    context.counters(number, epoch);
    context.run();
    tally.clear();
    tally.add(examples());
    double lowered = loss == null ? 0 : loss.get(0);
    for (int runs = 1; Double.isFinite(lowered) && again.isWanted() && runs < Again.MOST; runs++) {
      for (int i = 0; i < fed.length; i++) {
        System.arraycopy(fed[i], 0, memory(), inputs[i].base(), inputs[i].size());
      }
      context.run();
    }
    if (Double.isFinite(lowered) && again.isWanted()) {
      throw Again.endless(number);
    }
    return lowered;
  }

  private Object memory() {
    return context.executor().memory();
  }

  /** What the last batch has come to. */
  public List<Figure> figures() {
    return tally.figures();
  }

  /** What several steps come to together: losses and penalties are sums of theirs; in the order of the names. */
  public static List<Figure> joined(List<String> names, List<List<Figure>> told) {
    if (told.size() == 1) {
      return told.get(0);
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
