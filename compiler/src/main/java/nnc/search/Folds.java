package nnc.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.runtime.data.Column;

/** Examples dealt out to folds: each to one, as evenly as may be. */
public final class Folds {
  private Folds() {}

  /** The fold of each of so many examples, dealt out by a seed. */
  public static int[] of(int examples, int folds, long seed) {
    return dealt(List.of(shuffled(examples, new Random(seed))), examples, folds);
  }

  /**
   * The folds of examples with a label each: a label's examples are dealt out evenly, so that a fold has as much of it as all have.
   *
   * @param labels of the examples; equal ones are the same
   */
  public static int[] stratified(List<?> labels, int folds, long seed) {
    var random = new Random(seed);
    Map<Object, List<Integer>> byLabel = new LinkedHashMap<>();
    for (int example : shuffled(labels.size(), random)) {
      byLabel.computeIfAbsent(labels.get(example), _ -> new ArrayList<>()).add(example);
    }
    return dealt(byLabel.values(), labels.size(), folds);
  }

  /** The folds of examples that belong to groups: a group is in one fold. The largest come first, each to the fold that has least. */
  public static int[] grouped(List<?> groups, int folds, long seed) {
    Map<Object, List<Integer>> byGroup = new LinkedHashMap<>();
    for (int example : shuffled(groups.size(), new Random(seed))) {
      byGroup.computeIfAbsent(groups.get(example), _ -> new ArrayList<>()).add(example);
    }
    var sizes = new int[folds];
    var fold = new int[groups.size()];
    for (var group : byGroup.values().stream().sorted(Comparator.<List<Integer>>comparingInt(List::size).reversed()).toList()) {
      int least = IntStream.range(0, folds).reduce((a, b) -> sizes[b] < sizes[a] ? b : a).orElseThrow();
      group.forEach(example -> fold[example] = least);
      sizes[least] += group.size();
    }
    return fold;
  }

  private static List<Integer> shuffled(int count, Random random) {
    var order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }

  /** One after the other to the folds in turn. */
  private static int[] dealt(Iterable<List<Integer>> parts, int examples, int folds) {
    var fold = new int[examples];
    int next = 0;
    for (var part : parts) {
      for (int example : part) {
        fold[example] = next++ % folds;
      }
    }
    return fold;
  }

  /** A column's values at some rows, to be compared. */
  static List<?> values(Column column, int[] rows) {
    int width = column.width();
    return Arrays.stream(rows).mapToObj(row -> IntStream.range(row * width, (row + 1) * width).mapToObj(column::get).toList()).toList();
  }
}
