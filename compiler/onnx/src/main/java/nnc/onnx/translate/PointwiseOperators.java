package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.div;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.neg;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.sub;
import static nnc.onnx.term.Formulas.where;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Numbers to numbers, element by element. */
final class PointwiseOperators {
  private PointwiseOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    for (var name : List.of("Abs", "Exp", "Log", "Sqrt", "Floor", "Ceil", "Round", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh",
        "Atanh", "Erf", "Sigmoid", "Sign", "Relu", "Softplus", "Softsign", "Mish")) {
      table.put(name, use -> use.one(apply(name.toLowerCase(java.util.Locale.ROOT), use.in(0))));
    }
    table.put("Neg", unary(Formulas::neg));
    table.put("Reciprocal", unary(x -> div(1, x)));
    table.put("Identity", use -> List.of(use.in(0)));
    table.put("Elu", use -> use.one(withDefault("elu", use.in(0), use.real("alpha", 1), 1)));
    table.put("Celu", use -> use.one(withDefault("celu", use.in(0), use.real("alpha", 1), 1)));
    table.put("LeakyRelu", use -> use.one(withDefault("leaky_relu", use.in(0), use.real("alpha", 0.01), 0.01)));
    table.put("Selu", PointwiseOperators::selu);
    table.put("Gelu", use -> use.one(use.text("approximate", "none").equals("tanh") ? apply("gelu", use.in(0), "approximate", true) : apply("gelu", use.in(0))));
    table.put("HardSigmoid", use -> use.one(hardSigmoid(use.in(0), use.real("alpha", 0.2), use.real("beta", 0.5))));
    table.put("HardSwish", use -> use.one(mul(use.in(0), apply("hard_sigmoid", use.in(0)))));
    table.put("ThresholdedRelu", use -> use.one(where(operate(">", use.in(0), use.real("alpha", 1)), use.in(0), 0)));
    table.put("Shrink", PointwiseOperators::shrink);
    table.put("Swish", use -> use.one(mul(use.in(0), apply("sigmoid", mul(use.real("alpha", 1), use.in(0))))));
    table.put("PRelu", PointwiseOperators::prelu);
    table.put("Clip", PointwiseOperators::clip);
    table.put("Add", arithmetic("+"));
    table.put("Sub", arithmetic("-"));
    table.put("Mul", arithmetic("*"));
    table.put("Div", PointwiseOperators::quotient);
    table.put("Pow", use -> List.of(use.as(operate("^", use.floats(0), use.in(1)), use.in(0).element())));
    table.put("Mod", PointwiseOperators::modulo);
    table.put("Max", several((a, b) -> apply("maximum", a, b)));
    table.put("Min", several((a, b) -> apply("minimum", a, b)));
    table.put("Sum", several(Formulas::add));
    table.put("Mean", use -> use.one(use.count() == 1 ? Formulas.of(use.in(0)) : div(folded(use, Formulas::add), use.count())));
    table.put("Cast", PointwiseOperators::castTo);
    table.put("CastLike", use -> List.of(castAs(use, use.in(1).element())));
    table.put("Dropout", PointwiseOperators::dropout);
    return table;
  }

  private static Operator unary(UnaryOperator<Formula> fn) {
    return use -> use.one(fn.apply(Formulas.of(use.in(0))));
  }

  private static Operator arithmetic(String operator) {
    return use -> {
      var a = use.in(0);
      var b = aligned(use, a, use.in(1));
      var result = use.let(operate(operator, a, b));
      return List.of(a.element().isUnsigned() && !operator.equals("+") && !operator.equals("*") ? wrapped(use, result, a.element()) : result);
    };
  }

  /** Whole numbers without a sign begin anew below zero. */
  private static Term wrapped(Use use, Term x, ElementType element) {
    return x.constant().isPresent() || element.bytes() > 2 ? x : use.let(apply("mod", x, element.largest() + 1), element);
  }

  /** Before version 7 the second operand's axes may begin at an axis of the first. */
  private static Term aligned(Use use, Term a, Term b) {
    if (!use.flag("broadcast", false) || b.rank() == 0 || b.rank() == a.rank()) {
      return b;
    }
    int axis = use.given("axis") ? use.axis("axis", 0, a.rank()) : a.rank() - b.rank();
    var shape = new java.util.ArrayList<>(b.shape());
    for (int i = axis + b.rank(); i < a.rank(); i++) {
      shape.add(Dim.ONE);
    }
    return use.let(Formulas.reshape(b, shape), b.element());
  }

  private static Operator several(BinaryOperator<Formula> fn) {
    return use -> use.count() == 1 ? List.of(use.in(0)) : use.one(folded(use, fn));
  }

  private static Formula folded(Use use, BinaryOperator<Formula> fn) {
    return use.all().stream().map(Formulas::of).reduce(fn).orElseThrow(() -> use.not("it has no inputs"));
  }

  private static Formula withDefault(String function, Term x, double value, double usual) {
    return value == usual ? apply(function, x) : apply(function, x, value);
  }

  private static List<Term> selu(Use use) {
    double alpha = use.real("alpha", 1.6732632423543772);
    double gamma = use.real("gamma", 1.0507009873554805);
    boolean usual = Math.abs(alpha - 1.6732632423543772) < 1e-6 && Math.abs(gamma - 1.0507009873554805) < 1e-6;
    return use.one(usual ? apply("selu", use.in(0)) : mul(gamma, apply("elu", use.in(0), alpha)));
  }

  static Formula hardSigmoid(Object x, double alpha, double beta) {
    return Math.abs(alpha - 1.0 / 6) < 1e-7 && beta == 0.5 ? apply("hard_sigmoid", x) : apply("clamp", add(mul(alpha, x), beta), 0, 1);
  }

  private static List<Term> shrink(Use use) {
    double lambda = use.real("lambd", 0.5);
    double bias = use.real("bias", 0);
    var x = use.in(0);
    return use.one(where(operate(">", x, lambda), sub(x, bias), where(operate("<", x, neg(lambda)), add(x, bias), 0)));
  }

  private static List<Term> prelu(Use use) {
    var x = use.in(0);
    var slope = use.opset() < 7 && use.in(1).rank() == 1 && x.rank() > 2 ? use.let(Formulas.reshape(use.in(1), ConvolutionOperators.channels(use.in(1).dim(0), x.rank() - 2)))
        : use.in(1);
    boolean perChannel = slope.constant().isPresent() && x.rank() >= 2 && slope.rank() == x.rank() - 1 && slope.dim(0).equals(x.dim(1))
        && Dim.product(slope.shape()).equals(x.dim(1)) && x.constant().isEmpty();
    if (perChannel) {
      var weights = new LinkedHashMap<String, OnnxTensor>();
      weights.put("slope", slope.constant().get().reshaped(Use.fixed(x.dim(1), "the channels")));
      return List.of(use.let(new Formula.Made("prelu", List.of(), new LinkedHashMap<>(), List.of(Formulas.of(x)), weights, use.origin(1))));
    }
    return use.one(where(operate(">", x, 0), x, mul(slope, x)));
  }

  private static List<Term> clip(Use use) {
    var low = use.given("min") ? Formulas.of(use.real("min", 0)) : use.has(1) ? Formulas.of(use.in(1)) : null;
    var high = use.given("max") ? Formulas.of(use.real("max", 0)) : use.has(2) ? Formulas.of(use.in(2)) : null;
    var x = use.in(0);
    boolean fromZero = low != null && isNumber(low, 0);
    if (x.element().isFloat() && fromZero && high == null) {
      return use.one(apply("relu", x));
    } else if (x.element().isFloat() && fromZero && isNumber(high, 6)) {
      return use.one(apply("relu6", x));
    } else if (x.element().isFloat() && low != null && high != null && !hasOpenBounds(use)) {
      return use.one(apply("clamp", x, low, high));
    }
    // where the bounds cross the upper one holds
    var raised = low == null ? Formulas.of(x) : apply("maximum", x, low);
    return use.one(high == null ? raised : apply("minimum", raised, high));
  }

  private static boolean hasOpenBounds(Use use) {
    return use.has(1) && use.in(1).number().isEmpty() || use.has(2) && use.in(2).number().isEmpty();
  }

  private static boolean isNumber(Formula formula, double value) {
    return switch (formula) {
      case Formula.Num(var number) -> number == value;
      case Formula.Of(var term) -> term.number().filter(number -> number == value).isPresent();
      default -> false;
    };
  }

  /** Whole numbers are divided towards zero. */
  private static List<Term> quotient(Use use) {
    var a = use.in(0);
    var b = aligned(use, a, use.in(1));
    if (a.element().kind() != Kind.INT) {
      return use.one(div(a, b));
    }
    // towards zero, which is downwards of what has no sign
    boolean isPositive = a.element().isUnsigned() && a.element().bytes() <= 2;
    return use.one(isPositive ? apply("floor_div", a, b) : apply("onnx_quotient", a, b));
  }

  /** With the sign of the divisor, or with {@code fmod} that of the dividend. */
  private static List<Term> modulo(Use use) {
    var a = use.in(0);
    var b = use.in(1);
    if (!use.flag("fmod", false)) {
      return List.of(use.as(apply("mod", a, b), a.element()));
    }
    return List.of(use.as(mul(apply("sign", a), apply("mod", apply("abs", a), apply("abs", b))), a.element()));
  }

  private static List<Term> castTo(Use use) {
    if (use.any("to").orElse(null) instanceof nnc.onnx.model.OnnxAttribute.Text(var name)) {
      return List.of(castAs(use, ElementType.valueOf(name)));
    }
    return List.of(castAs(use, ElementType.of((int) use.whole("to", 1), use.node().title())));
  }

  private static Term castAs(Use use, ElementType to) {
    if (!to.isOffered()) {
      throw use.not("arrays of " + to + " are not in the language");
    }
    var x = use.in(0);
    if (to.isShort() && !(x.element() == to)) {
      return rounded(use, x, to);
    }
    if (x.element().kind() == to.kind()) {
      return new Term("", to, x.shape(), x.constant().<Formula>map(tensor -> new Formula.Table(OnnxTensor.of(to, tensor.shape(), tensor.toDoubles())))
          .orElse(new Formula.Of(x)));
    }
    return use.let(cast(x, to.kind().toString()), to);
  }

  /** To the nearest number of 16 bits. */
  private static Term rounded(Use use, Term x, ElementType to) {
    boolean half = to == ElementType.FLOAT16;
    return use.let(apply("onnx_rounded", use.floats(x), half ? 11 : 8, half ? -14 : -126, half ? 65520 : 0x1.FFp127), to);
  }

  /** Predictions drop nothing. */
  private static List<Term> dropout(Use use) {
    boolean trains = use.has(2) && use.number(2, "whether it trains") != 0 && (!use.has(1) || use.number(1, "what it drops") != 0);
    if (trains) {
      throw use.not("it drops at random, which predictions do not");
    }
    return use.node().outputs().size() == 1 ? List.of(use.in(0))
        : List.of(use.in(0), use.let(cast(apply("ones", Formulas.sizes(use.in(0).shape())), "bool"), ElementType.BOOL));
  }
}
