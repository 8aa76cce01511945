package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What predictions are made for, beside CSV: JSON lines and folders of pictures; rows as the program's file is written; and what is not written over. */
class PredictFilesTest {
  private static final String NUMBERS = """
      input  age: float?[N]
      input  k:   int[N]
      target y:   float[N]
      output z = (age |> fill(1)) * 2 + one_hot(k, 5) @ [0, 1, 2, 3, 4]
      param w: float = ones
      loss mse(z * w, y)
      data { train = %s }
      train { optimizer = sgd(0)  epochs = 1 }
      """;

  @TempDir
  Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private String run(String program, int code, String... arguments) {
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }

  private void weights() {
    Npz.write(folder.resolve("w.npz"), Map.of("w", new Tensor(new int[0], new float[] {1})));
  }

  private String predict(String source, int code, String in, String out) {
    weights();
    return run(NUMBERS.formatted(source), code, "predict", "--weights", file("w.npz"), "--in", file(in), "--out", file(out));
  }

  @Test
  void jsonLinesGiveWhatCsvGives() throws IOException {
    Files.writeString(folder.resolve("in.csv"), "how old,k\n30,2\n,4\n");
    Files.writeString(folder.resolve("in.jsonl"), "{\"how old\": 30, \"k\": 2}\n{\"k\": 4, \"how old\": null}\n");
    Files.writeString(folder.resolve("deep.ndjson"), "{\"who\": {\"age\": 30}, \"k\": 2}\n{\"k\": 4}\n");
    predict("csv(\"none.csv\", age = \"how old\")", 0, "in.csv", "a.csv");
    predict("csv(\"none.csv\", age = \"how old\")", 0, "in.jsonl", "b.csv");
    predict("split(jsonl(\"none.jsonl\", age = \"who.age\"), 0.5)", 0, "deep.ndjson", "c.csv");
    assertThat(folder.resolve("a.csv")).hasContent("z\n62.0\n6.0\n");
    assertThat(folder.resolve("b.csv")).hasSameTextualContentAs(folder.resolve("a.csv"));
    assertThat(folder.resolve("c.csv")).hasSameTextualContentAs(folder.resolve("a.csv"));
  }

  @Test
  void aNumberThatAnInputDoesNotAllowIsToldWithItsPlace() throws IOException {
    Files.writeString(folder.resolve("in.csv"), "age,k\n30,2\n1,7\n");
    Files.writeString(folder.resolve("in.jsonl"), "{\"age\": 30, \"k\": 2}\n{\"k\": 7, \"age\": 1}\n");
    assertThat(predict("csv(\"none.csv\")", 1, "in.csv", "o.csv")).contains("input k: 7").contains(file("in.csv") + ":3:3").doesNotContain("example");
    assertThat(predict("csv(\"none.csv\")", 1, "in.jsonl", "o.csv")).contains("input k: 7").contains(file("in.jsonl") + ":2");
    for (var numbers : new Object[] {new long[] {1, 2, 5}, new int[] {1, 2, 5}, new float[] {1, 2, 5}}) {
      Npz.write(folder.resolve("in.npz"), Map.of("age", new Tensor(new int[] {3}, new float[3]), "k", new Tensor(new int[] {3}, numbers)));
      assertThat(predict("csv(\"none.csv\")", 1, "in.npz", "o.csv")).contains("input k: 5").contains("is none of the 5 classes 0 to 4 in " + file("in.npz") + ": array k[2]");
    }
  }

  @Test
  void aRowIsWrittenAsTheProgramsFileIs() {
    weights();
    for (var way : Map.of("csv(\"none.csv\")", "age=1.5,k=2", "csv(\"none.csv\", decimal = \",\")", "age=1,5;k=2", "csv(\"none.csv\", separator = \";\")", "age=1.5;k=2",
        "csv(\"none.csv\", separator = \"|\", decimal = \",\")", "age=1,5|k=2").entrySet()) {
      assertThat(run(NUMBERS.formatted(way.getKey()), 0, "predict", "--weights", file("w.npz"), "--row", way.getValue())).as(way.getKey()).contains("5.0");
    }
  }

  @Test
  void jsonHasTheDigitsOfItsNumbers() throws IOException {
    Files.writeString(folder.resolve("in.csv"), "age,k\n0.05,0\n1e-20,3\n");
    predict("csv(\"none.csv\")", 0, "in.csv", "o.jsonl");
    assertThat(Files.readString(folder.resolve("o.jsonl"))).isEqualTo("{\"z\":0.1}\n{\"z\":3}\n");
  }

  @Test
  void anEndingThatSaysNothingIsRefusedAndSoIsAFileOfTheData() throws IOException {
    Files.writeString(folder.resolve("in.csv"), "age,k\n30,2\n");
    assertThat(predict("csv(\"none.csv\")", 2, "in.csv", "foo.xyz")).contains("foo.xyz: its ending does not say what to write: .npz, .csv or .jsonl");
    assertThat(predict("csv(\"none.csv\")", 2, "in.csv", "foo")).contains("its ending does not say");
    assertThat(folder.resolve("foo.xyz")).doesNotExist();
    Npz.write(folder.resolve("data.npz"), Map.of("age", new Tensor(new int[] {2}, new float[2]), "k", new Tensor(new int[] {2}, new int[2]),
        "y", new Tensor(new int[] {2}, new float[2])));
    byte[] before = Files.readAllBytes(folder.resolve("data.npz"));
    assertThat(predict("split(npz(\"data.npz\"), 0.5)", 1, "in.csv", "data.npz")).contains("data.npz: this is a file of the program's data, and stays as it is");
    assertThat(run(NUMBERS.formatted("npz(\"data.npz\")"), 1, "train", "--out", file("data.npz"))).contains("this is a file of the program's data");
    assertThat(run(NUMBERS.formatted("npz(\"data.npz\")"), 1, "train", "--out", file("t.npz"), "--log", file("data.npz"))).contains("this is a file of the program's data");
    assertThat(Files.readAllBytes(folder.resolve("data.npz"))).isEqualTo(before);
  }

