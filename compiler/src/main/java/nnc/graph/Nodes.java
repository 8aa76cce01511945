package nnc.graph;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * Nodes in order; they never change. A class of its own, so that the JVM knows whose {@code get} is called: each pass asks for each node of a
 * graph, and each node for its operands.
 */
public final class Nodes extends AbstractList<Node> implements RandomAccess {
  private final Node[] nodes;

  private Nodes(Node[] nodes) {
    this.nodes = nodes;
  }

  /** @param nodes not changed afterwards */
  static Nodes of(Node... nodes) {
    return new Nodes(nodes);
  }

  public static Nodes of(List<Node> nodes) {
    return nodes instanceof Nodes known ? known : new Nodes(nodes.toArray(Node[]::new));
  }

  @Override
  public Node get(int index) {
    return nodes[index];
  }

  @Override
  public int size() {
    return nodes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other == this || (other instanceof Nodes known ? are(known) : super.equals(other));
  }

  private boolean are(Nodes others) {
    boolean same = nodes.length == others.nodes.length;
    for (int i = 0; same && i < nodes.length; i++) {
      same = nodes[i] == others.nodes[i];
    }
    return same;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (var node : nodes) {
      hash = 31 * hash + node.hashCode();
    }
    return hash;
  }

  /** Those that are in a set, which holds no others. */
  public Nodes in(NodeSet set) {
    var chosen = new Node[set.size()];
    int count = 0;
    for (var node : nodes) {
      if (set.contains(node)) {
        chosen[count++] = node;
      }
    }
    return new Nodes(chosen);
  }

  /** The same but for some of them: themselves, if nothing is known of any. */
  public Nodes with(NodeMap<Node> replacements) {
    Node[] changed = null;
    for (int i = 0; i < nodes.length; i++) {
      var replacement = replacements.get(nodes[i]);
      if (replacement != null && replacement != nodes[i]) {
        changed = changed == null ? nodes.clone() : changed;
        changed[i] = replacement;
      }
    }
    return changed == null ? this : new Nodes(changed);
  }
}
