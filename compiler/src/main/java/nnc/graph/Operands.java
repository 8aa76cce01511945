package nnc.graph;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * What a node reads, in order; it never changes. A class of its own, so that the JVM knows whose {@code get} is called: each pass asks each
 * node of a graph for its operands.
 */
public final class Operands extends AbstractList<Node> implements RandomAccess {
  private final Node[] nodes;

  private Operands(Node[] nodes) {
    this.nodes = nodes;
  }

  /** @param nodes not changed afterwards */
  static Operands of(Node... nodes) {
    return new Operands(nodes);
  }

  public static Operands of(List<Node> nodes) {
    return nodes instanceof Operands operands ? operands : new Operands(nodes.toArray(Node[]::new));
  }

  @Override
  public Node get(int index) {
    return nodes[index];
  }

  @Override
  public int size() {
    return nodes.length;
  }

  /** The same but for some of them: themselves, if nothing is known of any. */
  public Operands with(NodeMap<Node> replacements) {
    Node[] changed = null;
    for (int i = 0; i < nodes.length; i++) {
      var replacement = replacements.get(nodes[i]);
      if (replacement != null && replacement != nodes[i]) {
        changed = changed == null ? nodes.clone() : changed;
        changed[i] = replacement;
      }
    }
    return changed == null ? this : new Operands(changed);
  }
}
