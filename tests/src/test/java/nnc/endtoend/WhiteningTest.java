package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layers {@code zca} and {@code pca}; oracle: what they promise of the rows that are trained on, by the definition of covariance. */
class WhiteningTest {
  private static final int ROWS = 80, HEIGHT = 2, WIDTH = 3, SIZE = HEIGHT * WIDTH;

  @TempDir
  Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  /** Numbers that go together; the last is twice the first, so that the covariance has no inverse. */
  private double[] rows(boolean dependent) {
    var random = new Random(3);
    var mix = random.doubles(SIZE * SIZE, -1, 1).toArray();
    var x = new double[SIZE * ROWS];
    for (int row = 0; row < ROWS; row++) {
      double[] own = random.doubles(SIZE, -1, 1).toArray();
      for (int i = 0; i < SIZE; i++) {
        x[SIZE * row + i] = 20 * i;
        for (int j = 0; j < SIZE; j++) {
          x[SIZE * row + i] += mix[SIZE * i + j] * own[j] * (1 + j);
        }
      }
      x[SIZE * row + SIZE - 1] = dependent ? 2 * x[SIZE * row] : x[SIZE * row + SIZE - 1];
    }
    Npz.write(folder.resolve("all.npz"), Map.of("x", new Tensor(new int[] {ROWS, HEIGHT, WIDTH}, x), "y", new Tensor(new int[] {ROWS}, new int[ROWS])));
    return x;
  }

  /** What a layer makes of all rows, and the weights that training has saved. */
  private double[] made(String layer, Map<String, Tensor> weights) {
    var program = """
        input  x: float[N, 2, 3]
        target y: int[N]
        z = x |> LAYER
        output made = flatten(z)
        loss cross_entropy(dense(2)(flatten(z)), y)
        data { train = npz("all.npz") }
        train { optimizer = sgd(0.1)  epochs = 1 }
        """.replace("LAYER", layer);
    var model = Compiler.load(Programs.compile(program, 64));
    var trained = Said.byNetwork(model, folder, "train", "--out", file("w.npz"));
    assertThat(trained.code()).as(trained.all()).isZero();
    var predicted = Said.byNetwork(model, folder, "predict", "--weights", file("w.npz"), "--in", file("all.npz"), "--out", file("o.npz"));
    assertThat(predicted.code()).as(predicted.all()).isZero();
    weights.putAll(Npz.read(folder.resolve("w.npz")));
    return Npz.read(folder.resolve("o.npz")).get("made").toDoubles();
  }

  private static double[] mean(double[] x, int size) {
    var mean = new double[size];
    for (int i = 0; i < x.length; i++) {
      mean[i % size] += x[i] / ROWS;
    }
    return mean;
  }

