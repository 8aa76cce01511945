package nnc.differentiate;

import nnc.analysis.BoundsAnalysis;
import nnc.analysis.ValueBounds;
import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/** Which slopes may be infinite or NaN: by these a cotangent of zero would become NaN. */
final class Slopes {
  private final BoundsAnalysis ranges;

  Slopes(BoundsAnalysis ranges) {
    this.ranges = ranges;
  }

  /** Whether the slope of {@code y} by one of its operands may be no number. */
  boolean mayBeNone(Node y, int operand) {
    var x = ranges.of(y.operand(operand));
    return switch (y.op()) {
      case Op.Unary(var fn) -> unary(fn, x, ranges.of(y));
      case Op.Binary(var fn) -> binary(fn, y, operand);
      case Op.Reduce(var fn, _) -> fn == ReduceFn.PROD && x.wild();
      default -> false;
    };
  }

  private static boolean unary(UnaryFn fn, ValueBounds x, ValueBounds y) {
    return switch (fn) {
      case EXP, EXPM1 -> y.wild();
      case LOG, SQRT -> x.wild() || !x.isPositive();
      case LOG1P -> x.wild() || x.low() <= -1;
      case ABS, SIN, COS, TANH, SIGMOID, ERF -> x.wild();
      case NEG, SIGN, FLOOR, CEIL, ROUND, NOT -> false;
    };
  }

  private boolean binary(BinaryFn fn, Node y, int operand) {
    var u = ranges.of(y.operand(0));
    var v = ranges.of(y.operand(1));
    return switch (fn) {
      case MUL -> (operand == 0 ? v : u).wild();
      case DIV -> v.wild() || !v.isApartFromZero() || operand == 1 && u.wild();
      case POW -> u.wild() || v.wild() || !u.isPositive() && (operand == 1 || v.low() != v.high() || v.low() < 1);
      case ADD, SUB, MIN, MAX, LT, LE, EQ, NE, AND, OR, FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> false;
    };
  }
}
