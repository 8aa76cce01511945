package nnc.elaborate;

import static nnc.elaborate.BuiltinDoc.of;
import static nnc.elaborate.Topic.ACTIVATIONS;
import static nnc.elaborate.Topic.DERIVATIVES;
import static nnc.elaborate.Topic.FUNCTIONS;
import static nnc.elaborate.Topic.PREPARATION;

import java.util.List;

/** Of {@link PointwiseBuiltins}. */
final class PointwiseDocs {
  private PointwiseDocs() {}

  static final List<BuiltinDoc> ALL = List.of(
      of("exp", FUNCTIONS, """
          e^x.
          Example: exp(tensor([0, 1])) = [1, 2.7183]
          """),
      of("log", FUNCTIONS, """
          The natural logarithm; -infinity of 0, NaN below.
          Slope: infinite at 0.
          Example: log(tensor([1, 10])) = [0, 2.3026]
          """),
      of("log1p", FUNCTIONS, """
          log(1 + x), exact near 0.
          Example: log1p(tensor([0, 1])) = [0, 0.6931]
          """),
      of("expm1", FUNCTIONS, """
          e^x - 1, exact near 0.
          Example: expm1(tensor([0, 1])) = [0, 1.7183]
          """),
      of("sqrt", FUNCTIONS, """
          The square root; NaN below 0.
          Slope: infinite at 0.
          Example: sqrt(tensor([4, 2])) = [2, 1.4142]
          """),
      of("rsqrt", FUNCTIONS, """
          1 / sqrt(x).
          Example: rsqrt(tensor([4])) = [0.5]
          """),
      of("square", FUNCTIONS, """
          x times x.
          Example: square(tensor([-3])) = [9]
          """),
      of("abs", FUNCTIONS, """
          The size of x, without its sign.
          Slope: 0 at 0.
          Example: abs(tensor([-3, 2])) = [3, 2]
          """),
      of("sign", FUNCTIONS, """
          -1, 0 or 1, as x is below 0, 0 or above.
          Slope: 0 everywhere.
          Example: sign(tensor([-3, 0, 2])) = [-1, 0, 1]
          """),
      of("floor", FUNCTIONS, """
          The largest whole number that is at most x.
          Slope: 0 everywhere.
          Example: floor(tensor([-1.5, 1.5])) = [-2, 1]
          """),
      of("ceil", FUNCTIONS, """
          The least whole number that is at least x.
          Slope: 0 everywhere.
          Example: ceil(tensor([-1.5, 1.5])) = [-1, 2]
          """),
      of("round", FUNCTIONS, """
          The nearest whole number; of two the even one.
          Slope: 0 everywhere.
          Example: round(tensor([1.4, 1.5, 2.5])) = [1, 2, 2]
          """),
      of("sin", FUNCTIONS, """
          The sine of radians.
          Example: sin(tensor([0, 1])) = [0, 0.8415]
          """),
      of("cos", FUNCTIONS, """
          The cosine of radians.
          Example: cos(tensor([0, 1])) = [1, 0.5403]
          """),
      of("tanh", ACTIVATIONS, """
          (e^x - e^-x) / (e^x + e^-x), the hyperbolic tangent.
          Example: tanh(tensor([0, 1])) = [0, 0.7616]
          """),
      of("sigmoid", ACTIVATIONS, """
          1 / (1 + e^-x), the logistic function, without overflow.
          Example: sigmoid(tensor([0, 2])) = [0.5, 0.8808]
          """),
      of("erf", FUNCTIONS, """
          The error function, 2 / sqrt(pi) times the integral of e^-t^2 from 0 to x.
          Example: erf(tensor([0, 1])) = [0, 0.8427]
          """),
      of("pow", FUNCTIONS, """
          a^b, which is the same as an operator.
          - a: the base; below 0 for whole b alone, NaN otherwise
          - b: the exponent
          Slope: by a of a^0 it is 0; by b of 0^b it is 0.
          Example: pow(tensor([2, 9]), tensor([3, 0.5])) = [8, 3]
          """),
      of("minimum", FUNCTIONS, """
          The smaller of two, element by element; NaN if one is. Of ints and a whole number it is an int.
          - a: an array or a number
          - b: another, of a shape that broadcasts
          Slope: shared equally at a tie.
          Example: minimum(tensor([1, 5]), 3) = [1, 3]
          """),
      of("maximum", FUNCTIONS, """
          The larger of two, element by element; NaN if one is. Of ints and a whole number it is an int.
          - a: an array or a number
          - b: another, of a shape that broadcasts
          Slope: shared equally at a tie.
          Example: maximum(tensor([1, 5]), 3) = [3, 5]
          """),
      of("clamp", FUNCTIONS, """
          x held between two bounds; of an int between whole numbers an int.
          - low: the least
          - high: the largest
          Slope: 1 inside, both bounds included; 0 outside.
          Checks: low is at most high.
          Example: clamp(tensor([-2, 0.5, 3]), 0, 1) = [0, 0.5, 1]
          """),
      of("where", FUNCTIONS, """
          a where the condition is true, b elsewhere. Both are computed.
          - condition: bool, or numbers that are 0 or not
          - a: an array or a number
          - b: another, of a shape that broadcasts
          Slope: that of what was chosen; what was not has no part in it, even if its slope is infinite or NaN.
          Example: where(tensor([1, -1]) > 0, 10, 20) = [10, 20]
          """),
      of("missing", PREPARATION, """
          1 where an input's number is missing, 0 elsewhere.
          - x: an input of float?
          Example:
            input age: float?[N]
            output y = missing(age)      # float[N]
          """),
      of("if_missing", PREPARATION, """
          An input with a number where its own is missing; `fill` is made of it.
          - x: an input of float?
          - value: what stands there then
          Example:
            input age: float?[N]
            output y = if_missing(age, 30)      # float[N]
          """),
      of("stop_gradient", DERIVATIVES, """
          x as a constant: nothing learns through it.
          Slope: 0.
          Example:
            input x: float[N, 2]
            output g = grad(sum(x * stop_gradient(x)), x)      # float[N, 2]
          """),
      of("cast", FUNCTIONS, """
          x as another element type. A float becomes an int towards zero, NaN 0, and what is beyond 32 bits the nearest int; what is not 0 is true.
          - kind: "float", "int" or "bool"
          Slope: 0 to int and bool.
          Example: cast(tensor([1.7, -1.7]), "int") = [1, -1]
          """));
}
