package nnc.runtime.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.VectorWidth;
import nnc.runtime.train.RandomInputs;
import nnc.runtime.train.TrainingSettings;

/** {@code bench}: how fast the network predicts and trains, on random inputs. */
final class BenchCommand implements ModelCommand {
  private static final int LEAST_STEPS = 10;

  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--on", "PLAN", "train, predict or evaluate (train and predict)"),
      new Options.Flag("--batch", "N", "examples a step (the program's)"),
      new Options.Flag("--threads", "N", "at most that many (all processors)"),
      new Options.Flag("--seconds", "X", "how long each is measured (5), after at most " + (int) (WarmUp.COMPILING_SECONDS + WarmUp.STEP_SECONDS)
          + " s of warming up"));

  /**
   * What was measured.
   *
   * @param nanos of every step, ascending
   */
  record Times(long[] nanos, double seconds) {
    /** The time below which a share of the steps lies, in milliseconds. */
    double millis(double share) {
      return nanos[Math.min(nanos.length - 1, (int) Math.ceil(share * nanos.length) - (share == 0 ? 0 : 1))] / 1e6;
    }
  }

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    List<String> plans = new ArrayList<>();
    if (options.has("--on")) {
      plans.add(options.text("--on", ""));
    } else {
      plans.addAll(session.model().spec().training().plans("train"));
      plans.add("predict");
    }
    int batch = options.count("--batch", TrainingSettings.of(session.model().spec()).batch(), 1);
    double seconds = options.decimal("--seconds", 5, 0);
    if (session.canRelaunch()) {
      return session.again().run(arguments);
    }
    boolean json = options.has("--json");
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      for (String plan : plans) {
        if (!session.model().has(plan) && !options.has("--on")) {
          continue;
        }
        Times times = measure(context(session.model(), plan, batch, threads), seconds);
        double rate = times.nanos().length * (double) batch / times.seconds();
        session.out().println(json ? new Json().put("event", "bench").put("plan", plan).put("batch", (long) batch)
            .put("threads", (long) threads.count()).put("steps", (long) times.nanos().length).put("examples_per_second", rate)
            .put("median_ms", times.millis(0.5)).put("p99_ms", times.millis(0.99)).put("best_ms", times.millis(0))
            .put("width", (long) VectorWidth.preferred()).toString()
            : Text.left(plan, 8) + "  " + Text.right(Text.rate(rate), 6) + " examples/s  step of " + batch + ": median "
            + Text.number(times.millis(0.5)) + " ms, p99 " + Text.number(times.millis(0.99)) + " ms, best " + Text.number(times.millis(0))
            + " ms  (" + threads.count() + (threads.count() == 1 ? " thread, " : " threads, ") + width() + ")");
        session.out().flush();
      }
    }
    return 0;
  }

  static String width() {
    return VectorWidth.preferred() == 0 ? "scalar code" : "vectors of " + VectorWidth.preferred() + " bits";
  }

  /** A context of the weights that training starts from, with the code that a long run would have. */
  static Context context(Model model, String plan, int batch, Threads threads) {
    Context context = model.initialised(0).context(plan, batch, threads);
    context.seed(1);
    return context;
  }

  private static Times measure(Context context, double seconds) {
    var noise = new RandomInputs(context, 1);
    int step = WarmUp.bring(context, noise, seconds);
    long[] nanos = new long[1 << 12];
    int count = 0;
    long started = System.nanoTime();
    long end = started + (long) (seconds * 1e9);
    long now = started;
    while (count < LEAST_STEPS || now < end) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      step(context, noise, ++step);
      long then = now;
      now = System.nanoTime();
      nanos[count++] = now - then;
    }
    long[] all = Arrays.copyOf(nanos, count);
    Arrays.sort(all);
    return new Times(all, (now - started) / 1e9);
  }

  /** Inputs are fed anew, as in training: a step may use their memory for others. */
  private static void step(Context context, RandomInputs noise, int step) {
    noise.feed();
    context.counters(step, 0);
    context.run();
  }
}
