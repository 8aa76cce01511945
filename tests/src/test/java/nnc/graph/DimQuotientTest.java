package nnc.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotients of dimensions are what the numbers' quotients are, for whatever sizes. */
class DimQuotientTest {
  private static final Dim H = Dim.open("H");
  private static final Dim V = Dim.open("V");

  /** A dimension with quotients in it, of quotients too. */
  private static Dim drawn(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 8)) {
      case 0 -> H;
      case 1 -> V;
      case 2 -> Dim.of(random.nextInt(-9, 10));
      case 3 -> drawn(random, depth - 1).plus(drawn(random, depth - 1));
      case 4 -> drawn(random, depth - 1).minus(drawn(random, depth - 1));
      case 5 -> drawn(random, depth - 1).times(random.nextInt(-3, 4));
      case 6 -> drawn(random, depth - 1).dividedDown(random.nextInt(1, 7));
      default -> drawn(random, depth - 1).dividedUp(random.nextInt(1, 7));
    };
  }

  private static ToLongFunction<String> sizes(long h, long v) {
    return name -> name.equals("H") ? h : v;
  }

  @Property(tries = 400, seed = "26")
  void arithmeticIsThatOfNumbers(@ForAll long seed) {
    var random = new Random(seed);
    var a = drawn(random, 4);
    var b = drawn(random, 4);
    int by = random.nextInt(1, 9);
    for (int i = 0; i < 10; i++) {
      long h = 1 + random.nextInt(i + 1);
      long v = 1 + random.nextInt(40);
      long x = a.evaluate(sizes(h, v));
      assertThat(a.dividedDown(by).evaluate(sizes(h, v))).as("%s / %s", a, by).isEqualTo(Math.floorDiv(x, by));
      assertThat(a.dividedUp(by).evaluate(sizes(h, v))).isEqualTo(Math.ceilDiv(x, by));
      assertThat(a.minus(b).evaluate(sizes(h, v))).isEqualTo(x - b.evaluate(sizes(h, v)));
      assertThat(a.times(b).evaluate(sizes(h, v))).isEqualTo(x * b.evaluate(sizes(h, v)));
      assertThat(a.with("H", h).evaluate(sizes(-1000, v))).isEqualTo(x);
      assertThat(a.equals(b) && x != b.evaluate(sizes(h, v))).isFalse();
      assertThat(x == b.evaluate(sizes(h, v)) && !a.equals(b) && !a.minus(b).quotients().isEmpty() && !a.mayEqual(b)).as("%s and %s", a, b).isFalse();
    }
    a.quotients().values().forEach(quotient -> assertThat(quotient.of().evaluate(_ -> 1) / quotient.by()).as("one at least: %s", a).isEqualTo(1));
  }

  /** With what bounds quotients in their place, more is shown than of variables that are one at least; and all that is shown is so. */
  @Property(tries = 400, seed = "26")
  void whatIsNaturalIsNowhereNegative(@ForAll long seed) {
    var random = new Random(seed);
    var dim = drawn(random, 4);
    var growing = dim.growing();
    for (long h = 1; h < 14; h++) {
      for (long v = 1; v < 14; v++) {
        long x = dim.evaluate(sizes(h, v));
        assertThat(dim.isNatural() && x < 0).as("%s at %s, %s", dim, h, v).isFalse();
        assertThat(growing.evaluate(sizes(h, v))).isGreaterThanOrEqualTo(x);
        assertThat(growing.evaluate(sizes(h + 1, v))).isGreaterThanOrEqualTo(growing.evaluate(sizes(h, v)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "2, 1", "3, 0", "3, 2", "5, 3"})
  void whatAQuotientLeavesIsNatural(int by, int more) {
    var quotient = H.plus(more).dividedDown(by);
    assertThat(H.plus(more).minus(quotient.times(by)).isNatural()).isTrue();
    assertThat(quotient.times(by).plus(by - 1).minus(H.plus(more)).isNatural()).isTrue();
    assertThat(H.times(3).plus(3 * more).minus(quotient.times(3 * by)).times(V).isNatural()).isTrue();
  }

  /** Of {@code (times H + more) / by}. */
  @ParameterizedTest
  @CsvSource({"1, 0, 2, floor(H/2)", "1, 1, 2, ceil(H/2)", "1, -1, 2, ceil(H/2) - 1", "2, 1, 2, H", "3, 0, 2, H + floor(H/2)", "1, 2, 3, ceil(H/3)", "1, 1, 3, floor((H + 1)/3)",
      "4, 6, 8, ceil(H/2)", "-1, 0, 2, -H + floor(H/2)", "-1, 1, 2, -H + ceil(H/2)"})
  void areWrittenAsShort(int times, int more, int by, String text) {
    var dim = H.times(times).plus(more).dividedDown(by);
    assertThat(dim.evaluate(Map.of("H", 11L)::get)).isEqualTo(Math.floorDiv(11 * times + more, by));
    assertThat(dim).hasToString(text);
  }

  /** What is divided several times is divided once. */
  @ParameterizedTest
  @CsvSource({"2, 2", "3, 2", "2, 5"})
  void quotientsOfQuotientsAreOne(int a, int b) {
    assertThat(H.dividedDown(a).dividedDown(b)).isEqualTo(H.dividedDown((long) a * b));
    assertThat(H.dividedUp(a).dividedUp(b)).isEqualTo(H.dividedUp((long) a * b));
    assertThat(H.times(a).dividedDown((long) a * b)).isEqualTo(H.dividedDown(b));
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, false", "-1, true", "-2, false"})
  void mayBeEqualWhereSomeSizeMakesThemSo(int more, boolean may) {
    assertThat(H.dividedDown(2).times(2).mayEqual(H.plus(more))).isEqualTo(may);
    assertThat(H.mayEqual(V)).isFalse();
    assertThat(H.mayEqual(H.plus(1))).isFalse();
  }
}
