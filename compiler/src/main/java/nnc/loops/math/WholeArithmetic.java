package nnc.loops.math;

import static nnc.loops.math.ElementaryFunctions.apply;
import static nnc.loops.math.ElementaryFunctions.select;

import nnc.graph.BinaryFn;
import nnc.graph.UnaryFn;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.StatementBuilder;

/**
 * Arithmetic on whole numbers of 32 bits, which wraps around, as expressions of the machine's functions. Where bits are 64 wide a number has its
 * sign in the upper half: what may not fit into 32 bits is brought back to them.
 */
public final class WholeArithmetic {
  /** Below this, doubles have no fraction and their last bits count up with them: 1.5 * 2^52. */
  private static final double MAGIC = 0x1.8p52;

  private final StatementBuilder sink;
  private final boolean wide;
  private final ElementaryFunctions functions;

  public WholeArithmetic(StatementBuilder sink, ElementaryFunctions functions) {
    this.sink = sink;
    this.wide = functions.wide();
    this.functions = functions;
  }

  /** A constant, which is a whole number of 32 bits. */
  public static Expr number(double value) {
    return new Expr.BitsOf(new Int.Number((int) value));
  }

  /** 1 where a mask holds, otherwise 0. */
  public static Expr of(Expr mask) {
    return select(mask, number(1), number(0));
  }

  /** The lower 32 bits, with their sign. */
  public Expr wrapped(Expr bits) {
    return wide ? apply(Fn.BITS_ASHR, apply(Fn.BITS_SHL, bits, number(Integer.SIZE)), number(Integer.SIZE)) : bits;
  }

  public Expr unary(UnaryFn fn, Expr argument) {
    var x = sink.let(argument);
    var sign = apply(Fn.BITS_ASHR, x, number(Integer.SIZE - 1));
    return switch (fn) {
      case NEG -> wrapped(apply(Fn.BITS_SUB, number(0), x));
      case ABS -> {
        var all = sink.let(sign);
        yield wrapped(apply(Fn.BITS_SUB, apply(Fn.BITS_XOR, x, all), all));
      }
      case SIGN -> apply(Fn.BITS_OR, sign, apply(Fn.BITS_SHR, apply(Fn.BITS_SUB, number(0), x), number(wide ? Long.SIZE - 1 : Integer.SIZE - 1)));
      case FLOOR, CEIL, ROUND, EXP, EXPM1, LOG, LOG1P, SQRT, SIN, COS, TANH, ERF, SIGMOID, NOT -> throw new IllegalStateException(fn + " of a whole number");
    };
  }

  /** Comparisons give masks. */
  public Expr binary(BinaryFn fn, Expr x, Expr y) {
    return switch (fn) {
      case ADD -> wrapped(apply(Fn.BITS_ADD, x, y));
      case SUB -> wrapped(apply(Fn.BITS_SUB, x, y));
      case MUL -> wrapped(apply(Fn.BITS_MUL, x, y));
      case MIN -> apply(Fn.BITS_MIN, x, y);
      case MAX -> apply(Fn.BITS_MAX, x, y);
      case LT -> apply(Fn.BITS_LT, x, y);
      case LE -> apply(Fn.BITS_LE, x, y);
      case EQ -> apply(Fn.BITS_EQ, x, y);
      case NE -> apply(Fn.BITS_NE, x, y);
      case FLOOR_DIV -> quotient(sink.let(x), sink.let(y));
      case MOD -> {
        var dividend = sink.let(x);
        var divisor = sink.let(y);
        yield y instanceof Expr.BitsOf(Int.Number(var by)) && Long.bitCount(by) == 1 && by > 0 ? apply(Fn.BITS_AND, dividend, new Expr.BitsOf(new Int.Number(by - 1)))
            : wrapped(apply(Fn.BITS_SUB, dividend, apply(Fn.BITS_MUL, quotient(dividend, divisor), divisor)));
      }
      case BIT_AND -> apply(Fn.BITS_AND, x, y);
      case BIT_OR -> apply(Fn.BITS_OR, x, y);
      case BIT_XOR -> apply(Fn.BITS_XOR, x, y);
      case SHIFT_LEFT -> {
        var count = sink.let(y);
        var inside = sink.let(isShift(count));
        yield select(inside, wrapped(apply(Fn.BITS_SHL, x, sink.let(select(inside, count, number(0))))), number(0));
      }
      case SHIFT_RIGHT -> {
        var count = sink.let(y);
        yield apply(Fn.BITS_ASHR, x, sink.let(select(isShift(count), count, number(Integer.SIZE - 1))));
      }
      case DIV, POW, AND, OR -> throw new IllegalStateException(fn + " of whole numbers");
    };
  }

