package nnc.schedule;

import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Graph;
import nnc.graph.Node;

/**
 * A graph cut into kernels, in an order in which every value is stored before it is read.
 *
 * @param stored    nodes that have a buffer of their own in the arena
 * @param decisions what was fused, what not, and why
 * @param copies    updates that go through a buffer, by path: they are copied into place at the end
 */
public record Schedule(Graph graph, List<Kernel> kernels, Set<Node> stored, List<Decision> decisions, Map<String, Node> copies) {

  /** Whether a node joined the kernel of one that it reads. */
  public record Decision(Node producer, Node consumer, boolean fused, String reason) {}
}
