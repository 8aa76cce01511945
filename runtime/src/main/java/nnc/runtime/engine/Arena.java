package nnc.runtime.engine;

import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;

/** A context's memory: where a plan's slots lie in it for the largest sizes of the open dimensions, and behind them each thread's scratch. */
public final class Arena {
  /** More elements than any memory has: what cannot be counted is no less. */
  private static final long UNCOUNTED = Long.MAX_VALUE >> 16;

  /** Of each slot, where it begins; of one that each thread has of its own for tiles, the first thread's. */
  public final int[] bases;
  /** How far slots of one thread's own are from the next one's. */
  public final int own;
  public final int scratchStart;
  public final int scratchSize;
  private Object memory;

  private final long elements;

  private final Plan plan;
  private final int[] largest;

  /**
   * Allocates the memory.
   *
   * @throws Fault if there is not so much
   */
  public static Arena allocated(Plan plan, int precision, int[] largest, int threads) {
    var arena = new Arena(plan, precision, largest, threads);
    arena.memory = NumericArrays.allocate(precision, arena.elements, (plan.batch() < 0 ? "" : "a batch of " + largest[plan.batch()] + " for ") + plan.name(), arena.remedy());
    return arena;
  }

  /**
   * How many elements a context of a plan has, none of which is allocated.
   *
   * @param largest sizes of the open dimensions, and behind them of quotients
   */
  static long elements(Plan plan, int precision, int[] largest, int threads) {
    return new Arena(plan, precision, largest, threads).elements;
  }

  /** Whether batches may be cut into tiles, for which threads have slots of their own. */
  static boolean isCut(Plan plan, int[] largest) {
    return plan.tiling().cut() && largest[plan.tiling().dim()] > plan.tiling().size();
  }

  /** Lays it out. */
  private Arena(Plan plan, int precision, int[] largest, int threads) {
    this.plan = plan;
    this.largest = largest;
    bases = new int[plan.slots().size()];
    long shared = layOut(precision, NumericArrays.align(precision, 0), false);
    long end = layOut(precision, shared, true);
    long distance = end - shared;
    end += isCut(plan, largest) ? distance * (threads - 1) : 0;
    int line = 512 / precision;
    long scratch = (Integers.ceilDiv(size(plan.scratch()), line) + 2) * line;
    elements = end + scratch * threads;
    own = (int) distance;
    // a line before it for a vector that is taken apart, and one behind it to read on
    scratchStart = (int) end + line;
    scratchSize = (int) scratch;
  }

  /** What helps where there is not enough memory. */
  private String remedy() {
    for (Result result : plan.results()) {
      if (result.role() == Role.OUTPUT && result.rows() == Result.MIXED && plan.batch() >= 0) {
        return "output " + result.name() + " depends on all rows of a batch together, which are not computed in parts: use fewer rows";
      }
    }
    return "use a smaller batch";
  }

  /** A {@code float[]} or {@code double[]}. */
  public Object memory() {
    return memory;
  }

  /** Lays slots out behind each other, those that all threads share or those that each has of its own for tiles; gives where they end. */
  private long layOut(int precision, long begin, boolean own) {
    long end = begin;
    for (int slot = 0; slot < bases.length; slot++) {
      if (plan.tiling().own().contains(slot) == own) {
        bases[slot] = (int) Math.min(end, Integer.MAX_VALUE);
        end = Math.min(UNCOUNTED, NumericArrays.align(precision, end + size(plan.slots().get(slot))));
      }
    }
    return end;
  }

  private long size(Poly size) {
    try {
      return Math.max(0, Math.min(UNCOUNTED, Polynomials.value(size, largest)));
    } catch (ArithmeticException e) {
      return UNCOUNTED;
    }
  }
}
