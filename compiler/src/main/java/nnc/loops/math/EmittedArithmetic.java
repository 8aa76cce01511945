package nnc.loops.math;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nnc.graph.BinaryFn;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;
import nnc.interpret.ScalarArithmetic;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;

/**
 * Functions of numbers known at compile time, with the bits that emitted code gives: those of more than one rounding are the same expressions,
 * computed here.
 */
public final class EmittedArithmetic implements ScalarArithmetic {
  private final boolean wide;
  private final Map<UnaryFn, Text> unary = new EnumMap<>(UnaryFn.class);
  private Text power;

  /** @param precision 32 or 64 */
  public EmittedArithmetic(int precision) {
    wide = precision == 64;
  }

  /** A function of {@code x} and {@code y}: what it computes before, and its value. */
  private record Text(List<Stmt> before, Expr value) {}

  private Text text(Function<ElementaryFunctions, Expr> function) {
    var sink = new StatementBuilder();
    var value = new Expr[1];
    var before = sink.within(() -> value[0] = function.apply(new ElementaryFunctions(sink, wide ? 64 : 32)));
    return new Text(before, value[0]);
  }

  @Override
  public double rounded(double x) {
    return wide ? x : (float) x;
  }

  @Override
  public double unary(UnaryFn fn, double x) {
    return switch (fn) {
      // rounded twice, and right all the same (Figueroa 1995)
      case NEG, ABS, SIGN, FLOOR, CEIL, ROUND, SQRT, NOT -> rounded(Interpreter.unary(fn, rounded(x)));
      case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, SIGMOID ->
          run(unary.computeIfAbsent(fn, f -> text(functions -> functions.unary(f, new Expr.Read("x")))), rounded(x), 0);
    };
  }

  @Override
  public double binary(BinaryFn fn, double x, double y) {
    double a = rounded(x);
    double b = rounded(y);
    return switch (fn) {
      case ADD, SUB, MUL, DIV, LT, LE, EQ, NE, AND, OR -> rounded(Interpreter.binary(fn, a, b));
      case MIN -> a < b || Double.isNaN(a) ? a : b;
      case MAX -> a > b || Double.isNaN(a) ? a : b;
      case POW -> {
        power = power == null ? text(functions -> functions.binary(fn, new Expr.Read("x"), new Expr.Read("y"))) : power;
        yield run(power, a, b);
      }
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> throw new IllegalStateException(fn + " of floats");
    };
  }

  /** Elements are doubles, masks are truth values and bits are longs, of which a float's are the lower half with its sign. */
  private double run(Text text, double x, double y) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("x", x);
    variables.put("y", y);
    for (var statement : text.before) {
      if (statement instanceof Stmt.Let(var name, var value)) {
        variables.put(name, value(value, variables));
      }
    }
    return (double) value(text.value, variables);
  }

  private Object value(Expr expr, Map<String, Object> variables) {
    return switch (expr) {
      case Expr.Number(var number) -> rounded(number);
      case Expr.Read(var name) -> variables.get(name);
      case Expr.BitsOf(Int.Number(var bits)) -> wide ? bits : (int) bits;
      case Expr.Apply(var fn, var arguments) -> apply(fn, arguments.stream().map(argument -> value(argument, variables)).toList());
      case Expr.BitsOf _, Expr.Load _, Expr.LoadBits _, Expr.FromInt _, Expr.Fold _ -> throw new IllegalStateException("no function of numbers: " + expr);
    };
  }

  /** What a function of the machine gives of elements (doubles), masks (truth values) and bits (longs, of which a float's are the lower half with its sign). */
  public Object apply(Fn fn, List<?> in) {
    return switch (fn) {
      case ADD, SUB, MUL, DIV, MIN, MAX -> binary(BinaryFn.valueOf(fn.name()), (double) in.get(0), (double) in.get(1));
      case LT, LE, EQ, NE -> Interpreter.binary(BinaryFn.valueOf(fn.name()), (double) in.get(0), (double) in.get(1)) != 0;
      case NEG, ABS, SQRT -> unary(UnaryFn.valueOf(fn.name()), (double) in.get(0));
      case FMA -> fma((double) in.get(0), (double) in.get(1), (double) in.get(2));
      case AND -> (boolean) in.get(0) && (boolean) in.get(1);
      case OR -> (boolean) in.get(0) || (boolean) in.get(1);
      case NOT -> !(boolean) in.get(0);
      case SELECT -> (boolean) in.get(0) ? in.get(1) : in.get(2);
      case FAR_SIN -> (boolean) in.get(0) ? rounded(StrictMath.sin((double) in.get(1))) : in.get(2);
      case FAR_COS -> (boolean) in.get(0) ? rounded(StrictMath.cos((double) in.get(1))) : in.get(2);
      case TO_BITS -> wide ? Double.doubleToRawLongBits((double) in.get(0)) : (long) Float.floatToRawIntBits((float) (double) in.get(0));
      case FROM_BITS -> wide ? Double.longBitsToDouble((long) in.get(0)) : (double) Float.intBitsToFloat((int) (long) in.get(0));
      case BITS_AND -> (long) in.get(0) & (long) in.get(1);
      case BITS_OR -> (long) in.get(0) | (long) in.get(1);
      case BITS_XOR -> (long) in.get(0) ^ (long) in.get(1);
      case BITS_ADD -> bits((long) in.get(0) + (long) in.get(1));
      case BITS_SUB -> bits((long) in.get(0) - (long) in.get(1));
      case BITS_MUL -> bits((long) in.get(0) * (long) in.get(1));
      case BITS_SHL -> bits((long) in.get(0) << (long) in.get(1));
      case BITS_SHR -> wide ? (long) in.get(0) >>> (long) in.get(1) : (long) ((int) (long) in.get(0) >>> (long) in.get(1));
      case BITS_ASHR -> (long) in.get(0) >> (long) in.get(1);
      case BITS_MIN -> Math.min((long) in.get(0), (long) in.get(1));
      case BITS_MAX -> Math.max((long) in.get(0), (long) in.get(1));
      case BITS_LT -> (long) in.get(0) < (long) in.get(1);
      case BITS_LE -> (long) in.get(0) <= (long) in.get(1);
      case BITS_EQ -> (long) in.get(0) == (long) in.get(1);
      case BITS_NE -> (long) in.get(0) != (long) in.get(1);
      case FROM_WHOLE -> rounded((double) (long) in.get(0));
      case TO_WHOLE -> (long) (int) (double) in.get(0);
    };
  }

  private long bits(long all) {
    return wide ? all : (int) all;
  }

  private double fma(double a, double b, double c) {
    return wide ? Math.fma(a, b, c) : Math.fma((float) a, (float) b, (float) c);
  }
}
