package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import nnc.Covers;
import nnc.Said;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Derivatives as functions of the library, and functions whose gradient the program declares. */
class DerivativesTest {
  // ---- the library's

  private static final String NETWORK = """
      input x: float[N, 3]
      param A: float[3, 2] = normal(0, 1)
      y = tanh(x @ A) * sum(x^2, axis = 1, keep = true)
      """;

  private static double[] predicted(String program, double[] x, String output) {
    return Piece.of(program, 5).feed(x.length / 3, "x", x).predict(output);
  }

  /** Central differences of an output by the elements of each example: {@code [N, outputs, 3]}. */
  private static double[] differences(String program, double[] x, String output) {
    int batch = x.length / 3;
    int wide = predicted(program, x, output).length / batch;
    var slopes = new double[batch * wide * 3];
    for (int i = 0; i < 3; i++) {
      var above = x.clone();
      var below = x.clone();
      for (int n = 0; n < batch; n++) {
        above[3 * n + i] += 1e-5;
        below[3 * n + i] -= 1e-5;
      }
      var up = predicted(program, above, output);
      var down = predicted(program, below, output);
      for (int j = 0; j < batch * wide; j++) {
        slopes[3 * j + i] = (up[j] - down[j]) / 2e-5;
      }
    }
    return slopes;
  }

