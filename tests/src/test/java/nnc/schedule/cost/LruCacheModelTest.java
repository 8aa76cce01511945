package nnc.schedule.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LruCacheModelTest {
  /** Oracle: the list of all uses, gone through from its end. */
  @Property(tries = 200, seed = "26")
  void isWhatTheUsesSay(@ForAll @Size(max = 300) List<@IntRange(min = 0, max = 99) Integer> uses) {
    var recency = new LruCacheModel();
    var things = new ArrayList<Integer>();
    var sizes = new double[100];
    for (int i = 0; i < uses.size(); i++) {
      var thing = uses.get(i);
      things.remove(thing);
      things.add(thing);
      sizes[thing] = i % 7;
      recency.use(thing, i % 7);
      double since = 0;
      for (var other : things.reversed()) {
        since += sizes[other];
        assertThat(recency.isWithin(since, other)).as("thing %s in %s", other, since).isTrue();
        assertThat(recency.isWithin(since - 0.5, other)).as("thing %s in less than %s", other, since).isFalse();
      }
      assertThat(recency.isWithin(Double.POSITIVE_INFINITY, 100)).isFalse();
    }
  }

  @Test
  void manyThingsTakeNoLonger() {
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
      var recency = new LruCacheModel();
      int held = 0;
      for (int i = 0; i < 400_000; i++) {
        recency.use(i, 1);
        held += recency.isWithin(1000, i / 2) ? 1 : 0;
      }
      assertThat(held).isBetween(1900, 2100);
    });
  }
}
