package nnc.runtime.cli;

import java.util.Arrays;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.Executor;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.RandomInputs;
import nnc.runtime.train.TrainingSettings;

/**
 * A plan's calls, each timed by itself, step after step, on random inputs. A call over tiles of the batch is timed over all of them, one after the
 * other and each on all threads, where a run may give each thread a tile; so are calls of branches, where a run may give each thread a branch.
 */
public final class Profile {
  private Profile() {}

  private static final int LEAST_STEPS = 5, MOST_STEPS = 1 << 12;

  /**
   * Nanoseconds of each call of a plan, in their order; zero of those that a step does not need.
   *
   * @param batch   the size of the open dimensions
   * @param threads at most that many
   * @param seconds how long to measure, after warming up, which takes four times as long at most
   * @throws Fault if the network was not compiled for the plan
   */
  public static double[] nanos(Model model, String plan, int batch, int threads, double seconds) {
    try (var team = new Threads(threads)) {
      return nanos(BenchCommand.context(model, plan, batch, team), seconds);
    }
  }

  /** The batch that a program trains with. */
  public static int batch(ModelSpec spec) {
    return TrainingSettings.of(spec).batch();
  }

  /** Each call's median: now and then another program has the processor. */
  static double[] nanos(Context context, double seconds) {
    var noise = new RandomInputs(context, 1);
    int step = WarmUp.bring(context, noise, seconds);
    var timing = new Timing(context);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (timing.steps < LEAST_STEPS || System.nanoTime() < end && timing.steps < MOST_STEPS) {
      noise.feed();
      context.counters(++step, 0);
      timing.begin();
      context.executor().each(timing);
      timing.steps++;
    }
    long[][] nanos = timing.nanos;
    double[] medians = new double[nanos.length];
    for (int i = context.executor().plan().prepared(); i < nanos.length; i++) {
      Arrays.sort(nanos[i], 0, timing.steps);
      medians[i] = nanos[i][timing.steps / 2];
    }
    return medians;
  }

  /** By call and step, what it took: over all tiles together. */
  private static final class Timing implements Executor.Each {
    final Context context;
    final long[][] nanos;
    int steps;

    Timing(Context context) {
      this.context = context;
      nanos = new long[context.executor().calls()][64];
    }

    void begin() {
      for (int i = 0; i < nanos.length && steps == nanos[i].length; i++) {
        nanos[i] = Arrays.copyOf(nanos[i], 2 * steps);
      }
    }

    @Override
    public void call(int i) {
      long started = System.nanoTime();
      context.executor().callAsInRun(i);
      nanos[i][steps] += System.nanoTime() - started;
    }
  }
}
