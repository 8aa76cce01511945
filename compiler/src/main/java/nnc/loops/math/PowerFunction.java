package nnc.loops.math;

import static nnc.loops.Loop.Fn.ABS;
import static nnc.loops.Loop.Fn.ADD;
import static nnc.loops.Loop.Fn.AND;
import static nnc.loops.Loop.Fn.BITS_ADD;
import static nnc.loops.Loop.Fn.BITS_AND;
import static nnc.loops.Loop.Fn.BITS_ASHR;
import static nnc.loops.Loop.Fn.BITS_OR;
import static nnc.loops.Loop.Fn.BITS_SHL;
import static nnc.loops.Loop.Fn.BITS_SUB;
import static nnc.loops.Loop.Fn.DIV;
import static nnc.loops.Loop.Fn.EQ;
import static nnc.loops.Loop.Fn.FROM_BITS;
import static nnc.loops.Loop.Fn.LT;
import static nnc.loops.Loop.Fn.MUL;
import static nnc.loops.Loop.Fn.NEG;
import static nnc.loops.Loop.Fn.NOT;
import static nnc.loops.Loop.Fn.OR;
import static nnc.loops.Loop.Fn.SUB;
import static nnc.loops.Loop.Fn.TO_BITS;
import static nnc.loops.math.ElementaryFunctions.apply;
import static nnc.loops.math.ElementaryFunctions.bits;
import static nnc.loops.math.ElementaryFunctions.fma;
import static nnc.loops.math.ElementaryFunctions.number;
import static nnc.loops.math.ElementaryFunctions.select;

import nnc.loops.Loop.Expr;
import nnc.loops.StatementBuilder;

/**
 * {@code x^y = e^(y log |x|)}. An error of the logarithm counts y times, so it is told as the sum of two numbers, the second being what the
 * first rounds off. Signs and special cases are those of annex F of C; results below the normal numbers are rounded as others are.
 */
final class PowerFunction {
  private final ElementaryFunctions functions;
  private final StatementBuilder sink;
  private final PolynomialCoefficients c;

  PowerFunction(ElementaryFunctions functions, StatementBuilder sink, PolynomialCoefficients c) {
    this.functions = functions;
    this.sink = sink;
    this.c = c;
  }

  private Expr let(Expr value) {
    return sink.let(value);
  }

  /** A number as a sum: {@code low} is less than an ulp or so of {@code high}. */
  private record Pair(Expr high, Expr low) {}

  Expr of(Expr x, Expr y) {
    var a = let(apply(ABS, x));
    var log = logarithm(a);
    var product = product(y, log.high);
    var exponent = new Pair(product.high, let(fma(y, log.low, product.low)));
    var plain = let(select(apply(OR, apply(EQ, a, number(1)), apply(EQ, y, number(0))), number(1), exponential(exponent)));
    return withSign(plain, x, y);
  }

  private Pair product(Expr a, Expr b) {
    var high = let(apply(MUL, a, b));
    return new Pair(high, let(fma(a, b, apply(NEG, high))));
  }

  /**
   * With a = 2^k (1 + f) and q = 2f / (2 + f): {@code k ln 2 + q + q^3/12 + q^5/80 + ...}, of which what the first three terms and the
   * quotient are rounded by is added up apart. Zero has -infinity, infinity and NaN have themselves.
   */
  private Pair logarithm(Expr a) {
    var split = functions.split(a);
    var q = quotient(split.f());
    var z = product(q.high, q.high);
    var series = functions.polynomial(z.high, c.atanh);
    var factor = let(fma(z.high, series, number(c.twelfth)));
    var factorLow = let(apply(ADD, fma(z.high, series, apply(SUB, number(c.twelfth), factor)), number(c.twelfthLow)));
    var share = product(z.high, factor);
    var shareLow = fma(z.low, factor, fma(z.high, factorLow, share.low));
    // the slope of the whole series, 1 / (1 - q^2/4), at what the quotient was rounded by
    var rest = let(fma(apply(MUL, q.low, number(0.25)), z.high, q.low));
    var cube = product(q.high, share.high);
    var cubeLow = apply(ADD, fma(q.high, shareLow, cube.low), rest);
    var whole = let(apply(MUL, split.exponent(), number(c.ln2High)));
    var first = let(apply(ADD, whole, q.high));
    var second = let(apply(ADD, first, cube.high));
    var lost = apply(ADD, apply(ADD, apply(SUB, whole, first), q.high), apply(ADD, apply(SUB, first, second), cube.high));
    var low = let(apply(ADD, lost, fma(split.exponent(), number(c.ln2Low), cubeLow)));
    var proper = select(apply(LT, a, number(Double.POSITIVE_INFINITY)), second, a);
    return new Pair(let(select(apply(EQ, a, number(0)), number(Double.NEGATIVE_INFINITY), proper)), low);
  }

  /** {@code f / (1 + f/2)}; the remainder of the rounded quotient is exact but for one rounding. */
  private Pair quotient(Expr f) {
    var half = let(apply(MUL, f, number(-0.5)));
    var inverse = let(apply(DIV, number(1), apply(SUB, number(1), half)));
    var high = let(apply(MUL, f, inverse));
    var remainder = fma(high, half, apply(SUB, f, high));
    return new Pair(high, let(apply(MUL, remainder, inverse)));
  }

  /** Multiplied with two powers of two, neither of which overflows, so that only the last product is rounded or infinite. */
  private Expr exponential(Pair x) {
    var part = functions.reduced(x.high, x.low);
    var multiple = let(apply(TO_BITS, part.multiple()));
    var some = let(apply(BITS_SHL, apply(BITS_ASHR, multiple, bits(1)), bits(c.mantissa)));
    var others = apply(BITS_SUB, apply(BITS_SHL, multiple, bits(c.mantissa)), some);
    var mantissa = fma(part.p(), part.r(), number(1));
    var value = apply(MUL, apply(MUL, mantissa, powerOfTwo(some)), powerOfTwo(others));
    var above = select(apply(LT, number(c.powerInfinite), x.high), number(Double.POSITIVE_INFINITY), let(value));
    return let(select(apply(LT, x.high, number(c.powerZero)), number(0), let(above)));
  }

  private Expr powerOfTwo(Expr exponent) {
    return apply(FROM_BITS, apply(BITS_ADD, exponent, bits(c.one)));
  }

  /** Of negative numbers the odd powers are negative, those with a fraction are NaN unless the number is infinite. */
  private Expr withSign(Expr power, Expr x, Expr y) {
    var a = let(apply(ABS, y));
    // the nearest even number: there are no others from 2 c.whole on, and those between leave no bit for an odd one
    var even = let(apply(SUB, apply(ADD, a, number(2 * c.whole)), number(2 * c.whole)));
    var nearest = let(select(apply(LT, a, number(2 * c.whole)), even, a));
    var odd = let(apply(EQ, apply(ABS, apply(SUB, a, nearest)), number(1)));
    var isWhole = apply(OR, odd, apply(EQ, a, nearest));
    var sign = apply(BITS_AND, apply(TO_BITS, x), bits(c.signBit));
    var signed = let(select(odd, let(apply(FROM_BITS, apply(BITS_OR, apply(TO_BITS, power), sign))), power));
    var negative = apply(AND, apply(LT, x, number(0)), apply(LT, number(Double.NEGATIVE_INFINITY), x));
    return let(select(apply(AND, negative, apply(NOT, isWhole)), number(Double.NaN), signed));
  }
}
