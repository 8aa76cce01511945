package nnc.lower.nest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of many elements, and many sums at once. */
class ReductionTest {

  @ParameterizedTest
  @ValueSource(strings = {"Scalar", "128", "256", "512"})
  void longSumsKeepTheirDigits(String width) {
    var compiled = Programs.compile("input x: float[N, 1000]\noutput m = mean(x)\n", 32);
    var random = new Random(5);
    var values = new double[2_000_000];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
      sum += values[i];
    }
    double mean = Programs.predict(compiled, width, "x", values, 2000, "m")[0];
    assertThat(mean).isCloseTo(sum / values.length, within(1e-6));
  }

  /** More sums over one space than a method holds are several kernels. */
  @Test
  void manySumsFitIntoMethods() {
    var text = new StringBuilder("input x: float[N, 6]\n");
    for (int i = 0; i < 120; i++) {
      text.append("s").append(i).append(" = sum(tanh(x * ").append(i + 1).append("), axis = 1)\n");
    }
    text.append("output y = s0");
    for (int i = 1; i < 120; i++) {
      text.append(" + s").append(i);
    }
    var compiled = Programs.compile(text.append('\n').toString(), 64);
    assertThat(Programs.predict(compiled, "512", "x", new double[6], 1, "y")).containsExactly(0);
  }

  /** Columns that are added side by side, more than lie in scratch at a time, in every width; oracle: plain sums. */
  @ParameterizedTest
  @ValueSource(strings = {"Scalar", "128", "256", "512"})
  void columnsAreAddedOneByOne(String width) {
    int columns = 1100;
    var compiled = Programs.compile("input x: float[N, 7, %d]\noutput s = sum(x, axis = 1) + max(x * x, axis = 1)\n".formatted(columns), 64);
    var random = new Random(5);
    var values = random.doubles(3 * 7 * columns, -1, 1).toArray();
    var actual = Programs.predict(compiled, width, "x", values, 3, "s");
    for (int n = 0; n < 3; n++) {
      for (int c = 0; c < columns; c++) {
        double sum = 0;
        double most = 0;
        for (int i = 0; i < 7; i++) {
          double x = values[(n * 7 + i) * columns + c];
          sum += x;
          most = Math.max(most, x * x);
        }
        assertThat(actual[n * columns + c]).isCloseTo(sum + most, within(1e-12));
      }
    }
  }
}
