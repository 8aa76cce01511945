package nnc.runtime.data;

import nnc.runtime.engine.CounterRandom;

/** Random numbers of a generated table, one after the other. */
final class Generator {
  private final int key;
  private final int second;
  private int next;

  Generator(String name, long seed) {
    key = CounterRandom.key(seed, 0, CounterRandom.stream(name));
    second = CounterRandom.second(key);
  }

  /** From [0, 1). */
  double uniform() {
    return CounterRandom.uniform(key, second, next++);
  }

  /** From [low, high). */
  double uniform(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** Normal, by Box and Muller's transform. */
  double normal(double mean, double variance) {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
    return mean + Math.sqrt(variance) * radius * StrictMath.cos(2 * Math.PI * uniform());
  }

  /** A whole number from [0, bound). */
  int below(int bound) {
    return CounterRandom.below(bound, key, second, next++);
  }

  /** Brings {@code values} into a random order (Fisher and Yates). */
  void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = below(i + 1);
      int value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }
}
