package nnc.runtime.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Training;

/**
 * The steps that each batch is trained by in turn, each a plan of its own: one for most networks, two where a generator and its judge lower losses
 * of their own. They share the weights; each sees what the one before has left.
 */
final class TrainingSteps {
  private final Step[] steps;
  private final List<String> names;

  /** One step, and what it has come to since it was last cleared. */
  private static final class Step {
    final int every;
    final boolean learns;
    final BatchFeeder feeder;
    final Context context;
    final Output loss;
    final MetricTally tally;
    /** Of the last batch alone, where somebody asks for it. */
    MetricTally last;
    /** What the first run with the last batch has lowered. */
    double lowered;
    final Again again;

    Step(Model model, int number, int every, Table table, int batch, Threads threads) {
      String plan = Training.plan("train", number);
      this.every = every;
      again = new Again(model, number);
      again.requireOnce(model, model.code(plan).plan);
      learns = model.code(plan).plan.learns();
      feeder = new BatchFeeder(model, plan, table, batch, threads);
      context = feeder.context();
      loss = context.results(Role.LOSS).isEmpty() ? null : context.results(Role.LOSS).get(0);
      tally = new MetricTally(model, context, table.size(), threads);
    }

    boolean isDue(int number) {
      return number % every == 0;
    }
  }

