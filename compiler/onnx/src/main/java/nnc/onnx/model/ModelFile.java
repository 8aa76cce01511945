package nnc.onnx.model;

import java.util.List;
import java.util.Map;

/**
 * An ONNX file.
 *
 * @param producer  what wrote it, perhaps empty
 * @param opsets    the version of the operators by domain; ONNX's own is the empty one
 * @param functions the file's own operators, by domain and name with a colon between
 */
public record ModelFile(String producer, Map<String, Integer> opsets, OnnxGraph graph, Map<String, Function> functions) {

  /** An operator made of others: its nodes, and the names of what goes in and out. */
  public record Function(List<String> inputs, List<String> outputs, List<OnnxNode> nodes, Map<String, OnnxAttribute> defaults) {}

  /** The version of ONNX's own operators. */
  public int opset() {
    return opsets.getOrDefault("", 1);
  }
}
