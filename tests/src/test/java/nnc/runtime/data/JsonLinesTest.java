package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import nnc.JsonReader;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Training;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** JSON lines as a source. Oracles: the numbers that were written, and CSV files with the same rows. */
class JsonLinesTest {
  private Path folder;

  @BeforeEach
  @BeforeProperty
  void make() throws IOException {
    folder = Files.createTempDirectory("jsonl");
  }

  @AfterEach
  @AfterProperty
  void remove() throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Table table(Map<String, ?> named, String... fed) {
    return Sources.table(folder, source("jsonl", named, "d.jsonl"), fed);
  }

  private static Feed feed(String name, ElementKind kind, ColumnType type) {
    return new Feed(name, "", false, kind, List.of("N"), List.of(), 0, 0, type);
  }

  private Table table(Source source, Feed... feeds) {
    var spec = new ModelSpec("net", 32, "", List.of(feeds), List.of(), 0, List.of(), Map.of("train", source), Training.NONE, List.of(), Map.of());
    return new Data(spec, new Folder(folder, null, System.err)).table("train");
  }

  @Test
  void fieldsAreFoundByNamesAndPaths() throws IOException {
    write("d.jsonl", """
        {"x": 1.5, "a": {"b": 3, "c.d": [7, 8]}, "image": [[1, 2, 3], [4, 5, 6]], "more": null}

        {"image": [[-1, 0, 1e2], [0.5, 0, 0]], "a": {"c.d": [9, 10], "b": 4}, "x": -2}
        """);
    var table = table(Map.of("deep", "a.b", "second", "a.c.d.1", "both", List.of("x", "a.b"), "image", "image"), "x");
    assertThat(values(table.column("x"))).containsExactly(1.5, -2);
    assertThat(values(table.column("deep"))).containsExactly(3, 4);
    assertThat(values(table.column("second"))).containsExactly(8, 10);
    assertThat(table.column("both").shape()).containsExactly(2);
    assertThat(values(table.column("both"))).containsExactly(1.5, 3, -2, 4);
    assertThat(table.column("image").shape()).containsExactly(2, 3);
    assertThat(values(table.column("image"))).containsExactly(1, 2, 3, 4, 5, 6, -1, 0, 100, 0.5, 0, 0);
    assertThat(table.column("x").place(1, 0, "")).isEqualTo(folder.resolve("d.jsonl") + ":3");
    assertThat(table.unread()).contains("more").doesNotContain("x", "image");
    assertThat(table(Map.of("x", List.of("x"))).column("x").shape()).containsExactly(1);
  }

  @Test
  void textsAreCategoriesAndWhatLacksIsMissing() throws IOException {
    write("d.jsonl", "\ufeff{\"x\": null, \"k\": \"red\", \"t\": true}\n{\"k\": 7, \"t\": false}\n{\"k\": null, \"x\": 2, \"t\": 1}\n");
    var table = table(source("jsonl", Map.of(), "d.jsonl"), feed("x", ElementKind.FLOAT, new ColumnType.Numbers(true)),
        feed("k", ElementKind.INT, new ColumnType.Learned(5, true)), feed("t", ElementKind.BOOL, ColumnType.NUMBERS));
    assertThat(values(table.column("x"))).containsExactly(Double.NaN, Double.NaN, 2);
    assertThat(table.column("k").classes()).containsExactly("red", "7", "");
    assertThat(values(table.column("t"))).containsExactly(1, 0, 1);
  }

  @Test
  void whatCannotBeReadIsToldWithItsPlace() throws IOException {
    for (var wrong : List.of(List.of("{\"x\": 1}\n[2]", ":2:1: not an object"), List.of("{\"x\": 01}", ":1:7: '01' is no JSON number"),
        List.of("{\"x\": 1} {}", ":1:10: more than one value"), List.of("{\"x\": tru}", ":1:7: no JSON value"), List.of("{\"x\": 1", ":1:8: ',' is expected"),
        List.of("{\"x\": 1, \"x\": 2}", ":1:10: two fields are called x"), List.of("{\"x\": \"a\\q\"}", ":1:10: what follows the backslash is not known"),
        List.of("{\"x\": \"a", ":1:7: the quoted text has no end"), List.of("{\"x\": 1}\n{\"x\": [1]}", ":2:7: a list, where one value is expected (field x)"),
        List.of("{\"x\": [1, 2]}\n{\"x\": [1]}", ":2:7: a list of 1, where one of 2 is expected, as the first row has (field x)"),
        List.of("{\"x\": {\"y\": 1}}", ":1:7: an object, where one value is expected"), List.of("{\"x\": \"one\"}", ":1:7: 'one' is not a number (column x)"),
        List.of("{\"x\": 1}\n\n{}", ":3:1: an empty field is not a number (column x)"), List.of("{\"y\": 1}", ": none of its fields is called as an input or target; it has y"),
        List.of("\n\n", ": no rows"), List.of("[".repeat(200), ":1:101: more than 100 lists and objects in each other"), List.of("{\"x\": 1e400}", ":1:7: '1e400' is beyond"))) {
      var file = write("d.jsonl", wrong.getFirst());
      assertThatThrownBy(() -> table(Map.of(), "x")).isInstanceOf(Fault.class).hasMessageStartingWith(file + wrong.getLast());
    }
    var file = Files.write(folder.resolve("d.jsonl"), "{\"x\": 1}\n{\"x\": \"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> table(Map.of(), "x")).isInstanceOf(Fault.class).hasMessageStartingWith(file + ":").hasMessageEndingWith("not UTF-8");
    write("d.jsonl", "{\"age\": 1}");
    assertThatThrownBy(() -> table(Map.of("x", "agee"))).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).isEqualTo("is it age?"))
        .hasMessageContaining(":1: no field agee; it has age");
  }

  @Property(tries = 60, seed = "26")
  void theSameRowsInCsvGiveTheSameNumbers(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var csv = new StringJoiner("\n").add("x,k");
    var json = new StringJoiner("\n");
    for (int i = 0; i < 1 + random.nextInt(30); i++) {
      double x = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
      var k = List.of("a", "b\"c", "\u00e9\ud83d\ude00", "d,e", "back\\slash").get(random.nextInt(5));
      csv.add(x + ",\"" + k.replace("\"", "\"\"") + "\"");
      json.add("{\"k\":\"" + k.replace("\\", "\\\\").replace("\"", random.nextBoolean() ? "\\\"" : "\\u0022") + "\", \"x\" :" + x + "}");
    }
    write("d.csv", csv.toString());
    write("d.jsonl", json.toString());
    Feed[] feeds = {feed("x", ElementKind.FLOAT, ColumnType.NUMBERS), feed("k", ElementKind.INT, new ColumnType.Learned(9, true))};
    var expected = table(source("csv", Map.of(), "d.csv"), feeds);
    var read = table(source("jsonl", Map.of(), "d.jsonl"), feeds);
    for (var name : List.of("x", "k")) {
      assertThat(values(read.column(name))).isEqualTo(values(expected.column(name)));
      assertThat(read.column(name).classes()).isEqualTo(expected.column(name).classes());
    }
  }

  /** Whatever another reader of JSON takes for numbers these are. */
  @Property(tries = 200, seed = "26")
  void numbersAreThoseOfAnotherReader(@ForAll double number) throws IOException {
    if (Double.isFinite(number)) {
      write("d.jsonl", "{\"x\": " + number + "}");
      assertThat(values(table(Map.of(), "x").column("x"))).containsExactly(((Number) ((Map<?, ?>) JsonReader.read("{\"x\": " + number + "}")).get("x")).doubleValue());
    }
  }
}
