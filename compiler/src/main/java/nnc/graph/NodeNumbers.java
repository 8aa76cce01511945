package nnc.graph;

import java.util.Arrays;

/** A number a node, by identity; of a node that has none, {@link #NONE}, the least there is. */
public final class NodeNumbers {
  public static final int NONE = Integer.MIN_VALUE;

  private final Pages<int[]> pages = new Pages<>(NodeNumbers::page);

  public int get(Node node) {
    var page = pages.of(node);
    return page == null ? NONE : page[Pages.place(node)];
  }

  public boolean contains(Node node) {
    return get(node) != NONE;
  }

  public void put(Node node, int number) {
    pages.made(node)[Pages.place(node)] = number;
  }

  private static int[] page() {
    var page = new int[Pages.PLACES];
    Arrays.fill(page, NONE);
    return page;
  }
}
