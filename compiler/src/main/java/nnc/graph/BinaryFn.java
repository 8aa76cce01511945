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
  OR;

  /** Whether the result is {@code bool} whatever the operands are. */
  public boolean compares() {
    return switch (this) {
      case LT, LE, EQ, NE, AND, OR -> true;
      case ADD, SUB, MUL, DIV, POW, MIN, MAX -> false;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
