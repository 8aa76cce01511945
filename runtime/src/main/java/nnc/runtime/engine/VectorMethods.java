package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
    List<Set<Integer>> used = new ArrayList<>();
    for (int kernel = 0; kernel < all.length; kernel++) {
      used.add(new LinkedHashSet<>());
    }
    for (CallTable table : tables) {
      for (int call = 0; call < table.kernels.length; call++) {
        int kernel = table.kernels[call];
        if (table.blocks[call] > 0 && used.get(kernel).size() < all[kernel].length) {
          used.get(kernel).addAll(tells[kernel] ? marked(table, call, weights) : allOf(kernel));
        }
      }
    }
    int[][] arrays = new int[all.length][];
    for (int kernel = 0; kernel < arrays.length; kernel++) {
      arrays[kernel] = array(used.get(kernel));
    }
    return arrays;
  }

  private List<Integer> marked(CallTable table, int call, Object weights) {
    int kernel = table.kernels[call];
    int blocks = table.blocks[call];
    List<Integer> marked = new ArrayList<>();
    synchronized (Kernels.class) {
      Arrays.fill(Kernels.MARKED, false);
      try {
        vector.run(kernel, weights, null, table.arguments, table.at[call], 0, 0, Math.min(blocks, BLOCKS));
        vector.run(kernel, weights, null, table.arguments, table.at[call], 0, blocks - 1, blocks);
      } catch (NullPointerException e) {
        return allOf(kernel);
      }
      for (int method : all[kernel]) {
        if (Kernels.MARKED[method]) {
          marked.add(method);
        }
      }
    }
    return marked;
  }

  private List<Integer> allOf(int kernel) {
    List<Integer> numbers = new ArrayList<>();
    for (int method : all[kernel]) {
      numbers.add(method);
    }
    return numbers;
  }

  static int[] array(Collection<Integer> numbers) {
    int[] array = new int[numbers.size()];
    int count = 0;
    for (int number : numbers) {
      array[count++] = number;
    }
    return array;
  }
}
