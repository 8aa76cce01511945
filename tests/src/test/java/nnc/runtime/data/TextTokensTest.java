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
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts as tokens: by the rule that the page states, in folders and in columns, for training and for predictions. */
class TextTokensTest {
  @TempDir
  private Path folder;

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), text);
  }

  /** The tokens of a row, those that fill up too. */
  private static List<String> row(Table table, int row) {
    Column column = table.column("tokens");
    return IntStream.range(0, column.width()).mapToObj(i -> column.classes().get((int) column.get(row, i))).toList();
  }

  private Table table(Map<String, ?> named) {
    return Sources.table(folder, source("texts", named, "news"));
  }

  @Test
  void wordsAreLettersAndDigitsNextToEachOther() throws IOException {
    write("news/b/2", "Don't PANIC: 42\nanswers\u2014\u00c9t\u00e9, \ud835\udd38x!");
    write("news/a/1.txt", "");
    var table = table(Map.of("length", 9));
    assertThat(row(table, 1)).containsExactly("don", "t", "panic", "42", "answers", "\u00e9t\u00e9", "\ud835\udd38x", "", "");
    assertThat(row(table, 0)).containsOnly("");
    assertThat(values(table.column("count"))).containsExactly(0, 7);
    assertThat(table.column("label").classes()).containsExactly("a", "b");
    assertThat(values(table.column("label"))).containsExactly(0, 1);
    assertThat(row(table(Map.of("length", 2, "lower", false)), 1)).containsExactly("Don", "t");
    assertThat(row(table(Map.of("length", 5, "by", "letters", "lower", false)), 1)).containsExactly("D", "o", "n", "'", "t");
    assertThat(row(table(Map.of("length", 6, "ngrams", 3)), 1)).containsExactly("don", "t", "don t", "panic", "t panic", "don t panic");
  }

  /** Windows are what is learned from. */
  @Test
  void textsThatArePredictedForAreWholeWhereAnyLengthIsTaken() throws Exception {
    write("poem.txt", "abcdefgh abcdefgh");
    write("all.nn", """
        input tokens: category(20)[N, T]
        output long = sum(where(tokens >= 0, 1.0, 0.0), axis = 1)
        param w: float = 1
        loss mean((long - w) ^ 2)
        data { train = textfile("poem.txt", length = 5, by = "letters") }
        train { epochs = 1 }
        """);
    var model = Compiler.load(Compiler.compile(folder.resolve("all.nn"), CompilerOptions.standard()));
    var weights = folder.resolve("all.npz").toString();
    assertThat(Said.byNetwork(model, folder, "train", "--out", weights).code()).isZero();
    assertThat(Said.byNetwork(model, folder, "predict", "--weights", weights, "--row", "tokens=abcdefgh", "--json").out()).contains("8");
    assertThat(Said.byNetwork(model, folder, "predict", "--weights", weights, "--row", "tokens=abc", "--json").out()).contains("3");
  }

  @Test
  void withoutALengthEachTextHasItsOwn() throws IOException {
    write("news/b/2", "So it goes");
    write("news/a/1.txt", "");
    write("news/c/1.txt", "so?");
    var tokens = table(Map.of()).column("tokens");
    assertThat(tokens.isRagged()).isTrue();
    assertThat(values(tokens.lengths())).containsExactly(0, 3, 1);
    assertThat(row(table(Map.of()), 2)).as("of the longest's length").containsExactly("so", "", "");
    assertThat(values(table(Map.of()).column("tokens.lengths"))).containsExactly(0, 3, 1);
  }

  @Test
  void aFileIsReadByLinesOrInWindows() throws IOException {
    write("poem.txt", "The owl\n\nand the cat  went\r\nto sea");
    var lines = Sources.table(folder, source("textfile", Map.of(), "poem.txt"));
    assertThat(values(lines.column("count"))).containsExactly(2, 4, 2);
    assertThat(row(lines, 1)).containsExactly("and", "the", "cat", "went");
    assertThat(lines.column("tokens").place(1, 3, "")).endsWith("poem.txt:3");
    var windows = Sources.table(folder, source("textfile", Map.of("length", 3, "step", 2), "poem.txt"));
    assertThat(IntStream.range(0, windows.size()).mapToObj(i -> String.join(" ", row(windows, i)))).containsExactly("the owl and", "and the cat", "cat went to");
    assertThat(row(Sources.table(folder, source("textfile", Map.of("length", 4, "by", "letters", "lower", false), "poem.txt")), 1)).containsExactly("o", "w", "l", "\n");
    assertThatThrownBy(() -> Sources.table(folder, source("textfile", Map.of("length", 9), "poem.txt"))).hasMessageContaining("has 8 tokens, fewer than the 9 of a window");
    assertThatThrownBy(() -> Sources.table(folder, source("textfile", Map.of("step", 9), "poem.txt"))).hasMessageContaining("step is how many tokens a window begins behind the one before");
  }

  @Test
  void bytesAreReadInTheirEncoding() throws IOException {
    write("news/a/1", "");
    Files.write(folder.resolve("news/a/1"), "na\u00efve".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(row(table(Map.of("length", 2, "encoding", "latin-1")), 0)).containsExactly("na\u00efve", "");
    assertThat(row(table(Map.of("length", 2)), 0)).containsExactly("na", "ve");
  }

  @Test
  void longWordsAreCut() throws IOException {
    write("news/a/1", "x".repeat(250) + " y");
    assertThat(row(table(Map.of("length", 2)), 0)).containsExactly("x".repeat(100), "y");
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    write("news/a/1", "x");
    assertThatThrownBy(() -> table(Map.of("length", -1))).isInstanceOf(Fault.class).hasMessage("net.nn:3: texts: length is how many tokens a text has, cut there or filled up");
    assertThatThrownBy(() -> table(Map.of("length", 2, "by", "lines"))).hasMessageContaining("by is \"words\" or \"letters\"");
    assertThatThrownBy(() -> table(Map.of("length", 2, "encoding", "ebcdic"))).hasMessageContaining("ebcdic is not known");
    write("d.csv", "tokens\n1\n2\n");
    assertThatThrownBy(() -> Sources.table(folder, source("tokens", Map.of("length", 2), source("csv", Map.of(), "d.csv"), "tokens"), "tokens"))
        .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).contains("category(10000)[N, 2]")).hasMessageContaining("is not one text a row");
  }

  private static final String PROGRAM = """
      input  review: category(3)[N, 4]
      input  count:  int[N]
      target liked:  category("no", "yes")[N]
      scores = sum(one_hot(review), axis = 1) |> dense(2)
      output codes = review
      output many = count
      output scores
      loss cross_entropy(scores, liked)
      data { train = tokens(csv("d.csv"), "review", length = 4)  validate = split(train, 0.25) }
      train { optimizer = sgd(0.1)  epochs = 1 }
      """;

  @Test
  void theVocabularyIsThatOfTheTrainingPartAndStaysWithTheWeights() throws IOException {
    write("d.csv", "review,liked\n" + "good good film,yes\nbad film,no\n".repeat(10));
    write("new.csv", "review\nGOOD grief\n\"film, bad film; bad, film\"\n");
    write("new.jsonl", "{\"review\": \"GOOD grief\"}\n{\"review\": \"film, bad film; bad, film\"}\n");
    var model = Compiler.load(Programs.compile(PROGRAM, 32));
    var weights = folder.resolve("w.npz").toString();
    var trained = Said.byNetwork(model, folder, "train", "--out", weights);
    assertThat(trained.code()).as(trained.all()).isZero();
    assertThat((Object[]) Npz.read(folder.resolve("w.npz"), name -> name.startsWith("nnc.categories")).read().get("nnc.categories.review").data())
        .containsExactly("", "film", "good");
    for (var in : List.of("new.csv", "new.jsonl")) {
      var said = Said.byNetwork(model, folder, "predict", "--weights", weights, "--in", folder.resolve(in).toString(), "--out", folder.resolve("o.npz").toString());
      assertThat(said.code()).as(said.all()).isZero();
      Map<String, Tensor> out = Npz.read(folder.resolve("o.npz"));
      // "" is class 0, film 1, good 2, and 3 is all others
      assertThat(out.get("codes").toDoubles()).containsExactly(2, 3, 0, 0, 1, 3, 1, 3);
      assertThat(out.get("many").toDoubles()).containsExactly(2, 4);
    }
  }
}
