package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layer {@code standardize}; oracle: mean and deviation by their formulas, on the rows that are trained on. */
class StandardizeTest {
  private static final String NETWORK = """
      input  x: float[N, 3]
      target y: int[N]
      z = x |> standardize
      output z
      loss cross_entropy(dense(2)(z), y)
      data { train = npz("all.npz")  validate = split(train, 0.25)  test = npz("all.npz") }
      train { optimizer = sgd(0.1)  epochs = %d }
      """;

  @TempDir
  Path folder;

  private String run(int code, String program, String... arguments) {
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }

  private float[] rows(int count) {
    var random = new Random(3);
    var x = new float[3 * count];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 3 == 2 ? 7 : (float) (100 * (i % 3) + (1 + i % 3) * random.nextGaussian());
    }
    Npz.write(folder.resolve("all.npz"), Map.of("x", new Tensor(new int[] {count, 3}, x), "y", new Tensor(new int[] {count}, new int[count])));
    return x;
  }

  @Test
  @Covers("standardize")
  void isFittedOnTheTrainingPartAloneAndKeptWithTheWeights() {
    var x = rows(80);
    var weights = folder.resolve("w.npz").toString();
    run(0, NETWORK.formatted(2), "train", "--out", weights);
    var saved = Npz.read(Path.of(weights));
    var mean = saved.get("standardize.mean").toDoubles();
    var deviation = saved.get("standardize.deviation").toDoubles();
    assertThat(deviation[2]).isEqualTo(1);

    run(0, NETWORK.formatted(2), "predict", "--weights", weights, "--in", folder.resolve("all.npz").toString(), "--out", folder.resolve("o.npz").toString());
    var z = Npz.read(folder.resolve("o.npz")).get("z").toDoubles();
    for (int i = 0; i < x.length; i++) {
      assertThat(z[i]).isCloseTo((x[i] - mean[i % 3]) / deviation[i % 3], within(1e-4));
    }
    var data = new nnc.runtime.data.Data(Programs.compile(NETWORK.formatted(2), 32).spec(), new nnc.runtime.data.Folder(folder, null, System.err));
    var trained = data.table("train").rows();
    assertThat(trained).hasSize(60);
    for (int column = 0; column < 3; column++) {
      int c = column;
      double m = Arrays.stream(trained).mapToDouble(row -> x[3 * row + c]).average().orElseThrow();
      double v = Arrays.stream(trained).mapToDouble(row -> (x[3 * row + c] - m) * (x[3 * row + c] - m)).average().orElseThrow();
      assertThat(mean[c]).isCloseTo(m, within(1e-5 * (1 + Math.abs(m))));
      assertThat(deviation[c]).isCloseTo(v == 0 ? 1 : Math.sqrt(v), within(1e-5));
    }
  }

  /** What is the same in all rows deviates by nothing, however its sum is rounded; what differs in its last digits does so by these. */
  @Test
  void whatIsTheSameInAllRowsDeviatesByNothing() {
    var random = new Random(7);
    for (int precision : new int[] {32, 64}) {
      for (int rows : new int[] {3, 10, 1000}) {
        double constant = Math.pow(10, random.nextInt(-20, 20)) * (random.nextDouble() - 0.5);
        double large = 1e6 + random.nextInt(1000);
        var x = new double[3 * rows];
        for (int i = 0; i < rows; i++) {
          x[3 * i] = constant;
          x[3 * i + 1] = 14.62;
          x[3 * i + 2] = large + (i % 2 == 0 ? 0.25 : 0.75);
        }
        Npz.write(folder.resolve("all.npz"), Map.of("x", new Tensor(new int[] {rows, 3}, x), "y", new Tensor(new int[] {rows}, new int[rows])));
        var weights = folder.resolve("w.npz");
        var program = NETWORK.formatted(1).replace("validate = split(train, 0.25)", "");
        var said = Said.byNetwork(Compiler.load(Programs.compile(program, precision)), folder, "train", "--out", weights.toString());
        assertThat(said.code()).as(said.all()).isZero();
        var saved = Npz.read(weights);
        assertThat(saved.get("standardize.mean").toDoubles()).startsWith(precision == 64 ? new double[] {constant, 14.62} : new double[] {(float) constant, (float) 14.62});
        assertThat(saved.get("standardize.deviation").toDoubles()).startsWith(1, 1);
        double share = (rows + 1) / 2 / (double) rows;
        assertThat(saved.get("standardize.deviation").toDoubles()[2]).isCloseTo(Math.sqrt(share * (1 - share)) / 2, within(1e-7));
      }
    }
  }

  @Test
  void whatHasNoMeanIsNamed() {
    var x = new float[12];
    x[7] = Float.NaN;
    Npz.write(folder.resolve("all.npz"), Map.of("x", new Tensor(new int[] {4, 3}, x), "y", new Tensor(new int[] {4}, new int[4])));
    assertThat(run(1, NETWORK.formatted(1).replace("validate = split(train, 0.25)", ""), "train", "--out", folder.resolve("w.npz").toString()))
        .contains("error: standardize.mean: x is NaN in row 2 of " + folder.resolve("all.npz"));
  }

  @Test
  void aResumedTrainingKeepsItsStatistics() {
    rows(80);
    var part = folder.resolve("part.npz").toString();
    run(0, NETWORK.formatted(4), "train", "--out", folder.resolve("whole.npz").toString());
    run(0, NETWORK.formatted(4), "train", "--out", part, "--epochs", "1");
    run(0, NETWORK.formatted(4), "train", "--resume", part);
    var whole = Npz.read(folder.resolve("whole.npz"));
    Npz.read(Path.of(part)).forEach((name, tensor) -> assertThat(tensor.toDoubles()).as(name).isEqualTo(whole.get(name).toDoubles()));
  }

  @Test
  void perChannelOrOverAll() {
    var pixels = new byte[2 * 3 * 4];
    IntStream.range(0, pixels.length).forEach(i -> pixels[i] = (byte) (i * i));
    Npz.write(folder.resolve("p.npz"), Map.of("image", new Tensor(new int[] {2, 3, 2, 2}, pixels, true)));
    for (var axis : List.of("", "(axis = none)", "(axis = 3)")) {
      run(0, "input image: float[N, 3, 2, 2]\nloss mean(dense(1)(image |> standardize" + axis + " |> flatten))\n"
          + "data { train = npz(\"p.npz\") }\ntrain { optimizer = sgd(0)  epochs = 1 }", "train", "--out", folder.resolve("q.npz").toString());
      var mean = Npz.read(folder.resolve("q.npz")).get("standardize.mean").toDoubles();
      int places = axis.isEmpty() ? 3 : axis.contains("3") ? 2 : 1;
      assertThat(mean).hasSize(places);
      for (int place = 0; place < places; place++) {
        int p = place;
        var expected = IntStream.range(0, pixels.length).filter(i -> places == 1 || (places == 3 ? i / 4 % 3 : i % 2) == p)
            .map(i -> pixels[i] & 0xff).average().orElseThrow();
        assertThat(mean[place]).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @Test
  void whatIsNoInputIsRefused() {
    for (var wrong : Stream.of("dense(3)(x) |> standardize", "x |> standardize(axis = 2)").toList()) {
      assertThat(Programs.faults("input x: float[N, 3]\noutput z = " + wrong)).contains("error: ");
    }
    assertThat(Programs.faults("input x: float[N, 3]\noutput z = dense(3)(x) |> standardize")).contains("an input as it is fed");
  }

  @Test
  void aLabelBeyondTheClassesNamesInputValueAndRow() {
    Npz.write(folder.resolve("all.npz"), Map.of("x", new Tensor(new int[] {4, 3}, new float[12]), "y", new Tensor(new int[] {4}, new int[] {0, 1, 2, 0})));
    assertThat(run(1, NETWORK.formatted(1).replace("validate = split(train, 0.25)", ""), "train", "--out", folder.resolve("w.npz").toString()))
        .contains("error: target y: 2 is none of the 2 classes 0 to 1 in " + folder.resolve("all.npz") + ": array y[2]");
  }
}
