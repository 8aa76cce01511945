package nnc.runtime.engine;

/**
 * Has a class's methods with vector code compiled before they are needed: it touches them, a few at a time and the first ones first, until
 * each is compiled or the JIT has been given enough time.
 *
 * <p>Without that a method would be compiled once its loops have been interpreted for some thousand rounds, at several microseconds for
 * each vector operation; first the part from the loop on, in code of ten times the size, then the whole; and with it the methods of the
 * Vector API that only interpreted code calls.
 */
final class MethodWarmer {
  /**
   * Methods that are touched by turns. While C2 has several to compile for each of its threads, the JVM is content with C1's code for what
   * the program runs meanwhile: scalar code that will soon be replaced.
   */
  static final int SIDE_BY_SIDE = 24;
  /** Touches of a method in its first rounds, and how many rounds these are: by then the JVM has it compiled, unless it has much to do. */
  private static final int TOUCHES = 1024, FIRST_ROUNDS = 8;
  /** Touches in each later round, except in every so many. */
  private static final int FEW_TOUCHES = 64, AGAIN = 16;
  /** Touches that are timed together: a time without interruption is among them. */
  private static final int TIMED = 32;
  /**
   * What a call that touches none takes at most, in nanoseconds, once the code that touches is compiled itself: some three. A compiled method
   * adds one or two to that, an interpreted one 40 to 200.
   */
  private static final long CALL_NS = 16;
  /** Slow touches in a row, each time of many, by which a method that has been compiled is known to be so no more. */
  private static final int SLOW = 5;
  private static final long PATIENCE_NS = 30_000_000_000L;
  /** Times that a method is introduced. The JVM begins to count what happens in it after some ten or some hundred calls. */
  private static final int INTRODUCTIONS = 32;
  private static final int[] NO_ARGUMENTS = {};

  private final Kernels kernels;
  private final Object nothing;
  private final int[] order;
  private final int[] rounds;
  private final long[] since;
  private final boolean[] compiled;
  private final int[] slow;
  private final int[] inWork = new int[SIDE_BY_SIDE];
  private int working;
  private int next;
  /** The shortest call that touched none, of many in a row: a single one may have been interrupted, and beside that much looks compiled. */
  private long least = Long.MAX_VALUE;

  /**
   * @param order   the methods, each once
   * @param nothing an array of no elements of the kernels' type
   */
  MethodWarmer(Kernels kernels, int[] order, Object nothing) {
    this.kernels = kernels;
    this.order = order;
    this.nothing = nothing;
    int highest = -1;
    for (int method : order) {
      highest = Math.max(highest, method);
    }
    rounds = new int[highest + 1];
    since = new long[highest + 1];
    compiled = new boolean[highest + 1];
    slow = new int[highest + 1];
  }

  /**
   * Calls each of some methods a few times in both ways, before they are called in one way alone: so that none of both is new to the JIT, and
   * none of the methods to the code that chooses among them.
   */
  static void introduce(Kernels kernels, int[] methods, Object nothing) {
    for (int i = 0; i < INTRODUCTIONS; i++) {
      for (int method : methods) {
        kernels.touch(method, null, null);
        kernels.touch(method, nothing, NO_ARGUMENTS);
      }
    }
  }

  /** Begins anew: what has been compiled may have been given up again. */
  void restart() {
    next = 0;
  }

  /** Whether all methods have been looked at until they were compiled or given up. */
  boolean isDone() {
    return working == 0 && next == order.length;
  }

  /** Whether they were all compiled when they were last looked at. */
  boolean areCompiled(int[] methods) {
    for (int method : methods) {
      if (!compiled[method]) {
        return false;
      }
    }
    return true;
  }

  /** Touches the methods that are next, at most so many by turns. */
  void round(int sideBySide) {
    while (working < sideBySide && next < order.length) {
      since[order[next]] = System.nanoTime();
      inWork[working++] = order[next++];
    }
    long call = time(-1, FEW_TOUCHES);
    least = Math.min(least, call);
    for (int i = working - 1; i >= 0; i--) {
      int method = inWork[i];
      int round = rounds[method]++;
      long touch = time(method, round < FIRST_ROUNDS || round % AGAIN == 0 ? TOUCHES : FEW_TOUCHES);
      boolean quick = call < CALL_NS && touch < 3 * least + CALL_NS / 2;
      slow[method] = quick ? 0 : slow[method] + 1;
      compiled[method] = quick || compiled[method] && slow[method] < SLOW;
      if (quick || System.nanoTime() - since[method] > PATIENCE_NS) {
        working--;
        System.arraycopy(inWork, i + 1, inWork, i, working - i);
      }
    }
  }

  /** Nanoseconds of a touch. */
  private long time(int method, int touches) {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < touches; i += TIMED) {
      long start = System.nanoTime();
      for (int k = 0; k < TIMED; k++) {
        kernels.touch(method, null, null);
      }
      shortest = Math.min(shortest, System.nanoTime() - start);
      // again and again: the JVM counts what happens in a method only once it has been called for some time, later if it has much to compile
      kernels.touch(method, nothing, NO_ARGUMENTS);
      Kernels.enter(1);
    }
    return shortest / TIMED;
  }
}
