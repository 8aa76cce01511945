package nnc.graph;

/** What is known of nodes, by identity, in one open table: passes ask it of every node of large graphs. */
public final class NodeMap<V> {
  private Node[] nodes;
  private Object[] values;
  private int size;

  /** @param expected how many nodes, roughly */
  public NodeMap(int expected) {
    allocate(Math.max(8, Integer.highestOneBit(Math.max(1, expected)) * 4));
  }

  private void allocate(int places) {
    nodes = new Node[places];
    values = new Object[places];
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * Where a node stands, or would stand. Nodes have hashes one after the other, in stretches: side by side in the table, stretches that meet
   * would be gone through from end to end. Steps of the golden ratio keep numbers in sequence apart.
   */
  private int place(Node node) {
    int mask = nodes.length - 1;
    int place = node.hash() * 0x9E3779B9 >>> Integer.numberOfLeadingZeros(mask);
    while (nodes[place] != null && nodes[place] != node) {
      place = place + 1 & mask;
    }
    return place;
  }

  /** Null if nothing is known of a node. */
  @SuppressWarnings("unchecked")   // only put fills the table
  public V get(Node node) {
    return (V) values[place(node)];
  }

  /** @param value not null */
  public void put(Node node, V value) {
    int place = place(node);
    if (nodes[place] == null && ++size * 2 > nodes.length) {
      grow();
      place = place(node);
    }
    nodes[place] = node;
    values[place] = value;
  }

  private void grow() {
    var oldNodes = nodes;
    var oldValues = values;
    allocate(2 * oldNodes.length);
    for (int i = 0; i < oldNodes.length; i++) {
      if (oldNodes[i] != null) {
        int place = place(oldNodes[i]);
        nodes[place] = oldNodes[i];
        values[place] = oldValues[i];
      }
    }
  }
}
