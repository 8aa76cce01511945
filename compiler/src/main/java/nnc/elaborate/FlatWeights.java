package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;

/** Parameters of any shapes as one vector: their elements one behind the other, in the order of the source. */
final class FlatWeights {
  private final GraphBuilder g;
  private final List<String> paths;
  private final List<Node> parts;
  private final Node vector;

  /** @param parts by path */
  FlatWeights(GraphBuilder g, List<String> paths, List<Node> parts) {
    this.g = g;
    this.paths = List.copyOf(paths);
    this.parts = List.copyOf(parts);
    vector = vector(this.parts);
  }

  List<Node> parts() {
    return parts;
  }

  Node vector() {
    return vector;
  }

  /** What has the parameters' shapes, such as their gradients, as one vector. */
  Node vector(List<Node> parts) {
    return g.concat(IntStream.range(0, parts.size()).mapToObj(i -> g.reshape(parts.get(i), List.of(size(i)))).toList(), 0);
  }

  private Dim size(int part) {
    return parts.get(part).type().size();
  }

  /** A vector's parts, by path and in their shapes. */
  Map<String, Node> cut(Node vector) {
    var cut = new LinkedHashMap<String, Node>();
    var from = Dim.ZERO;
    for (int i = 0; i < parts.size(); i++) {
      cut.put(paths.get(i), g.reshape(g.slice(vector, 0, from, size(i), 1), parts.get(i).type().shape()));
      from = from.plus(size(i));
    }
    return cut;
  }
}
