package nnc.runtime.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Layers that are taken by a name that is another layer's since: none goes unseen. */
class StartingWeightsTest {
  /** Layers of shapes, numbered. */
  private static Map<String, String> layers(List<Integer> shapes) {
    var layers = new LinkedHashMap<String, String>();
    for (int shape : shapes) {
      layers.put(layers.isEmpty() ? "dense" : "dense_" + (layers.size() + 1), "dense.W[" + shape + "]");
    }
    return layers;
  }

  /** Whether a layer has been put in at some place or taken out, whatever is taken of equal shape and is another is told. */
  @Property(tries = 1000, seed = "26", shrinking = ShrinkingMode.OFF)
  void nothingShiftsUnseen(@ForAll Random random) {
    var longer = new ArrayList<Integer>();
    var shorter = new ArrayList<Integer>();
    /* by place in the shorter, that in the longer */
    var places = new ArrayList<Integer>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      longer.add(random.nextInt(3));
      if (random.nextInt(3) > 0) {
        places.add(longer.size() - 1);
        shorter.add(longer.getLast());
      }
    }
    boolean grown = random.nextBoolean();
    var told = StartingWeights.doubtful(layers(grown ? shorter : longer), layers(grown ? longer : shorter));
    var names = List.copyOf(layers(longer).keySet());
    for (int i = 0; i < shorter.size(); i++) {
      if (places.get(i) != i && shorter.get(i).equals(longer.get(i))) {
        var name = names.get(i) + " (";
        assertThat(told).as("%s and %s", shorter, longer).anyMatch(one -> one.startsWith(name));
      }
    }
    if (places.size() == longer.size()) {
      assertThat(told).isEmpty();
    }
  }

  @Test
  void anotherHeadIsNoReasonToDoubt() {
    assertThat(StartingWeights.doubtful(layers(List.of(4, 4, 1)), layers(List.of(4, 4, 2)))).isEmpty();
    assertThat(StartingWeights.doubtful(layers(List.of(4, 5)), layers(List.of(4, 5, 6)))).isEmpty();
  }
}
