package nnc.runtime.files;

import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/**
 * How weights start. Every draw is keyed by (seed, the weight's path, element), so it depends on no order, no other weight and no
 * thread; logarithm and cosine are {@link StrictMath}'s, the same on every machine.
 */
public final class Initializers {
  private Initializers() {}

  /** A new weights array with everything as it starts: a {@code float[]} or {@code double[]}. */
  public static Object initialise(ModelSpec spec, long seed) {
    Object weights = NumericArrays.allocate(spec.precision(), spec.weightCount(), "the weights array", "make the layers smaller");
    for (Weight weight : spec.weights()) {
      fill(weight, seed, weights);
    }
    return weights;
  }

  /** A new weights array with only the tables filled in. */
  public static Object tables(ModelSpec spec) {
    Object weights = NumericArrays.allocate(spec.precision(), spec.weightCount(), "the weights array", "make the layers smaller");
    for (Weight weight : spec.weights()) {
      if (weight.kind() == WeightKind.TABLE) {
        fill(weight, 0, weights);
      }
    }
    return weights;
  }

  private static void fill(Weight weight, long seed, Object weights) {
    var shape = weight.shape();
    int size = weight.size();
    int offset = weight.offset();
    Initialiser initialiser = weight.initialiser();
    List<Double> given = initialiser.arguments();
    var draws = new Draws(seed, weight.path());
    if (weight.elements() == ElementKind.INT) {
      whole(weight, given, weights);
      return;
    }
    switch (initialiser.kind()) {
      case ZEROS -> NumericArrays.fill(weights, offset, offset + size, 0);
      case ONES -> NumericArrays.fill(weights, offset, offset + size, 1);
      case CONSTANT -> NumericArrays.fill(weights, offset, offset + size, argument(given, 0, 0));
      case UNIFORM -> uniform(draws, argument(given, 0, 0), argument(given, 1, 1), weights, offset, size);
      case NORMAL -> normal(draws, argument(given, 0, 0), argument(given, 1, 1), weights, offset, size);
      case TRUNCATED_NORMAL -> truncated(draws, argument(given, 0, 0), argument(given, 1, 1), weights, offset, size);
      case GLOROT_UNIFORM -> symmetric(draws, Math.sqrt(6 / (fanIn(shape) + fanOut(shape))), weights, offset, size);
      case GLOROT_NORMAL -> normal(draws, 0, Math.sqrt(2 / (fanIn(shape) + fanOut(shape))), weights, offset, size);
      case HE_UNIFORM -> symmetric(draws, Math.sqrt(6 / fanIn(shape)), weights, offset, size);
      case HE_NORMAL -> normal(draws, 0, Math.sqrt(2 / fanIn(shape)), weights, offset, size);
      case LECUN_UNIFORM -> symmetric(draws, Math.sqrt(3 / fanIn(shape)), weights, offset, size);
      case LECUN_NORMAL -> normal(draws, 0, Math.sqrt(1 / fanIn(shape)), weights, offset, size);
      case ORTHOGONAL -> orthogonal(draws, argument(given, 0, 1), shape, weights, offset, size);
      case SPARSE -> sparse(draws, (int) argument(given, 0, 15), argument(given, 1, 1), weight, weights);
      case IDENTITY, DATA_ZCA, DATA_PCA -> identity(shape, weights, offset, size);
      case TABLE -> table(given, weights, offset, size);
      case DATA_MEAN, DATA_MEDIAN, DATA_MODE, DATA_CENTRE -> NumericArrays.fill(weights, offset, offset + size, 0);
      case DATA_DEVIATION, DATA_IDF -> NumericArrays.fill(weights, offset, offset + size, 1);
    }
  }

  /** Whole numbers, which start as constants. */
  private static void whole(Weight weight, List<Double> given, Object weights) {
    for (int i = 0; i < weight.size(); i++) {
      double value = switch (weight.initialiser().kind()) {
        case ZEROS -> 0;
        case ONES -> 1;
        case CONSTANT -> argument(given, 0, 0);
        case TABLE -> given.get(i);
        default -> throw new Fault(weight.path() + " is of whole numbers, which start as zeros, ones or a constant");
      };
      NumericArrays.setWhole(weights, weight.offset() + i, (int) value);
    }
  }

  private static double argument(List<Double> given, int place, double otherwise) {
    return place < given.size() ? given.get(place) : otherwise;
  }

  /** What one output element sums over: {@code in} of {@code [in, out]}, {@code C / groups * kernel} of {@code [F, C / groups, k...]}. */
  static double fanIn(List<Integer> shape) {
    return shape.size() <= 2 ? shape.isEmpty() ? 1 : shape.get(0) : shape.get(1) * receptive(shape);
  }

  /** What one input element spreads to: {@code out} of {@code [in, out]}, {@code F * kernel} of {@code [F, C / groups, k...]}. */
  static double fanOut(List<Integer> shape) {
    return shape.size() <= 2 ? shape.isEmpty() ? 1 : shape.get(shape.size() - 1) : shape.get(0) * receptive(shape);
  }

  private static double receptive(List<Integer> shape) {
    double size = 1;
    for (int axis = 2; axis < shape.size(); axis++) {
      size *= shape.get(axis);
    }
    return size;
  }