  private static double[][] covariance(double[] x, int size) {
    var mean = mean(x, size);
    var covariance = new double[size][size];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          covariance[i][j] += (x[size * row + i] - mean[i]) * (x[size * row + j] - mean[j]) / ROWS;
        }
      }
    }
    return covariance;
  }

  @Test
  @Covers("zca")
  void zcaMakesNumbersUncorrelatedAndOfVarianceOne() {
    var x = rows(false);
    Map<String, Tensor> weights = new HashMap<>();
    var z = made("zca(epsilon = 0)", weights);
    assertThat(weights.get("zca.mean").toDoubles()).containsExactly(mean(x, SIZE), within(1e-12));
    var covariance = covariance(z, SIZE);
    var w = weights.get("zca.W").toDoubles();
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        assertThat(covariance[i][j]).isCloseTo(i == j ? 1 : 0, within(1e-9));
        assertThat(w[SIZE * i + j]).as("of all that do, the symmetric one changes the numbers least").isCloseTo(w[SIZE * j + i], within(1e-12));
      }
      assertThat(w[SIZE * i + i]).isPositive();
    }
  }

  /** {@code W (S + e) W} is one, whatever the covariance S. */
  @Test
  void epsilonIsAddedToVariances() {
    var x = rows(true);
    Map<String, Tensor> weights = new HashMap<>();
    made("zca(epsilon = 0.1)", weights);
    var covariance = covariance(x, SIZE);
    var w = weights.get("zca.W").toDoubles();
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        double sum = 0;
        for (int k = 0; k < SIZE; k++) {
          for (int l = 0; l < SIZE; l++) {
            sum += w[SIZE * i + k] * (covariance[k][l] + (k == l ? 0.1 : 0)) * w[SIZE * l + j];
          }
        }
        assertThat(sum).isCloseTo(i == j ? 1 : 0, within(1e-9));
      }
    }
  }

  /** Where numbers follow from each other there is a direction without variance: nothing is made of it. */
  @Test
  void whatDoesNotVaryStaysZero() {
    rows(true);
    var covariance = covariance(made("zca(epsilon = 0)", new HashMap<>()), SIZE);
    double trace = 0;
    for (int i = 0; i < SIZE; i++) {
      trace += covariance[i][i];
    }
    assertThat(trace).isCloseTo(SIZE - 1, within(1e-6));
  }

  @Test
  @Covers("pca")
  void pcaHasTheLargestVariancesFirst() {
    var x = rows(false);
    var all = covariance(x, SIZE);
    for (boolean whiten : new boolean[] {false, true}) {
      for (int count : new int[] {1, 4, SIZE}) {
        Map<String, Tensor> weights = new HashMap<>();
        var z = made("pca(" + count + ", whiten = " + whiten + ", epsilon = 0)", weights);
        var covariance = covariance(z, count);
        double[] variances = new double[count];
        for (int i = 0; i < count; i++) {
          variances[i] = covariance[i][i];
          for (int j = 0; j < count; j++) {
            assertThat(covariance[i][j]).isCloseTo(i == j ? variances[i] : 0, within(1e-9));
          }
          assertThat(whiten ? variances[i] : 1).isCloseTo(1, within(1e-9));
          assertThat(whiten || i == 0 || variances[i] <= variances[i - 1]).isTrue();
        }
        if (!whiten && count == SIZE) {
          double trace = 0;
          for (int i = 0; i < SIZE; i++) {
            trace += all[i][i];
          }
          assertThat(Arrays.stream(variances).sum()).as("all components have all of the variance").isCloseTo(trace, within(1e-9 * trace));
        }
        var w = weights.get("pca.W").toDoubles();
        for (int k = 0; k < count; k++) {
          double largest = 0;
          double square = 0;
          for (int i = 0; i < SIZE; i++) {
            largest = Math.abs(w[count * i + k]) > Math.abs(largest) ? w[count * i + k] : largest;
            square += w[count * i + k] * w[count * i + k];
          }
          assertThat(largest).isPositive();
          assertThat(whiten ? 1 : square).isCloseTo(1, within(1e-12));
        }
      }
    }
  }

  @Test
  void whatHasNoCovarianceIsTold() {
    var x = rows(false);
    x[SIZE * 2 + 1] = Double.NaN;
    Npz.write(folder.resolve("all.npz"), Map.of("x", new Tensor(new int[] {ROWS, SIZE}, x)));
    var model = Compiler.load(Programs.compile("input x: float[N, 6]\nloss mean(dense(1)(x |> zca))\ndata { train = npz(\"all.npz\") }\ntrain { optimizer = sgd(0.1) }", 32));
    var said = Said.byNetwork(model, folder, "train", "--out", file("w.npz"));
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.all()).contains("zca.mean: x is NaN in");
    assertThat(Programs.faults("input x: float[N, 3]\noutput z = dense(3)(x) |> zca")).contains("an input as it is fed");
    assertThat(Programs.faults("input x: float[N, 3]\noutput z = x |> pca(4)")).contains("data_pca of x is [3, at most as many]");
    assertThat(Programs.faults("input x: float[N, 3]\noutput z = x |> zca(epsilon = -1)")).contains("epsilon");
  }
}
