package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Examples dealt out to folds: each to one, as evenly as may be. A seed means the same folds for ever. */
public final class Folds {
  private Folds() {}

  /** The fold of each of so many examples, dealt out by a seed. */
  public static int[] of(int examples, int folds, long seed) {
    int[] fold = new int[examples];
    int next = 0;
    for (int example : shuffled(examples, seed)) {
      fold[example] = next++ % folds;
    }
    return fold;
  }

  /**
   * The folds of examples with a label each: a label's examples are dealt out evenly, so that a fold has as much of it as all have.
   *
   * @param labels of the examples; equal ones are the same
   */
  public static int[] stratified(List<?> labels, int folds, long seed) {
    int[] fold = new int[labels.size()];
    int next = 0;
    for (List<Integer> label : alike(labels, seed)) {
      for (int example : label) {
        fold[example] = next++ % folds;
      }
    }
    return fold;
  }

  /**
   * Whether values are those of a scale and not of classes: most examples have one of their own, and some are no whole numbers.
   *
   * @param values of {@link #values}
   */
  public static boolean areContinuous(List<?> values) {
    boolean whole = true;
    for (Object value : values) {
      for (Object number : (List<?>) value) {
        whole &= (Double) number == Math.rint((Double) number);
      }
    }
    return !whole && 2 * new HashSet<>(values).size() > values.size();
  }

  /** The folds of examples that belong to groups: a group is in one fold. The largest come first, each to the fold that has least. */
  public static int[] grouped(List<?> groups, int folds, long seed) {
    List<List<Integer>> bySize = alike(groups, seed);
    bySize.sort(Comparator.<List<Integer>>comparingInt(List::size).reversed());
    int[] sizes = new int[folds];
    int[] fold = new int[groups.size()];
    for (List<Integer> group : bySize) {
      int least = 0;
      for (int i = 1; i < folds; i++) {
        least = sizes[i] < sizes[least] ? i : least;
      }
      for (int example : group) {
        fold[example] = least;
      }
      sizes[least] += group.size();
    }
    return fold;
  }

  /** Examples of equal values together, both they and the values in a random order. */
  static List<List<Integer>> alike(List<?> values, long seed) {
    Map<Object, List<Integer>> alike = new LinkedHashMap<>();
    for (int example : shuffled(values.size(), seed)) {
      List<Integer> others = alike.get(values.get(example));
      if (others == null) {
        others = new ArrayList<>();
        alike.put(values.get(example), others);
      }
      others.add(example);
    }
    return new ArrayList<>(alike.values());
  }

  private static int[] shuffled(int count, long seed) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    new Generator("folds", seed).shuffle(order);
    return order;
  }

  /** A column's values at some rows, to be compared. */
  public static List<?> values(Column column, int[] rows) {
    List<Object> values = new ArrayList<>();
    double[] read = new double[column.width()];
    for (int row : rows) {
      column.read(row, read, 0);
      Double[] numbers = new Double[read.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = read[i];
      }
      values.add(Arrays.asList(numbers));
    }
    return values;
  }
}
