package nnc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of a table put together to sequences. */
class SequenceRowsTest {
  private static final String PROGRAM = """
      input  at: float[N, T, 2]
      input  word: category("a", "b")[N, T]
      input  n "at.lengths": int[N]
      target ill: int[N]
      param w: float = ones
      output steps = at[:, :, 0] * w
      output many = n
      loss mse(sum(at[:, :, 1], axis = 1) * w, cast(ill, "float"))
      data { train = sequences(csv("d.csv", at = ["x", "y"]), %s) }
      train { optimizer = sgd(0) }
      """;

  @TempDir
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("d.csv"), "who,x,y,word,ill\nk,1,2,a,1\nm,3,4,b,0\nk,5,6,b,1\nk,7,8,a,1\nm,9,10,a,0\n");
  }

  private Table table(String how) {
    return new Data(Programs.compile(PROGRAM.formatted(how), 32).spec(), new Folder(folder, null, System.err)).table("train");
  }

  private static double[] row(Column column, int row) {
    double[] values = new double[column.size(row)];
    column.readOwn(row, values, 0);
    return values;
  }

  /** Rows that differ in length themselves have no place for an element of a sequence. */
  @Test
  void raggedRowsAreNoElements() throws IOException {
    Files.writeString(folder.resolve("notes.csv"), "note\nhe was ill\nill\nhe was well and ill\n");
    var program = Programs.compile("""
        input note: category(10)[N, T]
        output y = note
        data { train = sequences(tokens(csv("notes.csv"), "note"), window = 2) }
        """, 32);
    assertThatThrownBy(() -> new Data(program.spec(), new Folder(folder, null, System.err)).table("train")).isInstanceOf(Fault.class)
        .hasMessageContaining("differ in length themselves");
  }

  /** What one source makes of rows is nothing to another. */
  @Test
  void otherSourcesHaveSequencesAsTheyAre() throws IOException {
    Files.writeString(folder.resolve("t.jsonl"), "{\"at\": [[1, 2], [3, 4], [5, 6]], \"word\": [\"a\", \"b\", \"b\"], \"ill\": 1}\n{\"at\": [[7, 8]], \"word\": [\"a\"], \"ill\": 0}\n");
    var data = new Data(Programs.compile(PROGRAM.formatted("key = \"who\")  test = jsonl(\"t.jsonl\""), 32).spec(), new Folder(folder, null, System.err));
    assertThat(row(data.table("test").column("at"), 0)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(row(data.table("test").column("at"), 1)).containsExactly(7, 8);
    assertThat(row(data.table("train").column("at"), 1)).containsExactly(3, 4, 9, 10);
  }

  @Test
  void rowsOfOneKeyAreASequence() {
    var table = table("key = \"who\"");
    assertThat(table.size()).isEqualTo(2);
    assertThat(row(table.column("at"), 0)).containsExactly(1, 2, 5, 6, 7, 8);
    assertThat(row(table.column("at"), 1)).containsExactly(3, 4, 9, 10);
    assertThat(row(table.column("word"), 0)).containsExactly(0, 1, 0);
    assertThat(row(table.column("ill"), 0)).containsExactly(1);
    assertThat(row(table.column("at.lengths"), 1)).containsExactly(2);
    assertThat(table.column("at").place(0, 3, "")).as("where a number stands").endsWith("d.csv:4:5");
    var last = table("key = \"who\", most = 2");
    assertThat(row(last.column("at"), 0)).containsExactly(5, 6, 7, 8);
    assertThat(row(last.column("word"), 1)).containsExactly(1, 0);
  }

  @Test
  void windowsFollowEachOther() {
    var table = table("window = 3, step = 1");
    assertThat(table.size()).isEqualTo(3);
    assertThat(row(table.column("at"), 1)).containsExactly(3, 4, 5, 6, 7, 8);
    assertThat(row(table.column("ill"), 0)).as("the last row's").containsExactly(1);
    assertThat(row(table.column("ill"), 2)).containsExactly(0);
    assertThat(table("window = 2").size()).isEqualTo(2);
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    assertThatThrownBy(() -> table("step = 1")).isInstanceOf(Fault.class).hasMessageContaining("takes key").hasMessageContaining("or window");
    assertThatThrownBy(() -> table("key = \"who\", step = 1")).hasMessageContaining("step goes with window");
    assertThatThrownBy(() -> table("window = 6")).hasMessageContaining("has 5 rows, fewer than a window");
    assertThatThrownBy(() -> table("key = \"nobody\"")).hasMessageContaining("no column nobody");
    Files.writeString(folder.resolve("d.csv"), "who,x,y,word,ill\nk,1,2,a,1\nk,3,4,b,0\n");
    assertThatThrownBy(() -> table("key = \"who\"")).hasMessageContaining("d.csv:2:9: column ill has not the same value in all rows of one who");
  }

  @Test
  void rowsToPredictForArePutTogetherToo() throws IOException {
    var model = Compiler.load(Programs.compile(PROGRAM.formatted("key = \"who\""), 32));
    Npz.write(folder.resolve("w.npz"), Map.of("w", new Tensor(new int[0], new float[] {2})));
    var said = Said.byNetwork(model, folder, "predict", "--weights", folder.resolve("w.npz").toString(), "--in", copy(), "--out", folder.resolve("out.csv").toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(folder.resolve("out.csv")).hasContent("steps,many\n2.0 10.0 14.0,3\n6.0 18.0,2\n");
    said = Said.byNetwork(model, folder, "evaluate", "--weights", folder.resolve("w.npz").toString(), "--in", copy());
    // (2 (2 + 6 + 8) - 1)^2 and (2 (4 + 10))^2
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("872.5");
  }

  private String copy() throws IOException {
    var copy = folder.resolve("more.csv");
    Files.writeString(copy, Files.readString(folder.resolve("d.csv")));
    return copy.toString();
  }
}
