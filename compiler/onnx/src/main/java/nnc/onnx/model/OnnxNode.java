package nnc.onnx.model;

import java.util.List;
import java.util.Map;

/**
 * An operator's use.
 *
 * @param inputs  names; an empty one is left out
 * @param outputs names; an empty one is not wanted
 */
public record OnnxNode(String name, String domain, String operator, List<String> inputs, List<String> outputs, Map<String, OnnxAttribute> attributes) {

  /** As messages call it: by its operator, and its name or that of its first output. */
  public String title() {
    var called = !name.isEmpty() ? name : outputs.stream().filter(output -> !output.isEmpty()).findFirst().orElse("");
    return (domain.isEmpty() ? "" : domain + ".") + operator + (called.isEmpty() ? "" : " '" + called + "'");
  }
}
