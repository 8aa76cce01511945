package nnc.endtoend;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks like the gradient of a softmax, and is one only if its divisor is the same all along the axis; oracle: the interpreter. */
class SoftmaxGradientTest {

  @ParameterizedTest
  @ValueSource(strings = {"sum(e, axis = 1, keep = true)", "exp(s)"})
  void agrees(String divisor) {
    Agreement.check(Programs.compile("""
        input x: float[N, 5]
        input s: float[N, 5]
        input g: float[N, 5]
        e = exp(x)
        d = %s
        y = e / d
        output z = (g / d + sum(-(g * y / d), axis = 1, keep = true)) * e
        """.formatted(divisor), 64), 3, 1e-11, 7);
  }
}
