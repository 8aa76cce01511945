package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.endtoend.Exact;
import nnc.endtoend.Programs;
import nnc.graph.BinaryFn;
import nnc.interpret.Interpreter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Powers of all sorts of numbers. Oracle: {@link StrictMath#pow}, which is right to an ulp, and where Java's special cases differ from annex F of C
 * the latter, by name.
 */
class PowerTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  private static double truth(double x, double y) {
    return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : StrictMath.pow(x, y);
  }

  /** Right to two ulps; results beyond the largest number are infinite. Where Java's is not near it is asked more exactly: near 1 it can be wrong. */
  private static boolean right(int precision, double actual, double x, double y) {
    double truth = truth(x, y);
    double rounded = precision == 64 ? truth : (float) truth;
    if (Double.compare(actual, rounded) == 0) {
      return true;
    }
    if (Double.isNaN(actual) || Double.isNaN(truth) || x == 0 || !Double.isFinite(x + y) || Math.signum(actual) * Math.signum(truth) < 0) {
      return false;
    }
    double largest = precision == 64 ? Double.MAX_VALUE : Float.MAX_VALUE;
    double near = Math.clamp(Math.abs(actual), 0, largest);
    double ulp = precision == 64 ? Math.ulp(near) : Math.ulp((float) near);
    return Math.abs(near - Math.clamp(Math.abs(truth), 0, largest)) <= ulp || Exact.ulps(near, Exact.pow(x, y), precision) <= 2;
  }

  /** x and y in turn. */
  private static void check(int precision, double[] pairs) {
    var compiled = Programs.compile("input x: float[N, 2]\noutput y = x[:, 0] ^ x[:, 1]", precision);
    int count = pairs.length / 2;
    var first = Programs.predict(compiled, "Scalar", "x", pairs, count, "y");
    var wrong = IntStream.range(0, count).filter(i -> !right(precision, first[i], pairs[2 * i], pairs[2 * i + 1]))
        .mapToObj(i -> pairs[2 * i] + " ^ " + pairs[2 * i + 1] + " = " + first[i] + ", and in truth " + truth(pairs[2 * i], pairs[2 * i + 1])).toList();
    assertThat(wrong.subList(0, Math.min(8, wrong.size()))).as("%d of %d at %d bits", wrong.size(), count, precision).isEmpty();
    for (var width : WIDTHS) {
      assertThat(Arrays.equals(Programs.predict(compiled, width, "x", pairs, count, "y"), first)).as(width).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void ofWhatIsNoOrdinaryNumber(int precision) {
    double large = precision == 64 ? Double.MAX_VALUE : Float.MAX_VALUE;
    double least = precision == 64 ? Double.MIN_VALUE : Float.MIN_VALUE;
    double odd = precision == 64 ? 0x1p53 - 1 : 0x1p24 - 1;
    double next = precision == 64 ? Math.nextUp(1.0) : Math.nextUp(1f);
    double before = precision == 64 ? Math.nextDown(1.0) : Math.nextDown(1f);
    var special = new double[] {0, least, 3 * least, 0.11f, 0.25, 0.5, before, 1, next, 1.5, 2, 2.5, 3, 4, 5, 127, 128, 149, 150, 1023, 1074, 1075, odd / 2, odd, odd + 1,
        2 * odd, 2 * odd + 2, 4 * odd, 1e30f, large, Double.POSITIVE_INFINITY, Double.NaN, Double.longBitsToDouble(0x7ff80000e0000001L)};
    var both = Arrays.stream(special).flatMap(x -> java.util.stream.DoubleStream.of(x, -x)).toArray();
    check(precision, Arrays.stream(both).boxed().flatMapToDouble(x -> Arrays.stream(both).flatMap(y -> java.util.stream.DoubleStream.of(x, y))).toArray());
  }

  /** Results of all sizes, of bases near one and far from it, among them the largest and those below the normal numbers. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void areRightToTwoUlps(int precision) {
    boolean wide = precision == 64;
    var random = new Random(3);
    int count = 40_000;
    var pairs = new double[2 * count];
    for (int i = 0; i < count; i++) {
      double x = switch (i % 4) {
        case 0 -> Math.scalb(1 + random.nextDouble(), random.nextInt(wide ? 2098 : 276) - (wide ? 1074 : 149));
        case 1 -> 1 + random.nextGaussian() * Math.scalb(1.0, -random.nextInt(wide ? 50 : 22));
        // on both sides of where the exponent is cut off, where the logarithm has the least of it
        case 2 -> (Math.sqrt(2) - 1e-3 * random.nextDouble()) / (1 + random.nextInt(2));
        default -> 0.5 + random.nextDouble();
      };
      x = wide ? x : (float) x;
      double y = (random.nextDouble() * 2 - 1) * (wide ? 1076 : 150) / Math.abs(Math.log(Math.abs(x)) / Math.log(2));
      pairs[2 * i] = x;
      pairs[2 * i + 1] = wide ? y : (float) y;
    }
    check(precision, pairs);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void ofNegativeBasesWithWholeExponents(int precision) {
    var random = new Random(4);
    var pairs = new double[20_000];
    for (int i = 0; i < pairs.length; i += 2) {
      pairs[i] = -(float) Math.exp(random.nextGaussian() * 2);
      pairs[i + 1] = random.nextInt(8) == 0 ? (float) random.nextGaussian() : random.nextInt(60) - 30;
    }
    check(precision, pairs);
  }

  /** One of the two a table or a number. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void ofTablesAndNumbers(int precision) {
    tabled(precision, "x ^ tensor([2.5, -31.7, 0.1])", new double[0], new double[] {2.5, -31.7, 0.1});
    tabled(precision, "tensor([0.9999, 3.3, 10]) ^ x", new double[] {0.9999, 3.3, 10}, new double[0]);
    tabled(precision, "x ^ 0.5", new double[0], new double[] {0.5});
    tabled(precision, "x ^ (-7.3)", new double[0], new double[] {-7.3});
    tabled(precision, "x ^ 4", new double[0], new double[] {4});
    tabled(precision, "0.9999 ^ x", new double[] {0.9999}, new double[0]);
  }

  private static void tabled(int precision, String power, double[] bases, double[] exponents) {
    var random = new Random(5);
    var x = IntStream.range(0, 3 * 67).mapToDouble(_ -> (float) Math.exp(3 * random.nextGaussian())).toArray();
    var compiled = Programs.compile("input x: float[N, 3]\noutput y = " + power, precision);
    var first = Programs.predict(compiled, "Scalar", "x", x, 67, "y");
    for (int i = 0; i < x.length; i++) {
      double base = bases.length == 0 ? x[i] : rounded(precision, bases[i % bases.length]);
      double exponent = exponents.length == 0 ? x[i] : rounded(precision, exponents[i % exponents.length]);
      assertThat(right(precision, first[i], base, exponent)).as("%s of %s: %s, and in truth %s", power, x[i], first[i], truth(base, exponent)).isTrue();
    }
    for (var width : WIDTHS) {
      assertThat(Programs.predict(compiled, width, "x", x, 67, "y")).as("%s %s", power, width).isEqualTo(first);
    }
  }

  private static double rounded(int precision, double x) {
    return precision == 64 ? x : (float) x;
  }

  @Test
  void theInterpreterHasTheSameSpecialCases() {
    for (double x : new double[] {1, -1, 0, -0.0, -2, 0.5, Double.NEGATIVE_INFINITY}) {
      for (double y : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 3, -0.11}) {
        assertThat(Double.compare(Interpreter.binary(BinaryFn.POW, x, y), truth(x, y))).as("%s ^ %s", x, y).isZero();
      }
    }
  }
}
