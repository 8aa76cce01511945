package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sine and cosine of all sizes of numbers; oracle: {@link StrictMath}, which reduces by as much of pi as it takes. */
class WaveTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");
  private static final BigInteger ONE = BigInteger.ONE.shiftLeft(2400);

  /** arctan(1/n) in units of 2^-2400. */
  private static BigInteger arctan(int n) {
    var power = ONE.divide(BigInteger.valueOf(n));
    var sum = power;
    for (int k = 1; power.signum() != 0; k++) {
      power = power.divide(BigInteger.valueOf((long) n * n));
      var term = power.divide(BigInteger.valueOf(2L * k + 1));
      sum = k % 2 == 1 ? sum.subtract(term) : sum.add(term);
    }
    return sum;
  }

  /** Machin 1706. */
  private static final BigInteger PI = arctan(5).shiftLeft(4).subtract(arctan(239).shiftLeft(2));

  /**
   * Numbers of so many bits that come closest to multiples of pi/2, whose reduction loses the most: m 2^e / (pi/2) is nearly whole where m is a
   * denominator of the convergents of 2^e / (pi/2), or a small multiple of one.
   */
  private static List<Double> hard(int bits, int from, int to, int by) {
    var all = new ArrayList<Double>();
    for (int exponent = from; exponent <= to; exponent += by) {
      var whole = exponent + 1 >= 0 ? ONE.shiftLeft(exponent + 1) : ONE.shiftRight(-exponent - 1);
      var above = PI;
      var below = whole.mod(PI);
      var before = BigInteger.ZERO;
      var denominator = BigInteger.ONE;
      while (below.signum() != 0 && denominator.bitLength() <= bits) {
        for (int times = 1; times <= 3; times++) {
          all.add(denominator.multiply(BigInteger.valueOf(times)).doubleValue() * Math.pow(2, exponent));
        }
        var parts = above.divideAndRemainder(below);
        var next = parts[0].multiply(denominator).add(before);
        before = denominator;
        denominator = next;
        above = below;
        below = parts[1];
      }
    }
    return all;
  }

  private static double[] arguments(int precision) {
    boolean wide = precision == 64;
    var all = new ArrayList<>(wide ? hard(53, -60, 970, 7) : hard(24, -30, 103, 1));
    var random = new java.util.Random(11);
    for (int i = 0; i < 30_000; i++) {
      all.add(Math.pow(2, (random.nextDouble() * 2 - 1) * (wide ? 1020 : 126)) * (1 + random.nextDouble()));
    }
    // on both sides of where the reduction changes
    for (double limit : new double[] {0x1p21, 0x1p49}) {
      for (int ulps = -50; ulps <= 50; ulps++) {
        all.add(wide ? limit + ulps * Math.ulp(limit) : (float) limit + ulps * Math.ulp((float) limit));
      }
    }
    return all.stream().mapToDouble(x -> wide ? x : (float) (double) x).filter(Double::isFinite).flatMap(x -> java.util.stream.DoubleStream.of(x, -x)).toArray();
  }

  private static double[] run(String name, int precision, String width, double[] x) {
    return Programs.predict(Programs.compile("input x: float[N]\noutput y = " + name + "(x)", precision), width, "x", x, x.length, "y");
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void ofNumbersOfAllSizes(int precision) {
    var x = arguments(precision);
    for (var name : List.of("sin", "cos")) {
      DoubleUnaryOperator truth = name.equals("sin") ? StrictMath::sin : StrictMath::cos;
      var y = run(name, precision, "512", x);
      for (int i = 0; i < x.length; i++) {
        double right = truth.applyAsDouble(x[i]);
        double ulp = precision == 64 ? Math.ulp(right) : Math.ulp((float) right);
        assertThat(Math.abs(y[i] - right) <= 2 * ulp).as("%s(%s): %s, and in truth %s: %.2f ulp", name, x[i], y[i], right, Math.abs(y[i] - right) / ulp).isTrue();
      }
      for (var width : WIDTHS) {
        assertThat(run(name, precision, width, x)).as(width).isEqualTo(y);
      }
    }
  }

  @Test
  void ofLargeFloatsTheSineIsRightToTheLastBit() {
    var x = new double[] {1e7f, 123_456_789f, 1e20f, 1e38f, -1e38f};
    var y = run("sin", 32, "256", x);
    for (int i = 0; i < x.length; i++) {
      assertThat((float) y[i]).isEqualTo((float) StrictMath.sin(x[i]));
    }
  }

  @Test
  void ofWhatIsNoOrdinaryNumber() {
    var x = new double[] {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Float.MIN_VALUE, -Float.MIN_VALUE,
        Double.longBitsToDouble(0x7ff80000e0000001L)};
    for (int precision : new int[] {32, 64}) {
      for (var width : WIDTHS) {
        var sine = run("sin", precision, width, x);
        var cosine = run("cos", precision, width, x);
        // tells zeros by their signs, and NaN is NaN
        assertThat(sine).as("sine at %s bits, %s", precision, width).containsExactly(Arrays.stream(x).map(StrictMath::sin).toArray());
        assertThat(cosine).as("cosine at %s bits, %s", precision, width).containsExactly(Arrays.stream(x).map(StrictMath::cos).toArray());
      }
    }
  }

  /** A product's sums go through the same while they are in registers, also of rows and columns that are no whole vectors. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void behindAProduct(int precision) {
    var compiled = Programs.compile("input x: float[N, 3]\noutput y = sin(x @ tensor([[1, 0, 0, 1e9, 1], [0, 1, 0, 0, 1], [0, 0, 1, 0, 1]]))", precision);
    var x = new double[3 * 37];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 5 == 0 ? (float) Math.pow(-10, i % 30) : i / 7;
    }
    var first = Programs.predict(compiled, "Scalar", "x", x, 37, "y");
    for (int row = 0; row < 37; row++) {
      for (int column = 0; column < 3; column++) {
        double right = StrictMath.sin(x[3 * row + column]);
        assertThat(first[5 * row + column]).isCloseTo(right, org.assertj.core.data.Offset.offset(precision == 64 ? 1e-15 : 1e-6));
      }
    }
    for (var width : WIDTHS) {
      assertThat(Programs.predict(compiled, width, "x", x, 37, "y")).as(width).isEqualTo(first);
    }
  }
}
