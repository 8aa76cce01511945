package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that differ in length, from files to what is told and predicted of them. Oracle: formulas over all places in a loop; each row by itself. */
class MixedLengthsTest {
  private static final String MEASURED = """
      input x: float[N, T, 2]
      input n "x.lengths": int[N]
      target y: float[N, T]
      target kind: int[N]
      param w: float = ones
      mask = sequence_mask(n, shape(x)[1])
      z = x[:, :, 0] * w - x[:, :, 1]
      output z
      loss mse(z, y, weights = cast(mask, "float"))
      metric off = masked_mean(abs(z - y), mask)
      metric right = mean(sum(where(mask, z, 0), axis = 1) > cast(kind, "float"))
      metric plain = mean(z^2)
      data { train = %1$s  test = %1$s }
      train { optimizer = sgd(0)  batch = 4  epochs = 2  seed = 1 }
      """;

  @TempDir
  Path folder;

  /** Rows of 0 to 9 places. */
  private static final class Rows {
    final double[][][] x;
    final double[][] y;
    final int[] kind;

    Rows(int count, int least, long seed) {
      var random = new Random(seed);
      x = new double[count][][];
      y = new double[count][];
      kind = new int[count];
      for (int i = 0; i < count; i++) {
        int length = i == 0 ? 9 : least + random.nextInt(10 - least);
        x[i] = IntStream.range(0, length).mapToObj(t -> new double[] {random.nextInt(100) / 8.0, random.nextInt(100) / 16.0}).toArray(double[][]::new);
        y[i] = IntStream.range(0, length).mapToDouble(t -> random.nextInt(50) / 4.0).toArray();
        kind[i] = random.nextInt(2);
      }
    }

    int places() {
      return Arrays.stream(y).mapToInt(row -> row.length).sum();
    }

    double z(int row, int place) {
      return x[row][place][0] - x[row][place][1];
    }

    String lines() {
      return IntStream.range(0, y.length).mapToObj(i -> "{\"x\": " + Arrays.deepToString(x[i]) + ", \"y\": " + Arrays.toString(y[i]) + ", \"kind\": " + kind[i] + "}\n")
          .collect(Collectors.joining());
    }

    /** All rows one behind the other, or each up to the longest with something behind it. */
    Map<String, Tensor> arrays(boolean padded, double garbage) {
      int[] lengths = Arrays.stream(y).mapToInt(row -> row.length).toArray();
      int longest = Arrays.stream(lengths).max().orElseThrow();
      int places = padded ? y.length * longest : places();
      double[] xs = new double[2 * places];
      double[] ys = new double[places];
      Arrays.fill(xs, garbage);
      Arrays.fill(ys, garbage);
      int at = 0;
      for (int i = 0; i < y.length; i++) {
        at = padded ? i * longest : at;
        for (int t = 0; t < lengths[i]; t++) {
          xs[2 * at] = x[i][t][0];
          xs[2 * at + 1] = x[i][t][1];
          ys[at++] = y[i][t];
        }
      }
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      arrays.put("x", new Tensor(padded ? new int[] {y.length, longest, 2} : new int[] {places, 2}, xs));
      arrays.put("y", new Tensor(padded ? new int[] {y.length, longest} : new int[] {places}, ys));
      arrays.put("x.lengths", new Tensor(new int[] {y.length}, lengths));
      arrays.put("y.lengths", new Tensor(new int[] {y.length}, lengths));
      arrays.put("kind", new Tensor(new int[] {y.length}, kind));
      return arrays;
    }
  }

  private static CompiledProgram lines;

  private static Model measured() {
    lines = lines == null ? Programs.compile(MEASURED.formatted("jsonl(\"rows.jsonl\")"), 64) : lines;
    return Compiler.load(lines);
  }