  /** Contexts for batches of a table; nothing is run. */
  TrainingSteps(Model model, Table table, int batch, Threads threads) {
    List<Integer> every = model.spec().training().every();
    names = model.spec().training().figures();
    steps = new Step[Math.max(1, every.size())];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = new Step(model, i, every.isEmpty() ? 1 : every.get(i), table, batch, threads);
    }
  }

  /** Makes ready to tell of single batches of at most so many examples; gives the names and shapes of all figures, in the order of the source. */
  Map<String, int[]> follow(Model model, int batch, Threads threads) {
    Map<String, int[]> shapes = new HashMap<>();
    for (Step step : steps) {
      step.last = new MetricTally(model, step.context, batch, threads);
      shapes.putAll(step.tally.shapes());
    }
    Map<String, int[]> inOrder = new LinkedHashMap<>();
    for (String name : names) {
      if (shapes.containsKey(name)) {
        inOrder.put(name, shapes.get(name));
      }
    }
    return inOrder;
  }

  /** Of what is random in the steps. */
  void seed(long seed) {
    for (Step step : steps) {
      step.context.seed(seed);
    }
  }

  /** What batches of so many examples leave unmet; null if they can be fed. */
  ModelSpec.Need unmet(int count) {
    for (Step step : steps) {
      ModelSpec.Need unmet = step.feeder.unmet(count);
      if (unmet != null) {
        return unmet;
      }
    }
    return null;
  }

  /** Whether any of them changes weights. */
  boolean learn() {
    for (Step step : steps) {
      if (step.learns) {
        return true;
      }
    }
    return false;
  }

  /** Roughly how many elementary operations a batch takes. */
  double work() {
    double work = 0;
    for (Step step : steps) {
      work += step.context.executor().totalWork() / step.every;
    }
    return work;
  }

  /** Has the code compiled that so many batches need. */
  void prepare(double batches) {
    for (Step step : steps) {
      step.context.executor().expect(step.context.executor().totalWork() / step.every * batches);
      step.context.executor().prepare();
    }
  }

  /**
   * Runs what is due with one batch, each step once, and then as often as its optimizer wants; what is told is what the first run gives.
   *
   * @param rows   of the examples, {@code count} of them from {@code from} on
   * @param number of the batch since training began, from 1 on
   * @return the number of the step whose loss is no finite number, after which no other ran; -1 if all are
   */
  int run(int[] rows, int from, int count, int number, int epoch) {
    for (int i = 0; i < steps.length; i++) {
      Step step = steps[i];
      if (step.isDue(number)) {
        run(step, rows, from, count, number, epoch);
        step.tally.add(count);
        if (step.last != null) {
          step.last.clear();
          step.last.add(count);
        }
        step.lowered = step.loss == null ? 0 : step.loss.get(0);
        if (step.loss != null && !Double.isFinite(step.loss.get(0))) {
          return i;
        }
        for (int runs = 1; step.again.isWanted() && runs < Again.MOST; runs++) {
          run(step, rows, from, count, number, epoch);
        }
      }
    }
    return -1;
  }

  private static void run(Step step, int[] rows, int from, int count, int number, int epoch) {
    step.feeder.feed(rows, from, count);
    step.context.counters(number, epoch);
    step.context.run();
  }

  /** Whether an optimizer wanted more runs with the last batch than any has need of. */
  boolean isEndless() {
    for (Step step : steps) {
      if (step.again.isWanted()) {
        return true;
      }
    }
    return false;
  }

  /** A step's loss of the last run. */
  double loss(int step) {
    return steps[step].loss.get(0);
  }

  /** The sum of what the steps have lowered that ran on a batch, the last one. */
  double lowered(int number) {
    double sum = 0;
    for (Step step : steps) {
      sum += step.isDue(number) ? step.lowered : 0;
    }
    return sum;
  }

  /** Repeats {@link #run} call by call, to find what is first not finite. */
  NonFiniteDiagnosis.Found firstNotFinite(Model model, int[] rows, int from, int count, int number, int epoch) {
    for (Step step : steps) {
      if (step.isDue(number)) {
        step.context.counters(number, epoch);
        NonFiniteDiagnosis.Found found = NonFiniteDiagnosis.firstNotFinite(step.context, model, () -> step.feeder.feed(rows, from, count), step.feeder);
        if (found != null) {
          return found;
        }
      }
    }
    return NonFiniteDiagnosis.SUM;
  }

  // ---- what it comes to

  /** Since it was cleared: the sum of the steps' losses, each of several, the sum of the penalties, metrics, in the order of the source. */
  List<Figure> figures() {
    return joined(MetricTally::figures);
  }

  /** As far as it is known without what takes long. */
  List<Figure> soFar() {
    return joined(MetricTally::soFar);
  }

  /**
   * What the batch that was run last has come to, after {@link #follow}: of those steps that were due.
   *
   * @param number of the batch
   */
  List<Figure> ofBatch(int number) {
    List<List<Figure>> told = new ArrayList<>();
    for (Step step : steps) {
      if (step.isDue(number)) {
        told.add(step.last.figures());
      }
    }
    return LossStep.joined(names, told);
  }

  private List<Figure> joined(Function<MetricTally, List<Figure>> asked) {
    List<List<Figure>> told = new ArrayList<>();
    for (Step step : steps) {
      told.add(asked.apply(step.tally));
    }
    return LossStep.joined(names, told);
  }

  void clear() {
    for (Step step : steps) {
      step.tally.clear();
    }
  }

  // ---- states that rows carry

  /** Another epoch begins: rows begin with zeros. */
  void restart() {
    for (Step step : steps) {
      step.context.restart();
    }
  }

  /** What the rows of the last batch have left, by path; nothing where they leave nothing. */
  Map<String, Tensor> carried() {
    // a program of several steps carries nothing
    return steps[0].context.carried();
  }

  /** Goes on from what {@link #carried} gave. */
  void carryOn(Map<String, Tensor> states) {
    steps[0].context.carryOn(states);
  }

  // ---- going on later

  /** What {@link #restore} takes up: each step's length and sums. */
  double[] state() {
    double[] state = new double[stateSize()];
    int at = 0;
    for (Step step : steps) {
      step.tally.state(state, at);
      at += step.tally.stateSize();
    }
    return state;
  }

  private int stateSize() {
    int size = 0;
    for (Step step : steps) {
      size += step.tally.stateSize();
    }
    return size;
  }

  /** Takes up what {@link #state} gave; false, and nothing is taken up, if it is of other plans. */
  boolean restore(double[] state) {
    if (state.length != stateSize()) {
      return false;
    }
    int at = 0;
    for (Step step : steps) {
      step.tally.restore(state, at);
      at += step.tally.stateSize();
    }
    return true;
  }

  /** The rows that are kept of the examples, by names for a file. */
  Map<String, Tensor> rows(String prefix) {
    Map<String, Tensor> rows = new LinkedHashMap<>();
    for (int i = 0; i < steps.length; i++) {
      rows.putAll(steps[i].tally.rows(rowsOf(prefix, i)));
    }
    return rows;
  }

  /** Takes up what {@link #rows} gave, after {@link #restore}; false if it is of other plans. */
  boolean restoreRows(Map<String, Tensor> arrays, String prefix) {
    boolean all = true;
    for (int i = 0; i < steps.length; i++) {
      all &= steps[i].tally.restoreRows(arrays, rowsOf(prefix, i));
    }
    return all;
  }

  private static String rowsOf(String prefix, int step) {
    return step == 0 ? prefix : prefix + (step + 1) + ".";
  }
}
