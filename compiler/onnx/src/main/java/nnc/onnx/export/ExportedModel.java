package nnc.onnx.export;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.onnx.message.GraphProto;
import nnc.onnx.message.NodeProto;

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

  /** How often the model uses each operator, by name; those in the bodies of its loops too. */
  public Map<String, Long> operators() {
    return nodes(graph.getNodeList()).collect(Collectors.groupingBy(NodeProto::getOpType, TreeMap::new, Collectors.counting()));
  }

  private static Stream<NodeProto> nodes(List<NodeProto> nodes) {
    return nodes.stream().flatMap(node -> Stream.concat(Stream.of(node), node.getAttributeList().stream().flatMap(attribute -> nodes(attribute.getG().getNodeList()))));
  }
}
