package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files whose rows are read when they are fed give the bits of those that are in memory. */
class StreamedFilesTest {
  private static final String PROGRAM = """
      input  x: float[N, 3, 2]
      input  k: int[N]
      target y: float[N]
      features = concat([x |> standardize |> flatten, one_hot(k, 4)])
      z = features |> dense(5, tanh) |> dropout(0.2) |> dense(1)
      loss mse(z[:, 0], y)
      metric off = mean(abs(z[:, 0] - y))
      data { train = npy(x = "x.npy", k = "k.npy", y = "y.npy"STREAM)  validate = split(train, 0.2, stratify = "k")  test = fold(train, 1, of = 4) }
      train { optimizer = adam(0.01)  batch = 7  epochs = 4 }
      """;

  @TempDir
  Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** An array in a file of its own, as NumPy's own archive has it. */
  private void write(String name, Tensor array) throws IOException {
    Npz.write(file("one.npz"), Map.of("a", array));
    try (var zip = new ZipInputStream(Files.newInputStream(file("one.npz")))) {
      zip.getNextEntry();
      Files.write(file(name), zip.readAllBytes());
    }
  }

  @BeforeEach
  void arrays() throws IOException {
    var random = new Random(2);
    int rows = 90;
    write("x.npy", new Tensor(new int[] {rows, 3, 2}, random.doubles(6 * rows).toArray()));
    var k = new byte[rows];
    for (int i = 0; i < rows; i++) {
      k[i] = (byte) random.nextInt(4);
    }
    write("k.npy", new Tensor(new int[] {rows}, k, true));
    var y = new float[rows];
    for (int i = 0; i < rows; i++) {
      y[i] = random.nextFloat();
    }
    write("y.npy", new Tensor(new int[] {rows}, y));
  }

  private static Model model(boolean stream) {
    return model(PROGRAM, stream);
  }

  private static Model model(String program, boolean stream) {
    return Compiler.load(Programs.compile(program.replace("STREAM", stream ? ", stream = true" : ""), 32));
  }

