package nnc.runtime.engine;

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

  private static boolean hinted;

  private final KernelSet code;
  private final List<CallTable> tables;
  private final Object weights;
  private final boolean wide;
  private int[][] used;

  private KernelWarmer(KernelSet code, List<CallTable> tables, Object weights, boolean wide) {
    super("nnc-warmer");
    setDaemon(true);
    setPriority(MIN_PRIORITY);
    this.code = code;
    this.tables = tables;
    this.weights = weights;
    this.wide = wide;
  }

  /**
   * Starts to warm, unless the Vector API is absent, which is said once.
   *
   * @param tables  the calls at the sizes at which the program runs them
   * @param weights what kernels are called with, an array of their element type or null
   * @param wide    whether elements are doubles
   */
  static void start(KernelSet code, List<CallTable> tables, Object weights, boolean wide) {
    if (VectorWidth.vectorsAvailable()) {
      code.beginWarming();
      new KernelWarmer(code, tables, weights, wide).start();
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
    try {
      int bits = VectorWidth.preferred();
      Kernels vector = code.widest(bits);
      if (vector != code.scalar()) {
        VectorPrimer.prime(vector.getClass(), bits, wide);
        warm(vector);
      }
    } catch (LinkageError e) {
      System.err.println("nnc: vector code cannot be used here: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      code.endWarming();
    }
  }

  private void warm(Kernels vector) throws InterruptedException {
    var methods = new VectorMethods(vector, code.kernelCount());
    used = methods.used(tables, weights);
    List<Integer> kernels = byWork();
    var warmer = new MethodWarmer(vector, order(kernels, methods.all), wide ? new double[0] : new float[0]);
    while (!warmer.isDone()) {
      warmer.round();
      if (hand(kernels, warmer, vector)) {
        code.endWarming();
      }
      Thread.sleep(PAUSE_MS);
    }
    used = methods.all;
    hand(kernels, warmer, vector);
    code.coversAllSizes();
    long end = System.nanoTime() + WATCH_NS;
    while (System.nanoTime() < end) {
      Thread.sleep(WATCH_PAUSE_MS);
      warmer.restart();
      for (int round = 0; round == 0 || !warmer.isDone(); round++) {
        warmer.round();
        hand(kernels, warmer, vector);
        Thread.sleep(PAUSE_MS);
      }
    }
  }

  /** Has vector code serve where it is compiled, and says whether it is everywhere. A kernel without any stays scalar. */
  private boolean hand(List<Integer> kernels, MethodWarmer warmer, Kernels vector) {
    boolean everywhere = true;
    for (int kernel : kernels) {
      boolean compiled = warmer.areCompiled(used[kernel]);
      everywhere &= compiled;
      code.use(kernel, used[kernel].length > 0 && compiled ? vector : code.scalar());
    }
    return everywhere;
  }

  /** The kernels, those first that do most of a run's work. */
  private List<Integer> byWork() {
    double[] work = new double[code.kernelCount()];
    for (CallTable table : tables) {
      for (int call = 0; call < table.kernels.length; call++) {
        work[table.kernels[call]] += table.work(call);
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
  private int[] order(List<Integer> kernels, int[][] all) {
    Set<Integer> order = new LinkedHashSet<>();
    for (int[][] methods : List.of(used, all)) {
      for (int kernel : kernels) {
        for (int method : methods[kernel]) {
          order.add(method);
        }
      }
    }
    return VectorMethods.array(order);
  }
}
