package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that are missing; oracle: mean, median and mode by their definitions, on the rows that are trained on. */
class FillTest {
  private static final String NETWORK = """
      input  age: float?[N]
      input  x: float?[N, 2]
      target y: float[N]
      filled = age |> fill("%s")
      wide = x |> fill("%s")
      scaled = age |> fill(0) |> standardize
      output filled
      output wide
      output scaled
      output gap = missing(age)
      loss mse(dense(1)(concat([expand(filled, 1), wide]))[:, 0], y)
      data { train = csv("a.csv", x = ["a", "b"], missing = "-1")  test = split(train, 0.5) }
      train { optimizer = sgd(0.001)  epochs = 1  batch = 8 }
      """;

  @TempDir
  Path folder;

  private String run(int code, String program, String... arguments) {
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 64)), folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }

  /** Rows of age, a and b; NaN where nothing is known. */
  private double[][] rows(int count) throws IOException {
    var random = new Random(6);
    var rows = new double[count][3];
    var text = new StringBuilder("b,age,y,a\n");
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < 3; k++) {
        rows[i][k] = random.nextInt(4) == 0 ? Double.NaN : random.nextInt(6) * (k + 1) * 0.25;
      }
      text.append(written(rows[i][2], random)).append(',').append(written(rows[i][0], random)).append(",1,").append(written(rows[i][1], random)).append('\n');
    }
    Files.writeString(folder.resolve("a.csv"), text);
    return rows;
  }

  private static String written(double value, Random random) {
    return Double.isNaN(value) ? new String[] {"", "?", "NA", "NaN", "n/a", "None", "-1"}[random.nextInt(7)] : Double.toString(value);
  }

  private static double statistic(String name, double[] values) {
    var sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    return switch (name) {
      case "mean" -> Arrays.stream(sorted).average().orElseThrow();
      case "median" -> (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
      default -> {
        var counts = new TreeMap<Double, Integer>();
        Arrays.stream(sorted).forEach(v -> counts.merge(v, 1, Integer::sum));
        int most = counts.values().stream().max(Integer::compare).orElseThrow();
        yield counts.entrySet().stream().filter(e -> e.getValue() == most).findFirst().orElseThrow().getKey();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"mean, 24", "median, 24", "median, 30", "mode, 40"})
  @Covers({"fill", "standardize"})
  void whatIsMissingIsFilledByAStatisticOfTheTrainingPart(String how, int count) throws IOException {
    var rows = rows(count);
    var program = NETWORK.formatted(how, how);
    run(0, program, "train", "--out", folder.resolve("w.npz").toString());
    var data = new nnc.runtime.data.Data(Programs.compile(program, 64).spec(), new nnc.runtime.data.Folder(folder, null, System.err));
    var trained = data.table("train").rows();
    assertThat(trained).hasSize(count / 2);
    var of = IntStream.range(0, 3).mapToDouble(k -> statistic(how, Arrays.stream(trained).mapToDouble(row -> rows[row][k]).toArray())).toArray();
    Npz.write(folder.resolve("in.npz"), Map.of("age", new Tensor(new int[] {count}, Arrays.stream(rows).mapToDouble(row -> row[0]).toArray()),
        "x", new Tensor(new int[] {count, 2}, Arrays.stream(rows).flatMapToDouble(row -> Arrays.stream(row).skip(1)).toArray())));
    run(0, program, "predict", "--weights", folder.resolve("w.npz").toString(), "--in", folder.resolve("in.npz").toString(), "--out", folder.resolve("o.npz").toString());
    var out = Npz.read(folder.resolve("o.npz"));
    var present = Arrays.stream(trained).mapToDouble(row -> rows[row][0]).filter(v -> !Double.isNaN(v)).toArray();
    double mean = statistic("mean", present);
    double deviation = Math.sqrt(Arrays.stream(present).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    for (int i = 0; i < count; i++) {
      boolean gap = Double.isNaN(rows[i][0]);
      assertThat(out.get("filled").get(i)).isCloseTo(gap ? of[0] : rows[i][0], within(1e-12));
      assertThat(out.get("gap").get(i)).isEqualTo(gap ? 1 : 0);
      assertThat(out.get("scaled").get(i)).isCloseTo(((gap ? 0 : rows[i][0]) - mean) / deviation, within(1e-12));
      for (int k = 0; k < 2; k++) {
        assertThat(out.get("wide").get(2 * i + k)).isCloseTo(Double.isNaN(rows[i][1 + k]) ? of[1 + k] : rows[i][1 + k], within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "output y = age + 1 === of which numbers may be missing (first apply fill to it, or missing)",
      "output y = dense(3)(age) === of which numbers may be missing",
      "output y = age |> standardize === of which numbers may be missing",
      "output age === of which numbers may be missing",
      "output y = age |> fill(\"middle\") === fill: with is a number, \"mean\", \"median\" or \"mode\", and this is the text",
      "output y = relu(age |> if_missing(1)) |> fill(\"mean\") === data_mean is of an input as it is fed",
      "fn f(x: int?[N]) = x\noutput y = f(age) === only floats may be missing",
      "param w: float?[2] = zeros\noutput y = w === only an input, or what takes one",
      "input z: int?[N]\noutput z === only floats may be missing: float?[N]",
      "target z: float?[N]\noutput y = missing(age) === a target cannot be missing",
      "input z: category[N]\noutput z === category needs its texts, or how many there are at most",
      "input z: category(\"a\", \"a\")[N]\noutput z === the category \"a\" is given twice",
      "input z: category(0)[N]\noutput z === the number of classes is a whole number from 1",
      "input z: category(\"a\", 3)[N]\noutput z === a category is a text in quotes, and this is the number 3",
      "input z: category(\"a\", otter = true)[N]\noutput z === category has no 'otter'",
      "input z: hashed()[N]\noutput z === hashed takes the number of classes",
      "input z: float(3)[N]\noutput z === float takes no arguments",
      "param w: category(3) = zeros\noutput y = w === only an input or target is a category",
      "input z: category(\"a\", \"b\", \"c\")[N]\noutput y = embedding(2, 4)(z) === z has 3 classes, and this has places for 2",
      "input z: category(\"a\", \"b\", \"c\")[N, 2]\noutput y = embedding(2, 4)(z[:, 1]) === z has 3 classes, and this has places for 2",
      "output y = one_hot(range(3)) === one_hot: how many classes there are is known of categories only"})
  void programsThatCannotBeMeant(String program) {
    var parts = program.split(" === ");
    assertThatThrownBy(() -> Programs.compile("input age: float?[N]\n" + parts[0], 32)).hasMessageContaining(parts[1]);
  }

  @Test
  void whereAllIsMissingThereIsNoStatistic() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "b,age,y,a\n" + "1,,1,1\n".repeat(8));
    assertThat(run(1, NETWORK.formatted("mean", "mode"), "train", "--out", folder.resolve("w.npz").toString())).contains("all numbers of age are missing in the 4 rows");
  }

  @Test
  void aNumberMayBeMissingOnlyWhereThatIsDeclared() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "b,age,y,a\n" + "1,,1,1\n".repeat(8));
    var program = NETWORK.formatted("mean", "mode").replace("age: float?", "age: float");
    assertThat(run(1, program, "train", "--out", folder.resolve("w.npz").toString())).contains("a.csv:2:3: an empty field is not a number").contains("input age: float?[N]");
  }

  /** What the program says is missing is no number for an input that may not have any missing. */
  @Test
  void markersAreNoNumbers() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "b,age,y,a\n" + "1,-1,1,1\n".repeat(8));
    var program = NETWORK.formatted("mean", "mode").replace("age: float?", "age: float");
    assertThat(run(1, program, "train", "--out", folder.resolve("w.npz").toString())).contains("a.csv:2:3: '-1' says that a number is missing (column age)")
        .contains("input age: float?[N]");
  }

  /** A statistic of the whole column is where all elements start. */
  @Test
  void allStartFromAStatisticOfTheWhole() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "b,age,y,a\n" + "1,3,1,3\n".repeat(8));
    var program = NETWORK.formatted("mean", "mode").replace("dense(1)(", "dense(1, init = data_mean(x))(").replace("sgd(0.001)", "sgd(0)");
    run(0, program, "train", "--out", folder.resolve("w.npz").toString());
    assertThat(Npz.read(folder.resolve("w.npz")).get("dense.W").toDoubles()).hasSize(3).containsOnly((3 + 1) / 2.0);
  }
}
