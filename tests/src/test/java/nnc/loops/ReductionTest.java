package nnc.loops;

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
}
