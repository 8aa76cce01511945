package nnc.library.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import nnc.runtime.base.Tensor;

/** What a program computes of a case, held against what its formula gives. */
final class Comparison {
  /** What is left of terms of about 1 that cancel, and be it that the values themselves do, as the logarithm of the probability of an only class. */
  private static final double LEAST = 1e-3;

  private final Case one;
  private final String title;
  private final int precision;
  private final boolean extreme;
  private final double tolerance;
  private final List<String> faults = new ArrayList<>();

  /** @param extreme whether arguments are so small or large that values are so too, and are measured by themselves, and slopes by 1 */
  Comparison(Case one, String title, int precision, boolean extreme) {
    this.one = one;
    this.extreme = extreme;
    this.title = title;
    this.precision = precision;
    this.tolerance = precision == 64 ? 1e-9 * one.looser().in64() : 1e-5 * one.looser().in32();
  }

  List<String> faults() {
    return faults;
  }

  /** What is beyond single precision is infinite there. */
  private double reachable(double value) {
    return precision == 64 ? value : (float) value;
  }

  private void check(String what, double got, double wanted, double size) {
    double right = reachable(wanted);
    double least = precision == 64 ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    boolean well = Double.isFinite(right) ? Math.abs(got - right) <= tolerance * size + least : Double.compare(got, right) == 0;
    if (!well && faults.size() < 5) {
      faults.add("%s: %s is %s, and should be %s (of a size of %s)".formatted(title, what, got, right, size));
    }
  }

  void values(Tensor got, Jets right, Map<String, Jets> args) {
    if (!Arrays.equals(got.shape(), right.shape())) {
      faults.add("%s: has the shape %s, and should have %s".formatted(title, Arrays.toString(got.shape()), Arrays.toString(right.shape())));
      return;
    }
    double[] values = got.toDoubles();
    double size = largest(right, jet -> reachable(jet.v()));
    for (int i = 0; i < values.length; i++) {
      check("value " + i, values[i], right.all()[i].v(), extreme && one.apart() ? Math.abs(right.all()[i].v()) + at(i, args) : size);
    }
  }

  /** How large the arguments are at a place. */
  private static double at(int i, Map<String, Jets> args) {
    return args.values().stream().mapToDouble(arg -> Math.abs(arg.all()[i].v())).max().orElse(0);
  }

  /**
   * The derivatives along a direction of the weighted sum of what comes out. Arguments and directions are about 1, so that derivatives that are
   * much smaller than the values are what is left of terms of the values' size.
   */
  void derivatives(Jets right, Map<String, double[]> direction, Function<Case.Arg, double[]> gradient, Function<Case.Arg, double[]> second) {
    double[] first = along(direction, gradient);
    double[] again = along(direction, second);
    if (one.apart() && first.length == right.all().length) {
      apart(right, first, again);
      return;
    }
    double firstSize = 0;
    double secondSize = 0;
    double valueSize = 0;
    double d = 0;
    double e = 0;
    for (int i = 0; i < right.all().length; i++) {
      d += Sheet.cotangent(i) * right.all()[i].d();
      e += Sheet.cotangent(i) * right.all()[i].e();
      firstSize += Math.abs(Sheet.cotangent(i) * right.all()[i].d());
      secondSize += Math.abs(Sheet.cotangent(i) * right.all()[i].e());
      valueSize += Math.abs(Sheet.cotangent(i) * right.all()[i].v());
    }
    double usual = extreme ? 1 : LEAST + valueSize;
    check("the slope", Arrays.stream(first).sum(), d, usual + firstSize);
    check("the second derivative", Arrays.stream(again).sum(), e, usual + (extreme ? 0 : firstSize) + secondSize);
  }

  private static double largest(Jets right, ToDoubleFunction<Jet> part) {
    return Arrays.stream(right.all()).mapToDouble(part).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  private void apart(Jets right, double[] first, double[] again) {
    double firstSize = extreme ? 1 : LEAST + largest(right, Jet::v) + largest(right, Jet::d);
    double secondSize = extreme ? 1 : firstSize + largest(right, Jet::e);
    for (int i = 0; i < first.length; i++) {
      double d = Sheet.cotangent(i) * right.all()[i].d();
      double e = Sheet.cotangent(i) * right.all()[i].e();
      check("slope " + i, first[i], d, firstSize + Math.abs(d));
      check("second derivative " + i, again[i], e, secondSize + Math.abs(e));
    }
  }

  /** The products of a gradient's elements with those of the direction: summed over the arguments where these have one size, else one after another. */
  private double[] along(Map<String, double[]> direction, Function<Case.Arg, double[]> gradient) {
    var products = one.smoothArgs().stream().map(arg -> {
      double[] moves = direction.get(arg.name());
      double[] slopes = gradient.apply(arg);
      var product = new double[moves.length];
      Arrays.setAll(product, i -> moves[i] == 0 ? 0 : moves[i] * slopes[i]);
      return product;
    }).toList();
    if (!one.apart()) {
      return products.stream().flatMapToDouble(Arrays::stream).toArray();
    }
    var sums = new double[products.getFirst().length];
    products.forEach(product -> Arrays.setAll(sums, i -> sums[i] + product[i]));
    return sums;
  }
}
