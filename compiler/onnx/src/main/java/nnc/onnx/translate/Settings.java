package nnc.onnx.translate;

import java.util.Map;
import nnc.onnx.model.OnnxTensor;

/**
 * What is decided when a model is imported.
 *
 * @param sizes  of open dimensions, by their names in the model
 * @param values of inputs that shall not be inputs of the program, by their names in the model
 */
public record Settings(Map<String, Long> sizes, Map<String, OnnxTensor> values) {
  public static final Settings NONE = new Settings(Map.of(), Map.of());
}
