package nnc.runtime.engine;

import java.util.Arrays;

/**
 * Runs a plan's vector code beside the program, on memory of its own, until it is compiled: interpreted Vector API code is hundreds of
 * times slower than scalar code. Each kernel is handed over as soon as its vector code is the faster; one that never is stays scalar.
 */
public final class KernelWarmer extends Thread {
  private static final long PATIENCE_NS = 30_000_000_000L;
  private static final double FASTER = 0.9;

  private static boolean hinted;

  /** What puts a batch into the warmer's own executor. */
  public interface Feed {
    void feed(Executor executor);
  }

  private final KernelSet code;
  private final Executor executor;
  private final Feed feed;

  private KernelWarmer(KernelSet code, Executor executor, Feed feed) {
    super("nnc-warmer");
    setDaemon(true);
    setPriority(MIN_PRIORITY);
    this.code = code;
    this.executor = executor;
    this.feed = feed;
  }

  /**
   * Starts to warm, unless the Vector API is absent, which is said once.
   *
   * @param executor of the plan, with weights that no one else writes or reads changes of
   */
  public static void start(KernelSet code, Executor executor, Feed feed) {
    if (VectorWidth.vectorsAvailable()) {
      code.warming(true);
      new KernelWarmer(code, executor, feed).start();
    } else {
      hint();
    }
  }

  private static synchronized void hint() {
    if (!hinted) {
      hinted = true;
      System.err.println("nnc: running scalar code; java --add-modules jdk.incubator.vector makes it several times faster");
    }
  }

  @Override
  public void run() {
    try {
      warm(code.widest(VectorWidth.preferred()));
    } catch (LinkageError e) {
      System.err.println("nnc: vector code cannot be used here: " + e);
    } finally {
      code.warming(false);
    }
  }

  private void warm(Kernels vector) {
    if (vector == code.scalar()) {
      return;
    }
    int left = code.kernelCount();
    long[] best = new long[left];
    long[] scalarTime = new long[left];
    long[] vectorTime = new long[left];
    boolean[] done = new boolean[left];
    Arrays.fill(best, Long.MAX_VALUE);
    long deadline = System.nanoTime() + PATIENCE_NS;
    for (int round = 0; left > 0 && System.nanoTime() < deadline; round++) {
      boolean compare = Integer.bitCount(round) <= 1;
      round(vector, compare, done, scalarTime, vectorTime);
      left = 0;
      for (int kernel = 0; kernel < done.length; kernel++) {
        best[kernel] = compare ? Math.min(best[kernel], scalarTime[kernel]) : best[kernel];
        if (!done[kernel] && vectorTime[kernel] < FASTER * best[kernel]) {
          done[kernel] = true;
          code.use(kernel, vector);
        }
        left += done[kernel] ? 0 : 1;
      }
    }
  }

  /** Runs every call by vector code and, if they are to be compared, those not yet handed over by scalar code too. */
  private void round(Kernels vector, boolean compare, boolean[] done, long[] scalarTime, long[] vectorTime) {
    Arrays.fill(scalarTime, 0);
    Arrays.fill(vectorTime, 0);
    feed.feed(executor);
    executor.begin();
    for (int i = 0; i < executor.calls(); i++) {
      int kernel = executor.kernel(i);
      long start = System.nanoTime();
      if (compare && !done[kernel]) {
        executor.call(i, code.scalar());
      }
      long middle = System.nanoTime();
      executor.call(i, vector);
      scalarTime[kernel] += middle - start;
      vectorTime[kernel] += System.nanoTime() - middle;
    }
  }
}
