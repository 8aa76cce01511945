package nnc.runtime.learn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Progress;

/**
 * What an epoch has come to.
 *
 * @param number     of the epoch, from 1 on
 * @param step       steps done since training began
 * @param examples   trained on in the epoch
 * @param seconds    it has taken, without validation
 * @param training   by name, as logs call them: {@code loss}, {@code loss.NAME} of each of several, {@code penalty}, metrics; a metric may be a table
 * @param validation the same of the validation part; empty if there is none
 * @param best       whether the validation value that is watched has never been better
 */
public record EpochResult(int number, int step, int examples, double seconds, Map<String, Tensor> training, Map<String, Tensor> validation,
    boolean best) {

  static EpochResult of(Progress.Epoch epoch) {
    return new EpochResult(epoch.number() + 1, epoch.step(), epoch.examples(), epoch.seconds(), byName(epoch.training()),
        epoch.validation() == null ? Map.of() : byName(epoch.validation()), epoch.best());
  }

  static Map<String, Tensor> byName(List<Figure> figures) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (Figure figure : figures) {
      values.put(figure.name(), new Tensor(figure.shape(), figure.values()));
    }
    return values;
  }

  /**
   * A figure of training that is one number.
   *
   * @throws Fault if there is none of that name
   */
  public double training(String name) {
    return number(training, name);
  }

  /**
   * A figure of validation that is one number.
   *
   * @throws Fault if there is none of that name
   */
  public double validation(String name) {
    return number(validation, name);
  }

  static double number(Map<String, Tensor> figures, String name) {
    Tensor value = figures.get(name);
    if (value == null || value.size() != 1) {
      throw new Fault(value == null ? "nothing is called " + name + "; there is " + String.join(", ", figures.keySet()) : name + " is a table " + value);
    }
    return value.get(0);
  }
}
