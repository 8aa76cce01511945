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
import static nnc.loops.Loop.Fn.BITS_XOR;
import static nnc.loops.Loop.Fn.DIV;
import static nnc.loops.Loop.Fn.EQ;
import static nnc.loops.Loop.Fn.FAR_COS;
import static nnc.loops.Loop.Fn.FAR_SIN;
import static nnc.loops.Loop.Fn.FMA;
import static nnc.loops.Loop.Fn.FROM_BITS;
import static nnc.loops.Loop.Fn.LE;
import static nnc.loops.Loop.Fn.LT;
import static nnc.loops.Loop.Fn.MAX;
import static nnc.loops.Loop.Fn.MIN;
import static nnc.loops.Loop.Fn.MUL;
import static nnc.loops.Loop.Fn.NE;
import static nnc.loops.Loop.Fn.NEG;
import static nnc.loops.Loop.Fn.NOT;
import static nnc.loops.Loop.Fn.OR;
import static nnc.loops.Loop.Fn.SELECT;
import static nnc.loops.Loop.Fn.SQRT;
import static nnc.loops.Loop.Fn.SUB;
import static nnc.loops.Loop.Fn.TO_BITS;

import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.UnaryFn;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.StatementBuilder;

/**
 * The elementary functions as expressions of the machine's functions: one text for every width and for scalar code, so that the bits are
 * the same everywhere. Constants differ between 32 and 64 bits. Results below the smallest normal number may be zero.
 */
public final class ElementaryFunctions {
  private final StatementBuilder sink;
  private final boolean wide;
  private final PolynomialCoefficients c;

  public ElementaryFunctions(StatementBuilder sink, int precision) {
    this.sink = sink;
    this.wide = precision == 64;
    this.c = wide ? PolynomialCoefficients.DOUBLE : PolynomialCoefficients.FLOAT;
  }

  // ---- building blocks

  public static Expr number(double value) {
    return new Expr.Number(value);
  }

  static Expr bits(long value) {
    return new Expr.BitsOf(new Loop.Int.Number(value));
  }

  public static Expr apply(Fn fn, Expr... arguments) {
    return new Expr.Apply(fn, List.of(arguments));
  }

  private Expr let(Expr value) {
    return sink.let(value);
  }

  static Expr select(Expr mask, Expr a, Expr b) {
    return apply(SELECT, mask, a, b);
  }

  static Expr fma(Expr a, Expr b, Expr c) {
    return apply(FMA, a, b, c);
  }

  /** {@code c0 + x (c1 + x (c2 + ...))}. */
  private Expr horner(Expr x, double... coefficients) {
    Expr sum = number(coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = fma(sum, x, number(coefficients[i]));
    }
    return let(sum);
  }

  // ---- functions

  public Expr unary(UnaryFn fn, Expr argument) {
    var x = let(argument);
    return switch (fn) {
      case NEG -> apply(NEG, x);
      case ABS -> apply(ABS, x);
      case SQRT -> apply(SQRT, x);
      case NOT -> apply(NOT, x);
      case SIGN -> select(apply(LT, number(0), x), number(1), select(apply(LT, x, number(0)), number(-1), x));
      case FLOOR -> floor(x);
      case CEIL -> ceil(x);
      case ROUND -> round(x);
      case EXP -> exp(x);
      case EXPM1 -> expm1(x);
      case LOG -> log(x);
      case LOG1P -> log1p(x);
      case TANH -> tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> new ErrorFunction(this, sink).of(x, wide);
      case SIN -> wave(x, true);
      case COS -> wave(x, false);
    };
  }

