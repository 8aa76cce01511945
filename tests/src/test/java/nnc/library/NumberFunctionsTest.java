package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import nnc.Covers;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;

/** Tangents, hyperbolic and inverse functions where they are steep, tiny or at their ends; oracle: java.lang.Math and logarithms. */
@Covers({"tan", "sinh", "cosh", "atan", "asin", "acos", "asinh", "acosh", "atanh", "scatter", "place_among", "gather_nd", "scatter_nd"})
class NumberFunctionsTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  /** Within some roundings of the formula, infinities and zeros exactly. */
  private static void check(String function, DoubleUnaryOperator formula, double... x) {
    var y = Piece.of("input x: float[N]\noutput y = " + function + "(x)\n", 1).feed(x.length, "x", x).predict("y");
    for (int i = 0; i < x.length; i++) {
      double right = formula.applyAsDouble(x[i]);
      boolean same = y[i] == right || Double.isNaN(y[i]) && Double.isNaN(right) || Math.abs(y[i] - right) <= 1e-14 * Math.abs(right);
      assertThat(same).as(function + "(" + x[i] + ") is " + y[i] + " and should be " + right).isTrue();
    }
  }

  @Test
  void formulas() {
    check("tan", Math::tan, -1.5, -1e-9, 0, 1e-3, 0.5, 1.57);
    check("atan", Math::atan, -INFINITE, -1e9, -2.5, -2.4, -0.7, -0.6, -1e-9, 0, 1e-9, 0.65, 0.67, 1, 2.41, 2.42, 1e300, INFINITE, Double.NaN);
    check("asin", Math::asin, -1, -0.999999, -0.5, -1e-9, 0, 1e-3, 0.7, 1, 1.5);
    check("acos", Math::acos, -1, -0.999999, -0.5, 0, 1e-3, 0.7, 1, 1.5);
    check("sinh", Math::sinh, -INFINITE, -20, -1e-9, 0, 1e-3, 0.5, 3, INFINITE);
    check("cosh", Math::cosh, -INFINITE, -20, -1e-9, 0, 0.5, 3, INFINITE);
    check("asinh", x -> Math.signum(x) * (Math.abs(x) < 1e-5 ? Math.abs(x) * (1 - x * x / 6) : Math.abs(x) > 1e9 ? Math.log(Math.abs(x)) + Math.log(2)
        : Math.log(Math.abs(x) + Math.sqrt(x * x + 1))), -1e200, -5, -1e-9, 0, 1e-9, 3, 7, 1e30, INFINITE);
    check("acosh", x -> Math.log(x + Math.sqrt(x - 1) * Math.sqrt(x + 1)), 1, 2, 50, 1e200, 0.5);
    check("atanh", x -> 0.5 * (Math.log1p(x) - Math.log1p(-x)), -1, -0.5, -1e-9, 0, 0.3, 0.999999, 1, 2);
  }

  @Test
  void restsHaveTheDivisorsSign() {
    var piece = Piece.of("""
        input a: int[N]
        input b: int[N]
        output whole = mod(a, b)
        output half = mod(a, 0.5 + 0 * b)
        output constant = mod(a, 3)
        """, 1).feed(6, "a", 7, -7, 7, -7, 6, 16777215).feed(6, "b", 3, 3, -3, -3, 3, 2);
    assertThat(piece.predict("whole")).containsExactly(1, 2, -2, -1, 0, 1);
    assertThat(piece.predict("half")).containsOnly(0);
    assertThat(piece.predict("constant")).containsExactly(1, 2, 1, 2, 0, 0);
  }

  @Test
  void borders() {
    assertThat(Programs.faults("input x: float[N, 3]\noutput y = pad(x, 3, 0, mode = \"reflect\")\n")).contains("adds at most 2 elements to an axis of 3");
    assertThat(Programs.faults("input x: float[N, 3]\noutput y = pad(x, 4, 0, mode = \"wrap\")\n")).contains("adds at most 3 elements");
    assertThat(Programs.faults("input x: float[N, 3]\noutput y = pad(x, 1, 0, mode = \"mirror\")\n")).contains("\"edge\"");
    assertThat(Programs.faults("input x: float[N, 3]\noutput y = pad(x, 1, 0, value = 1, mode = \"edge\")\n")).contains("follows from the mode");
  }
}