  private static Expr isShift(Expr count) {
    return apply(Fn.AND, apply(Fn.BITS_LE, number(0), count), apply(Fn.BITS_LT, count, number(Integer.SIZE)));
  }

  // ---- quotients

  /** Of numbers that are names already, floored; 0 by 0. By a power of two the bits are moved. */
  private Expr quotient(Expr x, Expr y) {
    if (y instanceof Expr.BitsOf(Int.Number(var by)) && Long.bitCount(by) == 1 && by > 0) {
      return apply(Fn.BITS_ASHR, x, number(Long.numberOfTrailingZeros(by)));
    }
    var zero = sink.let(apply(Fn.BITS_EQ, y, number(0)));
    var divisor = sink.let(select(zero, number(1), y));
    return select(zero, number(0), wide ? quotientInDouble(x, divisor) : quotientInFloat(x, divisor));
  }

  /** The rounded quotient lies on the same side of every whole number as the quotient: that is 1 / y away at least, and rounding moves it by less than 2^-21 / y. */
  private Expr quotientInDouble(Expr x, Expr y) {
    var floored = functions.unary(UnaryFn.FLOOR, apply(Fn.DIV, element(x), element(y)));
    return sink.let(wrapped(apply(Fn.BITS_SUB, apply(Fn.TO_BITS, apply(Fn.ADD, floored, new Expr.Number(MAGIC))), magic())));
  }

  /**
   * In two steps: a quotient of floats is off by 2^-22 of itself at most, and that of what it leaves is then less than 400 and off by less than one. What is left
   * in the end is brought between zero and the divisor. Products and differences may wrap around and are right in the end.
   */
  private Expr quotientInFloat(Expr x, Expr y) {
    var divisor = sink.let(element(y));
    var first = sink.let(apply(Fn.TO_WHOLE, apply(Fn.DIV, element(x), divisor)));
    var left = sink.let(apply(Fn.BITS_SUB, x, apply(Fn.BITS_MUL, first, y)));
    var second = sink.let(apply(Fn.TO_WHOLE, apply(Fn.DIV, element(left), divisor)));
    var quotient = sink.let(apply(Fn.BITS_ADD, first, second));
    var rest = sink.let(apply(Fn.BITS_SUB, left, apply(Fn.BITS_MUL, second, y)));
    for (int i = 0; i < 2; i++) {
      var below = sink.let(apply(Fn.AND, apply(Fn.BITS_NE, rest, number(0)), apply(Fn.BITS_LT, apply(Fn.BITS_XOR, rest, y), number(0))));
      quotient = sink.let(select(below, apply(Fn.BITS_SUB, quotient, number(1)), quotient));
      rest = sink.let(select(below, apply(Fn.BITS_ADD, rest, y), rest));
    }
    var above = sink.let(apply(Fn.OR, apply(Fn.AND, apply(Fn.BITS_LT, number(0), y), apply(Fn.BITS_LE, y, rest)),
        apply(Fn.AND, apply(Fn.BITS_LT, y, number(0)), apply(Fn.BITS_LE, rest, y))));
    return sink.let(select(above, apply(Fn.BITS_ADD, quotient, number(1)), quotient));
  }

  /** The element nearest to a whole number. */
  public Expr element(Expr bits) {
    return wide ? apply(Fn.SUB, apply(Fn.FROM_BITS, apply(Fn.BITS_ADD, bits, magic())), new Expr.Number(MAGIC)) : apply(Fn.FROM_WHOLE, bits);
  }

  /** An element without its fraction; zero if it is no number, and the nearest there is if it is too large. */
  public Expr truncated(Expr element) {
    if (!wide) {
      return apply(Fn.TO_WHOLE, element);
    }
    var x = sink.let(element);
    var whole = sink.let(functions.truncate(x));
    var least = new Expr.Number(Integer.MIN_VALUE);
    var most = new Expr.Number(Integer.MAX_VALUE);
    var near = sink.let(select(apply(Fn.LT, whole, least), least, select(apply(Fn.LT, most, whole), most, whole)));
    var number = sink.let(select(apply(Fn.EQ, x, x), near, new Expr.Number(0)));
    return apply(Fn.BITS_SUB, apply(Fn.TO_BITS, apply(Fn.ADD, number, new Expr.Number(MAGIC))), magic());
  }

  private static Expr magic() {
    return new Expr.BitsOf(new Int.Number(Double.doubleToRawLongBits(MAGIC)));
  }
}