  private String run(Model model, int code, String... arguments) {
    var said = Said.byNetwork(model, folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }

  /** What is told of the test part, but for the time that it took. */
  private static List<String> tested(String said) {
    return said.lines().filter(line -> line.startsWith("test")).map(line -> line.replaceAll(", [0-9.]+ s|; memory .*", "")).toList();
  }

  private void assertSame(String name, String expected) {
    var a = Npz.read(file(name), each -> !each.startsWith("nnc.")).read();
    var b = Npz.read(file(expected), each -> !each.startsWith("nnc.")).read();
    assertThat(a.keySet()).isEqualTo(b.keySet()).isNotEmpty();
    a.forEach((path, array) -> assertThat(array.data()).as(path).isEqualTo(b.get(path).data()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void trainingGivesTheSameBitsAndGoesOnToThem(String threads) {
    var memory = run(model(false), 0, "train", "--out", file("m.npz").toString(), "--threads", "1");
    var streamed = run(model(true), 0, "train", "--out", file("s.npz").toString(), "--threads", threads);
    assertSame("s.npz", "m.npz");
    assertThat(tested(memory)).isEqualTo(tested(streamed)).isNotEmpty();
    run(model(true), 0, "train", "--out", file("r.npz").toString(), "--epochs", "2");
    run(model(true), 0, "train", "--resume", file("r.npz").toString(), "--epochs", "4");
    assertSame("r.npz", "m.npz");
  }

  @Test
  void whatIsWrongIsToldWithItsPlace() throws IOException {
    var k = new int[90];
    k[17] = 4;
    write("k.npy", new Tensor(new int[] {90}, k));
    assertThat(run(model(true), 1, "train", "--out", file("w.npz").toString())).contains("input k: 4").contains("k.npy: array[17]");
    arrays();
    try (var cut = new RandomAccessFile(file("x.npy").toFile(), "rw")) {
      cut.setLength(cut.length() - 8);
    }
    assertThat(run(model(true), 1, "train", "--out", file("w.npz").toString())).contains("x.npy: truncated, or damaged");
  }

  // ---- text and pictures

  private static final String TABLE = """
      input  x:    float?[N, 2]
      input  kind: category(3)[N]
      input  city: hashed(5)[N]
      input  day:  date("month")[N]
      target y:    category(2)[N]
      features = concat([x |> fill("median") |> standardize, one_hot(kind), one_hot(city), expand(day / 12, 1)])
      z = features |> dense(5, tanh) |> dropout(0.2) |> dense(2)
      output p = softmax(z) |> named(y)
      loss cross_entropy(z, y)
      data { train = SOURCE  validate = split(train, 0.2, stratify = "kind")  test = fold(train, 1, of = 4, group = "city") }
      train { optimizer = adam(0.01)  batch = 7  epochs = 3 }
      """;

  /** Rows with categories, ends of lines in fields and gaps; the last is what no other row is like. */
  private void table(boolean json) throws IOException {
    var random = new Random(4);
    var text = new StringBuilder(json ? "" : "a;b;kind;city;day;y\n");
    for (int i = 0; i < 90; i++) {
      var number = Double.toString(random.nextGaussian());
      var other = i > 0 && random.nextInt(5) == 0 ? json ? "null" : "NA" : Integer.toString(random.nextInt(i < 80 ? 200 : 1 << 28));
      var kind = "k" + random.nextInt(5);
      var city = "c" + random.nextInt(30);
      var day = "2020-0" + (1 + random.nextInt(9)) + "-11";
      var y = random.nextBoolean() ? "yes" : "no";
      text.append(json ? "{\"a\": %s, \"b\": %s, \"kind\": \"%s\\nx\", \"city\": \"%s\", \"day\": \"%s\", \"y\": \"%s\"}%n".formatted(number, other, kind, city, day, y)
          : "%s;%s;\"%s\nx\";%s;%s;%s\n".formatted(number.replace('.', ','), other, kind, city, day, y));
    }
    Files.writeString(file("d.txt"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv(\"d.txt\", x = [\"a\", \"b\"], decimal = \",\"STREAM)", "jsonl(\"d.txt\", x = [\"a\", \"b\"]STREAM)"})
  void tablesGiveTheSameBitsAndGoOnToThem(String source) throws IOException {
    table(source.startsWith("jsonl"));
    var program = TABLE.replace("SOURCE", source);
    var memory = run(model(program, false), 0, "train", "--out", file("m.npz").toString());
    var streamed = run(model(program, true), 0, "train", "--out", file("s.npz").toString());
    assertSame("s.npz", "m.npz");
    assertThat(tested(memory)).isEqualTo(tested(streamed)).isNotEmpty();
    run(model(program, true), 0, "train", "--out", file("r.npz").toString(), "--epochs", "1");
    run(model(program, true), 0, "train", "--resume", file("r.npz").toString(), "--epochs", "3");
    assertSame("r.npz", "m.npz");
    var evaluated = run(model(program, false), 0, "evaluate", "--weights", file("m.npz").toString());
    assertThat(tested(run(model(program, true), 0, "evaluate", "--weights", file("m.npz").toString()))).isEqualTo(tested(evaluated)).isNotEmpty();
  }

  @Test
  void whatHasNoClassIsToldWithItsPlace() throws IOException {
    table(false);
    var program = TABLE.replace("SOURCE", "csv(\"d.txt\", x = [\"a\", \"b\"], decimal = \",\"STREAM)").replace("category(2)", "category(\"no\", \"maybe\")");
    var memory = run(model(program, false), 1, "train", "--out", file("m.npz").toString());
    assertThat(run(model(program, true), 1, "train", "--out", file("m.npz").toString())).isEqualTo(memory).contains("d.txt:").contains("'yes' is no category");
  }

  @Test
  void picturesGiveTheSameBits() throws IOException {
    var random = new Random(6);
    for (int i = 0; i < 30; i++) {
      var picture = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < 20; pixel++) {
        picture.setRGB(pixel % 5, pixel / 5, random.nextInt(1 << 24));
      }
      Files.createDirectories(file("pets/" + i % 3));
      ImageIO.write(picture, "png", file("pets/" + i % 3 + "/" + i + ".png").toFile());
    }
    var program = """
        input  image: float[N, 3, 2, 2]
        target label: int[N]
        z = image |> standardize |> flatten |> dense(3)
        loss cross_entropy(z, label)
        data { train = images("pets", resize = 2STREAM)  validate = split(train, 0.2) }
        train { optimizer = adam(0.01)  batch = 4  epochs = 3 }
        """;
    run(model(program, false), 0, "train", "--out", file("m.npz").toString());
    run(model(program, true), 0, "train", "--out", file("s.npz").toString());
    assertSame("s.npz", "m.npz");
    Files.writeString(file("pets/1/4.png"), "no picture");
    assertThat(run(model(program.replace(" |> standardize", ""), true), 1, "train", "--out", file("s.npz").toString())).contains("4.png");
  }
}
