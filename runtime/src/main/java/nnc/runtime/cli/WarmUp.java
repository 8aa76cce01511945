package nnc.runtime.cli;

import nnc.runtime.Context;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.train.RandomInputs;

/** Brings a context's code to the state that a long run has, before it is timed. */
final class WarmUp {
  private WarmUp() {}

  /** How long vector code is waited for at most, and how long steps are run then. */
  static final double COMPILING_SECONDS = 60, STEP_SECONDS = 3;
  private static final int LEAST_STEPS = 30;

  /**
   * Waits for vector code and runs steps, after which the weights are what they were.
   *
   * @param seconds how long will be measured: as long steps are run at most, and vector code is waited for twelve times as long
   * @return the steps run
   */
  static int bring(Context context, RandomInputs noise, double seconds) {
    Object weights = NumericArrays.copy(context.executor().weights());
    context.warmUp(Math.min(COMPILING_SECONDS, 12 * seconds));
    int step = 0;
    long end = System.nanoTime() + (long) (Math.min(STEP_SECONDS, seconds) * 1e9);
    while (step < LEAST_STEPS || System.nanoTime() < end) {
      noise.feed();
      context.counters(++step, 0);
      context.run();
    }
    System.arraycopy(weights, 0, context.executor().weights(), 0, NumericArrays.length(weights));
    return step;
  }
}
