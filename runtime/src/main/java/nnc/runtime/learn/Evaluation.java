package nnc.runtime.learn;

import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Interrupt;

/** Losses and metrics of examples, as the command line's {@code evaluate} tells them: exact over all, whatever the batch. */
public final class Evaluation {
  private Evaluation() {}

  /**
   * By name: {@code loss}, {@code loss.NAME} of each of several, metrics. Computed by the process's team of threads; draws have seed 0.
   *
   * @throws Fault if the model has no weights or neither loss nor metric, or the examples do not fit it
   */
  public static Map<String, Tensor> of(Model model, Examples examples) {
    model.requireWeights();
    return EpochResult.byName(new Evaluator(model, examples.table(), 1, Threads.shared()).run(new Interrupt()));
  }
}
