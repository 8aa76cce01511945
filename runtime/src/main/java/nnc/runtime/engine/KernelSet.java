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
 * first unless much work is expected; in the long run a {@link KernelWarmer} replaces it, kernel by kernel, by vector code. All widths give the same bits.
 */
public final class KernelSet {
  /** Elementary operations after which it is worth while to have vector code compiled beside the program. */
  private static final double LONG_RUNNING = 2e9;

  /** Elementary operations that take longer by scalar code than until vector code is loaded and compiled. */
  public static final double LARGE = 2e10;

  /** Work from which a call of scalar code is worth a fork: as long as {@link Call#FORK} is of vector code. */
  private static final long FORK_SCALAR = 16_000;

  public final Plan plan;
  private final Function<String, Kernels> source;
  private Kernels scalar;
  private Kernels[] kernels;

  private double spent;
  private boolean decided;
  private volatile boolean warming;

  public KernelSet(Plan plan, Function<String, Kernels> source) {
    this.plan = plan;
    this.source = source;
  }

  /** Whether anything that is computed depends on the size of an open dimension. */
  public boolean needs(int dim) {
    boolean needs = mentions(plan.slots(), dim) || Polynomials.mentions(plan.scratch(), dim);
    for (int i = 0; i < plan.calls().size() && !needs; i++) {
      needs = mentions(plan.calls().get(i), dim);
    }
    for (int i = 0; i < plan.results().size() && !needs; i++) {
      needs = mentions(plan.results().get(i).place().shape(), dim);
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
    if (VectorWidth.isForced()) {
      decided = true;
      use(VectorWidth.preferred());
    }
  }

  /** What runs kernel number {@code kernel}. */
  public Kernels kernels(int kernel) {
    return kernels[kernel];
  }

  /** Whether a call is worth more than one thread. */
  public boolean forks(int kernel, long work) {
    return work >= (kernels[kernel] == scalar ? FORK_SCALAR : Call.FORK) && forks();
  }

  /** Whether other threads are free for work that is worth them. */
  public boolean forks() {
    return !warming;
  }

  Kernels scalar() {
    return scalar;
  }

  /** From now on runs the widest kernels up to {@code bits}. */
  void use(int bits) {
    load();
    Arrays.fill(kernels, widest(bits));
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

  /** From now on runs one kernel by other code. */
  void use(int kernel, Kernels code) {
    kernels[kernel] = code;
  }

  private Kernels find(int bits) {
    return source.apply(Kernels.name(plan.kernels(), bits));
  }

  /** How many kernels run vector code at present. */
  int vectorKernels() {
    int count = 0;
    for (Kernels code : kernels) {
      count += code == scalar ? 0 : 1;
    }
    return count;
  }

  int kernelCount() {
    return kernels.length;
  }

  /** Says that scalar code has done so much work; true if it is time, once, to see whether vector code does better. */
  public boolean spend(double work) {
    if (decided) {
      return false;
    }
    spent += work;
    return spent > LONG_RUNNING && decide();
  }

  /** Says beforehand how much work is to come, so that the right code serves from the beginning. */
  public void expect(double work) {
    load();
    if (decide() && work > LARGE) {
      use(VectorWidth.preferred());
    }
  }

  /** True once: whoever gets it chooses the code. */
  private synchronized boolean decide() {
    boolean first = !decided;
    decided = true;
    return first;
  }

  /** While vector code is warmed on a machine with few processors, the others stay free for it. */
  void warming(boolean now) {
    warming = now && Runtime.getRuntime().availableProcessors() < 4;
  }
}
