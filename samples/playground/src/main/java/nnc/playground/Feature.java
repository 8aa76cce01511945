package nnc.playground;

import java.util.Arrays;
import java.util.Optional;

/** What may be made of a point's coordinates: by its name on the page and in links, and as programs say it. */
enum Feature {
  X("x1"), Y("x2"), X_SQUARED("x1^2"), Y_SQUARED("x2^2"), X_TIMES_Y("x1 * x2"), SIN_X("sin(x1)"), SIN_Y("sin(x2)");

  private final String expression;

  Feature(String expression) {
    this.expression = expression;
  }

  /** In a program where {@code x1} and {@code x2} are the coordinates. */
  String expression() {
    return expression;
  }

  static Optional<Feature> of(String expression) {
    return Arrays.stream(values()).filter(one -> one.expression.replace(" ", "").equals(expression.replace(" ", ""))).findFirst();
  }
}
