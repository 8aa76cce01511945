package nnc.schedule.cost;

import java.util.LinkedHashMap;

/**
 * A cache that evicts what was used least recently: it still holds a thing if its reuse distance, the sizes of all things used since, is within
 * the capacity. Sizes stand in a Fenwick tree by the time of their last use, so that a distance takes logarithmic time.
 */
final class LruCacheModel {
  private record Use(int time, double size) {}

  /** The last use of each thing, the latest at the end. */
  private final LinkedHashMap<Object, Use> uses = new LinkedHashMap<>();
  /** By time from 1 on; {@code tree[i]} is the sum of the sizes at the times from {@code i - lowest bit of i} (not itself) to {@code i}. */
  private double[] tree = new double[64];
  private double all;
  private int now;

  /** From now on a thing is the one that was used last. */
  void use(Object thing, double size) {
    if (now + 1 == tree.length) {
      renumber();
    }
    var before = uses.putLast(thing, new Use(++now, size));
    if (before != null) {
      add(before.time, -before.size);
    }
    add(now, size);
  }

  /** Whether a thing was used before, and its reuse distance, with its own size, is within a capacity. */
  boolean isWithin(double capacity, Object thing) {
    var use = uses.get(thing);
    return use != null && since(use) <= capacity;
  }

  /** The sizes of a thing and of all that was used after it. */
  private double since(Use use) {
    double earlier = 0;
    for (int i = use.time - 1; i > 0; i -= Integer.lowestOneBit(i)) {
      earlier += tree[i];
    }
    return all - earlier;
  }

  private void add(int time, double size) {
    all += size;
    for (int i = time; i < tree.length; i += Integer.lowestOneBit(i)) {
      tree[i] += size;
    }
  }

  /** Times of uses that were not the last of their thing are free again. */
  private void renumber() {
    tree = new double[Math.max(tree.length, 4 * uses.size())];
    all = 0;
    now = 0;
    uses.replaceAll((_, use) -> new Use(++now, use.size));
    uses.values().forEach(use -> add(use.time, use.size));
  }
}
