package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs and targets that are texts in files and classes in the network, from training to prediction. */
class CategoryTest {
  private static final String NETWORK = """
      input  shade: category("dark", "light")[N]
      input  kind:  category(2)[N]
      input  word:  hashed(16)[N]
      target price: category(3)[N]
      features = concat([one_hot(shade), embedding(4)(kind), one_hot(word)])
      scores = dense(class_count(price))(features)
      output scores
      output places = kind
      loss cross_entropy(scores, price)
      metric confusion = confusion_matrix(argmax(scores), price, class_count(price))
      data { train = csv("a.csv", kind = "the kind")  test = split(train, 0.25) }
      train { optimizer = adam(0.05)  epochs = %d  batch = 16  seed = 3 }
      """;

  @TempDir
  Path folder;

  private String run(int code, String program, String... arguments) {
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  /** Forty rows; the kind zebra stands in the last part alone if that is asked for. */
  private void table() throws IOException {
    var random = new Random(4);
    var text = new StringBuilder("shade,the kind,word,price\n");
    for (int i = 0; i < 40; i++) {
      text.append(i % 2 == 0 ? "dark" : "light").append(',').append(new String[] {"cat", "dog", "\"a, b\""}[i % 5 % 3]).append(",w").append(random.nextInt(9))
          .append(',').append(new String[] {"low", "mid", "top"}[i % 3]).append('\n');
    }
    Files.writeString(folder.resolve("a.csv"), text);
  }

  @Test
  @Covers("embedding")
  void namesAreLearnedFromTheTrainingPartAndKeptWithTheWeights() throws IOException {
    table();
    run(0, NETWORK.formatted(2), "train", "--out", file("w.npz"));
    var saved = Npz.read(folder.resolve("w.npz"));
    assertThat((String[]) saved.get("nnc.categories.kind").data()).containsExactly("cat", "dog");
    assertThat((String[]) saved.get("nnc.categories.price").data()).containsExactly("low", "mid", "top");
    assertThat(saved.get("embedding.W").shape()).containsExactly(3, 4);
    assertThat(saved.get("dense.W").shape()).containsExactly(2 + 4 + 16, 3);
    assertThat(run(0, NETWORK.formatted(2), "evaluate", "--weights", file("w.npz"))).contains("low").contains("mid").contains("top");
  }

  @Test
  void aResumedTrainingKnowsTheNamesAndEndsInTheSameBits() throws IOException {
    table();
    run(0, NETWORK.formatted(4), "train", "--out", file("whole.npz"));
    run(0, NETWORK.formatted(2), "train", "--out", file("half.npz"));
    run(0, NETWORK.formatted(4), "train", "--resume", file("half.npz"), "--out", file("both.npz"));
    var whole = Npz.read(folder.resolve("whole.npz"));
    Npz.read(folder.resolve("both.npz")).forEach((name, array) -> {
      if (!name.startsWith("nnc.") || name.startsWith("nnc.categories.")) {
        assertThat(array.data()).as(name).isEqualTo(whole.get(name).data());
      }
    });
  }

  @Test
  void weightsThatAnotherFileBeginsWithKeepTheirNames() throws IOException {
    table();
    run(0, NETWORK.formatted(1), "train", "--out", file("w.npz"));
    Files.writeString(folder.resolve("a.csv"), Files.readString(folder.resolve("a.csv")).replace("cat", "cow"));
    run(0, NETWORK.formatted(1), "train", "--init", file("w.npz"), "--out", file("v.npz"));
    assertThat((String[]) Npz.read(folder.resolve("v.npz")).get("nnc.categories.kind").data()).containsExactly("cat", "dog");
  }

  @Test
  void anyNamesSurviveAWeightFile() {
    var names = new String[] {"", " ", "a, b", "two\nlines", "\u00e4\u00df\u4e2d", "\ud83d\ude00 end", "x".repeat(300)};
    Npz.write(folder.resolve("n.npz"), java.util.Map.of("nnc.categories.kind", new Tensor(new int[] {names.length}, names),
        "nnc.categories.none", new Tensor(new int[] {0}, new String[0])));
    assertThat((String[]) Npz.read(folder.resolve("n.npz")).get("nnc.categories.kind").data()).containsExactly(names);
    assertThat((String[]) Npz.read(folder.resolve("n.npz")).get("nnc.categories.none").data()).isEmpty();
  }

  /** A jar that was bundled knows the names as its weight file does. */
  @Test
  void aBundledModelKnowsTheNames() throws IOException {
    table();
    run(0, NETWORK.formatted(1), "train", "--out", file("w.npz"));
    var bundled = Compiler.load(Programs.compile(NETWORK.formatted(1), 32)).withWeights(folder.resolve("w.npz")).bundled();
    var again = Compiler.load(Programs.compile(NETWORK.formatted(1), 32)).withWeights(new java.io.ByteArrayInputStream(bundled.values().iterator().next()), "x");
    assertThat(again.vocabulary().learned()).isEqualTo(java.util.Map.of("kind", java.util.List.of("cat", "dog"), "price", java.util.List.of("low", "mid", "top")));
  }

  @Test
  void classesAreFedAsNumbersToo() throws IOException {
    table();
    run(0, NETWORK.formatted(1), "train", "--out", file("w.npz"));
    var places = new Tensor(new int[] {3}, new int[] {0, 1, 2});
    Npz.write(folder.resolve("in.npz"), java.util.Map.of("kind", places, "shade", new Tensor(new int[] {3}, new int[] {0, 1, 1}), "word", places));
    run(0, NETWORK.formatted(1), "predict", "--weights", file("w.npz"), "--in", file("in.npz"), "--out", file("o.npz"));
    assertThat(Npz.read(folder.resolve("o.npz")).get("places").toDoubles()).containsExactly(0, 1, 2);
    Npz.write(folder.resolve("in.npz"), java.util.Map.of("kind", new Tensor(new int[] {1}, new int[] {3}), "shade", new Tensor(new int[] {1}, new int[] {0}),
        "word", new Tensor(new int[] {1}, new int[] {0})));
    assertThat(run(1, NETWORK.formatted(1), "predict", "--weights", file("w.npz"), "--in", file("in.npz"), "--out", file("o.npz"))).contains("input kind");
  }

  @Test
  void aTextThatNoClassHasIsRefusedOnlyWhereItIsUsed() throws IOException {
    table();
    Files.writeString(folder.resolve("a.csv"), Files.readString(folder.resolve("a.csv")).replaceAll("(dark.*),low", "$1,high"));
    var program = NETWORK.formatted(1).replace("category(3)", "category(\"low\", \"mid\", \"top\")");
    assertThat(run(1, program, "train", "--out", file("w.npz"))).contains("a.csv:").contains("'high' is no category of target price; there are low, mid, top");
    assertThat(run(1, NETWORK.formatted(1), "train", "--out", file("w.npz"))).contains("target price: 4 categories in");
    run(0, program.replace("\"top\"", "\"top\", other = true"), "train", "--out", file("w.npz"));
  }
}
