package nnc.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes in open dimensions compute as the numbers do that they come to. Oracle: their values at random sizes. */
class DimTest {
  private static final List<String> NAMES = List.of("N", "T", "K");

  /** A term as it is drawn: a factor and its variables. */
  private record Term(int factor, List<Integer> variables) {
    Dim dim() {
      var product = Dim.of(factor);
      for (int variable : variables) {
        product = product.times(Dim.open(NAMES.get(variable)));
      }
      return product;
    }

    long at(Map<String, Long> sizes) {
      return variables.stream().mapToLong(variable -> sizes.get(NAMES.get(variable))).reduce(factor, (a, b) -> a * b);
    }
  }

  private static Dim sum(List<Term> terms) {
    return terms.stream().map(Term::dim).reduce(Dim.ZERO, Dim::plus);
  }

  @Provide
  Arbitrary<List<Term>> terms() {
    return Arbitraries.integers().between(-4, 4).flatMap(factor -> Arbitraries.integers().between(0, 2).list().ofMaxSize(2).map(own -> new Term(factor, own))).list().ofMaxSize(4);
  }

  @Provide
  Arbitrary<Map<String, Long>> sizes() {
    return Arbitraries.longs().between(1, 7).list().ofSize(3).map(all -> Map.of("N", all.get(0), "T", all.get(1), "K", all.get(2)));
  }

  private static ToLongFunction<String> of(Map<String, Long> sizes) {
    return sizes::get;
  }

  // ---- arithmetic

  @Property(tries = 300, seed = "26")
  void whatIsComputedIsWhatTheNumbersComeTo(@ForAll("terms") List<Term> x, @ForAll("terms") List<Term> y, @ForAll("sizes") Map<String, Long> sizes, @ForAll @LongRange(min = -3, max = 3) long factor) {
    long a = x.stream().mapToLong(term -> term.at(sizes)).sum();
    long b = y.stream().mapToLong(term -> term.at(sizes)).sum();
    var left = sum(x);
    var right = sum(y);
    assertThat(left.evaluate(of(sizes))).isEqualTo(a);
    assertThat(left.plus(right).evaluate(of(sizes))).isEqualTo(a + b);
    assertThat(left.minus(right).evaluate(of(sizes))).isEqualTo(a - b);
    assertThat(left.times(right).evaluate(of(sizes))).isEqualTo(a * b);
    assertThat(left.times(factor).evaluate(of(sizes))).isEqualTo(a * factor);
    assertThat(left.plus(factor).evaluate(of(sizes))).isEqualTo(a + factor);
    assertThat(Dim.product(List.of(left, right, left)).evaluate(of(sizes))).isEqualTo(a * b * a);
    assertThat(left.with("T", sizes.get("T")).evaluate(name -> name.equals("T") ? -1000 : sizes.get(name))).isEqualTo(a);
  }

  @Property(tries = 300, seed = "26")
  void equalPolynomialsAreEqualHoweverTheyWereMade(@ForAll("terms") List<Term> x, @ForAll("terms") List<Term> y, @ForAll Random random) {
    var shuffled = new ArrayList<>(x);
    Collections.shuffle(shuffled, random);
    var one = sum(x);
    var same = sum(shuffled).plus(sum(y)).minus(sum(y));
    assertThat(same).isEqualTo(one).hasSameHashCodeAs(one).hasToString(one.toString());
    assertThat(same.isConstant()).isEqualTo(one.isConstant());
    assertThat(one.equals(sum(y))).isEqualTo(one.minus(sum(y)).is(0));
    assertThat(one.plus(1)).isNotEqualTo(one);
    assertThat(one.terms().values()).doesNotContain(0L);
  }

  @Property(tries = 300, seed = "26")
  void itIsConstantWhereNoVariableIsLeft(@ForAll("terms") List<Term> x) {
    var dim = sum(x);
    var names = new TreeSet<String>();
    dim.terms().keySet().forEach(names::addAll);
    assertThat(dim.variables()).isEqualTo(names);
    assertThat(dim.isConstant()).isEqualTo(names.isEmpty());
    assertThat(dim.constant().isPresent()).isEqualTo(names.isEmpty());
    if (names.isEmpty()) {
      assertThat(dim.is(dim.constant().getAsLong())).isTrue();
      assertThat(dim.is(dim.constant().getAsLong() + 1)).isFalse();
      assertThat(dim.fixed()).isEqualTo((int) dim.constant().getAsLong());
    } else {
      assertThat(dim.is(dim.terms().getOrDefault(List.<String>of(), 0L))).isFalse();
      assertThatThrownBy(dim::fixed).isInstanceOf(IllegalStateException.class).hasMessageContaining("is open");
    }
  }

