package nnc.runtime.engine;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a plan from scalar to vector code beside the program: interpreted, vector code is hundreds of times slower than scalar code. A
 * {@link MethodWarmer} has the methods compiled, those first that the program runs at present, and of these those of the kernels that do
 * most of the work. A kernel is handed over when its methods are compiled; until all are, other sizes run in scalar code.
 */
public final class KernelWarmer extends Thread {
  /** How long it is watched whether what is compiled stays so, and how often that is looked at. */
  private static final long WATCH_NS = 3_000_000_000L, WATCH_PAUSE_MS = 50;
  private static final long PAUSE_MS = 2;
  /** The pause where nothing waits for the methods: the compiler takes a small part of a processor from the program. */
  private static final long IDLE_PAUSE_MS = 80;

  private static boolean hinted;

  /** Networks whose code for what they run at present is not yet compiled. */
  private static int urgent;

  /** Weakly: what nobody runs any more need not be compiled. */
  private final WeakReference<KernelSet> code;
  private final int count;
  private final List<CallTable> tables;
  private final Object weights;
  private final boolean wide;
  private final int threads;
  private int[][] used;
  private List<Integer> kernels;
  private MethodWarmer warmer;

  private KernelWarmer(KernelSet code, List<CallTable> tables, Object weights, boolean wide, int threads) {
    super("nnc-warmer");
    setDaemon(true);
    setPriority(MIN_PRIORITY);
    this.code = new WeakReference<>(code);
    count = code.kernelCount();
    this.tables = tables;
    this.weights = weights;
    this.wide = wide;
    this.threads = threads;
  }

  /**
   * Starts to warm, unless the Vector API is absent, which is said once.
   *
   * @param tables  the calls at the sizes at which the program runs them
   * @param weights what kernels are called with, an array of their element type or null
   * @param wide    whether elements are doubles
   * @param threads among how many a call's blocks may be shared out
   */
  static void start(KernelSet code, List<CallTable> tables, Object weights, boolean wide, int threads) {
    if (VectorWidth.vectorsAvailable()) {
      code.beginWarming();
      new KernelWarmer(code, tables, weights, wide, threads).start();
    } else {
      hint();
      code.endWarming();
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
    int bits = VectorWidth.preferred();
    try {
      Kernels vector = vector(bits);
      if (vector != null) {
        VectorPrimer.prime(vector.getClass(), bits, wide);
        warm(vector);
      }
    } catch (LinkageError e) {
      System.err.println("nnc: vector code cannot be used here: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  /** The vector code; null if there is none, or nobody has the network any more. */
  private Kernels vector(int bits) {
    KernelSet set = code.get();
    Kernels widest = set == null ? null : set.widest(bits);
    return set == null || widest == set.scalar() ? null : widest;
  }

  private void end() {
    KernelSet set = code.get();
    if (set != null) {
      set.endWarming();
    }
  }

  private void warm(Kernels vector) throws InterruptedException {
    var methods = new VectorMethods(vector, count);
    Object nothing = wide ? new double[0] : new float[0];
    MethodWarmer.introduce(vector, methods.distinct(), nothing);
    used = methods.used(tables, weights, threads);
    kernels = byWork();
    warmer = new MethodWarmer(vector, order(methods.all), nothing);
    urgent(1);
    try {
      while (!areAllUsedCompiled() && round(vector, MethodWarmer.SIDE_BY_SIDE)) {
        Thread.sleep(PAUSE_MS);
      }
    } finally {
      urgent(-1);
    }
    end();
    boolean known = true;
    while (!warmer.isDone() && known) {
      boolean wanted = isWanted();
      known = round(vector, wanted ? MethodWarmer.SIDE_BY_SIDE : 1);
      waitForOthers(wanted ? PAUSE_MS : IDLE_PAUSE_MS);
    }
    used = methods.all;
    if (round(vector, 1)) {
      coverAllSizes();
      watch(vector);
    }
  }

  private void coverAllSizes() {
    KernelSet set = code.get();
    if (set != null) {
      set.coversAllSizes();
    }
  }

  private void watch(Kernels vector) throws InterruptedException {
    long end = System.nanoTime() + WATCH_NS;
    while (System.nanoTime() < end) {
      Thread.sleep(WATCH_PAUSE_MS);
      warmer.restart();
      do {
        if (!round(vector, MethodWarmer.SIDE_BY_SIDE)) {
          return;
        }
        waitForOthers(PAUSE_MS);
      } while (!warmer.isDone());
    }
  }

  /** What a program does not run at present is compiled when no other network waits for what it does run. */
  private static void waitForOthers(long pause) throws InterruptedException {
    do {
      Thread.sleep(pause);
    } while (isUrgent());
  }

  /** Whether the program runs other sizes too, by scalar code until theirs is compiled. */
  private boolean isWanted() {
    KernelSet set = code.get();
    return set != null && set.lacks();
  }

  private static synchronized boolean isUrgent() {
    return urgent > 0;
  }

  private static synchronized void urgent(int more) {
    urgent += more;
  }

  private boolean areAllUsedCompiled() {
    for (int kernel : kernels) {
      if (!warmer.areCompiled(used[kernel])) {
        return warmer.isDone();
      }
    }
    return true;
  }

  /** Touches methods, and has vector code serve where it is compiled; a kernel without any stays scalar. False if nobody has the network any more. */
  private boolean round(Kernels vector, int sideBySide) {
    // one after the other: more threads would only take time from the compiler
    synchronized (KernelWarmer.class) {
      warmer.round(sideBySide);
    }
    KernelSet set = code.get();
    if (set == null) {
      return false;
    }
    for (int kernel : kernels) {
      set.use(kernel, used[kernel].length > 0 && warmer.areCompiled(used[kernel]) ? vector : set.scalar());
    }
    return true;
  }

  /** The kernels, those first that do most of a run's work. */
  private List<Integer> byWork() {
    double[] work = new double[count];
    for (CallTable table : tables) {
      for (int call = 0; call < table.kernels.length; call++) {
        work[table.kernels[call]] += table.turns(call) * table.work(call);
      }
    }
    List<Integer> kernels = new ArrayList<>();
    for (int kernel = 0; kernel < work.length; kernel++) {
      kernels.add(kernel);
    }
    kernels.sort(new Comparator<Integer>() {
      @Override
      public int compare(Integer a, Integer b) {
        return Double.compare(work[b], work[a]);
      }
    });
    return kernels;
  }

  /** All methods, those first that are used. */
  private int[] order(int[][] all) {
    Set<Integer> seen = new LinkedHashSet<>();
    for (int[][] methods : List.of(used, all)) {
      for (int kernel : kernels) {
        for (int method : methods[kernel]) {
          seen.add(method);
        }
      }
    }
    int[] order = new int[seen.size()];
    int next = 0;
    for (int method : seen) {
      order[next++] = method;
    }
    return order;
  }
}
