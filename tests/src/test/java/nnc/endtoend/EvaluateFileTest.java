package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code evaluate --in}: rows of a file are judged as the same rows of the program's data are, in each form that predictions are made for. */
@ResourceLock(Resources.SYSTEM_OUT)
class EvaluateFileTest {
  private static final String PROGRAM = """
      input  age: float[N, 2]
      input  sex: category("f", "m")[N]
      target fate: category("lost", "saved")[N]
      z = concat([age, one_hot(sex)])[:, 1:3]
      output chance = softmax(z)
      loss   cross_entropy(z, fate)
      metric area = roc_auc(z[:, 1] - z[:, 0], fate)
      data   { train = csv("all.csv", age = ["Age", "Height"], sex = "Sex", fate = "Fate", separator = ";") }
      """;
  private static final String[] SEXES = {"f", "m"}, FATES = {"lost", "saved"};
  private static final int ROWS = 600;

  @TempDir
  Path folder;

  private Said said(String program, String... words) throws IOException {
    return Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, words);
  }

  private String figures(String program, String... words) throws IOException {
    var said = said(program, words);
    assertThat(said.code()).as(said.all()).isZero();
    return said.out().replaceFirst("\\S+ +loss", "loss").replaceAll(", [0-9.]+ s\\)", ")");
  }

  private void write() throws IOException {
    var random = new Random(2);
    var csv = new StringBuilder("Fate;Age;note;Height;Sex\n");
    var json = new StringBuilder();
    var ages = new float[2 * ROWS];
    var sexes = new int[ROWS];
    var fates = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      ages[2 * i] = random.nextInt(9);
      ages[2 * i + 1] = random.nextInt(9) / 4f;
      sexes[i] = random.nextInt(2);
      fates[i] = random.nextInt(2);
      csv.append(FATES[fates[i]] + ";" + ages[2 * i] + ";x;" + ages[2 * i + 1] + ";" + SEXES[sexes[i]] + "\n");
      json.append("{\"Age\": " + ages[2 * i] + ", \"Height\": " + ages[2 * i + 1] + ", \"Sex\": \"" + SEXES[sexes[i]] + "\", \"Fate\": \"" + FATES[fates[i]] + "\"}\n");
    }
    Files.writeString(folder.resolve("all.csv"), csv);
    Files.writeString(folder.resolve("same.csv"), csv);
    Files.writeString(folder.resolve("same.jsonl"), json);
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("age", new Tensor(new int[] {ROWS, 2}, ages));
    arrays.put("sex", new Tensor(new int[] {ROWS}, sexes));
    arrays.put("fate", new Tensor(new int[] {ROWS}, fates));
    arrays.put("more", new Tensor(new int[] {1}, new int[] {3}));
    Npz.write(folder.resolve("same.npz"), arrays);
  }

  @Test
  void eachFormComesToTheSame() throws IOException {
    write();
    var own = figures(PROGRAM, "evaluate");
    assertThat(own).contains("(600 examples)");
    for (var file : new String[] {"same.csv", "same.jsonl", "same.npz"}) {
      assertThat(figures(PROGRAM, "evaluate", "--in", folder.resolve(file).toString())).as(file).isEqualTo(own);
    }
  }

  @Test
  void reportsAreOfTheFile() throws IOException {
    write();
    Files.writeString(folder.resolve("few.csv"), Files.readAllLines(folder.resolve("all.csv")).subList(0, 8).stream().collect(Collectors.joining("\n", "", "\n")));
    var program = Files.writeString(folder.resolve("p.nn"), PROGRAM);
    var said = Said.byCompiler("evaluate", program.toString(), "--in", folder.resolve("few.csv").toString(), "--report");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("(7 examples", "chance against fate").containsPattern("count +7\n");
  }

  @Test
  void picturesAreOfTheirFolders() throws IOException {
    var program = """
        input  image: float[N, 1, 2, 2]
        target label: category("dark", "light")[N]
        z = stack([0.5 - image[:, 0, 0, 0] / 255, image[:, 0, 1, 1] / 255 - 0.5], axis = 1)
        output chance = softmax(z)
        loss   cross_entropy(z, label)
        metric accuracy = mean(argmax(z) == label)
        data   { train = images("pictures", channels = 1) }
        """;
    for (var name : new String[] {"pictures/dark", "pictures/light", "more/light"}) {
      Files.createDirectories(folder.resolve(name));
    }
    for (int i = 0; i < 6; i++) {
      var picture = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
      int grey = i % 2 == 0 ? 20 + i : 200 + i;
      IntStream.range(0, 4).forEach(k -> picture.getRaster().setSample(k % 2, k / 2, 0, grey));
      ImageIO.write(picture, "png", folder.resolve("pictures/" + (i % 2 == 0 ? "dark" : "light") + "/" + i + ".png").toFile());
      ImageIO.write(picture, "png", folder.resolve("more/light/" + i + ".png").toFile());
    }
    assertThat(figures(program, "evaluate", "--in", folder.resolve("pictures").toString())).isEqualTo(figures(program, "evaluate")).contains("accuracy 1.0000");
    // of a folder without the first class the names count, not their places
    assertThat(figures(program, "evaluate", "--in", folder.resolve("more").toString())).contains("accuracy 0.5000");
    var numbered = said(program.replace("category(\"dark\", \"light\")", "int"), "evaluate", "--in", folder.resolve("more").toString());
    assertThat(numbered.code()).isEqualTo(1);
    assertThat(numbered.err()).contains("target label: numbers of classes follow from the names of a folder's own sub-folders");
  }

  @Test
  void whatIsMissingIsTold() throws IOException {
    write();
    Files.writeString(folder.resolve("bare.csv"), "Age;Height;Sex\n1;2;f\n");
    var bare = said(PROGRAM, "evaluate", "--in", folder.resolve("bare.csv").toString());
    assertThat(bare.code()).isEqualTo(1);
    assertThat(bare.err()).contains("bare.csv").contains("Fate");
    Npz.write(folder.resolve("bare.npz"), Map.of("age", new Tensor(new int[] {1, 2}, new float[2]), "sex", new Tensor(new int[] {1}, new int[1])));
    assertThat(said(PROGRAM, "evaluate", "--in", folder.resolve("bare.npz").toString()).err()).contains("no array for target fate; it has");
    assertThat(said(PROGRAM, "evaluate", "--in", "x.csv", "--on", "train").code()).isEqualTo(2);
    assertThat(said(PROGRAM, "evaluate", "--in", folder.resolve("none.csv").toString()).err()).contains("none.csv").doesNotContain("internal");
    assertThat(said(PROGRAM, "evaluate", "--in", folder.toString()).err()).contains("the program reads no images(...)");
  }
}
