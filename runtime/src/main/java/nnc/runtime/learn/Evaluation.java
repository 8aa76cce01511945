package nnc.runtime.learn;

import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Interrupt;

/**
 * Losses and metrics of examples, as the command line's {@code evaluate} tells them: exact over all, whatever the batch. One that is prepared has memory of
 * its own and may be asked again and again, by one thread at a time, as the weights of its model change between.
 */
public final class Evaluation {
  private final Evaluator evaluator;
  private final Interrupt never = new Interrupt();

  private Evaluation(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /**
   * Makes ready to judge a model by some examples, computed by a team of the caller's.
   *
   * @throws Fault if the model has no weights or neither loss nor metric, or the examples do not fit it
   */
  public static Evaluation prepare(Model model, Examples examples, Threads threads) {
    model.requireWeights();
    return new Evaluation(new Evaluator(model, examples.table(), 1, threads));
  }

  /**
   * By name: {@code loss}, {@code loss.NAME} of each of several, metrics. Computed by the process's team of threads; draws have seed 0.
   *
   * @throws Fault if the model has no weights or neither loss nor metric, or the examples do not fit it
   */
  public static Map<String, Tensor> of(Model model, Examples examples) {
    return prepare(model, examples, Threads.shared()).figures();
  }

  /** By name, by the weights as they are now: {@code loss}, {@code loss.NAME} of each of several, metrics. */
  public Map<String, Tensor> figures() {
    return EpochResult.byName(evaluator.run(never));
  }
}
