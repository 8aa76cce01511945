package nnc.runtime.data;

import static nnc.runtime.data.Sources.name;
import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {
  @TempDir
  Path folder;

  private Data data(Map<String, Source> roles) {
    return Sources.data(folder, roles, System.err);
  }

  private Table table(Source source, String... fed) {
    return Sources.table(folder, source, fed);
  }

  // ---- generators

  @Test
  void theTwoClassesAreEquallyManyAndRepeatable() {
    for (String name : List.of("circle", "gauss", "spiral")) {
      Table table = table(source(name, Map.of("noise", 0, "seed", 7), 1000));
      assertThat(Arrays.stream(values(table.column("label"))).sum()).describedAs(name).isEqualTo(500);
      assertThat(values(table(source(name, Map.of("seed", 7), 1000, 0)).column("point"))).isEqualTo(values(table.column("point")));
      assertThat(values(table(source(name, Map.of("seed", 8), 1000, 0)).column("point"))).isNotEqualTo(values(table.column("point")));
    }
  }

  private interface Truth {
    double label(double x, double y);
  }

  private void checkLabels(String name, Truth truth) {
    Table table = table(source(name, Map.of(), 500));
    Column point = table.column("point");
    assertThat(point.shape()).containsExactly(2);
    for (int i = 0; i < 500; i++) {
      assertThat(table.column("label").get(i)).isEqualTo((float) truth.label(point.get(2 * i), point.get(2 * i + 1)));
    }
  }

  @Test
  void withoutNoiseLabelsFollowTheFormulas() {
    checkLabels("circle", (x, y) -> Math.hypot(x, y) < 2.5 ? 1 : 0);
    checkLabels("xor", (x, y) -> x * y >= 0 ? 1 : 0);
    checkLabels("plane", (x, y) -> (x + y) / 10);
  }

  @Test
  void placesAreThoseOfTheTool() {
    double[] circle = values(table(source("circle", Map.of(), 500)).column("point"));
    for (int i = 0; i < circle.length; i += 2) {
      double r = Math.hypot(circle[i], circle[i + 1]);
      assertThat(r < 2.5 || r >= 3.5 - 1e-6 && r <= 5 + 1e-6).isTrue();
    }
    for (double x : values(table(source("xor", Map.of(), 500)).column("point"))) {
      assertThat(Math.abs(x)).isBetween(0.3, 5.3 + 1e-6);
    }
    Table spiral = table(source("spiral", Map.of(), 500));
    Column point = spiral.column("point");
    for (int i = 0; i < 500; i++) {
      double r = Math.hypot(point.get(2 * i), point.get(2 * i + 1));
      double turn = r / 5 * 1.75 * 2 * Math.PI + (spiral.column("label").get(i) == 1 ? 0 : Math.PI);
      assertThat(r * Math.sin(turn)).isCloseTo(point.get(2 * i), org.assertj.core.api.Assertions.within(1e-5));
    }
  }

  @Test
  void sumsAreRightAndNeverComeTwice() {
    Table table = table(source("addition", Map.of("seed", 1), 3, 2000));
    Column question = table.column("question");
    Column answer = table.column("answer");
    assertThat(question.shape()).containsExactly(7);
    assertThat(answer.shape()).containsExactly(4);
    Set<String> seen = new HashSet<>();
    for (int row = 0; row < 2000; row++) {
      String text = text(question, row);
      String[] parts = text.trim().split("\\+");
      int sum = Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
      assertThat(text(answer, row)).isEqualTo((sum + "    ").substring(0, 4));
      assertThat(seen.add(parts[0] + "+" + parts[1])).isTrue();
      assertThat(parts[0].equals(parts[1]) || !seen.contains(parts[1] + "+" + parts[0])).isTrue();
    }
  }

  private static String text(Column column, int row) {
    var text = new StringBuilder();
    for (int i = 0; i < column.width(); i++) {
      text.append("0123456789+ ".charAt((int) column.get(row * column.width() + i)));
    }
    return text.toString();
  }

  @Test
  void moreSumsThanThereAreIsAFault() {
    assertThatThrownBy(() -> table(source("addition", Map.of(), 1, 56))).isInstanceOf(Fault.class)
        .hasMessage("net.nn:3: addition: there are not 56 different sums of 1 digits");
    assertThat(table(source("addition", Map.of(), 1, 55)).size()).isEqualTo(55);
  }

  @Test
  void withoutPaddingSumsHaveTheirOwnLengths() {
    Table padded = table(source("addition", Map.of("seed", 1), 3, 200));
    Table own = table(source("addition", Map.of("seed", 1, "padded", false), 3, 200));
    for (String name : List.of("question", "answer")) {
      Column column = own.column(name);
      for (int row = 0; row < 200; row++) {
        String text = text(padded.column(name), row).stripTrailing();
        assertThat(column.length(row)).isEqualTo(text.length());
        int from = column.start(row);
        assertThat(IntStream.range(0, text.length()).mapToObj(i -> "0123456789+".substring((int) column.get(from + i), (int) column.get(from + i) + 1))
            .collect(Collectors.joining())).isEqualTo(text);
      }
    }
  }

  @Test
  void rankedIsTheSequenceSorted() {
    Table table = table(source("sorting", Map.of("seed", 3), 6, 10, 50));
    for (int row = 0; row < 50; row++) {
      double[] sequence = Arrays.copyOfRange(values(table.column("sequence")), 6 * row, 6 * row + 6);
      Arrays.sort(sequence);
      assertThat(Arrays.copyOfRange(values(table.column("ranked")), 6 * row, 6 * row + 6)).isEqualTo(sequence);
    }
  }

  @Test
  void rowsAreNumbered() {
    Table table = table(source("rows", Map.of(), 4));
    assertThat(table.size()).isEqualTo(4);
    assertThat(values(table.column("row"))).containsExactly(0, 1, 2, 3);
    assertThatThrownBy(() -> table(source("rows", Map.of(), 0))).isInstanceOf(Fault.class).hasMessageContaining("count must be a whole number of at least 1");
  }

  // ---- splits

  @Test
  void splitsAndTheRestAreDisjointAndComplete() {
    Map<String, Source> roles = new LinkedHashMap<>();
    roles.put("train", source("gauss", Map.of(), 100));
    roles.put("validate", source("split", Map.of(), name("train"), 0.2));
    roles.put("test", source("split", Map.of(), source("gauss", Map.of(), 100), 0.3));
    Data data = data(roles);
    assertThat(data.table("train").size()).isEqualTo(50);
    assertThat(data.table("validate").size()).isEqualTo(20);
    assertThat(data.table("test").size()).isEqualTo(30);
    int[] all = IntStream.concat(Arrays.stream(data.table("train").rows()),
        IntStream.concat(Arrays.stream(data.table("validate").rows()), Arrays.stream(data.table("test").rows()))).sorted().toArray();
    assertThat(all).isEqualTo(IntStream.range(0, 100).toArray());
  }

  @Test
  void impossibleSplitsAreFaults() {
    assertThatThrownBy(() -> data(Map.of("validate", source("split", Map.of(), name("train"), 0.2))).table("validate"))
        .hasMessage("net.nn:3: no data is called train");
    assertThatThrownBy(() -> data(Map.of("train", source("split", Map.of(), name("train"), 0.2))).table("train")).isInstanceOf(Fault.class);
    assertThatThrownBy(() -> table(source("split", Map.of(), source("gauss", Map.of(), 10), 2))).hasMessageContaining("share must be");
    assertThatThrownBy(() -> table(source("split", Map.of(), source("gauss", Map.of(), 10), 0.01))).hasMessageContaining("nothing is left");
  }

  // ---- files

  private static byte[] idx(int... bytes) {
    var out = new ByteArrayOutputStream();
    for (int b : bytes) {
      out.write(b);
    }
    return out.toByteArray();
  }

  @Test
  void idxIsReadPlainAndGzipped() throws IOException {
    Files.write(folder.resolve("images"), idx(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 255));
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("labels.gz")))) {
      out.write(idx(0, 0, 12, 1, 0, 0, 0, 2, 0, 0, 1, 0, 255, 255, 255, 255));
    }
    Table table = table(source("idx", Map.of("image", "images", "digit", "labels.gz"), new Object[0]));
    assertThat(table.column("image").shape()).containsExactly(1, 2);
    assertThat(values(table.column("image"))).containsExactly(1, 2, 3, 255);
    assertThat(table.column("image").data()).isInstanceOf(byte[].class);
    assertThat(values(table.column("digit"))).containsExactly(256, -1);
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path plain = Files.write(folder.resolve("a"), idx(0, 0, 8, 1, 0, 0, 0, 9, 1));
    assertThatThrownBy(() -> table(source("idx", Map.of("x", "a")))).isInstanceOf(Fault.class).hasMessage(plain + ": truncated");
    Files.write(plain, idx('h', 'e', 'l', 'l', 'o'));
    assertThatThrownBy(() -> table(source("idx", Map.of("x", "a")))).hasMessage(plain + ": not an IDX file");
    var zipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(zipped)) {
      out.write(idx(0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4));
    }
    Files.write(plain, Arrays.copyOf(zipped.toByteArray(), 18));
    assertThatThrownBy(() -> table(source("idx", Map.of("x", "a")))).isInstanceOf(Fault.class).hasMessage(plain + ": truncated");
  }

  @Test
  void idxHeadersAreNotBelieved() throws IOException {
    Path file = folder.resolve("a");
    int[][] wrong = {{255, 255, 255, 254, 255, 255, 255, 253}, {127, 255, 255, 255, 127, 255, 255, 255}, {0, 0, 0, 2, 0, 0, 0, 3},
        {64, 0, 0, 0, 0, 0, 0, 2}, {0, 0, 0, 1, 0, 0, 0, 3}, {128, 0, 0, 0, 0, 0, 0, 0}};
    for (int[] sizes : wrong) {
      var bytes = new ByteArrayOutputStream();
      bytes.writeBytes(idx(0, 0, 8, 2));
      bytes.writeBytes(idx(sizes));
      bytes.writeBytes(idx(1, 2, 3, 4));
      Files.write(file, bytes.toByteArray());
      assertThatThrownBy(() -> table(source("idx", Map.of("x", "a")))).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": ");
      try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
        out.write(bytes.toByteArray());
      }
      assertThatThrownBy(() -> table(source("idx", Map.of("x", "a")))).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": ");
    }
  }

  @Test
  void aZippedFilesCheckSumIsCompared() throws IOException {
    var zipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(zipped)) {
      out.write(idx(0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4));
    }
    byte[] bytes = zipped.toByteArray();
    bytes[bytes.length - 6] ^= 1;
    Path file = Files.write(folder.resolve("a"), bytes);
    assertThatThrownBy(() -> table(source("idx", Map.of("x", "a")))).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": damaged");
  }

  @Test
  void columnsOfUnequalLengthAreRefused() throws IOException {
    Files.write(folder.resolve("a"), idx(0, 0, 8, 1, 0, 0, 0, 1, 1));
    Files.write(folder.resolve("b"), idx(0, 0, 8, 1, 0, 0, 0, 2, 1, 1));
    Map<String, String> files = new LinkedHashMap<>();
    files.put("x", "a");
    files.put("y", "b");
    assertThatThrownBy(() -> table(source("idx", files))).hasMessage("idx: column y has 2 rows, column x has 1");
  }

  @Test
  void npzHasItsArraysAsColumns() {
    Npz.write(folder.resolve("d.npz"), Map.of("x_train", new Tensor(new int[] {3, 2}, new byte[] {1, 2, 3, 4, 5, (byte) 250}, true)));
    Column x = table(source("npz", Map.of("image", "x_train"), "d.npz")).column("image");
    assertThat(x.shape()).containsExactly(2);
    assertThat(values(x)).containsExactly(1, 2, 3, 4, 5, 250);
    assertThatThrownBy(() -> table(source("npz", Map.of("image", "y"), "d.npz")))
        .hasMessage(folder.resolve("d.npz") + ": no array y; it has x_train");
  }

  @Test
  void emptyFilesAndFoldersAreNamed() throws IOException {
    Path file = Files.write(folder.resolve("nothing"), new byte[0]);
    for (Source source : List.of(source("idx", Map.of("x", "nothing")), source("csv", Map.of(), "nothing"))) {
      assertThatThrownBy(() -> table(source)).isInstanceOf(Fault.class).hasMessage(file + ": empty");
    }
    assertThatThrownBy(() -> table(source("npz", Map.of(), "nothing"))).isInstanceOf(Fault.class).hasMessage(file + ": empty, not an npz archive");
    Path pets = Files.createDirectories(folder.resolve("pets"));
    assertThatThrownBy(() -> table(source("images", Map.of(), "pets"))).isInstanceOf(Fault.class).hasMessage(pets + ": no sub-folders");
    Path cat = Files.createDirectories(pets.resolve("cat"));
    assertThatThrownBy(() -> table(source("images", Map.of(), "pets"))).hasMessage(pets + ": no PNG or JPEG files in its sub-folders");
    Files.write(cat.resolve("1.png"), new byte[0]);
    assertThatThrownBy(() -> table(source("images", Map.of(), "pets"))).hasMessage(cat.resolve("1.png") + ": empty");
    Files.writeString(cat.resolve("1.png"), "hello");
    assertThatThrownBy(() -> table(source("images", Map.of(), "pets"))).hasMessage(cat.resolve("1.png") + ": not a PNG or JPEG file");
    assertThatThrownBy(() -> table(source("csv", Map.of(), "pets"))).isInstanceOf(Fault.class).hasMessage(pets + ": is a folder, not a file");
    Npz.write(folder.resolve("e.npz"), Map.of());
    assertThatThrownBy(() -> table(source("npz", Map.of(), "e.npz"))).hasMessage(folder.resolve("e.npz") + ": has no arrays");
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> table(source("spiral", Map.of("nois", 0.1), 10)))
        .hasMessage("net.nn:3: spiral: no argument is called nois; it takes count, noise, seed, classes");
    assertThatThrownBy(() -> table(source("spiral", Map.of()))).hasMessage("net.nn:3: spiral: needs count, a whole number");
    assertThatThrownBy(() -> table(source("mnist", Map.of(), "tra"))).hasMessage("net.nn:3: mnist: no part is called \"tra\"");
    assertThatThrownBy(() -> table(source("cifar", Map.of()))).hasMessage("net.nn:3: cifar: no such data source");
  }

  @Test
  void whatWouldBeIgnoredIsRefused() {
    Npz.write(folder.resolve("d.npz"), Map.of("x", new Tensor(new int[] {1}, new float[1])));
    assertThatThrownBy(() -> table(source("npz", Map.of(), "d.npz", "e.npz"), "x")).hasMessageStartingWith("net.nn:3: npz: too many arguments");
    assertThatThrownBy(() -> table(source("csv", Map.of(), "d.csv", "e.csv"), "x")).isInstanceOf(Fault.class);
    assertThatThrownBy(() -> table(source("idx", Map.of("x", "a"), "b"))).isInstanceOf(Fault.class);
    assertThatThrownBy(() -> table(source("npz", Map.of("x", List.of("x", "y")), "d.npz"))).hasMessage("net.nn:3: npz: x must be a text in quotes");
    assertThatThrownBy(() -> table(source("spiral", Map.of("seed", 0.5), 10))).hasMessage("net.nn:3: spiral: seed must be a whole number, not 0.5");
    assertThatThrownBy(() -> table(source("sorting", Map.of(), 1 << 20, 2, 1 << 20))).isInstanceOf(Fault.class)
        .hasMessageContaining("more than one array can hold");
  }

  @Test
  void gatheringTakesRowsInTheOrderAsked() {
    var column = new Column("x", new int[] {2}, new byte[] {1, 2, 3, 4, (byte) 200, 6});
    float[] floats = new float[6];
    column.gather(new int[] {9, 2, 0}, 1, 2, floats, 1);
    assertThat(floats).containsExactly(0, 200, 6, 1, 2, 0);
    double[] doubles = new double[2];
    column.gather(new int[] {1}, 0, 1, doubles, 0);
    assertThat(doubles).containsExactly(3, 4);
  }
}
