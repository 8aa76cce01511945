package nnc.graph;

/** A set of nodes, by identity; a bit each. */
public final class NodeSet {
  private final Pages<long[]> pages = new Pages<>(() -> new long[Pages.PLACES >>> 6]);
  private int size;

  public int size() {
    return size;
  }

  public boolean contains(Node node) {
    var page = pages.of(node);
    return page != null && (page[Pages.place(node) >>> 6] & 1L << node.id()) != 0;
  }

  /** Whether the node was not there before. */
  public boolean add(Node node) {
    var page = pages.made(node);
    int word = Pages.place(node) >>> 6;
    long bits = page[word];
    page[word] |= 1L << node.id();
    if (page[word] == bits) {
      return false;
    }
    size++;
    return true;
  }

  public void addAll(Nodes nodes) {
    for (int i = 0; i < nodes.size(); i++) {
      add(nodes.get(i));
    }
  }
}
