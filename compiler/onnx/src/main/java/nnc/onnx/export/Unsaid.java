package nnc.onnx.export;

/** What ONNX, or its version that is written, has no word for. */
final class Unsaid extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String hint;

  /** @param hint what to do about it; empty if nothing is known */
  Unsaid(String message, String hint) {
    super(message, null, false, false);
    this.hint = hint;
  }

  String hint() {
    return hint;
  }
}
