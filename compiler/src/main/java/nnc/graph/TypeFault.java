package nnc.graph;

/** Operands that an op cannot take; the message names both shapes. The elaborator turns it into a diagnostic. */
public final class TypeFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TypeFault(String message) {
    super(message, null, false, false);
  }

  static void check(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new TypeFault(message.formatted(arguments));
    }
  }
}
