package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.Said;
import nnc.runtime.Perceptron;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Column;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.RowReader;
import nnc.runtime.data.Table;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that have changed, by however little, are noticed before a training goes on with them; data that are held otherwise have not changed. */
class DataSumsTest {
  @TempDir
  Path folder;

  private static Source text(String value) {
    return new Source("text", List.of(), Map.of(), value, 5);
  }

  private static Source csv(String file) {
    return new Source("csv", List.of(text(file)), Map.of(), null, 5);
  }

  private static Map<String, Object> sums(Map<String, Table> tables) {
    var data = new LinkedHashMap<String, Source>();
    tables.keySet().forEach(role -> data.put(role, csv("none.csv")));
    var model = Perceptron.model(data, Map.of());
    var found = new LinkedHashMap<String, Object>();
    DataSums.of(model.spec(), new Data(model.spec(), new Folder(Path.of(""), null, null), tables, 0)).forEach((name, sum) -> found.put(name, sum[0]));
    return found;
  }

  private static Object sum(Object data, int... rows) {
    return sum(new Column("label", new int[] {}, data), rows);
  }

  private static Object sum(Column column, int... rows) {
    var table = Table.of("here", List.of(column));
    return sums(Map.of("train", rows.length == 0 ? table : table.select(rows))).get("nnc.data.train.label");
  }

  @Test
  void numbersCountNotHowTheyAreHeld() {
    var expected = sum(new byte[] {1, 2, (byte) 200});
    assertThat(sum(new int[] {1, 2, 200})).isEqualTo(expected);
    assertThat(sum(new float[] {1, 2, 200})).isEqualTo(expected);
    assertThat(sum(new double[] {1, 2, 200})).isEqualTo(expected);
  }

  @Test
  void eachNumberEachPlaceAndEachNameCounts() {
    var random = new Random(5);
    double[] numbers = random.doubles(50).toArray();
    var seen = new ArrayList<>(List.of(sum(numbers)));
    for (int i = 0; i < numbers.length; i++) {
      var other = numbers.clone();
      other[i] = Math.nextUp(other[i]);
      seen.add(sum(other));
      if (i > 0) {
        other = numbers.clone();
        other[i - 1] = numbers[i];
        other[i] = numbers[i - 1];
        seen.add(sum(other));
        seen.add(sum(numbers, IntStream.range(0, i).toArray()));
      }
    }
    seen.add(sum(new Column("label", new int[] {}, new int[] {0, 1, 0}, null, List.of("a", "b"))));
    seen.add(sum(new Column("label", new int[] {}, new int[] {0, 1, 0}, null, List.of("a", "c"))));
    seen.add(sum(new Column("label", new int[] {}, new int[] {0, 1, 0}, null, List.of("b", "a"))));
    seen.add(sum(new int[] {0, 1, 0}));
    assertThat(seen).doesNotHaveDuplicates();
  }

  /** A row reader that counts how often it is asked. */
  private static final class Counted implements RowReader {
    private final double[] numbers;
    private int reads;

    Counted(double[] numbers) {
      this.numbers = numbers;
    }

    @Override
    public int rows() {
      return numbers.length;
    }

    @Override
    public void read(int row, Object memory, int to) {
      reads++;
      NumericArrays.set(memory, to, numbers[row]);
    }
  }

  @Test
  void ofRowsOnTheDiskAFewAreRead() {
    double[] numbers = new Random(6).doubles(1000).toArray();
    var reader = new Counted(numbers);
    var expected = sum(reader);
    assertThat(reader.reads).isBetween(2, 100);
    for (int end : new int[] {0, 999}) {
      var other = numbers.clone();
      other[end]++;
      assertThat(sum(new Counted(other))).isNotEqualTo(expected);
    }
    assertThat(sum(new Counted(Arrays.copyOf(numbers, 999)))).isNotEqualTo(expected);
    assertThat(sum(new Counted(new double[] {1}))).isNotEqualTo(sum(new Counted(new double[] {2})));
  }

