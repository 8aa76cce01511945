package nnc.graph;

import java.util.Arrays;

/** A number a node, by identity; of a node that has none, {@link #NONE}, the least there is. */
public final class NodeNumbers {
  public static final int NONE = Integer.MIN_VALUE;

  private final Pages<int[]> pages = new Pages<>();

  public int get(Node node) {
    var page = pages.of(node);
    return page == null ? NONE : page[Pages.place(node)];
  }

  public boolean contains(Node node) {
    return get(node) != NONE;
  }

  public void put(Node node, int number) {
    var page = pages.of(node);
    if (page == null) {
      page = new int[Pages.PLACES];
      Arrays.fill(page, NONE);
      pages.put(node, page);
    }
    page[Pages.place(node)] = number;
  }
}