  /** The draws of one weight. Training's steps count from 1; these are at step 0 and, where one is drawn again, before it. */
  private static final class Draws {
    private final long seed;
    private final int stream;
    private final int key;
    private final int second;

    Draws(long seed, String path) {
      this.seed = seed;
      stream = CounterRandom.stream(path);
      key = CounterRandom.key(seed, 0, stream);
      second = CounterRandom.second(key);
    }

    double uniform(int element) {
      return CounterRandom.uniform(key, second, element);
    }

    /** Box and Muller's transform of two uniform draws. */
    double normal(int element) {
      return normal(uniform(2 * element), uniform(2 * element + 1));
    }

    /** The normal draw within two deviations: the first of repeated ones. */
    double truncated(int element) {
      double value = normal(element);
      for (int attempt = 1; Math.abs(value) > 2; attempt++) {
        value = normal(CounterRandom.uniform(seed, -attempt, stream, 2 * element), CounterRandom.uniform(seed, -attempt, stream, 2 * element + 1));
      }
      return value;
    }

    private static double normal(double u, double v) {
      return Math.sqrt(-2 * StrictMath.log(1 - u)) * StrictMath.cos(2 * Math.PI * v);
    }
  }

  private static void uniform(Draws draws, double low, double high, Object weights, int offset, int size) {
    for (int e = 0; e < size; e++) {
      NumericArrays.set(weights, offset + e, low + (high - low) * draws.uniform(e));
    }
  }

  private static void symmetric(Draws draws, double limit, Object weights, int offset, int size) {
    uniform(draws, -limit, limit, weights, offset, size);
  }

  private static void normal(Draws draws, double mean, double deviation, Object weights, int offset, int size) {
    for (int e = 0; e < size; e++) {
      NumericArrays.set(weights, offset + e, mean + deviation * draws.normal(e));
    }
  }

  private static void truncated(Draws draws, double mean, double deviation, Object weights, int offset, int size) {
    for (int e = 0; e < size; e++) {
      NumericArrays.set(weights, offset + e, mean + deviation * draws.truncated(e));
    }
  }

  /**
   * Rows (or, if there are more rows than columns, columns) that are orthogonal and of length {@code gain}; the first axis against all
   * others (Saxe, McClelland, Ganguli 2014). Gram and Schmidt's process, each vector projected twice, in double.
   */
  private static void orthogonal(Draws draws, double gain, List<Integer> shape, Object weights, int offset, int size) {
    int rows = shape.isEmpty() || size == 0 ? size : shape.get(0);
    int columns = rows == 0 ? 0 : size / rows;
    boolean tall = rows > columns;
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] basis = new double[count][length];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < length; k++) {
        basis[i][k] = draws.normal(i * length + k);
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          subtractProjection(basis[i], basis[j]);
        }
        scale(basis[i], 1 / Math.sqrt(dot(basis[i], basis[i])));
      }
      for (int k = 0; k < length; k++) {
        int element = tall ? k * columns + i : i * columns + k;
        NumericArrays.set(weights, offset + element, gain * basis[i][k]);
      }
    }
  }

  private static void subtractProjection(double[] v, double[] unit) {
    double along = dot(v, unit);
    for (int k = 0; k < v.length; k++) {
      v[k] -= along * unit[k];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  private static void scale(double[] v, double factor) {
    for (int k = 0; k < v.length; k++) {
      v[k] *= factor;
    }
  }

  /** {@code k} weights that are not zero for each unit, the others zero (Martens 2010): the units are the last axis of {@code [in, out]}. */
  private static void sparse(Draws draws, int k, double deviation, Weight weight, Object weights) {
    var shape = weight.shape();
    int offset = weight.offset();
    int size = weight.size();
    NumericArrays.fill(weights, offset, offset + size, 0);
    int units = shape.isEmpty() || size == 0 ? size : shape.get(shape.size() - 1);
    int inputs = units == 0 ? 0 : size / units;
    int[] order = new int[inputs];
    for (int unit = 0; unit < units; unit++) {
      for (int i = 0; i < inputs; i++) {
        order[i] = i;
      }
      for (int i = 0; i < Math.min(k, inputs); i++) {
        int other = i + (int) (draws.uniform(2 * size + i * units + unit) * (inputs - i));
        int chosen = order[other];
        order[other] = order[i];
        int element = chosen * units + unit;
        NumericArrays.set(weights, offset + element, deviation * draws.normal(element));
      }
    }
  }

  /** Ones where the first two places are equal; of a kernel only in its middle, so that it passes its channels on. */
  private static void identity(List<Integer> shape, Object weights, int offset, int size) {
    NumericArrays.fill(weights, offset, offset + size, 0);
    if (shape.size() < 2) {
      NumericArrays.fill(weights, offset, offset + size, 1);
      return;
    }
    int receptive = (int) receptive(shape);
    int middle = 0;
    for (int axis = 2; axis < shape.size(); axis++) {
      middle = middle * shape.get(axis) + (shape.get(axis) - 1) / 2;
    }
    for (int i = 0; i < Math.min(shape.get(0), shape.get(1)); i++) {
      NumericArrays.set(weights, offset + (i * shape.get(1) + i) * receptive + middle, 1);
    }
  }

  private static void table(List<Double> values, Object weights, int offset, int size) {
    for (int e = 0; e < size; e++) {
      NumericArrays.set(weights, offset + e, values.get(e));
    }
  }
}
