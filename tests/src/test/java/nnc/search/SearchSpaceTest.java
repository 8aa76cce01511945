package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Points of a space: within its bounds, spaced as it says, each combination once, and by a seed the same. */
class SearchSpaceTest {
  @Provide
  static Arbitrary<Axis.Range> ranges() {
    var ends = Arbitraries.doubles().between(-6, 6).map(power -> Math.pow(10, power));
    var real = Combinators.combine(ends, ends, Arbitraries.of(Axis.Spacing.values())).as((a, b, spacing) ->
        new Axis.Range("x", Math.min(a, b), Math.max(a, b), spacing, Axis.Numbers.REAL, 0));
    var wholes = Arbitraries.integers().between(1, 100_000);
    return Arbitraries.oneOf(real, Combinators.combine(wholes, wholes, Arbitraries.of(Axis.Spacing.values())).as((a, b, spacing) ->
        new Axis.Range("x", Math.min(a, b), Math.max(a, b), spacing, Axis.Numbers.WHOLE, 0)));
  }

  @Provide
  static Arbitrary<Axis> axes() {
    var choices = Arbitraries.of("relu", "[8, 8]", "0.5", "\"a, b\"", "true").set().ofMinSize(1).map(set -> (Axis) new Axis.Choice("x", List.copyOf(set)));
    return Arbitraries.oneOf(choices, ranges().map(range -> (Axis) range));
  }

  private static void assertWithin(Axis.Range range, String text) {
    double value = Double.parseDouble(text);
    assertThat(value).isBetween(range.low(), range.high());
    if (range.numbers() == Axis.Numbers.WHOLE) {
      assertThat(value).isEqualTo(Math.rint(value));
      assertThat(text).matches("[0-9]+");
    }
  }

  @Property(seed = "26")
  void everyValueIsWithinItsBounds(@ForAll("ranges") Axis.Range range, @ForAll double seed, @ForAll @IntRange(min = 1, max = 20) int points) {
    var random = new Random(Double.doubleToLongBits(seed));
    for (double place : new double[] {0, 1, random.nextDouble(), Math.nextDown(1.0)}) {
      assertWithin(range, range.at(place));
    }
    var grid = range.grid(points);
    assertThat(grid).doesNotHaveDuplicates().hasSizeBetween(1, points).allSatisfy(value -> assertWithin(range, value));
    assertThat(grid).isSortedAccordingTo((a, b) -> Double.compare(Double.parseDouble(a), Double.parseDouble(b)));
    if (points > 1 && range.count() > 1) {
      assertThat(Double.parseDouble(grid.getFirst())).isCloseTo(range.low(), within(5e-4 * range.low()));
      assertThat(Double.parseDouble(grid.getLast())).isCloseTo(range.high(), within(5e-4 * range.high()));
    }
  }

  /** Half as wide around any value, by the distance of the axis; and never wider. */
  @Property(seed = "26")
  void aFinerSpaceIsHalfAsWideAndHasItsCentre(@ForAll("axes") Axis axis, @ForAll double seed) {
    var value = axis.at(new Random(Double.doubleToLongBits(seed)).nextDouble());
    var finer = axis.around(value);
    switch (finer) {
      case Axis.Choice choice -> assertThat(choice.values()).containsExactly(value);
      case Axis.Range range -> {
        assertWithin(range, value);
        var whole = (Axis.Range) axis;
        assertThat(List.of(range.low(), range.high())).allSatisfy(end -> assertThat(end).isBetween(whole.low(), whole.high()));
        double width = whole.coordinates("" + range.high())[0] - whole.coordinates("" + range.low())[0];
        assertThat(width).isLessThanOrEqualTo(0.5 + 2 * rounding(whole));
      }
    }
  }

  /** What a number of four digits may be off, in places. */
  private static double rounding(Axis.Range range) {
    return 5e-4 / (range.spacing() == Axis.Spacing.LOG ? Math.log(range.high() / range.low()) : 1 - range.low() / range.high());
  }

  @Test
  void equalStretchesOfALogarithmicRangeAreEqualRatios() {
    var range = (Axis.Range) AxisText.read("rate", "log(1e-4..1e-1)").orElseThrow();
    assertThat(range.grid(4)).containsExactly("0.0001", "0.001", "0.01", "0.1");
    var random = new Random(7);
    var drawn = IntStream.range(0, 3000).mapToDouble(_ -> Double.parseDouble(range.at(random.nextDouble()))).toArray();
    for (double decade : new double[] {1e-4, 1e-3, 1e-2}) {
      assertThat(Arrays.stream(drawn).filter(value -> value >= decade && value < 10 * decade).count()).isBetween(900L, 1100L);
    }
  }

