package nnc.onnx.translate;

import java.util.List;

/** A node that the language has nothing for, or not yet. */
final class Untranslatable extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final List<String> wanted;

  Untranslatable(String reason) {
    this(reason, List.of());
  }

  /** @param wanted inputs of the model that would have to be known */
  Untranslatable(String reason, List<String> wanted) {
    super(reason, null, false, false);
    this.wanted = List.copyOf(wanted);
  }

  List<String> wanted() {
    return wanted;
  }
}
