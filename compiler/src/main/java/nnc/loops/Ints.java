package nnc.loops;

import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;

/** Arithmetic on the whole numbers of loops, with what is known computed at once. */
public final class Ints {
  private Ints() {}

  /** The next multiple, or the number itself if it is one. */
  public static int roundUp(int size, int to) {
    return Math.ceilDiv(size, to) * to;
  }

  public static Int add(Int a, Int b) {
    if (a == null || a instanceof Int.Number(var x) && x == 0) {
      return b;
    }
    if (b instanceof Int.Number(var y)) {
      return y == 0 ? a : a instanceof Int.Number(var x) ? new Int.Number(x + y) : new Int.Apply(IntFn.ADD, a, b);
    }
    return new Int.Apply(IntFn.ADD, a, b);
  }

  public static Int subtract(Int a, Int b) {
    if (b instanceof Int.Number(var y)) {
      return add(a, new Int.Number(-y));
    }
    return new Int.Apply(IntFn.SUB, a, b);
  }

  public static Int multiply(Int a, Int b) {
    if (b instanceof Int.Number(var y)) {
      return y == 1 ? a : y == 0 ? b : a instanceof Int.Number(var x) ? new Int.Number(x * y) : new Int.Apply(IntFn.MUL, a, b);
    }
    return a instanceof Int.Number ? multiply(b, a) : new Int.Apply(IntFn.MUL, a, b);
  }

  public static Int divide(Int a, long by) {
    return by == 1 ? a : a instanceof Int.Number(var x) ? new Int.Number(Math.floorDiv(x, by))
        : new Int.Apply(IntFn.DIV, a, new Int.Number(by));
  }

  public static Int least(Int a, Int b) {
    return a instanceof Int.Number(var x) && b instanceof Int.Number(var y) ? new Int.Number(Math.min(x, y))
        : new Int.Apply(IntFn.MIN, a, b);
  }

  public static Int most(Int a, Int b) {
    return a instanceof Int.Number(var x) && b instanceof Int.Number(var y) ? new Int.Number(Math.max(x, y))
        : new Int.Apply(IntFn.MAX, a, b);
  }
}
