package nnc.interpret;

import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/** The meaning of functions of whole numbers: as Java's {@code int} has it, which wraps around. */
final class WholeMeaning {
  private WholeMeaning() {}

  static double unary(UnaryFn fn, int x) {
    return switch (fn) {
      case NEG -> -x;
      case ABS -> x == Integer.MIN_VALUE ? x : Math.abs(x);
      case SIGN -> Integer.signum(x);
      case FLOOR, CEIL, ROUND, EXP, EXPM1, LOG, LOG1P, SQRT, SIN, COS, TANH, ERF, SIGMOID, NOT -> throw new IllegalStateException(fn + " of a whole number");
    };
  }

  static double binary(BinaryFn fn, int x, int y) {
    return switch (fn) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case MIN -> Math.min(x, y);
      case MAX -> Math.max(x, y);
      case LT -> x < y ? 1 : 0;
      case LE -> x <= y ? 1 : 0;
      case EQ -> x == y ? 1 : 0;
      case NE -> x != y ? 1 : 0;
      case FLOOR_DIV -> y == 0 ? 0 : Math.floorDiv(x, y);
      case MOD -> y == 0 ? x : Math.floorMod(x, y);
      case BIT_AND -> x & y;
      case BIT_OR -> x | y;
      case BIT_XOR -> x ^ y;
      case SHIFT_LEFT -> y < 0 || y >= Integer.SIZE ? 0 : x << y;
      case SHIFT_RIGHT -> x >> (y < 0 || y >= Integer.SIZE ? Integer.SIZE - 1 : y);
      case DIV, POW, AND, OR -> throw new IllegalStateException(fn + " of whole numbers");
    };
  }

  static Array reduce(int[] shape, ReduceFn fn, List<Integer> axes, Array x) {
    var result = new Array(shape, new double[Array.size(shape)]);
    java.util.Arrays.fill(result.values(), switch (fn) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> Integer.MIN_VALUE;
      case MIN -> Integer.MAX_VALUE;
    });
    var index = new int[x.shape().length];
    for (var value : x.values()) {
      int at = result.offset(Array.without(index, axes));
      int before = (int) result.values()[at];
      int next = (int) value;
      result.values()[at] = switch (fn) {
        case SUM -> before + next;
        case PROD -> before * next;
        case MAX -> Math.max(before, next);
        case MIN -> Math.min(before, next);
      };
      Array.next(index, x.shape());
    }
    return result;
  }
}