  private List<Map<?, ?>> run(Model model, String... arguments) {
    var said = Said.byNetwork(model, folder, Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return said.out().lines().<Map<?, ?>>map(line -> (Map<?, ?>) JsonReader.read(line)).toList();
  }

  private String fault(Model model, String... arguments) {
    var said = Said.byNetwork(model, folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(1);
    return said.err();
  }

  private static Map<?, ?> event(List<Map<?, ?>> lines, String event) {
    return lines.stream().filter(line -> line.get("event").equals(event)).findFirst().orElseThrow(() -> new AssertionError(lines.toString()));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static double told(Map<?, ?> line, String name) {
    return ((Number) line.get(name)).doubleValue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 23, 300})
  void lossesAndMetricsAreMeansOverWhatTheMaskLeaves(int count) throws IOException {
    var rows = new Rows(count, 0, count);
    Files.writeString(folder.resolve("rows.jsonl"), rows.lines());
    var model = measured();
    double squares = 0;
    double off = 0;
    double plain = 0;
    double right = 0;
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int t = 0; t < rows.y[i].length; t++) {
        double error = rows.z(i, t) - rows.y[i][t];
        squares += error * error;
        off += Math.abs(error);
        plain += rows.z(i, t) * rows.z(i, t);
        sum += rows.z(i, t);
      }
      right += sum > rows.kind[i] ? 1 : 0;
    }
    var lines = run(model, "train", "--out", file("w.npz"));
    var epoch = event(lines, "epoch");
    var evaluated = event(run(model, "evaluate", "--weights", file("w.npz")), "results");
    for (var line : List.of(epoch, evaluated)) {
      assertThat(told(line, "loss")).as("loss of %s", line).isCloseTo(squares / rows.places(), within(1e-12 * squares));
      assertThat(told(line, "off")).as("off of %s", line).isCloseTo(off / rows.places(), within(1e-12 * off));
      assertThat(told(line, "right")).isCloseTo(right / count, within(1e-12));
    }
    // where no row is padded, what is no mean under a mask is over places too
    assertThat(told(evaluated, "plain")).isCloseTo(plain / rows.places(), within(1e-12 * plain));
  }