  /** Comparisons give masks, AND and OR take them. */
  public Expr binary(BinaryFn fn, Expr x, Expr y) {
    return switch (fn) {
      case ADD -> apply(ADD, x, y);
      case SUB -> apply(SUB, x, y);
      case MUL -> apply(MUL, x, y);
      case DIV -> apply(DIV, x, y);
      case MIN -> apply(MIN, let(x), let(y));
      case MAX -> apply(MAX, let(x), let(y));
      case LT -> apply(LT, x, y);
      case LE -> apply(LE, x, y);
      case EQ -> apply(EQ, x, y);
      case NE -> apply(NE, x, y);
      case AND -> apply(AND, x, y);
      case OR -> apply(OR, x, y);
      case POW -> new PowerFunction(this, sink, c).of(let(x), let(y));
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> throw new IllegalStateException(fn + " of floats");
    };
  }

  /** To the nearest whole number, ties to even: adding 2^23 (2^52) to |x| leaves no bits for a fraction. Zeros have x's sign. */
  Expr round(Expr x) {
    var a = let(apply(ABS, x));
    var rounded = let(apply(SUB, apply(ADD, a, number(c.whole)), number(c.whole)));
    return signed(select(apply(LT, a, number(c.whole)), rounded, a), x);
  }

  private Expr floor(Expr x) {
    var near = round(x);
    return select(apply(LT, x, near), apply(SUB, near, number(1)), near);
  }

  /** What is above -1 and below 0 comes to -0. */
  private Expr ceil(Expr x) {
    var near = round(x);
    return signed(select(apply(LT, near, x), apply(ADD, near, number(1)), near), x);
  }

  /** Towards zero, which has no sign among whole numbers. */
  public Expr truncate(Expr argument) {
    var x = let(argument);
    var below = floor(let(apply(ABS, x)));
    return apply(ADD, signed(below, x), number(0));
  }

  /** What exp and expm1 share: x = n ln 2 + r; {@code turns} has n in its low bits, {@code p r} is e^r - 1. */
  record Reduced(Expr multiple, Expr r, Expr p) {}

  private Reduced reduced(Expr x) {
    var multiple = let(fma(x, number(c.log2e), number(c.magic)));
    var n = let(apply(SUB, multiple, number(c.magic)));
    var r = let(fma(n, number(-c.ln2Low), fma(n, number(-c.ln2High), x)));
    return new Reduced(multiple, r, horner(r, c.exp));
  }

  /** Of x + low. The first product is exact: so the sum is rounded only once to speak of. */
  Reduced reduced(Expr x, Expr low) {
    var multiple = let(fma(x, number(c.log2e), number(c.magic)));
    var n = let(apply(SUB, multiple, number(c.magic)));
    var r = let(apply(ADD, fma(n, number(-c.ln2High), x), fma(n, number(-c.ln2Low), low)));
    return new Reduced(multiple, r, horner(r, c.exp));
  }

  /** {@code e^r 2^n}: n is added to the exponent's bits. */
  private Expr exp(Expr x) {
    var part = reduced(x);
    return clamped(x, scaled(part));
  }

  /** 2^n, a normal number. */
  private Expr power(Reduced part) {
    return let(apply(FROM_BITS, apply(BITS_ADD, bits(c.one), apply(BITS_SHL, apply(TO_BITS, part.multiple), bits(c.mantissa)))));
  }

  private Expr scaled(Reduced part) {
    var mantissa = apply(TO_BITS, fma(part.p, part.r, number(1)));
    return apply(FROM_BITS, apply(BITS_ADD, mantissa, apply(BITS_SHL, apply(TO_BITS, part.multiple), bits(c.mantissa))));
  }

  /** Infinite where e^x is too large. NaN, whose bits have been counted up like a number's, is taken from x. */
  private Expr clamped(Expr x, Expr value) {
    return faded(x, select(apply(LE, x, number(c.expLargest)), let(value), apply(ADD, x, number(Double.POSITIVE_INFINITY))));
  }

  /** Zero where e^x is less than what a normal number can be. */
  private Expr faded(Expr x, Expr value) {
    return let(select(apply(LT, x, number(c.expSmallest)), number(0), value));
  }

