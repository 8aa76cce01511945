package nnc.graph;

/** What is known of nodes, by identity: passes ask it of every node of large graphs. */
public final class NodeMap<V> {
  private final Pages<Object[]> pages = new Pages<>(() -> new Object[Pages.PLACES]);
  private boolean isEmpty = true;

  public boolean isEmpty() {
    return isEmpty;
  }

  /** Null if nothing is known of a node. */
  @SuppressWarnings("unchecked")   // only put fills the table
  public V get(Node node) {
    var page = pages.of(node);
    return page == null ? null : (V) page[Pages.place(node)];
  }

  /** What is known of a node, or what is to be taken if that is nothing. */
  public V get(Node node, V otherwise) {
    var known = get(node);
    return known == null ? otherwise : known;
  }

  public boolean contains(Node node) {
    return get(node) != null;
  }

  /** @param value not null */
  public void put(Node node, V value) {
    pages.made(node)[Pages.place(node)] = value;
    isEmpty = false;
  }
}
