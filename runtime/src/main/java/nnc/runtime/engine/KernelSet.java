package nnc.runtime.engine;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.Polynomials;

/**
 * A plan and the kernels that run it at present, chosen for each kernel apart; contexts look them up at every call. Scalar code serves
 * first; unless there is little to do a {@link KernelWarmer} replaces it, kernel by kernel, by vector code. All widths give the same bits.
 */
public final class KernelSet {
  /** Elementary operations after which more are expected, if nothing is known: some tens of milliseconds of scalar code. */
  private static final double SEVERAL = 2e7;

  /** Elementary operations, if they are all, that scalar code has done before vector code would be compiled. */
  private static final double FEW = 2e9;

  /** Elementary operations that take longer by scalar code than until vector code is loaded and compiled. */
  public static final double LARGE = 2e10;

  /** How many times as long as vector code scalar code takes. */
  private static final long SCALAR = 5;

  public final Plan plan;
  private final Function<String, Kernels> source;
  private Kernels scalar;
  private Kernels[] kernels;

  private boolean forced;
  private double spent;
  private boolean decided;
  private boolean begun;
  private volatile boolean warm;
  private volatile boolean forksWait;
  private volatile int[] covered;
  private volatile boolean lacks;

  public KernelSet(Plan plan, Function<String, Kernels> source) {
    this.plan = plan;
    this.source = source;
  }

  /** Whether anything that is computed depends on the size of an open dimension, or on what a quotient comes to. */
  public boolean needs(int dim) {
    boolean needs = mentions(plan.slots(), dim) || Polynomials.mentions(plan.scratch(), dim);
    for (int i = 0; i < plan.calls().size() && !needs; i++) {
      needs = mentions(plan.calls().get(i), dim);
    }
    for (int i = 0; i < plan.results().size() && !needs; i++) {
      needs = mentions(plan.results().get(i).place().shape(), dim);
    }
    for (int i = 0; i < plan.quotients().size() && !needs; i++) {
      needs = Polynomials.mentions(plan.quotients().get(i).of(), dim) && needs(plan.dims().size() + i);
    }
    return needs;
  }

  private static boolean mentions(Call call, int dim) {
    for (Argument argument : call.arguments()) {
      if (argument instanceof Argument.Slot slot && Polynomials.mentions(slot.offset(), dim)
          || argument instanceof Argument.Value own && Polynomials.mentions(own.value(), dim)
          || argument instanceof Argument.Drawn drawn && (drawn.dim() == dim || Polynomials.mentions(drawn.row(), dim))) {
        return true;
      }
    }
    return Polynomials.mentions(call.blocks(), dim);
  }

  private static boolean mentions(List<Poly> polys, int dim) {
    for (Poly poly : polys) {
      if (Polynomials.mentions(poly, dim)) {
        return true;
      }
    }
    return false;
  }

  /** Loads scalar code, or what the property says, at the first use. */
  public synchronized void load() {
    if (kernels != null) {
      return;
    }
    scalar = find(0);
    if (scalar == null) {
      throw new Fault("the network has no code for plan " + plan.name(), "compile it again");
    }
    int count = 0;
    for (Call call : plan.calls()) {
      count = Math.max(count, call.kernel() + 1);
    }
    Kernels[] chosen = new Kernels[count];
    Arrays.fill(chosen, scalar);
    kernels = chosen;
    forced = VectorWidth.isForced();
    if (forced) {
      decided = true;
      Arrays.fill(kernels, widest(VectorWidth.preferred()));
    }
  }

  /** What runs kernel number {@code kernel}. */
  public Kernels kernels(int kernel) {
    return kernels[kernel];
  }

  /** How much work by vector code a kernel's call is as long as, of which there is so much. */
  long work(int kernel, long work) {
    return kernels[kernel] == scalar ? SCALAR * work : work;
  }

  /** Whether other threads are free for work that is worth them. */
  public boolean forks() {
    return !forksWait;
  }

  Kernels scalar() {
    return scalar;
  }

  /** The widest kernels up to {@code bits}. */
  Kernels widest(int bits) {
    for (int candidate : new int[] {512, 256, 128}) {
      Kernels found = candidate > bits ? null : find(candidate);
      if (found != null) {
        return found;
      }
    }
    return scalar;
  }

  /** From now on runs one kernel by other code, unless the property says by which. */
  void use(int kernel, Kernels code) {
    if (!forced) {
      kernels[kernel] = code;
    }
  }

  private Kernels find(int bits) {
    return source.apply(Kernels.name(plan.kernels(), bits));
  }

  int kernelCount() {
    return kernels.length;
  }

  /** Says that so much work is about to be done; true if it is time, once, to have vector code compiled. */
  boolean spend(double work) {
    if (decided) {
      return false;
    }
    spent += work;
    decided = spent > SEVERAL;
    return decided && begin();
  }

  /** Says how much work there will be in all: if it is little, scalar code does it. */
  void expect(double work) {
    decided |= work < FEW;
    spent += work;
  }

  /** Whether there is so much work that it is worth while to wait for vector code. */
  boolean isLarge() {
    return spent > LARGE;
  }

  /** True once: whoever gets it has vector code compiled. */
  synchronized boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Says at which sizes the kernels that have been handed over run nothing that is not compiled. */
  void covers(int[] dims) {
    covered = dims;
  }

  void coversAllSizes() {
    covered = null;
  }

  /** Whether sizes have been asked for that are not compiled. */
  boolean lacks() {
    return lacks;
  }

  /** Whether the kernels that have been handed over are compiled for these sizes. */
  boolean serves(int[] dims) {
    int[] sizes = covered;
    boolean serves = sizes == null || Arrays.equals(sizes, dims) || forced;
    if (!serves) {
      lacks = true;
    }
    return serves;
  }

  /** Says that vector code begins to be compiled: on a machine with few processors the others stay free for it. */
  void beginWarming() {
    forksWait = Runtime.getRuntime().availableProcessors() < 4;
  }

  boolean isWarm() {
    return warm;
  }

  /** Says that vector code serves at the sizes at which the program runs, or never will. */
  synchronized void endWarming() {
    forksWait = false;
    warm = true;
    notifyAll();
  }

  /** Waits until vector code serves at the sizes at which the program runs, or the thread is interrupted. */
  synchronized void awaitWarm(long nanos) {
    long end = System.nanoTime() + nanos;
    long left = nanos;
    try {
      while (!warm && left > 0) {
        wait(Math.max(1, left / 1_000_000));
        left = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