  /** {@code 2^n (e^r - 1) + (2^n - 1)}, rounded once at the end. */
  private Expr expm1(Expr x) {
    var part = reduced(x);
    var power = power(part);
    var exact = fma(power, apply(MUL, part.p, part.r), apply(SUB, power, number(1)));
    var near = select(apply(LT, number(c.expm1Plain), x), clamped(x, scaled(part)), let(exact));
    return signed(select(apply(LT, x, number(-c.expm1Plain)), number(-1), near), x);
  }

  /** x = 2^exponent (1 + f), which is between the square roots of 1/2 and 2; of numbers below the normal ones too. */
  record Split(Expr exponent, Expr f) {}

  Split split(Expr x) {
    var tiny = let(apply(LT, x, number(c.smallestNormal)));
    var scaled = let(select(tiny, apply(MUL, x, number(c.whole)), x));
    var b = let(apply(TO_BITS, scaled));
    var k = let(apply(BITS_ASHR, apply(BITS_SUB, b, bits(c.sqrtHalf)), bits(c.mantissa)));
    var f = let(apply(SUB, apply(FROM_BITS, apply(BITS_SUB, b, apply(BITS_SHL, k, bits(c.mantissa)))), number(1)));
    var whole = let(apply(SUB, apply(FROM_BITS, apply(BITS_ADD, k, bits(c.magicBits))), number(c.magic)));
    return new Split(let(select(tiny, apply(SUB, whole, number(c.mantissa)), whole)), f);
  }

  /** With x = 2^k m and m about 1: k ln 2 + log m. */
  private Expr log(Expr x) {
    var split = split(x);
    var value = let(wide ? logDouble(split.f, split.exponent) : logFloat(split.f, split.exponent));
    var proper = select(apply(LT, x, number(Double.POSITIVE_INFINITY)), value, x);
    var positive = select(apply(LT, number(0), x), proper, select(apply(EQ, x, number(0)), number(Double.NEGATIVE_INFINITY), number(Double.NaN)));
    return let(positive);
  }

  private Expr logFloat(Expr f, Expr exponent) {
    var f2 = let(apply(MUL, f, f));
    var y = apply(MUL, apply(MUL, horner(f, PolynomialCoefficients.LOG_FLOAT), f), f2);
    y = fma(exponent, number(c.ln2Low), y);
    y = fma(f2, number(-0.5), y);
    return fma(exponent, number(c.ln2High), apply(ADD, y, f));
  }

  /** fdlibm's e_log.c (Sun Microsystems): with s = f / (2 + f), log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)). */
  private Expr logDouble(Expr f, Expr exponent) {
    var s = let(apply(DIV, f, apply(ADD, f, number(2))));
    var z = let(apply(MUL, s, s));
    var w = let(apply(MUL, z, z));
    var t1 = apply(MUL, w, horner(w, 3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01));
    var t2 = apply(MUL, z, horner(w, 6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01));
    var half = let(apply(MUL, number(0.5), apply(MUL, f, f)));
    var inner = fma(s, apply(ADD, half, apply(ADD, t2, t1)), apply(MUL, exponent, number(c.ln2Low)));
    var low = apply(SUB, apply(SUB, half, inner), f);
    return apply(SUB, apply(MUL, exponent, number(c.ln2High)), low);
  }

  /** {@code log u + (x - (u - 1)) / u} with u = 1 + x rounded: the second term is what rounding lost. */
  private Expr log1p(Expr x) {
    var u = let(apply(ADD, x, number(1)));
    var lost = apply(DIV, apply(SUB, x, apply(SUB, u, number(1))), u);
    var log = log(u);
    var ordinary = apply(AND, apply(LT, number(0), u), apply(LT, u, number(Double.POSITIVE_INFINITY)));
    return signed(select(ordinary, apply(ADD, log, lost), log), x);
  }

  private Expr signed(Expr magnitude, Expr x) {
    var sign = apply(BITS_AND, apply(TO_BITS, x), bits(c.signBit));
    return let(apply(FROM_BITS, apply(BITS_OR, apply(TO_BITS, magnitude), sign)));
  }

