package nnc.runtime.cli;

import java.lang.management.ManagementFactory;
import nnc.runtime.Context;
import nnc.runtime.engine.Executor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.train.RandomInputs;

/**
 * Brings a context's code to the state that a long run has, before it is timed. Small kernels that run once a step are interpreted for
 * thousands of steps, and interpreted vector code is a hundred times slower; it shows by allocating, which compiled code never does.
 */
final class WarmUp {
  private WarmUp() {}

  /** Steps take so long at most, then the calls that are not compiled yet. */
  static final double STEP_SECONDS = 3, CALL_SECONDS = 9;
  private static final int LEAST_STEPS = 30, REPEATS = 50;

  /**
   * Runs steps, then again and again the calls whose code still allocates.
   *
   * @param seconds how long will be measured: as long steps are run at most, and calls three times as long
   * @return the steps run
   */
  static int bring(Context context, RandomInputs noise, double seconds) {
    int step = 0;
    long end = System.nanoTime() + (long) (Math.min(STEP_SECONDS, seconds) * 1e9);
    while (step < LEAST_STEPS || System.nanoTime() < end) {
      noise.feed();
      context.counters(++step, 0);
      context.run();
    }
    Object weights = NumericArrays.copy(context.executor().weights());
    settle(context, noise, step, System.nanoTime() + (long) (Math.min(CALL_SECONDS, 3 * seconds) * 1e9));
    System.arraycopy(weights, 0, context.executor().weights(), 0, NumericArrays.length(weights));
    return step;
  }

  private static void settle(Context context, RandomInputs noise, int step, long end) {
    var settling = new Settling(context);
    while (settling.left > 0 && System.nanoTime() < end) {
      noise.feed();
      context.counters(step, 0);
      context.executor().each(settling);
    }
  }

  /** Looks for the calls whose code still allocates, one of each kernel, and repeats them. */
  private static final class Settling implements Executor.Each {
    final Context context;
    final boolean[] cold;
    int left;

    Settling(Context context) {
      this.context = context;
      cold = new boolean[context.executor().calls()];
      boolean[] seen = new boolean[cold.length];
      for (int i = context.executor().plan().prepared(); i < cold.length; i++) {
        cold[i] = !seen[context.executor().kernel(i)];
        seen[context.executor().kernel(i)] = true;
        left += cold[i] ? 1 : 0;
      }
    }

    @Override
    public void call(int i) {
      long before = Heap.allocated();
      context.executor().callAsInRun(i);
      boolean allocates = Heap.allocated() > before;
      if (cold[i] && allocates) {
        for (int k = 0; k < REPEATS; k++) {
          context.executor().callAsInRun(i);
        }
      } else if (cold[i]) {
        cold[i] = false;
        left--;
      }
    }
  }

  /** What this thread has allocated. Not every Java tells: then nothing. */
  private static final class Heap {
    static final boolean KNOWN = isKnown();

    static boolean isKnown() {
      try {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean;
      } catch (LinkageError e) {
        return false;
      }
    }

    static long allocated() {
      return KNOWN ? ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes() : 0;
    }
  }
}
