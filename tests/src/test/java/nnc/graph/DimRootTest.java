package nnc.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Roots of dimensions are what the numbers' roots are, rounded down, and what is shown of them is so. */
class DimRootTest {
  private static final Dim T = Dim.open("T");
  private static final Dim N = Dim.open("N");

  private static long root(long square) {
    long root = 0;
    while ((root + 1) * (root + 1) <= square) {
      root++;
    }
    return root;
  }

  @Test
  void valuesAreThoseOfNumbers() {
    for (long t = 1; t < 2000; t++) {
      long size = t;
      assertThat(T.root().evaluate(_ -> size)).isEqualTo(root(t));
      assertThat(T.root().with("T", t).constant()).isEqualTo(OptionalLong.of(root(t)));
      assertThat(Dim.of(t).root()).isEqualTo(Dim.of(root(t)));
      assertThat(T.plus(2).root().times(N).plus(-1).evaluate(name -> name.equals("T") ? size : 3)).isEqualTo(3 * root(t + 2) - 1);
    }
    assertThat(Dim.of((1L << 31) * (1L << 31) - 1).root()).isEqualTo(Dim.of((1L << 31) - 1));
    assertThat(Dim.ZERO.root()).isEqualTo(Dim.ZERO);
    assertThat(T.root()).isEqualTo(Dim.open("T").root()).isNotEqualTo(T.plus(1).root()).hasToString("isqrt(T)");
    assertThat(T.dividedDown(2).plus(1).root().evaluate(_ -> 30)).isEqualTo(4);
    assertThat(T.root().dividedDown(2).evaluate(_ -> 50)).isEqualTo(3);
    assertThat(T.root().variables()).containsExactly("T");
    assertThatThrownBy(() -> T.plus(-1).root()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatASquareLeavesIsNatural() {
    var left = T.minus(T.root().times(T.root()));
    assertThat(left.isNatural()).isTrue();
    assertThat(left.times(N).isNatural()).isTrue();
    assertThat(left.plus(-1).isNatural()).isFalse();
    assertThat(T.minus(T.root().times(T.root()).times(2)).isNatural()).isFalse();
    assertThat(T.times(2).minus(T.root().times(T.root()).times(2)).plus(T.root()).plus(-1).isNatural()).isTrue();
  }

  /** Of any number of turns segments and what is left are all of them, and neither is negative. */
  @ParameterizedTest
  @ValueSource(ints = {2, 1, 0, -1, -2})
  void segmentsAreAllTurns(int more) {
    var turns = T.plus(more);
    var segments = Segments.of(turns).orElseThrow();
    assertThat(segments.cut().plus(segments.rest())).isEqualTo(turns);
    long before = 0;
    for (long t = 1; t < 3000; t++) {
      long size = t;
      long count = turns.evaluate(_ -> size);
      long length = segments.length().evaluate(_ -> size);
      long rest = segments.rest().evaluate(_ -> size);
      assertThat(length).isNotNegative();
      assertThat(rest).as("%d turns", count).isGreaterThanOrEqualTo(Math.min(0, count)).isLessThanOrEqualTo(4 * root(t) + 4);
      long room = segments.rest().growing().evaluate(_ -> size);
      assertThat(room).isGreaterThanOrEqualTo(Math.max(rest, before)).isLessThanOrEqualTo(4 * root(t) + 8);
      before = room;
    }
  }

  @Test
  void fewTurnsAreNotCut() {
    assertThat(Segments.of(Dim.of(8))).isEmpty();
    assertThat(Segments.of(T.plus(-9))).isEmpty();
    assertThat(Segments.of(Dim.of(16))).contains(new Segments(Dim.of(3), Dim.of(7)));
  }
}
