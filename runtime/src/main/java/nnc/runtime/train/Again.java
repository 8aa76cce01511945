package nnc.runtime.train;

import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;

/** Where the weights say whether a step's optimizer wants another run with the same batch. */
final class Again {
  /** How often a step is run with one batch at most. */
  static final int MOST = 10_000;

  private final Object weights;
  private int offset = -1;

  /** @param step from 0 on */
  Again(Model model, int step) {
    weights = model.weights();
    for (ModelSpec.Weight weight : model.spec().weights()) {
      if (weight.path().equals(ModelSpec.Training.again(step))) {
        offset = weight.offset();
      }
    }
  }

  /** @throws Fault if it may, and rows of the plan go on from one run to the next */
  void requireOnce(Model model, ModelSpec.Plan plan) {
    if (isPossible() && plan.carries()) {
      throw new Fault(model.spec().name() + ".nn: the optimizer runs a batch several times, and rows carry a state from one run to the next",
          "take an optimizer that runs it once, such as adam");
    }
  }

  /** Whether it ever does. */
  boolean isPossible() {
    return offset >= 0;
  }

  boolean isWanted() {
    return offset >= 0 && NumericArrays.get(weights, offset) != 0;
  }

  static Fault endless(int step) {
    return new Fault("at step " + step + " the optimizer wanted more than " + MOST + " runs with one batch",
        "let it assign 'again <- 0' when it has come to its end");
  }
}
