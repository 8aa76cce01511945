package nnc.runtime;

import java.util.ArrayList;
import java.util.List;

/** The loss, its terms where there are several, and the metrics of a plan, averaged over batches by the number of examples. */
final class Means {
  private static final String LOSS = "loss";

  private final Output[] outputs;
  private final double[][] sums;
  private long examples;

  Means(Context context) {
    List<Output> all = new ArrayList<>(context.results("TERM"));
    if (all.isEmpty() || !all.getFirst().name().equals(LOSS)) {
      all.addAll(0, context.results("LOSS"));
    }
    all.addAll(context.results("METRIC"));
    outputs = all.toArray(new Output[0]);
    sums = new double[outputs.length][];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new double[outputs[i].size()];
    }
  }

  /** Adds what the last run has given, of {@code count} examples. */
  void add(int count) {
    for (int i = 0; i < sums.length; i++) {
      for (int k = 0; k < sums[i].length; k++) {
        sums[i][k] += outputs[i].get(k) * count;
      }
    }
    examples += count;
  }

  void clear() {
    for (double[] sum : sums) {
      java.util.Arrays.fill(sum, 0);
    }
    examples = 0;
  }

  /** How many values there are: the loss without penalties, where the plan has one, its terms, and the metrics. */
  int count() {
    return outputs.length;
  }

  /** {@code loss}, {@code loss.NAME} of one of several, {@code penalty}, or the metric's name. */
  String name(int i) {
    return outputs[i].name();
  }

  /** The mean of a scalar, or of the first element. */
  double value(int i) {
    return sums[i].length == 0 || examples == 0 ? Double.NaN : sums[i][0] / examples;
  }

  /** All elements' means. */
  double[] values(int i) {
    double[] values = sums[i].clone();
    for (int k = 0; k < values.length; k++) {
      values[k] /= examples;
    }
    return values;
  }

  /** The loss's mean; NaN if the plan has none. */
  double loss() {
    return outputs.length > 0 && !outputs[0].role().equals("METRIC") ? value(0) : Double.NaN;
  }

  /** The sums themselves, to go on with later: the number of examples first. */
  double[] state() {
    int size = 1;
    for (double[] sum : sums) {
      size += sum.length;
    }
    double[] state = new double[size];
    state[0] = examples;
    int at = 1;
    for (double[] sum : sums) {
      System.arraycopy(sum, 0, state, at, sum.length);
      at += sum.length;
    }
    return state;
  }

  /** Takes up what {@link #state} gave; false if it is not of this plan. */
  boolean restore(double[] state) {
    if (state.length != state().length) {
      return false;
    }
    examples = (long) state[0];
    int at = 1;
    for (double[] sum : sums) {
      System.arraycopy(state, at, sum, 0, sum.length);
      at += sum.length;
    }
    return true;
  }
}
