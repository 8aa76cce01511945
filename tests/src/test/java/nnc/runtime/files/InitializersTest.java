package nnc.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;
import org.junit.jupiter.api.Test;

class InitializersTest {
  private static Weight weight(String path, int offset, List<Integer> shape, String name, Double... arguments) {
    return new Weight(path, WeightKind.PARAMETER, ElementKind.FLOAT, shape, offset, new Initialiser(ModelSpec.InitialiserKind.valueOf(name.toUpperCase(Locale.ROOT)), List.of(arguments)), false);
  }

  private static double[] values(long seed, Weight... weights) {
    int end = 0;
    for (Weight weight : weights) {
      end = Math.max(end, weight.offset() + weight.size());
    }
    var spec = new ModelSpec("x", 64, "", List.of(), List.of(weights), end, List.of(), Map.of(), Training.NONE, List.of(), Map.of());
    return Arrays.copyOf((double[]) Initializers.initialise(spec, seed), end);
  }

  private static double[] values(List<Integer> shape, String name, Double... arguments) {
    return values(1, weight("layer.W", 0, shape, name, arguments));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  @Test
  void uniformOnesStayWithinTheirLimitAndFillIt() {
    List<Integer> dense = List.of(300, 200);
    for (var entry : Map.of("glorot_uniform", Math.sqrt(6.0 / 500), "he_uniform", Math.sqrt(6.0 / 300), "lecun_uniform", Math.sqrt(3.0 / 300)).entrySet()) {
      double[] values = values(dense, entry.getKey());
      assertThat(largest(values)).isBetween(0.999 * entry.getValue(), entry.getValue());
      assertThat(mean(values)).isCloseTo(0, within(0.02 * entry.getValue()));
      assertThat(deviation(values)).isCloseTo(entry.getValue() / Math.sqrt(3), within(0.01 * entry.getValue()));
    }
    double[] between = values(dense, "uniform", 2.0, 5.0);
    assertThat(Arrays.stream(between).min().orElseThrow()).isBetween(2.0, 2.01);
    assertThat(Arrays.stream(between).max().orElseThrow()).isBetween(4.99, 5.0);
  }

  @Test
  void normalOnesHaveTheirDeviation() {
    List<Integer> dense = List.of(300, 200);
    for (var entry : Map.of("glorot_normal", Math.sqrt(2.0 / 500), "he_normal", Math.sqrt(2.0 / 300), "lecun_normal", Math.sqrt(1.0 / 300)).entrySet()) {
      double[] values = values(dense, entry.getKey());
      assertThat(deviation(values)).isCloseTo(entry.getValue(), within(0.02 * entry.getValue()));
      assertThat(mean(values)).isCloseTo(0, within(0.02 * entry.getValue()));
      assertThat(largest(values)).isGreaterThan(3.5 * entry.getValue());
    }
    double[] values = values(dense, "normal", 3.0, 0.5);
    assertThat(mean(values)).isCloseTo(3, within(0.01));
    assertThat(deviation(values)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void truncatedOnesStayWithinTwoDeviations() {
    double[] values = values(List.of(300, 200), "truncated_normal", 1.0, 0.5);
    assertThat(Arrays.stream(values).map(v -> Math.abs(v - 1)).max().orElseThrow()).isBetween(0.99, 1.0);
    assertThat(deviation(values)).isCloseTo(0.5 * 0.8796, within(0.01));
  }

  @Test
  void aConvolutionCountsItsReceptiveField() {
    List<Integer> filters = List.of(32, 16, 3, 5);
    assertThat(Initializers.fanIn(filters)).isEqualTo(16 * 15);
    assertThat(Initializers.fanOut(filters)).isEqualTo(32 * 15);
    assertThat(largest(values(filters, "he_uniform"))).isCloseTo(Math.sqrt(6.0 / 240), within(0.001));
  }

  @Test
  void orthogonalOnesPreserveNorms() {
    for (var shape : List.of(List.of(20, 20), List.of(20, 50), List.of(50, 20), List.of(8, 4, 3, 3))) {
      double[] values = values(shape, "orthogonal", 2.0);
      int rows = shape.getFirst();
      int columns = values.length / rows;
      int count = Math.min(rows, columns);
      for (int a = 0; a < count; a++) {
        for (int b = 0; b < count; b++) {
          double dot = 0;
          for (int k = 0; k < Math.max(rows, columns); k++) {
            dot += rows > columns ? values[k * columns + a] * values[k * columns + b] : values[a * columns + k] * values[b * columns + k];
          }
          assertThat(dot).isCloseTo(a == b ? 4 : 0, within(1e-12));
        }
      }
    }
  }

  @Test
  void sparseOnesHaveThatManyWeightsAUnit() {
    double[] values = values(List.of(100, 30), "sparse", 15.0);
    for (int unit = 0; unit < 30; unit++) {
      int count = 0;
      for (int i = 0; i < 100; i++) {
        count += values[i * 30 + unit] != 0 ? 1 : 0;
      }
      assertThat(count).isEqualTo(15);
    }
    assertThat(values(List.of(3, 2), "sparse", 15.0)).doesNotContain(0);
  }

  @Test
  void constantsIdentityAndTables() {
    assertThat(values(List.of(3), "zeros")).containsOnly(0);
    assertThat(values(List.of(3), "ones")).containsOnly(1);
    assertThat(values(List.of(3), "constant", 0.25)).containsOnly(0.25);
    assertThat(values(List.of(2, 3), "identity")).containsExactly(1, 0, 0, 0, 1, 0);
    assertThat(values(List.of(1, 1, 3), "identity")).containsExactly(0, 1, 0);
    assertThat(values(List.of(3), "table", 1.0, -2.0, 0.5)).containsExactly(1, -2, 0.5);
    assertThat(values(List.of(), "normal", 7.0, 0.0)).containsExactly(7);
  }

  @Test
  void aWeightDependsOnItsPathAndTheSeedAlone() {
    List<Integer> shape = List.of(4, 4);
    double[] alone = values(5, weight("a.W", 0, shape, "normal", 0.0, 1.0));
    double[] behind = values(5, weight("b.W", 0, shape, "normal", 0.0, 1.0), weight("a.W", 16, shape, "normal", 0.0, 1.0));
    assertThat(Arrays.copyOfRange(behind, 16, 32)).isEqualTo(alone);
    assertThat(Arrays.copyOfRange(behind, 0, 16)).isNotEqualTo(alone);
    assertThat(values(6, weight("a.W", 0, shape, "normal", 0.0, 1.0))).isNotEqualTo(alone);
    List<Double> first = new ArrayList<>();
    for (double value : values(5, weight("a.W", 0, shape, "normal", 0.0, 1.0))) {
      first.add(value);
    }
    assertThat(first).doesNotHaveDuplicates();
  }
}
