package nnc.runtime.engine;

import java.util.Arrays;
import java.util.List;

/** Which methods with vector code the kernels of a class run, and which of them at given sizes. */
final class VectorMethods {
  /** Blocks of a call that are looked at, besides the last one. */
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

  /** Of each kernel the methods that calls run which are set up like these; all of them if that cannot be told. */
  int[][] used(List<CallTable> tables, Object weights) {
    boolean[][] used = new boolean[all.length][];
    for (int kernel = 0; kernel < all.length; kernel++) {
      used[kernel] = new boolean[all[kernel].length];
    }
    for (CallTable table : tables) {
      for (int call = 0; call < table.kernels.length; call++) {
        if (table.blocks[call] > 0) {
          add(table, call, weights, used[table.kernels[call]]);
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
  private void add(CallTable table, int call, Object weights, boolean[] used) {
    int kernel = table.kernels[call];
    synchronized (Kernels.class) {
      boolean told = tells[kernel] && mark(table, call, weights);
      for (int i = 0; i < used.length; i++) {
        used[i] |= !told || Kernels.MARKED[all[kernel][i]];
      }
    }
  }

  /** Runs a call without memory; whether it came to its end. */
  private boolean mark(CallTable table, int call, Object weights) {
    int kernel = table.kernels[call];
    int blocks = table.blocks[call];
    Arrays.fill(Kernels.MARKED, false);
    try {
      vector.run(kernel, weights, null, table.arguments, table.at[call], 0, 0, Math.min(blocks, BLOCKS));
      vector.run(kernel, weights, null, table.arguments, table.at[call], 0, blocks - 1, blocks);
      return true;
    } catch (NullPointerException e) {
      return false;
    }
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
