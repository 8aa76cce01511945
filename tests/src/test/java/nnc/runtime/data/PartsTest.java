package nnc.runtime.data;

import static nnc.runtime.data.Sources.name;
import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of sources: what is held back for one role is in no other, and together they are all; strata and groups are what they say. */
class PartsTest {
  private Path folder;

  @BeforeEach
  @BeforeProperty
  void make() throws IOException {
    folder = Files.createTempDirectory("parts");
  }

  @AfterEach
  @AfterProperty
  void remove() throws IOException {
    Files.deleteIfExists(folder.resolve("d.csv"));
    Files.deleteIfExists(folder.resolve("e.csv"));
    Files.delete(folder);
  }

  private static final Source CSV = source("csv", Map.of(), "d.csv");

  /** Rows that know their numbers, with a label of some kinds and a group of some. */
  private void write(int rows, int kinds, int groups, long seed) throws IOException {
    var random = new Random(seed);
    Files.writeString(folder.resolve("d.csv"), "n,kind,who\n" + IntStream.range(0, rows).mapToObj(i -> i + ",k" + random.nextInt(kinds) + ",g" + random.nextInt(groups))
        .collect(Collectors.joining("\n")));
  }

  private Data data(Object... roles) {
    Map<String, Source> named = new LinkedHashMap<>();
    for (int i = 0; i < roles.length; i += 2) {
      named.put((String) roles[i], (Source) roles[i + 1]);
    }
    return Sources.data(folder, named, System.err, "n");
  }

  private static int[] rows(Data data, String role) {
    Table table = data.table(role);
    return Arrays.stream(table.rows()).map(row -> (int) table.column("n").get(row, 0)).toArray();
  }

  /** How many rows of a part have each value of a column. */
  private static Map<String, Long> counts(Table table, String column) {
    return Arrays.stream(table.rows()).mapToObj(row -> table.column(column).classes().get((int) table.column(column).get(row, 0)))
        .collect(Collectors.groupingBy(text -> text, Collectors.counting()));
  }

  private static void assertAll(int rows, int[]... parts) {
    assertThat(Arrays.stream(parts).flatMapToInt(Arrays::stream).sorted().toArray()).isEqualTo(IntStream.range(0, rows).toArray());
  }

  @Property(tries = 100, seed = "26")
  void foldsAreDisjointAndCompleteAndThoseOfCrossValidation(@ForAll @IntRange(min = 2, max = 6) int of, @ForAll @IntRange(min = 6, max = 60) int rows,
      @ForAll @IntRange(min = 0, max = 9) int seed) throws IOException {
    write(rows, 3, 9, seed);
    var all = new int[of][];
    var dealt = Folds.of(rows, of, seed);
    for (int fold = 1; fold <= of; fold++) {
      var data = data("train", CSV, "validate", source("fold", Map.of("of", of, "seed", seed), name("train"), fold));
      all[fold - 1] = rows(data, "validate");
      assertAll(rows, rows(data, "train"), rows(data, "validate"));
      int held = fold - 1;
      assertThat(all[held]).isEqualTo(IntStream.range(0, rows).filter(row -> dealt[row] == held).toArray());
    }
    assertAll(rows, all);
    var two = data("train", CSV, "validate", source("fold", Map.of("of", of, "seed", seed), name("train"), 1), "test",
        source("fold", Map.of("of", of, "seed", seed), name("train"), of));
    assertThat(rows(two, "test")).isEqualTo(all[of - 1]);
    if (of > 2) {
      assertAll(rows, rows(two, "train"), rows(two, "validate"), rows(two, "test"));
    }
  }

  @Property(tries = 100, seed = "26")
  void strataHaveTheirShare(@ForAll @IntRange(min = 10, max = 90) int rows, @ForAll @IntRange(min = 1, max = 6) int kinds, @ForAll @IntRange(min = 1, max = 9) int tenths,
      @ForAll @IntRange(min = 0, max = 99) int seed) throws IOException {
    write(rows, kinds, 9, seed);
    double share = tenths / 10.0;
    var data = data("train", CSV, "validate", source("split", Map.of("stratify", "kind", "seed", seed), name("train"), share));
    assertThat(data.table("validate").size()).isEqualTo((int) Math.round(share * rows));
    if (tenths < 9) {
      assertAll(rows, rows(data, "train"), rows(data, "validate"));
    }
    var held = counts(data.table("validate"), "kind");
    counts(data("train", CSV, "test", source("split", Map.of("stratify", "kind"), source("csv", Map.of("n", "n"), "d.csv"), 0.5)).table("train"), "kind")
        .forEach((kind, count) -> assertThat(Math.abs(held.getOrDefault(kind, 0L) - share * count)).as(kind).isLessThan(1));
  }

  @Property(tries = 100, seed = "26")
  void groupsStayTogether(@ForAll @IntRange(min = 20, max = 90) int rows, @ForAll @IntRange(min = 8, max = 20) int groups, @ForAll @IntRange(min = 0, max = 99) int seed)
      throws IOException {
    write(rows, 3, groups, seed);
    for (var part : List.of(source("split", Map.of("group", "who", "seed", seed), name("train"), 0.4),
        source("fold", Map.of("group", "who", "seed", seed, "of", 3), name("train"), 2))) {
      var data = data("train", CSV, "validate", part);
      assertAll(rows, rows(data, "train"), rows(data, "validate"));
      Set<String> held = new HashSet<>(counts(data.table("validate"), "who").keySet());
      held.retainAll(counts(data.table("train"), "who").keySet());
      assertThat(held).isEmpty();
      assertThat(data.table("validate").size()).isBetween(1, rows - 1);
    }
  }