  @Test
  void paddingThatNobodyAsksOfIsTold() throws IOException {
    Files.writeString(folder.resolve("rows.jsonl"), new Rows(9, 1, 2).lines());
    assertThat(Said.byNetwork(measured(), folder, "train", "--out", file("w.npz")).all()).doesNotContain("differ in length");
    var asks = MEASURED.formatted("jsonl(\"rows.jsonl\")");
    var unasked = asks.replace("input n \"x.lengths\": int[N]\n", "").replace("sequence_mask(n, shape(x)[1])", "x[:, :, 0] > -1");
    var said = Said.byNetwork(Compiler.load(Programs.compile(unasked, 64)), folder, "train", "--out", file("w.npz"));
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.all()).contains("rows of x differ in length, and the program does not ask how long they are").contains("input n \"x.lengths\": int[N]");
    // a whole number of each row is no length, and a length has any name
    var otherwise = unasked.replace("target kind: int[N]", "input kind: int[N]");
    assertThat(Said.byNetwork(Compiler.load(Programs.compile(otherwise, 64)), folder, "train", "--out", file("w.npz")).all()).contains("rows of x differ in length");
    Files.writeString(folder.resolve("rows.jsonl"), Files.readString(folder.resolve("rows.jsonl")).lines().map(line -> line.replaceAll("\"kind\": .", "\"kind\": " + (line.split("\"y\"")[1].split(",").length - 1)))
        .collect(Collectors.joining("\n")));
    assertThat(Said.byNetwork(Compiler.load(Programs.compile(otherwise, 64)), folder, "train", "--out", file("w.npz")).all()).doesNotContain("differ in length");
  }

  @Test
  void eachFormatGivesTheSame() throws IOException {
    var rows = new Rows(40, 1, 3);
    Files.writeString(folder.resolve("rows.jsonl"), rows.lines());
    Npz.write(folder.resolve("flat.npz"), rows.arrays(false, 0));
    Npz.write(folder.resolve("padded.npz"), rows.arrays(true, Double.NaN));
    var told = Stream.of("jsonl(\"rows.jsonl\")", "npz(\"flat.npz\")", "npz(\"padded.npz\")", "npz(\"padded.npz\", x = \"x\", y = \"y\", kind = \"kind\")").map(source -> {
      var model = Compiler.load(Programs.compile(MEASURED.formatted(source), 64));
      return run(model, "train", "--out", file("w.npz")).stream().filter(line -> line.get("event").equals("epoch"))
          .map(line -> told(line, "loss") + " " + told(line, "off") + " " + told(line, "plain")).toList();
    }).distinct().toList();
    assertThat(told).as("what epochs come to, by format").hasSize(1);
    var model = Compiler.load(Programs.compile(MEASURED.formatted("npz(\"flat.npz\")"), 64));
    var given = Stream.of("rows.jsonl", "flat.npz", "padded.npz").map(in -> event(run(model, "evaluate", "--weights", file("w.npz"), "--in", file(in)), "results"))
        .map(line -> told(line, "loss") + " " + told(line, "plain")).distinct().toList();
    assertThat(given).as("what files come to").hasSize(1);
  }

  @Test
  void listsStandInFieldsOfTables() throws IOException {
    Files.writeString(folder.resolve("d.csv"), "words,y,n\nred green  red,1 2 3,a\n,,b\nblue,4,a\n");
    var program = """
        input words: category("red", "green", "blue")[N, T]
        input count "words.lengths": int[N]
        target y: float[N, T]
        z = cast(words, "float")
        param w: float = ones
        output z = z * w
        output many = count + 0 * words[:, :0] |> sum(axis = 1)
        loss mse(z * w, y, weights = cast(sequence_mask(count, shape(words)[1]), "float"))
        data { train = csv("d.csv")  test = csv("d.csv") }
        train { optimizer = sgd(0) }
        """.replace("output many = count + 0 * words[:, :0] |> sum(axis = 1)", "output many = count * 2");
    var model = Compiler.load(Programs.compile(program, 64));
    run(model, "train", "--out", file("w.npz"));
    // (0 - 1)^2, (1 - 2)^2, (0 - 3)^2, (2 - 4)^2
    assertThat(told(event(run(model, "evaluate", "--weights", file("w.npz")), "results"), "loss")).isCloseTo(15.0 / 4, within(1e-12));
    run(model, "predict", "--weights", file("w.npz"), "--in", file("d.csv"), "--out", file("out.csv"));
    assertThat(folder.resolve("out.csv")).hasContent("z,many\n0.0 1.0 0.0,6\n\"\",0\n2.0,2\n");
    run(model, "predict", "--weights", file("w.npz"), "--in", file("d.csv"), "--out", file("out.jsonl"));
    assertThat(Files.readAllLines(folder.resolve("out.jsonl")).stream().map(JsonReader::read).toList())
        .isEqualTo(Stream.of("{\"z\":[0.0,1.0,0.0],\"many\":6}", "{\"z\":[],\"many\":0}", "{\"z\":[2.0],\"many\":2}").map(JsonReader::read).toList());
    run(model, "predict", "--weights", file("w.npz"), "--in", file("d.csv"), "--out", file("out.npz"));
    var arrays = Npz.read(folder.resolve("out.npz"));
    assertThat(arrays.get("z").toDoubles()).containsExactly(0, 1, 0, 2);
    assertThat(arrays.get("z.lengths").toDoubles()).containsExactly(3, 0, 1);
    assertThat(arrays.get("many").toDoubles()).containsExactly(6, 0, 2);
    assertThat(Said.byNetwork(model, folder, "predict", "--weights", file("w.npz"), "--row", "words=green blue").out()).contains("1.0 2.0").contains("4");
  }

  private static final String READER = """
      input x: float[N, T, 2]
      input n "x.lengths": int[N]
      target kind: int[N]
      here = sequence_mask(n, shape(x)[1])
      h = lstm(5, bidirectional = true)(x, here) |> dense(4)
      h = h + self_attention(2)(h, here)
      g = gru(3, sequences = false)(h, here)
      m = sum(where(expand(here, 2), h, 0), axis = 1)
      scores = dense(2)(concat([g, m], axis = 1))
      output scores
      output each = h[:, :, 0]
      loss cross_entropy(scores, kind) + masked_mean(h^2, here)
      data { train = jsonl("rows.jsonl") }
      train { optimizer = adam(0.01)  batch = 4  epochs = 2  seed = 1 }
      """;

  private static CompiledProgram compiled;

  private static CompiledProgram reader() {
    compiled = compiled == null ? Programs.compile(READER, 32) : compiled;
    return compiled;
  }

  /** Forward and back: not a bit of what is learned depends on what stands behind a row. */
  @Test
  void whatStandsBehindARowHasNoPartInAnything() {
    for (int seed = 1; seed <= 5; seed++) {
      var rows = new Rows(6, 0, seed);
      List<Object> learned = new ArrayList<>();
      for (double garbage : new double[] {0, 7, -300}) {
        var arrays = rows.arrays(true, garbage);
        var model = Compiler.load(reader()).initialised(3);
        var context = model.context("train", Map.of("N", 6, "T", 9), Threads.shared());
        for (var input : context.inputs()) {
          input.set(arrays.get(input.alias().isEmpty() ? input.name() : input.alias()));
        }
        context.counters(1, 0);
        context.run();
        learned.add(Arrays.toString((float[]) model.weights()));
      }
      assertThat(learned).doesNotContain("NaN");
      assertThat(learned.stream().distinct().toList()).as("weights after a step, seed %d", seed).hasSize(1);
    }
  }

  @Test
  void eachRowIsPredictedAsIfItWereAlone() throws IOException {
    var rows = new Rows(50, 1, 8);
    Files.writeString(folder.resolve("rows.jsonl"), rows.lines());
    Npz.write(folder.resolve("rows.npz"), rows.arrays(true, 99));
    var model = Compiler.load(reader());
    run(model, "train", "--out", file("w.npz"));
    run(model, "predict", "--weights", file("w.npz"), "--in", file("rows.jsonl"), "--out", file("all.jsonl"));
    run(model, "predict", "--weights", file("w.npz"), "--in", file("rows.jsonl"), "--out", file("some.jsonl"), "--batch", "3");
    run(model, "predict", "--weights", file("w.npz"), "--in", file("rows.npz"), "--out", file("arrays.jsonl"));
    var all = Files.readAllLines(folder.resolve("all.jsonl"));
    assertThat(Files.readAllLines(folder.resolve("some.jsonl"))).isEqualTo(all);
    assertThat(Files.readAllLines(folder.resolve("arrays.jsonl"))).isEqualTo(all);
    var lines = rows.lines().lines().toList();
    for (int i = 0; i < 50; i += 7) {
      Files.writeString(folder.resolve("one.jsonl"), lines.get(i));
      run(model, "predict", "--weights", file("w.npz"), "--in", file("one.jsonl"), "--out", file("one.out.jsonl"));
      assertThat(Files.readAllLines(folder.resolve("one.out.jsonl"))).containsExactly(all.get(i));
      assertThat((List<?>) ((Map<?, ?>) JsonReader.read(all.get(i))).get("each")).hasSize(rows.y[i].length);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {0, 17})
  void aTrainingThatIsResumedGivesTheSameBits(int tokens) throws IOException {
    Files.writeString(folder.resolve("rows.jsonl"), new Rows(50, 1, 8).lines());
    var model = Compiler.load(reader());
    var bound = tokens == 0 ? Stream.<String>of() : Stream.of("--tokens", Integer.toString(tokens));
    run(model, Stream.concat(Stream.of("train", "--out", file("whole.npz"), "--checkpoint-steps", "5", "--keep", "0"), bound).toArray(String[]::new));
    var whole = Npz.read(folder.resolve("whole.npz"));
    List<Path> kept;
    try (var files = Files.list(folder)) {
      kept = files.filter(path -> path.getFileName().toString().startsWith("whole-step")).sorted().toList();
    }
    assertThat(kept).hasSizeGreaterThan(3);
    for (int i = 0; i < kept.size(); i += 3) {
      run(model, "train", "--resume", kept.get(i).toString(), "--out", file("resumed.npz"));
      var resumed = Npz.read(folder.resolve("resumed.npz"));
      whole.forEach((name, array) -> assertThat(resumed.get(name).toDoubles()).as(name).isEqualTo(array.toDoubles()));
    }
  }

  @Test
  void whatIsWrongIsToldWithItsPlace() throws IOException {
    var model = measured();
    Files.writeString(folder.resolve("rows.jsonl"), "{\"x\": [[1, 2]], \"y\": [1], \"kind\": 0}\n{\"x\": [[1, 2], [3, 4]], \"y\": [1], \"kind\": 0}\n");
    assertThat(fault(model, "train")).contains("rows.jsonl:2").contains("column y has a length of 1").contains("column x").contains("2");
    Files.writeString(folder.resolve("rows.jsonl"), "{\"x\": [[1, 2]], \"y\": [1], \"kind\": 0}\n{\"x\": [[1, 2], [3]], \"y\": [1, 2], \"kind\": 0}\n");
    assertThat(fault(model, "train")).contains("rows.jsonl:2:").contains("a list of 1, where one of 2 is expected");
    Files.writeString(folder.resolve("rows.jsonl"), "{\"x\": [[1, 2]], \"y\": 3, \"kind\": 0}\n");
    assertThat(fault(model, "train")).contains("rows.jsonl:1:").contains("no list, where one of any length is expected");
    Files.writeString(folder.resolve("rows.jsonl"), new Rows(9, 1, 2).lines());
    assertThat(fault(model, "train", "--tokens", "8")).contains("the longest row of").contains("has 9 places").contains("tokens = 9");
    assertThat(fault(Compiler.load(Programs.compile(MEASURED.formatted("jsonl(\"rows.jsonl\", stream = true)"), 64)), "train")).contains("leave out stream = true");
    var arrays = new LinkedHashMap<>(new Rows(9, 1, 2).arrays(false, 0));
    arrays.put("x.lengths", new Tensor(new int[] {9}, new int[] {1, 1, 1, 1, 1, 1, 1, 1, 1}));
    Npz.write(folder.resolve("wrong.npz"), arrays);
    assertThat(fault(Compiler.load(Programs.compile(MEASURED.formatted("npz(\"wrong.npz\")"), 64)), "train")).contains("array x").contains("the lengths of its rows come to 9");
  }

  @Test
  void whatComparesPlacesOfDifferentBatchesIsRefused() throws IOException {
    Files.writeString(folder.resolve("rows.jsonl"), new Rows(30, 1, 5).lines());
    var program = MEASURED.replace("metric plain = mean(z^2)", "metric auc = roc_auc(z, y > 3)").formatted("jsonl(\"rows.jsonl\")");
    var model = Compiler.load(Programs.compile(program, 64));
    assertThat(fault(model, "evaluate", "--weights", weights(), "--json")).contains("auc");
  }

  private String weights() {
    Npz.write(folder.resolve("ones.npz"), Map.of("w", new Tensor(new int[0], new double[] {1})));
    return file("ones.npz");
  }
}
