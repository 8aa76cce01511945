package nnc.graph;

/** A size that is larger, or told by more, than that of any array. */
public final class SizeFault extends ArithmeticException {
  private static final long serialVersionUID = 1;

  SizeFault(String message) {
    super(message);
  }
}
