package nnc.runtime.train;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;

/** Follows one value of the validation data from epoch to epoch: says what is better, and when it has not got better for too long. */
final class EarlyStopping {
  private final TrainingSettings.Stopping rule;
  private double best = Double.NaN;
  private double last = Double.NaN;
  private int waited;

  EarlyStopping(TrainingSettings.Stopping rule) {
    this.rule = rule;
  }

  /** Takes an epoch's values; true if they are the best so far. */
  boolean add(List<Figure> values) {
    double value = value(values);
    boolean record = better(value, best);
    boolean progress = rule.last() ? better(value, last) : record;
    waited = progress ? 0 : waited + 1;
    best = record ? value : best;
    last = value;
    return record;
  }

  private double value(List<Figure> values) {
    List<String> names = new ArrayList<>();
    for (Figure figure : values) {
      if (figure.isNumber() && figure.name().equals(rule.monitor())) {
        return figure.value();
      }
      names.add(figure.name());
    }
    throw new Fault("train: monitor: nothing is called " + rule.monitor(), "the validation data is measured by " + String.join(", ", names));
  }

  /** NaN is better than nothing and nothing is better than it. */
  private boolean better(double value, double than) {
    return Double.isNaN(than) ? !Double.isNaN(value) : rule.higher() ? value > than + rule.minDelta() : value < than - rule.minDelta();
  }

  /** Whether it is time to end. */
  boolean isOver() {
    return rule.patience() > 0 && waited >= rule.patience();
  }

  /** Why training ends. */
  String reason() {
    return "no better validation " + rule.monitor() + (rule.last() ? " than in the epoch before" : "") + " for " + waited
        + (waited == 1 ? " epoch" : " epochs") + (rule.restore() ? ": back to the best, of " + Text.number(best) : "");
  }

  /** Best value, last value and epochs waited, to go on with later; empty before the first epoch's. */
  double[] state() {
    return Double.isNaN(last) && waited == 0 ? new double[0] : new double[] {best, last, waited};
  }

  /** Takes up what {@link #state} gave. */
  void restore(double[] state) {
    if (state.length > 0) {
      best = state[0];
      last = state[1];
      waited = (int) state[2];
    }
  }
}
