package nnc.runtime.engine;

import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Threads;

/** Which methods with vector code the kernels of a class run, and which of them at given sizes. */
final class VectorMethods {
  /** Elementary operations of a call up to which all its blocks are looked at; of larger ones so many, besides the last one. */
  private static final long MUCH = 2_000_000_000;
  private static final int BLOCKS = 64;

  private final Kernels vector;
  /** All methods of each kernel. */
  final int[][] all;
  /** Whether a kernel tells what it would run. */
  private final boolean[] tells;

  VectorMethods(Kernels vector, int kernels) {
    this.vector = vector;
    String lists = vector.vectorMethods();
    all = new int[kernels][];
    tells = new boolean[kernels];
    int at = 0;
    for (int kernel = 0; kernel < kernels; kernel++) {
      all[kernel] = new int[lists.charAt(at++)];
      tells[kernel] = lists.charAt(at++) == 1;
      for (int i = 0; i < all[kernel].length; i++) {
        all[kernel][i] = lists.charAt(at++);
      }
    }
  }

  /** The methods of all kernels, each once. */
  int[] distinct() {
    int count = 0;
    for (int[] methods : all) {
      count += methods.length;
    }
    int[] every = new int[count];
    count = 0;
    for (int[] methods : all) {
      System.arraycopy(methods, 0, every, count, methods.length);
      count += methods.length;
    }
    Arrays.sort(every);
    boolean[] first = new boolean[count];
    for (int i = 0; i < count; i++) {
      first[i] = i == 0 || every[i] > every[i - 1];
    }
    return chosen(every, first);
  }

  /**
   * Of each kernel the methods that calls run which are set up like these; all of them if that cannot be told.
   *
   * @param threads among how many the blocks of a call may be shared out: the fewer there are to do, the less may be worth while
   */
  int[][] used(List<CallTable> tables, Object weights, int threads) {
    boolean[][] used = new boolean[all.length][];
    for (int kernel = 0; kernel < all.length; kernel++) {
      used[kernel] = new boolean[all[kernel].length];
    }
    for (CallTable table : tables) {
      for (int call = 0; call < table.kernels.length; call++) {
        if (table.blocks[call] > 0) {
          add(table, call, weights, threads, used[table.kernels[call]]);
        }
      }
    }
    int[][] chosen = new int[all.length][];
    for (int kernel = 0; kernel < all.length; kernel++) {
      chosen[kernel] = chosen(all[kernel], used[kernel]);
    }
    return chosen;
  }

  /** Says of a kernel's methods that a call would run them. */
  private void add(CallTable table, int call, Object weights, int threads, boolean[] used) {
    int kernel = table.kernels[call];
    synchronized (Kernels.class) {
      boolean told = tells[kernel] && mark(table, call, weights, threads);
      for (int i = 0; i < used.length; i++) {
        used[i] |= !told || Kernels.MARKED[all[kernel][i]];
      }
    }
  }

  /** Runs a call without memory, as a whole and by shares; whether it came to its end. */
  private boolean mark(CallTable table, int call, Object weights, int threads) {
    int blocks = table.blocks[call];
    int shares = Math.min(threads, blocks);
    Kernels.beginMarking();
    try {
      if (table.work(call) > MUCH) {
        mark(table, call, weights, 0, Math.min(blocks, BLOCKS));
        mark(table, call, weights, blocks - 1, blocks);
        return true;
      }
      mark(table, call, weights, 0, blocks);
      for (int share = 0; share < shares && shares > 1; share++) {
        mark(table, call, weights, Threads.bound(blocks, share, shares), Threads.bound(blocks, share + 1, shares));
      }
      return true;
    } catch (NullPointerException e) {
      return false;
    } finally {
      Kernels.endMarking();
    }
  }

  private void mark(CallTable table, int call, Object weights, int from, int to) {
    vector.run(table.kernels[call], weights, null, table.arguments, table.at[call], 0, from, to);
  }

  private static int[] chosen(int[] methods, boolean[] which) {
    int[] chosen = new int[methods.length];
    int count = 0;
    for (int i = 0; i < methods.length; i++) {
      if (which[i]) {
        chosen[count++] = methods[i];
      }
    }
    return Arrays.copyOf(chosen, count);
  }
}
