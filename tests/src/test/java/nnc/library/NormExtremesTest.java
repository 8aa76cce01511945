package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import nnc.Compiler;
import nnc.Said;
import nnc.endtoend.Programs;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Normalisations and cosines of numbers whose squares are none of the precision. Oracle: the formulas at ordinary numbers. Times c what is normalised
 * is the same with an epsilon of c^2 times as much, and its gradient a c-th.
 */
class NormExtremesTest {
  private static final int BATCH = 3;

  /** Numbers as the precision has them once they are multiplied by a scale, divided by it again. */
  private static double[] ordinary(int size, int precision, double scale) {
    var x = Piece.normal(size, new Random(size));
    return Arrays.stream(x).map(v -> precision == 32 ? (float) (v * scale) / scale : v * scale / scale).toArray();
  }

  private static double[] run(String source, int precision, double[] x, double scale, String width) {
    var compiled = Programs.compile(source, precision);
    return Programs.predict(compiled, width, "x", Arrays.stream(x).map(v -> v * scale).toArray(), BATCH, "y");
  }

  private static void assertClose(double[] actual, double[] expected, int precision, String what) {
    double size = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).as("%s [%d]: %s, and should be %s", what, i, actual[i], expected[i])
          .isLessThanOrEqualTo((precision == 32 ? 3e-6 : 1e-13) * size);
    }
  }

  /** (x - mean) / sqrt(variance + epsilon) of each so many neighbours. */
  private static double[] normalised(double[] x, int size, double epsilon) {
    var y = new double[x.length];
    for (int from = 0; from < x.length; from += size) {
      double mean = Arrays.stream(x, from, from + size).average().orElse(0);
      double variance = Arrays.stream(x, from, from + size).map(v -> (v - mean) * (v - mean)).average().orElse(0);
      for (int i = from; i < from + size; i++) {
        y[i] = (x[i] - mean) / Math.sqrt(variance + epsilon);
      }
    }
    return y;
  }

  /** The gradient of the sum of {@link #normalised} times sin(i), i counted in an example. */
  private static double[] slopes(double[] x, int size, double epsilon) {
    var y = normalised(x, size, epsilon);
    var slopes = new double[x.length];
    int example = x.length / BATCH;
    for (int from = 0; from < x.length; from += size) {
      double mean = Arrays.stream(x, from, from + size).average().orElse(0);
      double root = Math.sqrt(Arrays.stream(x, from, from + size).map(v -> (v - mean) * (v - mean)).average().orElse(0) + epsilon);
      double sum = 0;
      double along = 0;
      for (int i = from; i < from + size; i++) {
        sum += Math.sin(i % example) / size;
        along += Math.sin(i % example) * y[i] / size;
      }
      for (int i = from; i < from + size; i++) {
        slopes[i] = (Math.sin(i % example) - sum - y[i] * along) / root;
      }
    }
    return slopes;
  }

  @ParameterizedTest
  @CsvSource({"32, 1", "32, 1e30", "32, 1e37", "32, 1e-30", "32, 1e15", "32, 1e16", "64, 1", "64, 1e30", "64, 1e-30", "64, 1e145", "64, 1e200", "64, 1e300"})
  void normalisations(int precision, double scale) {
    for (var layer : new String[] {"layer_norm(%s); 7; 7", "layer_norm(%s); 33; 33", "group_norm(2, %s); 4, 5; 10", "instance_norm(%s); 3, 17; 17"}) {
      var parts = layer.split("; ");
      int size = Integer.parseInt(parts[2]);
      int example = Arrays.stream(parts[1].split(", ")).mapToInt(Integer::parseInt).reduce(1, (a, b) -> a * b);
      double[] x = ordinary(BATCH * example, precision, scale);
      // beside an epsilon squares are scaled by what suits 1e30
      for (double epsilon : Math.abs(scale) > (precision == 32 ? 1e30 : 1e145) ? new double[] {0} : new double[] {1e-5, 0}) {
        double own = epsilon / scale / scale;
        var head = "input x: float[N, %s]\nnormal = %s\n".formatted(parts[1], parts[0].formatted(epsilon == 0 ? "0" : "0.00001"));
        var what = layer + " times " + scale + " with " + epsilon;
        assertClose(run(head + "output y = normal(x)", precision, x, scale, "512"), normalised(x, size, own), precision, what);
        var slopes = run(head + "output y = grad(sum(normal(x) * reshape(sin(range(%d)), [1, %s])), x)".formatted(example, parts[1]), precision, x, scale, "256");
        if (slopes[0] != 0 && Math.abs(1 / scale) > (precision == 32 ? 1e-36 : 1e-299)) {
          assertClose(Arrays.stream(slopes).map(v -> v * scale).toArray(), slopes(x, size, own), precision, "slopes of " + what);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 1", "32, 1e30", "32, 1e37", "64, 1", "64, 1e30", "64, 1e200", "64, 1e306"})
  void oppositeRows(int precision, double scale) {
    double[] x = ordinary(BATCH * 5, precision, scale);
    for (var width : new String[] {"Scalar", "512"}) {
      assertThat(run("input x: float[N, 5]\noutput y = cosine_proximity(x, -2 * x)", precision, x, scale, width)[0]).isCloseTo(2, within(1e-6));
    }
  }

  /** The cosines of rows, as a layer's weights and its input are both that large. */
  @Test
  void cosines() {
    var piece = Programs.compile("input x: float[N, 4]\nlayer own()(x: float[N, 4]) -> float[N, 4] {\n  return cosine_dense(4)(x)\n}\noutput y = own()(x)\noutput z = own()(x * 1e35)", 32);
    var x = Piece.normal(12, new Random(3));
    var ordinary = Programs.predict(piece, "512", "x", x, BATCH, "y");
    assertThat(Arrays.stream(ordinary).allMatch(v -> Math.abs(v) <= 1.000001)).isTrue();
    assertThat(Arrays.stream(Programs.predict(piece, "512", "x", x, BATCH, "z")).allMatch(v -> Math.abs(v) <= 1.000001)).isTrue();
  }

  /** A column of zeros has no direction: what it gives is zero, and so is its slope. */
  @Test
  void weightNormOfColumnsOfZeros(@TempDir Path folder) throws Exception {
    var compiled = Programs.compile("""
        input point: float[N, 2]
        target label: float[N]
        optimizer zeroing()(w, g) {
          w <- 0 * g
        }
        loss mse(point |> weight_norm_dense(1) |> squeeze(1), label)
        data { train = plane(20, seed = 1) }
        train { optimizer = zeroing()  batch = 20  epochs = 3 }
        """, 32);
    var out = folder.resolve("w.npz");
    var said = Said.byNetwork(Compiler.load(compiled), folder, "train", "--out", out.toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(Arrays.stream(Npz.read(out).get("weight_norm_dense.V").toDoubles()).allMatch(v -> v == 0)).isTrue();
  }

  /** A batch in which all examples are of classes without weight has nothing to tell. */
  @Test
  void classesWithoutWeight() {
    var compiled = Programs.compile("""
        input x: float[N, 2]
        label = cast(0 * x[:, 0], "int")
        output y = reshape(cross_entropy(x, label, weights = [0, 1]), [1])
        output slope = grad(cross_entropy(x, label, weights = [0, 1]), x)
        """, 32);
    var x = Piece.normal(6, new Random(1));
    assertThat(Programs.predict(compiled, "512", "x", x, BATCH, "y")).containsExactly(0);
    assertThat(Arrays.stream(Programs.predict(compiled, "512", "x", x, BATCH, "slope")).allMatch(v -> v == 0)).isTrue();
  }
}
