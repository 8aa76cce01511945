package nnc.runtime;

/** What an emitted class is: the kernels of one purpose at one vector width, without state, safe to share between threads. */
public abstract class Kernels {

  /** Places in {@code arguments} that every call shares; a call's own arguments follow at {@code at}. */
  public static final int SEED_LOW = 0, SEED_HIGH = 1, STEP = 2, EPOCH = 3, FIRST = 4;

  /**
   * Runs the blocks [from, to) of a kernel.
   *
   * @param weights parameters, states, tables: {@code float[]} or {@code double[]}
   * @param memory  the context's arena, of the same type
   * @param at      where this call's arguments begin in {@code arguments}
   * @param scratch where the running thread's scratch begins in {@code memory}
   */
  public abstract void run(int kernel, Object weights, Object memory, int[] arguments, int at, int scratch, int from, int to);
}