  /** Small numbers are kept, others made. */
  @Property(tries = 200, seed = "26")
  void numbersAreEqualWhereTheirValuesAre(@ForAll @IntRange(min = -3, max = 1030) int a, @ForAll @IntRange(min = 1020, max = 1030) int b) {
    assertThat(Dim.of(a).equals(Dim.of(b))).isEqualTo(a == b);
    assertThat(Dim.of(a)).isEqualTo(Dim.of(a)).hasSameHashCodeAs(Dim.of(a - 1).plus(1)).hasToString(Integer.toString(a));
  }

  // ---- division

  @Property(tries = 300, seed = "26")
  void aMultipleIsDividedAndNothingElseIs(@ForAll("terms") List<Term> x, @ForAll("terms") List<Term> y) {
    var a = sum(x);
    var b = sum(y);
    if (b.is(0)) {
      assertThat(a.dividedBy(b)).isEmpty();
      return;
    }
    assertThat(a.times(b).dividedBy(b)).contains(a);
    a.dividedBy(b).ifPresent(quotient -> assertThat(quotient.times(b)).isEqualTo(a));
    if (!b.isConstant()) {
      // what is left of a division by more than a number is not a number
      assertThat(a.times(b).plus(1).dividedBy(b)).isEmpty();
    }
  }

  @Property(tries = 200, seed = "26")
  void numbersAreDividedWhereNothingIsLeft(@ForAll @IntRange(min = -20, max = 20) int a, @ForAll @IntRange(min = -5, max = 5) int b) {
    assertThat(Dim.of(a).dividedBy(Dim.of(b)).isPresent()).isEqualTo(b != 0 && a % b == 0);
  }

  // ---- signs

  /** At all sizes of at least one; certain only where no variable has a negative factor. */
  @Property(tries = 300, seed = "26")
  void whatIsNaturalIsNowhereNegative(@ForAll("terms") List<Term> x, @ForAll("sizes") Map<String, Long> sizes) {
    var dim = sum(x);
    boolean falls = dim.terms().entrySet().stream().anyMatch(term -> term.getValue() < 0 && !term.getKey().isEmpty());
    assertThat(dim.isNatural()).isEqualTo(!falls && dim.evaluate(_ -> 1) >= 0);
    if (dim.isNatural()) {
      assertThat(dim.evaluate(of(sizes))).isNotNegative();
    }
  }

  @Property(tries = 300, seed = "26")
  void whatGrowsIsAtLeastAsLargeAndNeverFalls(@ForAll("terms") List<Term> x, @ForAll("sizes") Map<String, Long> sizes) {
    var dim = sum(x);
    var growing = dim.growing();
    assertThat(growing.evaluate(of(sizes))).isGreaterThanOrEqualTo(dim.evaluate(of(sizes)));
    for (var name : NAMES) {
      assertThat(growing.evaluate(other -> sizes.get(other) + (other.equals(name) ? 1 : 0))).isGreaterThanOrEqualTo(growing.evaluate(of(sizes)));
    }
    if (dim.terms().entrySet().stream().allMatch(term -> term.getKey().isEmpty() || term.getValue() > 0)) {
      assertThat(growing).isEqualTo(dim);
    }
    assertThat(growing.growing()).isEqualTo(growing);
  }

  /** N*N - N does not fall where N is one or more, and stays. */
  @Test
  void squaresOutweigh() {
    var n = Dim.open("N");
    assertThat(n.times(n).minus(n).growing()).isEqualTo(n.times(n).minus(n));
    assertThat(n.times(n).minus(n.times(4)).growing()).isEqualTo(n.times(n));
  }

  // ---- as text

  @ParameterizedTest
  @CsvSource({"0, 0", "N-N, 0", "4+N+N*T, N*T + N + 4", "1-N, -N + 1", "2*N*N-3, 2*N*N - 3", "T+N, N + T", "-2*T-N, -N - 2*T", "K*T+N*N, K*T + N*N", "T*N, N*T"})
  void termsAreWrittenByDegreeThenByName(String sum, String text) {
    var dim = Dim.ZERO;
    for (var part : sum.replace("-", "+-").split("\\+")) {
      var product = Dim.of(part.startsWith("-") ? -1 : 1);
      for (var factor : part.isEmpty() ? new String[] {"0"} : part.replace("-", "").split("\\*")) {
        product = Character.isDigit(factor.charAt(0)) ? product.times(Long.parseLong(factor)) : product.times(Dim.open(factor));
      }
      dim = dim.plus(product);
    }
    assertThat(dim).hasToString(text);
  }
}
