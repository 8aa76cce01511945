package nnc.graph;

/** Scalar functions of one argument. All but {@code NOT} take and give {@code float} or {@code int}. */
public enum UnaryFn {
  NEG, ABS, SIGN, FLOOR, CEIL,
  /** To the nearest whole number, ties to even. */
  ROUND,
  EXP, EXPM1,
  /** Natural logarithm; -inf at 0, NaN below. */
  LOG,
  LOG1P, SQRT, SIN, COS, TANH, ERF,
  /** 1 / (1 + e^-x), without overflow. */
  SIGMOID,
  /** Of a {@code bool}. */
  NOT;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