  /** {@code (e^2a - 1) / (e^2a + 1)}; in float an odd polynomial below 0.625, where the quotient would lose an ulp. */
  private Expr tanh(Expr x) {
    var a = let(apply(ABS, x));
    var twice = let(select(apply(LT, number(c.tanhOne), a), number(2 * c.tanhOne), apply(ADD, a, a)));
    var part = reduced(twice);
    if (!wide) {
      var large = let(apply(SUB, number(1), apply(DIV, number(2), apply(ADD, scaled(part), number(1)))));
      var square = let(apply(MUL, a, a));
      var small = fma(apply(MUL, horner(square, PolynomialCoefficients.TANH_FLOAT), square), a, a);
      return signed(select(apply(LE, number(0.625), a), large, let(small)), x);
    }
    var power = power(part);
    var e = let(fma(power, apply(MUL, part.p, part.r), apply(SUB, power, number(1))));
    return signed(apply(DIV, e, apply(ADD, e, number(2))), x);
  }

  /** With e = exp(-|x|): 1 / (1 + e), or e / (1 + e) below zero. Powers of two are multiplied with, which NaN survives. */
  private Expr sigmoid(Expr x) {
    var negative = let(apply(FROM_BITS, apply(BITS_OR, apply(TO_BITS, x), bits(c.signBit))));
    var part = reduced(negative);
    var e = faded(negative, apply(MUL, fma(part.p, part.r, number(1)), power(part)));
    return let(apply(DIV, select(apply(LT, x, number(0)), e, number(1)), apply(ADD, e, number(1))));
  }

  /** Exponential of a value that is a name already. */
  Expr exponential(Expr x) {
    return exp(let(x));
  }

  Expr withSign(Expr magnitude, Expr x) {
    return signed(magnitude, x);
  }

  Expr polynomial(Expr x, double... coefficients) {
    return horner(x, coefficients);
  }

  /**
   * Sine or cosine of a = |x| = n pi/2 + r, with n's low bits, the quadrant, choosing polynomial and sign: reduced by Cody and Waite in three
   * steps, each rounded once, as far as these are exact enough; numbers beyond are reduced by all the digits of pi that it takes (Payne and Hanek).
   */
  private Expr wave(Expr x, boolean isSine) {
    var a = let(apply(ABS, x));
    var multiple = let(fma(a, number(2 / Math.PI), number(c.magic)));
    var n = let(apply(SUB, multiple, number(c.magic)));
    var r = let(fma(n, number(-c.halfPi[2]), fma(n, number(-c.halfPi[1]), fma(n, number(-c.halfPi[0]), a))));
    var s = let(apply(MUL, r, r));
    var sine = let(fma(apply(MUL, r, s), horner(s, c.sine), r));
    var cosine = let(horner(s, c.cosine));
    // the quadrant's two bits on top: as a number it is 0 or -0 if even and 2 or -2 if odd
    var quadrant = let(apply(BITS_SHL, apply(TO_BITS, multiple), bits(c.width - 2)));
    var odd = apply(NE, apply(FROM_BITS, quadrant), number(0));
    var value = apply(TO_BITS, isSine ? select(odd, cosine, sine) : select(odd, sine, cosine));
    var sign = isSine ? apply(BITS_XOR, quadrant, apply(TO_BITS, x)) : apply(BITS_ADD, quadrant, bits(c.signBit >>> 1));
    var near = let(apply(FROM_BITS, apply(BITS_XOR, value, apply(BITS_AND, sign, bits(c.signBit)))));
    var far = let(apply(LT, number(c.waveLargest), a));
    return let(apply(isSine ? FAR_SIN : FAR_COS, far, x, near));
  }

  boolean wide() {
    return wide;
  }

  /** From a bool in memory. */
  public static Expr maskOf(Expr element) {
    return apply(NE, element, number(0));
  }

  /** To a bool in memory. */
  public static Expr elementOf(Expr mask) {
    return select(mask, number(1), number(0));
  }
}
