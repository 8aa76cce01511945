package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Layers after edits, against what the edit was. */
class LayerMatchingTest {
  /**
   * Layers in their order, as the compiler names them.
   *
   * @param layers each by its kind and its size, which its shape follows from
   */
  private static List<String> names(List<int[]> layers) {
    Map<String, Integer> counts = new HashMap<>();
    var names = new ArrayList<String>();
    for (var layer : layers) {
      var kind = layer[0] == 0 ? "dense" : layer[0] == 1 ? "block.conv2d" : "gru";
      int count = counts.merge(kind, 1, Integer::sum);
      names.add(count == 1 ? kind : kind.equals("block.conv2d") ? "block_" + count + ".conv2d" : kind + "_" + count);
    }
    return names;
  }

  private static Map<String, int[]> weights(List<int[]> layers) {
    Map<String, int[]> weights = new LinkedHashMap<>();
    var names = names(layers);
    for (int i = 0; i < names.size(); i++) {
      weights.put(names.get(i) + ".W", new int[] {3, layers.get(i)[1]});
      weights.put(names.get(i) + ".b", new int[] {layers.get(i)[1]});
    }
    return weights;
  }

  private static List<int[]> drawn(Random random, int sizes) {
    var layers = new ArrayList<int[]>();
    for (int n = 1 + random.nextInt(7); n > 0; n--) {
      layers.add(new int[] {random.nextInt(3), sizes == 0 ? layers.size() + 10 : 1 + random.nextInt(sizes)});
    }
    return layers;
  }

  /** Puts layers in or takes them out; by place here, where each was, -1 of new ones. */
  private static List<Integer> edited(List<int[]> before, List<int[]> after, Random random, boolean more) {
    var origins = new ArrayList<Integer>();
    for (int i = 0; i < before.size(); i++) {
      while (more && random.nextInt(4) == 0) {
        after.add(new int[] {before.get(i)[0], 1 + random.nextInt(2)});
        origins.add(-1);
      }
      if (more || random.nextInt(4) > 0) {
        after.add(before.get(i));
        origins.add(i);
      }
    }
    return origins;
  }

  /** Layers before and after an edit by their names, and where each that is here was: -1 of new ones. */
  private record Edit(List<String> there, List<String> here, List<Integer> truth, LayerMatching matching) {
    static Edit of(List<int[]> before, Random random) {
      List<int[]> after = new ArrayList<>();
      var truth = edited(before, after, random, random.nextBoolean());
      return new Edit(names(before), names(after), truth, LayerMatching.of(weights(before), weights(after)));
    }
  }

  @Property(tries = 200, seed = "26", shrinking = ShrinkingMode.OFF)
  void nothingChangesWhereNothingChanged(@ForAll Random random) {
    var layers = drawn(random, 2);
    var matching = LayerMatching.of(weights(layers), weights(layers));
    assertThat(matching.origins()).hasSize(layers.size()).allSatisfy((here, there) -> assertThat(there).isEqualTo(here));
    assertThat(matching.doubts()).isEmpty();
  }

  /** Where each shape is there once, nothing is in doubt. */
  @Property(tries = 500, seed = "27", shrinking = ShrinkingMode.OFF)
  void shapesTellWhichIsWhich(@ForAll Random random) {
    var edit = Edit.of(drawn(random, 0), random);
    for (int i = 0; i < edit.here.size(); i++) {
      assertThat(edit.matching.origins().get(edit.here.get(i))).as("%s of %s", edit.here, edit.there).isEqualTo(edit.truth.get(i) < 0 ? null : edit.there.get(edit.truth.get(i)));
    }
    assertThat(edit.matching.doubts()).isEmpty();
  }

  /** Of what has equal shapes the truth is what is chosen or among what is told that it might be: nothing shifts unseen. */
  @Property(tries = 2000, seed = "28", shrinking = ShrinkingMode.OFF)
  void nothingShiftsUnseen(@ForAll Random random) {
    var edit = Edit.of(drawn(random, 2), random);
    for (int i = 0; i < edit.here.size(); i++) {
      var layer = edit.here.get(i);
      var chosen = edit.matching.origins().get(layer);
      var doubts = edit.matching.doubts().get(layer);
      var told = edit.truth.get(i) < 0 ? doubts != null || chosen == null : edit.there.get(edit.truth.get(i)).equals(chosen) || doubts != null && doubts.contains(edit.there.get(edit.truth.get(i)));
      assertThat(told).as("%s of %s is %s: chosen %s, might be %s", layer, edit.there, edit.truth.get(i), chosen, doubts).isTrue();
    }
  }

