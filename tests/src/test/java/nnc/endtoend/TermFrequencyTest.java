package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The layer {@code tf_idf} on a folder of texts by class; oracle: its formula, over the words of the training part. */
class TermFrequencyTest {
  private static final int MOST = 12, LENGTH = 9;

  private static final String PROGRAM = """
      input  tokens: category(%d)[N, %d]
      target label:  category(2)[N]
      terms = tokens |> tf_idf(sublinear = %s, unit = %s)
      scores = terms |> dense(class_count(label))
      output terms = terms
      output topic = argmax(scores) |> named(label)
      loss cross_entropy(scores, label)
      data  { train = texts("news", length = %d, ngrams = 2)  test = texts("news", length = %d, ngrams = 2) }
      train { optimizer = adam(0.05)  epochs = 2 }
      """;

  @TempDir
  Path folder;

  /** Texts of few words, some longer than they are cut to; in the order in which they are read. */
  private List<String> write() throws IOException {
    var random = new Random(8);
    var words = List.of("moon", "orbit", "ball", "goal", "the", "a");
    List<String> texts = new ArrayList<>();
    for (var group : List.of("space", "sport")) {
      Files.createDirectories(folder.resolve("news").resolve(group));
      for (int i = 10; i < 30; i++) {
        var text = new ArrayList<String>();
        for (int k = random.nextInt(8); k >= 0; k--) {
          text.add(words.get(group.equals("space") ? random.nextInt(5) : 1 + random.nextInt(5)));
        }
        texts.add(String.join(" ", text));
        Files.writeString(folder.resolve("news").resolve(group).resolve(i + ".txt"), texts.getLast());
      }
    }
    return texts;
  }

  /** The words and pairs of a text, as far as it is read. */
  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    var words = text.split(" ");
    for (int i = 0; i < words.length; i++) {
      tokens.add(words[i]);
      if (i > 0) {
        tokens.add(words[i - 1] + " " + words[i]);
      }
    }
    return tokens.subList(0, Math.min(LENGTH, tokens.size()));
  }

  private static double[] expected(String text, List<String> texts, List<String> names, boolean sublinear, boolean unit) {
    var terms = new double[MOST + 1];
    for (int i = 0; i < names.size(); i++) {
      var name = names.get(i);
      long count = name.isEmpty() ? 0 : tokens(text).stream().filter(name::equals).count();
      long documents = texts.stream().filter(other -> tokens(other).contains(name)).count();
      double frequency = !sublinear ? count : count == 0 ? 0 : 1 + Math.log(count);
      terms[i] = frequency * (1 + Math.log((1.0 + texts.size()) / (1 + documents)));
    }
    double norm = unit ? Math.sqrt(Arrays.stream(terms).map(term -> term * term).sum()) : 1;
    return Arrays.stream(terms).map(term -> norm == 0 ? 0 : term / norm).toArray();
  }

  @ParameterizedTest
  @CsvSource({"false, true", "true, false"})
  @Covers("tf_idf")
  void termsAreWeighedByTheTextsThatHaveThem(boolean sublinear, boolean unit) throws IOException {
    var texts = write();
    var model = Compiler.load(Programs.compile(PROGRAM.formatted(MOST, LENGTH, sublinear, unit, LENGTH, LENGTH), 32));
    var weights = folder.resolve("w.npz").toString();
    var said = Said.byNetwork(model, folder, "train", "--out", weights);
    assertThat(said.code()).as(said.all()).isZero();
    var names = Arrays.asList((String[]) Npz.read(Path.of(weights)).get("nnc.categories.tokens").data());
    assertThat(names).contains("").hasSize(MOST);
    Files.writeString(folder.resolve("in.csv"), "tokens\n" + String.join("\n", texts) + "\nnever seen\n");
    var predicted = Said.byNetwork(model, folder, "predict", "--weights", weights, "--in", folder.resolve("in.csv").toString(), "--out", folder.resolve("o.npz").toString());
    assertThat(predicted.code()).as(predicted.all()).isZero();
    var terms = Npz.read(folder.resolve("o.npz")).get("terms").toDoubles();
    assertThat(terms).hasSize((MOST + 1) * (texts.size() + 1));
    for (int row = 0; row < texts.size(); row++) {
      assertThat(Arrays.copyOfRange(terms, row * (MOST + 1), (row + 1) * (MOST + 1))).as(texts.get(row))
          .containsExactly(expected(texts.get(row), texts, names, sublinear, unit), within(1e-5));
    }
    assertThat(Arrays.copyOfRange(terms, texts.size() * (MOST + 1), terms.length)).as("other words tell nothing").containsOnly(0);
  }

  @Test
  void onlyCategoriesHaveTokens() {
    assertThat(Programs.faults("input t: int[N, 3]\noutput y = t |> tf_idf")).contains("categories only");
  }
}
