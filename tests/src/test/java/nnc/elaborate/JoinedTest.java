package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class JoinedTest {
  private static List<Value> one(double number) {
    return List.of(new Value.Num(number));
  }

  /** Lists are joined in any order, also with themselves and again; none of those that were there before changes. */
  @Property(tries = 300, seed = "26")
  void isTheListOfBoth(@ForAll List<@IntRange(min = 0, max = 1000) Integer> choices) {
    var lists = new ArrayList<>(List.of(one(1), List.<Value>of(), one(2)));
    var copies = new ArrayList<>(lists);
    for (int i = 0; i < Math.min(12, choices.size()); i++) {
      int first = choices.get(i) % lists.size();
      int second = choices.get(i) / 30 % lists.size();
      lists.add(Joined.of(lists.get(first), lists.get(second)));
      var both = new ArrayList<>(copies.get(first));
      both.addAll(copies.get(second));
      copies.add(both);
      assertThat(lists).isEqualTo(copies);
    }
  }

  @Test
  void endsWhereItEnds() {
    var list = Joined.of(one(1), one(2));
    Joined.of(list, one(3));
    assertThatThrownBy(() -> list.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void stepsAreGatheredInTimeOfTheirNumber() {
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
      var steps = List.<Value>of();
      for (int i = 0; i < 300_000; i++) {
        steps = Joined.of(steps, one(i));
      }
      assertThat(steps).hasSize(300_000).endsWith(new Value.Num(299_999));
    });
  }
}
