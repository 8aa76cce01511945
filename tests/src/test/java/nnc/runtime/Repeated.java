package nnc.runtime;

import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.Training;

/** Steps of training whose optimizer may want to be run again with the same batch. */
public final class Repeated {
  private Repeated() {}

  /**
   * Runs a step until its optimizer wants no more.
   *
   * @param number of the step, from 0 on
   * @param run    feeds the batch and runs the plan once
   * @return how many runs it took
   */
  public static int step(Model model, int number, Runnable run) {
    int runs = 0;
    do {
      run.run();
      if (++runs > 5000) {
        throw new AssertionError("no end");
      }
    } while (again(model, number));
    return runs;
  }

  private static boolean again(Model model, int number) {
    return model.spec().weights().stream().filter(weight -> weight.path().equals(Training.again(number)))
        .anyMatch(weight -> NumericArrays.get(model.weights(), weight.offset()) != 0);
  }
}
