package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.BinaryFn;
import nnc.graph.UnaryFn;
import nnc.runtime.Context;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The errors that docs/numerics.md states are those of the emitted code. Oracle in f64: fifty digits; in f32: the function in f64, which is some
 * hundred million times as exact.
 */
class NumericsTest {
  private static final int PART = 1 << 16;
  /** A prime: as many floats of each exponent are looked at as there are of others. */
  private static final int STRIDE = 8209;

  /** What takes one operation of the machine, or gives a whole number: right to the last bit. */
  private static final List<String> EXACT = List.of("sqrt", "floor", "ceil", "round", "abs", "sign");

  /**
   * @param low  f64 is looked at between these
   * @param far  f32 is looked at up to here: what is beyond is right to the last bit, or nearly so, by another way
   */
  record Function(String name, DoubleFunction<BigDecimal> truth, double low, double high, double far, boolean flushes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Function> functions() {
    double all = Double.POSITIVE_INFINITY;
    return Stream.of(new Function("exp", Exact::exp, -708, 709.7, all, true), new Function("expm1", Exact::expm1, -40, 709.7, all, false),
        new Function("log", Exact::log, 1e-300, 1e300, all, false), new Function("log1p", Exact::log1p, -0.9999999, 1e10, all, false),
        new Function("tanh", Exact::tanh, -22, 22, all, false), new Function("sigmoid", Exact::sigmoid, -708, 40, all, true),
        new Function("erf", Exact::erf, -6, 6, all, false), new Function("sin", Exact::sin, -1e9, 1e9, 0x1p22, false),
        new Function("cos", Exact::cos, -1e9, 1e9, 0x1p22, false));
  }

  /** The page's table: what is stated of a function in f32 and f64. */
  private static double stated(String name, int precision) throws IOException {
    var row = Pattern.compile("(?m)^\\| `" + name + "` \\| ([0-9.]+) \\| ([0-9.]+) \\|").matcher(Files.readString(Path.of("..", "docs", "numerics.md")));
    assertThat(row.find()).as("a row for %s", name).isTrue();
    return Double.parseDouble(row.group(precision == 32 ? 1 : 2));
  }

  private static Context context(String name, int precision) {
    return Agreement.load(Programs.compile("input x: float[N]\noutput y = " + name + "(x)", precision), "512").initialised(1).context("predict", PART);
  }

  private static double[] run(Context context, double[] x) {
    context.batch(x.length);
    context.input("x").set(x);
    context.run();
    return context.output("y").tensor().toDoubles();
  }

  private static double error(Function f, double x, double actual, double truth) {
    if (Double.isNaN(truth) || Math.abs(truth) > Float.MAX_VALUE) {
      // beyond the largest number is infinity, and the largest if rounding says so
      assertThat(Double.isNaN(truth) ? Double.isNaN(actual) : Math.abs(actual) >= Float.MAX_VALUE).as("%s(%s) = %s", f, x, actual).isTrue();
      return 0;
    }
    if (f.flushes && Math.abs(truth) < Float.MIN_NORMAL && actual == 0) {
      return 0;
    }
    double error = Math.abs(actual - truth) / Math.ulp((float) truth);
    return Double.isInfinite(error) ? Math.abs(Float.MAX_VALUE - truth) / Math.ulp(Float.MAX_VALUE) : error;
  }

  /** The largest error in f32 of every so many of all floats. */
  private static double worst(Function f, int stride) {
    var narrow = context(f.name, 32);
    var wide = context(f.name, 64);
    double worst = 0;
    var x = new double[PART];
    for (long from = 0; from * stride < 1L << 32; from += PART) {
      for (int i = 0; i < PART; i++) {
        float next = Float.intBitsToFloat((int) ((from + i) * stride));
        x[i] = Math.abs(next) <= f.far ? next : 0;
      }
      var actual = run(narrow, x);
      var truth = run(wide, x);
      for (int i = 0; i < PART; i++) {
        worst = Math.max(worst, error(f, x[i], actual[i], truth[i]));
      }
    }
    return worst;
  }

  /** The largest error in f64: half of the numbers are spread evenly, half over the exponents. */
  private static double worst(Function f, Random random, int count) {
    var x = IntStream.range(0, count).mapToDouble(i -> {
      double even = f.low + (f.high - f.low) * random.nextDouble();
      double end = random.nextBoolean() && f.low < 0 ? f.low : f.high;
      return i % 2 == 0 && f.low < 1 ? even : f.low > 0 ? Math.exp(Math.log(f.low) + (Math.log(f.high) - Math.log(f.low)) * random.nextDouble()) : end * Math.exp(-20 * random.nextDouble());
    }).toArray();
    var context = context(f.name, 64);
    double worst = 0;
    for (int from = 0; from < count; from += PART) {
      var part = Arrays.copyOfRange(x, from, Math.min(count, from + PART));
      var actual = run(context, part);
      for (int i = 0; i < part.length; i++) {
        worst = Math.max(worst, Exact.ulps(actual[i], f.truth.apply(part[i]), 64));
      }
    }
    return worst;
  }

  @ParameterizedTest
  @MethodSource("functions")
  void inFloatAreAsStated(Function f) throws IOException {
    assertThat(worst(f, STRIDE)).isBetween(0.5, stated(f.name, 32));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void inDoubleAreAsStated(Function f) throws IOException {
    assertThat(worst(f, new Random(17), 4000)).isBetween(0.5, stated(f.name, 64));
  }

  /** Of all floats; and nothing much worse is stated than there is. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("functions")
  void ofAllFloatsAreAsStated(Function f) throws IOException {
    assertThat(worst(f, 1)).isBetween(stated(f.name, 32) - 0.15, stated(f.name, 32));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("functions")
  void ofManyDoublesAreAsStated(Function f) throws IOException {
    assertThat(worst(f, new Random(), 200_000)).isLessThanOrEqualTo(stated(f.name, 64));
  }

  private static double worstPower(int precision, Random random, int count) {
    boolean wide = precision == 64;
    var pairs = IntStream.range(0, count).boxed().flatMapToDouble(i -> {
      double x = i % 2 == 0 ? 0.5 + random.nextDouble() : i % 4 == 1 ? Math.sqrt(2) - 1e-3 * random.nextDouble() : Math.exp((random.nextDouble() - 0.5) * 170);
      x = wide ? x : (float) x;
      double y = (random.nextDouble() * 2 - 1) * (wide ? 1020 : 125) / Math.max(Math.abs(Math.log(x) / Math.log(2)), 1e-20);
      return DoubleStream.of(x, wide ? y : (float) y);
    }).toArray();
    var actual = Programs.predict(Programs.compile("input x: float[N, 2]\noutput y = x[:, 0] ^ x[:, 1]", precision), "512", "x", pairs, count, "y");
    double worst = 0;
    for (int i = 0; i < count; i++) {
      double x = pairs[2 * i];
      double y = pairs[2 * i + 1];
      double near = StrictMath.pow(x, y);
      worst = Math.max(worst, wide ? Exact.ulps(actual[i], Exact.pow(x, y), 64) : Math.abs(actual[i] - near) / Math.ulp((float) near));
    }
    return worst;
  }

  @Test
  void powersAreAsStated() throws IOException {
    assertThat(worstPower(32, new Random(19), 300_000)).isBetween(0.5, stated("pow", 32));
    assertThat(worstPower(64, new Random(19), 4000)).isBetween(0.5, stated("pow", 64));
  }

  @Tag("slow")
  @Test
  void manyPowersAreAsStated() throws IOException {
    for (int i = 0; i < 20; i++) {
      assertThat(worstPower(32, new Random(), 1_000_000)).isLessThanOrEqualTo(stated("pow", 32));
    }
    assertThat(worstPower(64, new Random(), 200_000)).isLessThanOrEqualTo(stated("pow", 64));
  }

  private static List<String> exact() {
    return EXACT;
  }

  @ParameterizedTest
  @MethodSource("exact")
  void othersAreExact(String name) {
    var x = IntStream.range(0, PART).mapToDouble(i -> Float.intBitsToFloat(i * 65537)).toArray();
    var narrow = run(context(name, 32), x);
    var wide = run(context(name, 64), x);
    for (int i = 0; i < PART; i++) {
      assertThat(Double.compare(narrow[i], (float) wide[i])).as("%s(%s) = %s", name, x[i], narrow[i]).isZero();
    }
  }

  /** What gives truth has no error. */
  private static String name(UnaryFn fn) {
    return fn == UnaryFn.NEG ? "-" : fn == UnaryFn.NOT ? "" : fn.toString();
  }

  private static String name(BinaryFn fn) {
    return switch (fn) {
      case ADD -> "+";
      case SUB -> "-";
      case MUL -> "*";
      case DIV -> "/";
      case POW -> "pow";
      case MIN -> "minimum";
      case MAX -> "maximum";
      case LT, LE, EQ, NE, AND, OR, FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> "";
    };
  }

  @Test
  void everyFunctionsErrorIsStatedAndMeasured() throws IOException {
    var page = Files.readString(Path.of("..", "docs", "numerics.md")).split("(?m)^## ")[1];
    var names = Stream.concat(Stream.of(UnaryFn.values()).map(NumericsTest::name), Stream.of(BinaryFn.values()).map(NumericsTest::name)).filter(name -> !name.isEmpty()).toList();
    assertThat(names).as("functions whose errors docs/numerics.md states").allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    var measured = Stream.concat(functions().map(Function::name), EXACT.stream()).toList();
    assertThat(Stream.of(UnaryFn.values()).filter(fn -> fn != UnaryFn.NEG && fn != UnaryFn.NOT).map(UnaryFn::toString))
        .as("functions whose errors NumericsTest measures: a row of functions(), or a name in EXACT").isSubsetOf(measured);
  }
}