  @Property(tries = 50, seed = "26")
  void whatABootstrapNeverDrawsIsOutOfTheBag(@ForAll @IntRange(min = 20, max = 200) int rows, @ForAll @IntRange(min = 0, max = 99) int seed) throws IOException {
    write(rows, 3, 9, seed);
    var data = data("train", source("bootstrap", Map.of("seed", seed), CSV), "validate", source("out_of_bag", Map.of("seed", seed), CSV), "test",
        source("split", Map.of(), CSV, 0.2));
    int[] drawn = rows(data, "train");
    int[] held = rows(data, "test");
    assertThat(drawn).hasSize(rows - held.length);
    assertAll(rows, Arrays.stream(drawn).distinct().toArray(), rows(data, "validate"), held);
  }

  @Test
  void withoutShufflingTheEndIsHeldBack() throws IOException {
    write(20, 2, 3, 1);
    var last = source("split", Map.of("shuffle", false), name("train"), 0.25);
    var before = source("split", Map.of("shuffle", false), name("train"), 0.1);
    var data = data("train", CSV, "test", last, "validate", before);
    assertThat(rows(data, "test")).containsExactly(15, 16, 17, 18, 19);
    assertThat(rows(data, "validate")).as("what those above it leave").containsExactly(13, 14);
    assertThat(rows(data, "train")).isEqualTo(IntStream.range(0, 13).toArray());
    var mixed = data("train", CSV, "validate", source("split", Map.of(), name("train"), 0.5), "test", last);
    assertThat(rows(mixed, "test")).hasSize(5).isSorted();
    assertThat(IntStream.of(rows(mixed, "train")).filter(row -> row > Arrays.stream(rows(mixed, "test")).min().orElseThrow())).as("none behind it").isEmpty();
    assertThatThrownBy(() -> data("train", CSV, "test", source("split", Map.of("shuffle", false, "group", "who"), name("train"), 0.25)).table("test")).isInstanceOf(Fault.class)
        .hasMessageContaining("without shuffle it holds back the last rows, and by group rows from anywhere");
  }

  @Test
  void aBootstrapLeavesWhatTheLimitOfTheoryLeaves() throws IOException {
    write(4000, 3, 9, 1);
    var bag = data("train", source("out_of_bag", Map.of("seed", 5), CSV)).table("train");
    // 1/e of the rows, and five standard errors
    assertThat(bag.size() / 4000.0).isBetween(Math.exp(-1) - 0.03, Math.exp(-1) + 0.03);
  }

  @Test
  void sourcesAreJoinedColumnByColumn() throws IOException {
    write(5, 2, 2, 1);
    Files.writeString(folder.resolve("e.csv"), "x\n10\n11\n12\n13\n14\n");
    var joined = source("zip", Map.of(), source("csv", Map.of("n", "n"), "d.csv"), source("csv", Map.of("x", "x"), "e.csv"));
    var data = data("train", joined, "validate", source("split", Map.of("seed", 3), name("train"), 0.4));
    var validate = data.table("validate");
    for (int row : validate.rows()) {
      assertThat(validate.column("x").get(row, 0)).isEqualTo(10 + validate.column("n").get(row, 0));
    }
    assertThat(validate.size()).isEqualTo(2);
    assertThat(values(validate.column("x"))).containsExactly(10, 11, 12, 13, 14);
    Files.writeString(folder.resolve("e.csv"), "x\n10\n");
    assertThatThrownBy(() -> data("train", joined).table("train")).isInstanceOf(Fault.class)
        .hasMessage("net.nn:3: zip: " + folder.resolve("d.csv") + " has 5 rows, " + folder.resolve("e.csv") + " has 1");
    assertThatThrownBy(() -> data("train", source("zip", Map.of(), CSV, CSV)).table("train")).hasMessageContaining("both have a column n");
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    write(10, 2, 1, 1);
    assertThatThrownBy(() -> rows(data("train", CSV, "test", source("fold", Map.of("of", 3), name("train"), 4)), "test")).hasMessage("net.nn:3: fold: fold 4 of 3 is none");
    assertThatThrownBy(() -> rows(data("train", CSV, "test", source("split", Map.of("stratify", "kind", "group", "who"), name("train"), 0.5)), "test"))
        .hasMessageContaining("by strata or by groups, not by both");
    assertThatThrownBy(() -> rows(data("train", CSV, "test", source("split", Map.of("stratify", "none"), name("train"), 0.5)), "test"))
        .hasMessageContaining("no column is called none");
    assertThatThrownBy(() -> rows(data("train", CSV, "test", source("fold", Map.of("group", "who", "of", 2), name("train"), 2)), "test"))
        .hasMessageContaining("fold: nothing is left of 10 rows");
    assertThatThrownBy(() -> rows(data("train", source("bootstrap", Map.of(), CSV), "test", source("split", Map.of(), name("train"), 0.5)), "test"))
        .hasMessageContaining("a bootstrap has rows several times");
    assertThatThrownBy(() -> rows(data("train", source("zip", Map.of(), source("split", Map.of(), CSV, 0.5), CSV)), "train"))
        .hasMessageContaining("zip: takes whole sources, not split(...)");
  }
}
