package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.endtoend.Programs;
import nnc.graph.Erf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Functions of all sorts of numbers: zeros of both signs, infinities, NaN of any bits, numbers below the normal ones and the largest; and of random bits.
 * Oracle: {@link StrictMath}, whose special values are those of annex F of C.
 */
class SpecialValuesTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  /** @param flushes whether results below the normal numbers may be zero */
  record Case(int precision, String name, DoubleUnaryOperator truth, boolean flushes) {
    @Override
    public String toString() {
      return name + " at " + precision + " bits";
    }

    boolean right(double actual, double truth) {
      if (Double.isNaN(truth) || Double.isInfinite(truth) || truth == 0) {
        return Double.compare(actual, truth) == 0;
      }
      double least = precision == 64 ? Double.MIN_NORMAL : Float.MIN_NORMAL;
      if (flushes && actual == 0 && Math.abs(truth) < least) {
        return true;
      }
      double rounded = precision == 64 ? truth : (float) truth;
      // what comes to the largest number or more is infinite, and may be what is next to it
      return actual == rounded || Math.abs(actual - truth) <= 4 * (precision == 64 ? Math.ulp(truth) : Math.ulp((float) truth)) && (rounded != 0 || flushes);
    }
  }

  static List<Case> cases() {
    return IntStream.of(32, 64).boxed().flatMap(precision -> java.util.stream.Stream.of(
        new Case(precision, "exp(x)", StrictMath::exp, true), new Case(precision, "expm1(x)", StrictMath::expm1, false),
        new Case(precision, "log(x)", StrictMath::log, false), new Case(precision, "log1p(x)", StrictMath::log1p, false),
        new Case(precision, "tanh(x)", StrictMath::tanh, false), new Case(precision, "erf(x)", Erf::of, false),
        new Case(precision, "sigmoid(x)", x -> x < 0 ? StrictMath.exp(x) / (1 + StrictMath.exp(x)) : 1 / (1 + StrictMath.exp(-x)), true),
        new Case(precision, "softplus(x)", x -> (x > 0 ? x : 0) + StrictMath.log1p(StrictMath.exp(x > 0 ? -x : x)), true),
        new Case(precision, "sin(x)", StrictMath::sin, false), new Case(precision, "cos(x)", StrictMath::cos, false),
        new Case(precision, "floor(x)", StrictMath::floor, false), new Case(precision, "ceil(x)", StrictMath::ceil, false),
        new Case(precision, "round(x)", StrictMath::rint, false), new Case(precision, "sqrt(x)", StrictMath::sqrt, false),
        new Case(precision, "abs(x)", StrictMath::abs, false), new Case(precision, "sign(x)", StrictMath::signum, false),
        new Case(precision, "-x", x -> -x, false), new Case(precision, "maximum(x, 1)", x -> Math.max(x, 1), false),
        new Case(precision, "minimum(1, x)", x -> Math.min(1, x), false),
        // whole numbers have one zero
        new Case(precision, "cast(x, \"int\") / 1", x -> (int) x + 0.0, false))).toList();
  }

  private static double[] arguments(int precision) {
    var special = DoubleStream.of(0, Double.MIN_VALUE, 3e-310, Double.MIN_NORMAL, Float.MIN_VALUE, 1e-40, Float.MIN_NORMAL, 1e-30, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5,
        Math.nextDown(0.5), Math.nextDown(0.5f), Math.nextDown(1f), Math.nextUp(1f), 0x1p22 + 0.5, 0x1p23 - 0.5, 0x1p23, 0x1p23 + 1, 0x1p24, 0x1p25, 0x1p31, 0x1p51 + 0.5,
        0x1p52 - 0.5, 0x1p52, 0x1p53, 0x1p63, 87.33, 88.72, 88.73, 89, 104, 708.3, 709.7, 709.8, 745, 750, 1e30, Float.MAX_VALUE, 1e300, Double.MAX_VALUE,
        Double.POSITIVE_INFINITY, Double.NaN);
    var random = new Random(23);
    var nans = IntStream.range(0, 500).mapToDouble(_ -> precision == 64 ? Double.longBitsToDouble(0x7ff0000000000001L | random.nextLong())
        : Float.intBitsToFloat(0x7f800001 | random.nextInt()));
    var any = IntStream.range(0, 20_000).mapToDouble(_ -> precision == 64 ? Double.longBitsToDouble(random.nextLong()) : Float.intBitsToFloat(random.nextInt()));
    var middle = IntStream.range(0, 20_000).mapToDouble(_ -> Math.scalb(1 + random.nextDouble(), random.nextInt(20) - 12));
    return DoubleStream.concat(DoubleStream.concat(special, nans), DoubleStream.concat(any, middle)).flatMap(x -> DoubleStream.of(x, -x))
        .map(x -> precision == 64 ? x : (float) x).toArray();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areAsTheyAreDefined(Case c) {
    var x = arguments(c.precision());
    var compiled = Programs.compile("input x: float[N]\noutput y = " + c.name(), c.precision());
    var first = Programs.predict(compiled, "Scalar", "x", x, x.length, "y");
    var wrong = IntStream.range(0, x.length).filter(i -> !c.right(first[i], c.truth().applyAsDouble(x[i])))
        .mapToObj(i -> "of " + x[i] + " (" + Long.toHexString(Double.doubleToRawLongBits(x[i])) + "): " + first[i] + ", and in truth " + c.truth().applyAsDouble(x[i])).toList();
    assertThat(wrong.subList(0, Math.min(wrong.size(), 8))).as("%d of %d", wrong.size(), x.length).isEmpty();
    for (var width : WIDTHS) {
      assertThat(Arrays.equals(Programs.predict(compiled, width, "x", x, x.length, "y"), first)).as(width).isTrue();
    }
  }
}
