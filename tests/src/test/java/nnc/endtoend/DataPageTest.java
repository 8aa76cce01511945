package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the page on data train on files of their form. */
class DataPageTest {
  @TempDir
  Path folder;

  private static String rows(String header, java.util.function.Function<Random, String> row) {
    var random = new Random(5);
    return header + IntStream.range(0, 60).mapToObj(i -> row.apply(random) + "\n").collect(Collectors.joining());
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  private static final Map<String, String> FILES = new TreeMap<>(Map.of(
      "notes.jsonl", rows("", r -> one(r, "{\"words\": [\"Anna\", \"sleeps\"], \"tags\": [\"name\", \"other\"]}", "{\"words\": [\"in\", \"Rome\", \"or\"], \"tags\": [\"other\", \"place\", \"other\"]}",
          "{\"words\": [], \"tags\": []}")),
      "visits.csv", "patient,pulse,pressure,ill\n" + IntStream.range(0, 90).mapToObj(i -> "p" + i * i % 17 + "," + (60 + i % 7) + "," + (110 + i % 5) + "," + i * i % 17 % 2 + "\n").collect(Collectors.joining()),
      "poem.txt", "The owl and the pussy-cat went to sea\n".repeat(30),
      "cars.csv", rows("kind,price,maker,city\n", r -> one(r, "coupe", "sedan", "van") + "," + r.nextInt(90) + "," + one(r, "A", "B", "\"C, D\"") + ",c" + r.nextInt(99)),
      "titanic.csv", rows("Age,Fare,Sex,Survived\n", r -> one(r, "", "30", "?", "41.5") + "," + r.nextInt(90) + "," + one(r, "female", "male") + "," + r.nextInt(2)),
      "sales.csv", rows("date,sold\n", r -> "2024-" + (1 + r.nextInt(12)) + "-" + (1 + r.nextInt(28)) + "," + r.nextInt(90)),
      "reviews.csv", rows("review,liked\n", r -> "\"So " + one(r, "good", "bad", "dull") + ", " + one(r, "good", "bad") + "!\"," + one(r, "yes", "no")),
      "pupils.jsonl", rows("", r -> "{\"pupil\": {\"age\": " + one(r, "12", "null", "13.5") + "}, \"marks\": [1, 2, " + r.nextInt(6) + "], \"passed\": \""
          + one(r, "no", "yes") + "\"}")));

  /** Files of samples that the page shows. */
  private static final Path SAMPLES = Path.of("../samples/tables");

  @TestFactory
  Stream<DynamicTest> programsTrain() throws IOException {
    for (var file : FILES.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    Files.copy(SAMPLES.resolve("adult.data"), folder.resolve("adult.data"));
    teach();
    write("news");
    var random = new Random(9);
    Npz.write(folder.resolve("small.npz"), Map.of("image", new Tensor(new int[] {40, 1, 8, 8}, random.doubles(40 * 64).toArray()),
        "label", new Tensor(new int[] {40}, random.ints(40, 0, 2).toArray())));
    var blocks = Files.readString(Path.of("../docs/data.md")).split("```");
    var programs = IntStream.range(0, blocks.length).filter(i -> i % 2 == 1 && blocks[i].contains("loss ")).mapToObj(i -> blocks[i]).toList();
    assertThat(programs).hasSizeGreaterThan(1);
    return programs.stream().map(program -> DynamicTest.dynamicTest(program.strip().lines().findFirst().orElseThrow(), () -> {
      var said = Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, "train", "--out", folder.resolve("w.npz").toString());
      assertThat(said.code()).as(said.all()).isZero();
    }));
  }

  /** A folder a class, with texts of a few words. */
  private void write(String news) throws IOException {
    var random = new Random(7);
    for (var group : new String[] {"sci.space", "rec.sport"}) {
      Files.createDirectories(folder.resolve(news).resolve(group));
      for (int i = 0; i < 20; i++) {
        Files.writeString(folder.resolve(news).resolve(group).resolve("" + (10_000 + i)), "Subject: " + one(random, "moon", "ball") + "\n\nThe " + group + " " + one(random, "goal", "orbit"));
      }
    }
  }

  /** Has a network predict for examples without labels. */
  private void teach() {
    var random = new Random(6);
    Npz.write(folder.resolve("unlabelled.npz"), Map.of("x", new Tensor(new int[] {60, 2}, random.doubles(120).toArray())));
    var teacher = Compiler.load(Programs.compile("input x: float[N, 2] output chance = softmax(dense(3)(x))", 32));
    Npz.write(folder.resolve("teacher.npz"), Map.of("dense.W", new Tensor(new int[] {2, 3}, new float[] {1, 0, -1, 0, 2, 0}), "dense.b", new Tensor(new int[] {3}, new float[3])));
    var said = Said.byNetwork(teacher, folder, "predict", "--weights", folder.resolve("teacher.npz").toString(), "--in", folder.resolve("unlabelled.npz").toString(),
        "--out", folder.resolve("labels.npz").toString());
    assertThat(said.code()).as(said.all()).isZero();
  }

  @Test
  void theProgramForAdultIsTheSample() throws IOException {
    var sample = Files.readString(SAMPLES.resolve("adult.nn"));
    assertThat(Files.readString(Path.of("../docs/data.md"))).contains(sample.substring(sample.indexOf("input")));
  }
}