  private Said train(Map<String, Source> data, String... arguments) {
    return Said.byNetwork(Perceptron.model(data, Map.of("batch", 2.0, "epochs", 2.0, "seed", 3.0)), folder, arguments);
  }

  private void table(String name, int label) throws IOException {
    // a column of pairs is none that a table of text has, so both inputs are arrays
    Npz.write(folder.resolve(name), Map.of("point", new Tensor(new int[] {4, 2}, new float[] {1, 2, 3, 4, 5, 6, 7, 8}),
        "label", new Tensor(new int[] {4}, new int[] {0, 1, label, 1})));
  }

  private static Source npz(String file) {
    return new Source("npz", List.of(text(file)), Map.of(), null, 5);
  }

  @Test
  void aTrainingIsNotResumedOnOtherData() throws IOException {
    var data = Map.of("train", npz("d.npz"), "validate", npz("v.npz"));
    table("d.npz", 0);
    table("v.npz", 0);
    var w = folder.resolve("w.npz").toString();
    assertThat(train(data, "train", "--out", w, "--epochs", "1").code()).isZero();
    var saved = Files.readAllBytes(folder.resolve("w.npz"));
    for (var changed : List.of("d.npz", "v.npz")) {
      table(changed, 1);
      var said = train(data, "train", "--resume", w);
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).isEqualTo("error: " + w + ": cannot go on to the same result: the data have changed since it was saved: label of the data for "
          + (changed.equals("d.npz") ? "train" : "validate") + "\n  bring back the data, or start from its weights with --init instead\n");
      assertThat(Files.readAllBytes(folder.resolve("w.npz"))).isEqualTo(saved);
      table(changed, 0);
    }
    assertThat(train(data, "train", "--resume", w).code()).isZero();
  }

  @Test
  void aFileWithoutCheckSumsIsResumed() throws IOException {
    var data = Map.of("train", npz("d.npz"));
    table("d.npz", 0);
    var w = folder.resolve("w.npz");
    train(data, "train", "--out", w.toString(), "--epochs", "1");
    var arrays = Npz.read(w);
    assertThat(arrays.keySet()).contains("nnc.data.train.point", "nnc.data.train.label");
    arrays.keySet().removeIf(name -> name.startsWith("nnc.data."));
    Npz.write(w, arrays);
    assertThat(train(data, "train", "--resume", w.toString()).code()).isZero();
    assertThat(Npz.read(w).keySet()).contains("nnc.data.train.point");
  }

  @Test
  void whatIsMissingIsFoundBeforeTheFirstStep() throws IOException {
    table("d.npz", 0);
    for (var role : List.of("test", "validate")) {
      var data = new LinkedHashMap<>(Map.of("train", npz("d.npz")));
      data.put(role, npz("none.npz"));
      var said = train(data, "train", "--out", folder.resolve("w.npz").toString());
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).contains("none.npz: no such file");
      assertThat(said.out()).as("nothing was trained for %s", role).isEmpty();
      Npz.write(folder.resolve("half.npz"), Map.of("label", new Tensor(new int[] {4}, new int[4])));
      data.put(role, npz("half.npz"));
      said = train(data, "train", "--out", folder.resolve("w.npz").toString());
      assertThat(said.err()).contains("has no column point");
      assertThat(said.out()).isEmpty();
      Files.write(folder.resolve("torn.npz"), Arrays.copyOf(Files.readAllBytes(folder.resolve("d.npz")), 300));
      data.put(role, npz("torn.npz"));
      assertThat(train(data, "train", "--out", folder.resolve("w.npz").toString())).matches(torn -> torn.code() == 1 && torn.out().isEmpty() && torn.err().contains("torn.npz"));
    }
    assertThat(folder.resolve("w.npz")).doesNotExist();
  }
}