  @Test
  void whatIsNoTextIsShownByNumbers() throws IOException {
    Files.write(folder.resolve("bad.csv"), new byte[] {'a', 27, '[', '3', '1', 'm', 7, '\n', '1', '\n'});
    assertThat(predict("csv(\"none.csv\")", 1, "bad.csv", "o.csv")).contains("a\\u001b[31m\\u0007").doesNotContain("\u001b");
  }

  @Test
  void aMissingColumnIsToldBeforeAPartWithoutRows() throws IOException {
    Files.writeString(folder.resolve("few.csv"), "age,k\n1,2\n3,4\n");
    var program = NUMBERS.formatted("csv(\"few.csv\") validate = split(train, 0.1)");
    assertThat(run(program, 1, "train", "--out", file("t.npz"))).contains("target y: ").contains("few.csv has no column y; it has age, k");
    Files.writeString(folder.resolve("few.csv"), "age,k,y\n1,2,1\n3,4,2\n");
    assertThat(run(program, 1, "train", "--out", file("t.npz"))).contains("split: nothing is left of 2 rows");
  }

  // ---- pictures

  private static final String PICTURES = """
      input  image: float[N, 1, 4, 4]
      target label: int[N]
      scores = image |> flatten |> dense(2)
      output scores
      output brightness = mean(image, axis = [1, 2, 3])
      loss cross_entropy(scores, label)
      data { train = images("classes", resize = 4) }
      train { optimizer = sgd(0.001)  epochs = 1 }
      """;

  private void picture(String name, Random random) throws IOException {
    var image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 64; i++) {
      image.getRaster().setSample(i % 8, i / 8, 0, random.nextInt(256));
    }
    Files.createDirectories(folder.resolve(name).getParent());
    ImageIO.write(image, "png", folder.resolve(name).toFile());
  }

  @Test
  void picturesOfAFolderGiveTheBitsOfArraysAndAreToldByName() throws IOException {
    var random = new Random(3);
    for (var name : new String[] {"classes/a/1.png", "classes/a/2.png", "classes/b/x y.png", "classes/b/0.png"}) {
      picture(name, random);
    }
    run(PICTURES, 0, "train", "--out", file("p.npz"));
    run(PICTURES, 0, "predict", "--weights", file("p.npz"), "--in", file("classes"), "--out", file("o.npz"));
    run(PICTURES, 0, "predict", "--weights", file("p.npz"), "--in", file("classes"), "--out", file("o.csv"), "--batch", "3");
    run(PICTURES, 0, "predict", "--weights", file("p.npz"), "--in", file("classes"), "--out", file("o.jsonl"));
    var data = new nnc.runtime.data.Data(Programs.compile(PICTURES, 32).spec(), new nnc.runtime.data.Folder(folder, null, System.err));
    Npz.write(folder.resolve("in.npz"), Map.of("image", new Tensor(new int[] {4, 1, 4, 4}, data.table("train").column("image").data(), true)));
    run(PICTURES, 0, "predict", "--weights", file("p.npz"), "--in", file("in.npz"), "--out", file("e.npz"));
    var expected = Npz.read(folder.resolve("e.npz"));
    Npz.read(folder.resolve("o.npz")).forEach((name, array) -> assertThat(array.data()).as(name).isEqualTo(expected.get(name).data()));
    var lines = Files.readAllLines(folder.resolve("o.csv"));
    assertThat(lines.stream().map(line -> line.split(",")[0])).containsExactly("file", "a/1.png", "a/2.png", "b/0.png", "b/x y.png");
    for (int i = 0; i < 4; i++) {
      assertThat(Float.parseFloat(lines.get(i + 1).split(",")[1])).isEqualTo((float) expected.get("scores").get(2 * i));
    }
    assertThat(((Map<?, ?>) JsonReader.read(Files.readAllLines(folder.resolve("o.jsonl")).get(3))).get("file")).isEqualTo("b/x y.png");
    assertThat(Arrays.stream(folder.toFile().list()).filter(name -> name.endsWith(".part"))).isEmpty();
  }

  @Test
  void foldersThatCannotBeTakenAreToldWhy() throws IOException {
    Files.createDirectories(folder.resolve("empty/sub"));
    assertThat(predict("csv(\"none.csv\")", 1, "empty", "o.csv")).contains("empty: is a folder, and the program's data are no pictures");
    run(PICTURES, 1, "train", "--out", file("p.npz"));
    picture("classes/a/1.png", new Random(1));
    run(PICTURES, 0, "train", "--out", file("p.npz"));
    assertThat(run(PICTURES, 1, "predict", "--weights", file("p.npz"), "--in", file("empty"), "--out", file("o.csv"))).contains("empty: no PNG or JPEG files");
    Files.writeString(folder.resolve("empty/sub/bad.png"), "no picture");
    assertThat(run(PICTURES, 1, "predict", "--weights", file("p.npz"), "--in", file("empty"), "--out", file("o.csv"))).contains("bad.png");
    assertThat(folder.resolve("o.csv")).doesNotExist();
  }
}
