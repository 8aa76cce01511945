package nnc.onnx.model;

import java.util.List;
import java.util.Map;

/**
 * Nodes in an order in which each knows its inputs.
 *
 * @param initializers constants by name; an input may have one too, as its default
 */
public record OnnxGraph(String name, List<OnnxNode> nodes, Map<String, OnnxTensor> initializers, List<Port> inputs, List<Port> outputs) {

  /**
   * An input or output.
   *
   * @param type  null where it is no array of numbers, or not told (inside of other graphs)
   * @param what  what it is if it is no array: a sequence, a map, ...
   * @param shape sizes, names of open ones, or an empty text for one without a name; null where even the number of axes is open
   */
  public record Port(String name, ElementType type, String what, List<String> shape) {}
}
