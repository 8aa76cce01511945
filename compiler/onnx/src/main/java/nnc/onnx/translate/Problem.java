package nnc.onnx.translate;

import java.util.List;

/**
 * A node that was not translated.
 *
 * @param operator of the node, with its domain if it is not ONNX's own
 * @param node     its name, or that of its first output
 * @param reason   why
 * @param wanted   inputs of the model with whose values it could be translated
 */
public record Problem(String operator, String node, String reason, List<String> wanted) {
  @Override
  public String toString() {
    return operator + (node.isEmpty() ? "" : " '" + node + "'") + ": " + reason;
  }
}