  @Test
  @Covers({"batch_jacobian", "batch_hessian", "vjp", "jvp", "hvp"})
  void ofEachExampleTheyAreDifferences() {
    var random = new Random(1);
    var x = Piece.normal(12, random);
    var program = NETWORK + """
        v = tensor([0.5, -2])
        u = tensor([1, 0.25, -3])
        ones2 = ones(N, 2)
        output value = y
        output slopes = batch_jacobian(y, x)
        output energy = sum(y^3, axis = 1)
        output slope = grad(sum(y^3), x)
        output bends = batch_hessian(sum(y^3, axis = 1), x)
        output back = vjp(y, x, ones2 * v)
        output forth = jvp(y, x, ones(N, 3) * u)
        output bent = hvp(sum(y^3), x, ones(N, 3) * u)
        """;
    var slopes = predicted(program, x, "slopes");
    var bends = predicted(program, x, "bends");
    Piece.assertClose(slopes, differences(program, x, "value"), 1e-7);
    Piece.assertClose(bends, differences(program, x, "slope"), 1e-6);
    double[] v = {0.5, -2};
    double[] u = {1, 0.25, -3};
    var back = new double[12];
    var forth = new double[8];
    var bent = new double[12];
    for (int n = 0; n < 4; n++) {
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 2; j++) {
          back[3 * n + i] += v[j] * slopes[6 * n + 3 * j + i];
          forth[2 * n + j] += u[i] * slopes[6 * n + 3 * j + i];
        }
        for (int j = 0; j < 3; j++) {
          bent[3 * n + i] += u[j] * bends[9 * n + 3 * j + i];
        }
      }
    }
    Piece.assertClose(predicted(program, x, "back"), back, 1e-12);
    Piece.assertClose(predicted(program, x, "forth"), forth, 1e-12);
    Piece.assertClose(predicted(program, x, "bent"), bent, 1e-12);
  }

  /** Of x'Mx / 2 + (x1 x2 x3): the derivative is (M + M')x / 2 and a product of two, the second (M + M') / 2 and the third. */
  @Test
  @Covers({"jacobian", "hessian"})
  void ofFixedSizesTheyAreFormulas() {
    var program = """
        input x: float[1, 3]
        w = x[0]
        M = tensor([[1, 2, 3], [4, 5, 6], [7, 8, 10]])
        output slopes = jacobian(M @ w * w[0], w)
        output bends = hessian(sum(w * (M @ w)) / 2 + w[0] * w[1] * w[2], w)
        output of = jacobian(sum(w^2), w)
        """;
    double[] w = {0.5, -1, 2};
    double[][] m = {{1, 2, 3}, {4, 5, 6}, {7, 8, 10}};
    var slopes = new double[9];
    var bends = new double[9];
    for (int i = 0; i < 3; i++) {
      double product = m[i][0] * w[0] + m[i][1] * w[1] + m[i][2] * w[2];
      for (int j = 0; j < 3; j++) {
        slopes[3 * i + j] = m[i][j] * w[0] + (j == 0 ? product : 0);
        bends[3 * i + j] = (m[i][j] + m[j][i]) / 2 + (i == j ? 0 : w[3 - i - j]);
      }
    }
    Piece.assertClose(predicted(program, w, "slopes"), slopes, 1e-14);
    Piece.assertClose(predicted(program, w, "bends"), bends, 1e-14);
    Piece.assertClose(predicted(program, w, "of"), new double[] {1, -2, 4}, 1e-14);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", value = {
      "jacobian(x, x) === y has an open size, and a derivative has a row for each element; batch_jacobian and batch_hessian take examples apart",
      "hessian(sum(x), x) === y has an open size",
      "hessian(x, x) === the gradient of a scalar is needed, and this is float[N, 3]",
      "vjp(x, x, ones(3)) === v has the sizes of what it is a change of, [N, 3], and this has [3]",
      "jvp(x, x, ones(3)) === u has the sizes of what it is a change of, [N, 3], and this has [3]",
      "hvp(sum(x), x, ones(3)) === v has the sizes of what it is a change of, [N, 3], and this has [3]"})
  void whatHasNoneIsToldSo(String call, String message) {
    assertThat(Programs.faults("input x: float[N, 3]\noutput y = " + call)).contains(message).contains("test.nn:2:");
  }

  // ---- declared ones

  @Test
  void aDeclaredGradientIsWhatIsLearnedBy() {
    var program = """
        input x: float[N, 3]
        fn through(x) = round(x) gradient(g) = g
        fn reversed(x, rate = 1) = x gradient(g) = -rate * g
        fn clipped(x, most) { return x } gradient(g) { return clamp(g, -most, most) }
        fn both(a, b) = a * b gradient(g, y) = [g * y, none]
        fn root(x) = sqrt(x) gradient(g, y) = g / (2 * y)
        output value = through(x)
        output one = grad(sum(through(x) * x), x)
        output two = grad(sum(reversed(x^2, 3)), x)
        output three = grad(sum(clipped(x, 0.5) * x), x)
        output four = grad(sum(both(x, x^2)), x)
        output five = grad(sum(grad(sum(root(x^2 + 1)), x)), x)
        output six = grad(sum(grad(sum(through(x)^3), x)), x)
        """;
    double[] x = {0.4, -1.7, 2.6};
    var rounded = new double[] {0, -2, 3};
    Piece.assertClose(predicted(program, x, "value"), rounded, 0);
    for (int i = 0; i < 3; i++) {
      double v = x[i];
      assertThat(predicted(program, x, "one")[i]).isEqualTo(v + rounded[i]);
      assertThat(predicted(program, x, "two")[i]).isCloseTo(-6 * v, within(1e-13));
      assertThat(predicted(program, x, "three")[i]).isCloseTo(v + Math.clamp(v, -0.5, 0.5), within(1e-13));
      // by the first argument the result, by the second nothing
      assertThat(predicted(program, x, "four")[i]).isCloseTo(v * v * v, within(1e-13));
      // the rule is differentiated: sqrt(x^2 + 1)'' = (x^2 + 1)^-3/2
      assertThat(predicted(program, x, "five")[i]).isCloseTo(Math.pow(v * v + 1, -1.5), within(1e-13));
      // (round(x)^3)' is 3 round(x)^2, and of this again 6 round(x), by the rule both times
      assertThat(predicted(program, x, "six")[i]).isEqualTo(6 * rounded[i]);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", value = {
      "fn f(a, b) = a * b gradient(g) = g === the gradient of f gives 1 value, and has one for each of a, b",
      "fn f(a, b) = a * b gradient(g) = [g, g[0]] === the gradient of f by b is float[3], and b is float[N, 3]",
      "fn f(a, b) = a * b gradient(g) = [g, \"g\"] === the gradient of f by b is an array, and this gives the text",
      "fn f(a, b) = a > b gradient(g) = [g, g] === f gives bool[N, 3], of which there is no gradient to declare",
      "fn f(a, b) = [a, b] gradient(g) = [g, g] === a function whose gradient is declared gives one array, and f gives a list of 2",
      "fn f(a, b) = a * b gradient(g) = [g, h] === unknown name h"})
  void aRuleThatCannotBeIsTold(String function, String message) {
    assertThat(Programs.faults("input x: float[N, 3]\n" + function + "\noutput y = grad(sum(f(x, x)), x)")).contains(message).contains("test.nn:");
  }

  @TempDir
  Path folder;

  private static final String TRAINED = """
      input x: float[N, 3]
      fn through(x) = where(x > 0, 1, -1) gradient(g) = where(abs(x) < 1, g, 0)
      h = x |> dense(4)
      loss mean((through(h) |> dense(1))^2)
      data { train = npz("x.npz") }
      train { optimizer = sgd(0.1) }
      """;

  @Test
  @ResourceLock(Resources.SYSTEM_OUT)
  void gradcheckSaysWhatItCannotCompare() throws IOException {
    var program = Files.writeString(folder.resolve("signs.nn"), TRAINED).toString();
    var said = Said.byCompiler("gradcheck", program, "--noise");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.all()).containsPattern("dense\\.W .*\\(learns by a declared gradient: not compared\\)").containsPattern("dense_2\\.W +\\d+ +[0-9.e-]+ ")
        .contains("all gradients that are not declared agree with finite differences");
    assertThat(Said.byCompiler("gradcheck", program, "--noise", "--json").all()).contains("\"parameter\":\"dense.W\",\"declared\":true");
    assertThat(Said.byCompiler("explain", program, "--purpose", "train", "--after=dead-code-elimination").all()).contains("= declared_gradient of through");
  }

  /** The first layer learns by the rule alone: of the signs' mean of squares no other gradient would be anything but zero. */
  @Test
  void whatIsBehindIsTrained() {
    var piece = Piece.of(TRAINED, 3);
    var random = new Random(2);
    piece.feed(5, "x", 15, random);
    var before = piece.weight("dense.W");
    piece.train(1, 0);
    assertThat(piece.weight("dense.W")).isNotEqualTo(before);
  }

  // ---- the page

  @Test
  void theProgramsOfThePageAreRight() throws IOException {
    var blocks = Files.readString(Path.of("../docs/gradients.md")).split("```");
    for (int i = 1; i < blocks.length; i += 2) {
      assertThat(Programs.faults(blocks[i])).as(blocks[i]).isEmpty();
    }
  }
}
