package nnc.graph;

/** Scalar functions of two arguments of one kind. */
public enum BinaryFn {
  ADD, SUB, MUL,
  /** Always gives {@code float}: the builder casts {@code int} operands. */
  DIV,
  POW,
  /** NaN if either is NaN. */
  MIN,
  /** NaN if either is NaN. */
  MAX,
  /** Comparisons give {@code bool}; with NaN they are false, {@code NE} is true. */
  LT, LE, EQ, NE,
  /** Of {@code bool}. */
  AND,
  /** Of {@code bool}. */
  OR,
  /** Of {@code int}: the quotient, floored; 0 where the divisor is 0. */
  FLOOR_DIV,
  /** Of {@code int}: what {@code FLOOR_DIV} times the divisor leaves of the dividend. */
  MOD,
  /** Of {@code int}, bit by bit. */
  BIT_AND, BIT_OR, BIT_XOR,
  /** Of {@code int}: the first's bits moved by the second, which is from 0 to 31; by any other number all of them fall out. */
  SHIFT_LEFT,
  /** Likewise; the sign comes in from the left. */
  SHIFT_RIGHT;

  /** Whether the result is {@code bool} whatever the operands are. */
  public boolean compares() {
    return switch (this) {
      case LT, LE, EQ, NE, AND, OR -> true;
      case ADD, SUB, MUL, DIV, POW, MIN, MAX, FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> false;
    };
  }

  /** Whether operands have to be {@code int}. */
  public boolean isOfWholeNumbers() {
    return switch (this) {
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> true;
      case ADD, SUB, MUL, DIV, POW, MIN, MAX, LT, LE, EQ, NE, AND, OR -> false;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