  /** Whatever two programs are: pairs have the same shapes, each layer is in one, and of a kind they are in order and as many as there can be. */
  @Property(tries = 500, seed = "29", shrinking = ShrinkingMode.OFF)
  void asManyAsThereCanBe(@ForAll Random random) {
    List<int[]> before = new ArrayList<>();
    List<int[]> after = new ArrayList<>();
    before.add(new int[] {0, 9});
    after.add(new int[] {0, 9});
    for (int n = random.nextInt(6); n > 0; n--) {
      before.add(new int[] {0, 1 + random.nextInt(3)});
    }
    for (int n = random.nextInt(6); n > 0; n--) {
      after.add(new int[] {0, 1 + random.nextInt(3)});
    }
    var there = names(before);
    var here = names(after);
    var matching = LayerMatching.of(weights(before), weights(after));
    int last = -1;
    for (var layer : here) {
      if (matching.origins().containsKey(layer)) {
        int place = there.indexOf(matching.origins().get(layer));
        assertThat(place).isGreaterThan(last);
        assertThat(before.get(place)[1]).isEqualTo(after.get(here.indexOf(layer))[1]);
        last = place;
      }
    }
    assertThat(new HashSet<>(matching.origins().values())).hasSize(matching.origins().size());
    assertThat(matching.origins()).hasSize(longest(before, after));
  }

  /** The longest common subsequence by trying all. */
  private static int longest(List<int[]> a, List<int[]> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return 0;
    }
    List<int[]> restA = a.subList(1, a.size());
    List<int[]> restB = b.subList(1, b.size());
    int best = Math.max(longest(restA, b), longest(a, restB));
    return a.getFirst()[1] == b.getFirst()[1] ? Math.max(best, 1 + longest(restA, restB)) : best;
  }

  private static Map<String, int[]> layers(String... layers) {
    Map<String, int[]> weights = new LinkedHashMap<>();
    for (var layer : layers) {
      int space = layer.indexOf(' ');
      weights.put(layer.substring(0, space) + ".W", new int[] {Integer.parseInt(layer.substring(space + 1))});
    }
    return weights;
  }

  /** Names that somebody gave are kept, in whatever order and however they end. */
  @Test
  void givenNamesAreKept() {
    var matching = LayerMatching.of(layers("h_1 4", "h_2 4", "encoder 4", "dense 4"), layers("encoder 4", "h_0 4", "h_1 4", "h_2 4", "dense 4"));
    assertThat(matching.origins()).containsOnly(Map.entry("h_1", "h_1"), Map.entry("h_2", "h_2"), Map.entry("encoder", "encoder"), Map.entry("dense", "dense"));
    assertThat(matching.doubts()).isEmpty();
  }

  /** One that is called otherwise is found by its shape and place; the head of another size is new. */
  @Test
  void renamedByHand() {
    var matching = LayerMatching.of(layers("encoder 4", "middle 7", "head 3"), layers("enc 4", "mid 7", "head 5"));
    assertThat(matching.origins()).containsOnly(Map.entry("enc", "encoder"), Map.entry("mid", "middle"));
  }

  /** The most usual of all: a new head, and nothing to doubt. */
  @Test
  void anotherHead() {
    var matching = LayerMatching.of(layers("dense 4", "dense_2 4", "dense_3 3"), layers("dense 4", "dense_2 4", "dense_3 5"));
    assertThat(matching.origins()).containsOnly(Map.entry("dense", "dense"), Map.entry("dense_2", "dense_2"));
    assertThat(matching.doubts()).isEmpty();
  }

  /** Iterations of a loop are numbered too, and blocks move as wholes. */
  @Test
  void blocksOfALoop() {
    var matching = LayerMatching.of(layers("block.0.a 4", "block.0.b 5", "block.1.a 6", "block.1.b 5"), layers("block.0.a 8", "block.0.b 5", "block.1.a 4", "block.1.b 5", "block.2.a 6", "block.2.b 5"));
    assertThat(matching.origins()).contains(Map.entry("block.1.a", "block.0.a"), Map.entry("block.2.a", "block.1.a"), Map.entry("block.2.b", "block.1.b"));
    assertThat(matching.doubts()).isEmpty();
    var more = LayerMatching.of(layers("block.0.a 4", "block.1.a 4"), layers("block.0.a 4", "block.1.a 4", "block.2.a 4"));
    assertThat(more.doubts()).isEqualTo(Map.of("block.0.a", List.of(), "block.1.a", List.of("block.0.a"), "block.2.a", List.of("block.1.a")));
  }
}
