package nnc.library.oracle;

import static nnc.library.oracle.Domain.BITS;
import static nnc.library.oracle.Domain.POSITIVE;
import static nnc.library.oracle.Domain.SHARES;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.UnaryOperator;

/** Functions and activations of single numbers; the formulas are those of torch.nn and of the papers named. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  private static final double SELU_SCALE = 1.0507009873554804934193349852946, SELU_ALPHA = 1.6732632423543772848170429916717;

  /** Strictly between -1 and 1. */
  private static final Domain INSIDE = Domain.each("float", r -> 1.8 * r.nextDouble() - 0.9);

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(activations(s));
    cases.addAll(functions(s));
    cases.addAll(ofTwo(s));
    return cases;
  }

  private static Case one(Size s, String code, UnaryOperator<Jet> formula) {
    return Case.of(code).rows("x", Domain.each("float", r -> 2 * r.nextGaussian()), s.batch(), s.n()).each(formula);
  }

  private static Case one(Size s, String code, Domain domain, UnaryOperator<Jet> formula) {
    return Case.of(code).rows("x", domain, s.batch(), s.n()).each(formula);
  }

  private static Jet elu(Jet x, double alpha) {
    return x.v() > 0 ? x : x.expm1().times(alpha);
  }

  /** Between bounds; the slope at them is 0, as torch has it for hardtanh and hardsigmoid. */
  private static Jet cut(Jet x, double low, double high) {
    return x.v() <= low ? Jet.of(low) : x.v() >= high ? Jet.of(high) : x;
  }

  /** Between bounds; the slope at them is 1, as torch has it for clamp. */
  private static Jet within(Jet x, double low, double high) {
    return x.v() < low ? Jet.of(low) : x.v() > high ? Jet.of(high) : x;
  }

  static List<Case> activations(Size s) {
    return List.of(
        one(s, "identity(x)", x -> x),
        one(s, "relu(x)", x -> x.v() > 0 ? x : Jet.ZERO),
        one(s, "relu6(x)", x -> x.v() > 0 && x.v() < 6 ? x : Jet.of(x.v() > 0 ? 6 : 0)),
        one(s, "leaky_relu(x)", x -> x.v() > 0 ? x : x.times(0.01)),
        one(s, "leaky_relu(x, 0.3)", x -> x.v() > 0 ? x : x.times(0.3)),
        one(s, "elu(x)", x -> elu(x, 1)),
        one(s, "elu(x, 0.6)", x -> elu(x, 0.6)),
        // Klambauer et al. 2017
        one(s, "selu(x)", x -> elu(x, SELU_ALPHA).times(SELU_SCALE)),
        // Barron 2017
        one(s, "celu(x, 0.7)", x -> x.v() > 0 ? x : x.over(0.7).expm1().times(0.7)),
        one(s, "silu(x)", x -> x.times(x.sigmoid())),
        one(s, "softplus(x)", Jet::softplus),
        // Misra 2019
        one(s, "mish(x)", x -> x.times(x.softplus().tanh())),
        one(s, "hard_sigmoid(x)", x -> cut(x, -3, 3).over(6).plus(0.5)),
        one(s, "hard_tanh(x)", x -> cut(x, -1, 1)),
        one(s, "softsign(x)", x -> x.over(x.abs().plus(1))),
        // Hendrycks and Gimpel 2016
        one(s, "gelu(x)", x -> x.times(0.5).times(x.over(-Math.sqrt(2)).erfc())),
        one(s, "gelu(x, approximate = true)",
            x -> x.times(0.5).times(x.plus(x.times(x).times(x).times(0.044715)).times(Math.sqrt(2 / Math.PI)).tanh().plus(1))));
  }

  private static Jet asin(Jet x) {
    double rest = (1 - x.v()) * (1 + x.v());
    return x.through(Math.asin(x.v()), 1 / Math.sqrt(rest), x.v() / (rest * Math.sqrt(rest)));
  }

  private static Jet asinh(Jet x) {
    double a = Math.abs(x.v());
    double root = Math.hypot(1, a);
    double value = a > 1e8 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + root));
    return x.through(Math.copySign(value, x.v()), 1 / root, -x.v() / (root * root * root));
  }

  static List<Case> functions(Size s) {
    return List.of(
        one(s, "exp(x)", Jet::exp),
        one(s, "log(x)", POSITIVE, Jet::log),
        one(s, "log1p(x)", SHARES, Jet::log1p),
        one(s, "expm1(x)", Jet::expm1),
        one(s, "sqrt(x)", POSITIVE, Jet::sqrt),
        one(s, "rsqrt(x)", POSITIVE, x -> Jet.ONE.over(x.sqrt())),
        one(s, "square(x)", Jet::square),
        one(s, "abs(x)", Jet::abs),
        one(s, "sign(x)", x -> Jet.of(Math.signum(x.v()))),
        one(s, "floor(x)", x -> Jet.of(Math.floor(x.v()))),
        one(s, "ceil(x)", x -> Jet.of(Math.ceil(x.v()))),
        one(s, "round(x)", x -> Jet.of(Math.rint(x.v()))),
        one(s, "sin(x)", Jet::sin),
        one(s, "cos(x)", Jet::cos),
        one(s, "tanh(x)", Jet::tanh),
        one(s, "tan(x)", INSIDE, x -> x.sin().over(x.cos())),
        one(s, "sinh(x)", x -> x.through(Math.sinh(x.v()), Math.cosh(x.v()), Math.sinh(x.v()))),
        one(s, "cosh(x)", x -> x.exp().plus(x.neg().exp()).times(0.5)),
        one(s, "atan(x)", Jet::atan),
        one(s, "asin(x)", INSIDE, ElementwiseCases::asin),
        one(s, "acos(x)", INSIDE, x -> asin(x).neg().plus(Math.PI / 2)),
        one(s, "asinh(x)", ElementwiseCases::asinh),
        one(s, "acosh(x + 1)", POSITIVE, x -> x.plus(1).plus(x.plus(1).square().minus(Jet.ONE).sqrt()).log()),
        one(s, "atanh(x)", INSIDE, x -> x.log1p().minus(x.neg().log1p()).times(0.5)),
        one(s, "sigmoid(x)", Jet::sigmoid),
        one(s, "erf(x)", Jet::erf),
        one(s, "clamp(x, -1, 0.5)", x -> within(x, -1, 0.5)),
        one(s, "x^3", x -> x.times(x).times(x)),
        one(s, "x^2", Jet::square),
        one(s, "-x", Jet::neg),
        one(s, "x^(-1.7)", POSITIVE, x -> x.pow(-1.7)),
        one(s, "stop_gradient(x) * x", x -> x.times(x.v())),
        one(s, "cast(x, \"int\") + 0 * x", x -> Jet.of((int) x.v())));
  }

  private static Case two(Size s, String code, Domain a, Domain b, BinaryOperator<Jet> formula) {
    return Case.of(code).rows("a", a, s.batch(), s.n()).rows("b", b, s.batch(), s.n()).both(formula);
  }

  private static Case whole(Size s, String code, IntBinaryOperator formula) {
    var numbers = Domain.each("int", r -> r.nextInt(21) - 10);
    return Case.of(code).given("a", numbers, s.batch(), s.n()).given("b", numbers, s.batch(), s.n())
        .both((a, b) -> Jet.of(formula.applyAsInt((int) a.v(), (int) b.v()))).valuesOnly();
  }

  static List<Case> ofTwo(Size s) {
    return List.of(
        two(s, "a + b", Domain.NORMAL, Domain.NORMAL, Jet::plus),
        two(s, "a - b", Domain.NORMAL, Domain.NORMAL, Jet::minus),
        two(s, "a * b", Domain.NORMAL, Domain.NORMAL, Jet::times),
        two(s, "a / b", Domain.NORMAL, POSITIVE, Jet::over),
        two(s, "pow(a, b)", POSITIVE, Domain.NORMAL, Jet::pow),
        two(s, "mod(a, b)", Domain.NORMAL, POSITIVE, (a, b) -> a.minus(b.times(Math.floor(a.v() / b.v())))),
        whole(s, "mod(a, b)", (a, b) -> b == 0 ? a : Math.floorMod(a, b)),
        whole(s, "floor_div(a, b)", (a, b) -> b == 0 ? 0 : Math.floorDiv(a, b)),
        whole(s, "bit_and(a, b)", (a, b) -> a & b),
        whole(s, "bit_or(a, b)", (a, b) -> a | b),
        whole(s, "bit_xor(a, b)", (a, b) -> a ^ b),
        whole(s, "bit_not(a) + 0 * b", (a, _) -> -1 - a),
        whole(s, "shift_left(a, abs(b))", (a, b) -> a << Math.abs(b)),
        whole(s, "shift_right(a, abs(b))", (a, b) -> a >> Math.abs(b)),
        two(s, "minimum(a, b)", Domain.NORMAL, Domain.NORMAL, Jet::min),
        two(s, "maximum(a, b)", Domain.NORMAL, Domain.NORMAL, Jet::max),
        Case.of("where(c, a, b)").rows("a", s.batch(), s.n()).rows("b", s.batch(), s.n()).given("c", BITS, s.batch(), s.n())
            .is(g -> Jets.build(g.get("a").shape(), i -> g.get("c").is(i) ? g.get("a").at(i) : g.get("b").at(i))));
  }
}
