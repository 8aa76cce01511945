package nnc.onnx.export;

import java.util.List;
import nnc.onnx.message.GraphProto;

/**
 * A program as an ONNX model.
 *
 * @param graph  without its arrays
 * @param arrays weights and constants
 */
public record ExportedModel(GraphProto.Builder graph, List<Initialiser> arrays) {
  /** The bytes of all arrays. */
  public long bytes() {
    return arrays.stream().mapToLong(Initialiser::bytes).sum();
  }

  /** How often the model uses each operator, by name. */
  public java.util.Map<String, Long> operators() {
    return graph.getNodeList().stream().collect(java.util.stream.Collectors.groupingBy(nnc.onnx.message.NodeProto::getOpType, java.util.TreeMap::new,
        java.util.stream.Collectors.counting()));
  }
}
