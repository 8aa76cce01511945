package nnc.library.oracle;

import java.util.Arrays;
import java.util.Random;

/**
 * What the numbers of an argument are like.
 *
 * @param kind of the language: float, int or bool
 */
record Domain(String kind, Draw draw) {
  interface Draw {
    double[] values(Random random, int... shape);
  }

  interface One {
    double draw(Random random);
  }

  static final Domain NORMAL = each("float", Random::nextGaussian);
  static final Domain POSITIVE = each("float", r -> 0.3 + Math.abs(r.nextGaussian()));
  /** Strictly between 0 and 1. */
  static final Domain SHARES = each("float", r -> 0.05 + 0.9 * r.nextDouble());
  static final Domain MARKS = each("float", r -> r.nextInt(2));
  static final Domain SIGNS = each("float", r -> 2 * r.nextInt(2) - 1);
  static final Domain COUNTS = each("float", r -> r.nextInt(5));
  static final Domain BITS = each("bool", r -> r.nextInt(2));
  /** Probabilities along the last axis. */
  static final Domain DISTRIBUTIONS = new Domain("float", (random, shape) -> {
    double[] values = POSITIVE.draw.values(random, shape);
    int width = shape[shape.length - 1];
    for (int from = 0; from < values.length; from += width) {
      double total = Arrays.stream(values, from, from + width).sum();
      for (int i = from; i < from + width; i++) {
        values[i] /= total;
      }
    }
    return values;
  });

  static Domain each(String kind, One one) {
    return new Domain(kind, (random, shape) -> random.doubles(Jets.size(shape)).map(_ -> one.draw(random)).toArray());
  }

  /** Whole numbers from 0. */
  static Domain below(int count) {
    return each("int", r -> r.nextInt(count));
  }

  /** These over and over. */
  static Domain these(double... values) {
    return new Domain("float", (_, shape) -> {
      var all = new double[Jets.size(shape)];
      Arrays.setAll(all, i -> values[i % values.length]);
      return all;
    });
  }

  /** The same of labels: int, or of a mask: bool. */
  static Domain these(String kind, int... values) {
    return new Domain(kind, these(Arrays.stream(values).asDoubleStream().toArray()).draw);
  }
}