  @Test
  void wholeNumbersAreEquallyLikelyTheEndsToo() {
    var range = AxisText.read("n", "3..7").orElseThrow();
    var random = new Random(7);
    var counts = new int[8];
    IntStream.range(0, 5000).forEach(_ -> counts[Integer.parseInt(range.at(random.nextDouble()))]++);
    assertThat(Arrays.stream(counts, 3, 8).boxed().toList()).allSatisfy(count -> assertThat(count).isBetween(900, 1100));
    assertThat(range.grid(5)).containsExactly("3", "4", "5", "6", "7");
    assertThat(range.grid(100)).hasSize(5);
    assertThat(AxisText.read("n", "8..64, 3").orElseThrow().grid(9)).containsExactly("8", "36", "64");
    assertThat(AxisText.read("n", "log(8..512, 4)").orElseThrow().grid(9)).containsExactly("8", "32", "128", "512");
  }

  @Property(tries = 100, seed = "26")
  void aGridHasEachCombinationOnce(@ForAll("axes") Axis first, @ForAll("axes") Axis second, @ForAll @IntRange(min = 1, max = 5) int points) {
    var space = new SearchSpace(List.of(first, renamed(second)));
    var grid = space.grid(points);
    assertThat((double) grid.size()).isEqualTo(space.gridCount(points));
    var pairs = new HashSet<List<String>>();
    for (var a : first.grid(points)) {
      for (var b : second.grid(points)) {
        pairs.add(List.of(a, b));
      }
    }
    assertThat(grid.stream().map(point -> List.copyOf(point.values().values())).toList()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pairs);
  }

  private static Axis renamed(Axis axis) {
    return switch (axis) {
      case Axis.Choice choice -> new Axis.Choice("y", choice.values());
      case Axis.Range range -> new Axis.Range("y", range.low(), range.high(), range.spacing(), range.numbers(), range.points());
    };
  }

  @Property(tries = 100, seed = "26")
  void aSeedMeansTheSamePointsAndNoneIsThereTwice(@ForAll("axes") Axis axis, @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int count) {
    var space = new SearchSpace(List.of(axis));
    var points = FixedSearch.draw(space, count, new Random(seed));
    assertThat(points).isEqualTo(FixedSearch.draw(space, count, new Random(seed))).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(count).isNotEmpty();
    if (space.count() <= 5) {
      assertThat((double) points.size()).as("a small space is exhausted").isEqualTo(Math.min(count, space.count()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1", "relu", "\"a..b\"", "true", "-3", "log(0.1)", "sin(1)"})
  void allElseStays(String text) {
    assertThat(AxisText.read("x", text)).isEmpty();
  }

  @Test
  void choicesAreWhatStandsBetweenCommas() {
    assertThat(AxisText.read("layers", "[[8], [8, 8],[64,64]]").orElseThrow().grid(1)).containsExactly("[8]", "[8, 8]", "[64,64]");
    assertThat(AxisText.read("x", "[\"a, b\", f(1, 2)]").orElseThrow().grid(1)).containsExactly("\"a, b\"", "f(1, 2)");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"8..4 | the range ends before it begins | 4..8", "log(0..1) | a logarithmic range is above zero | small number",
      "log(-1..1) | above zero | small number", "[] | nothing to choose from | write [8", "[1, 1] | 1 is there twice | one item", "[1,, 2] | a choice is empty | write [8",
      "[1, 2 | has no end | write [8", "1..x | x is not a number | two numbers", "1..inf | inf is no end of a range | finite", "log(1..2, 0) | at least 1, not '0' | log(1e-4..1e-1, 4)",
      "8..64, many | not 'many' | log", "linear(5) | two ends | write 8..64", "1..2..3 | is not a number | two numbers", "1.. | two ends | 8..64"})
  void whatIsMeantAsASpaceAndIsNoneIsRefusedWithAHint(String text, String why, String hint) {
    assertThatThrownBy(() -> AxisText.read("x", text)).isInstanceOf(Fault.class).hasMessageContaining("-D x=" + text.strip())
        .hasMessageContaining(why.strip()).extracting(fault -> ((Fault) fault).hint()).asString().contains(hint.strip());
  }
}
