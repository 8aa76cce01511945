package nnc.graph;

import java.util.function.Supplier;

/**
 * Tables by node, in pages of so many nodes as are numbered in one stretch: what is asked of nodes one after the other lies side by side,
 * and graphs of which little is known take little room.
 */
final class Pages<P> {
  /** The places of a page, as a power of two. */
  static final int BITS = 8;
  static final int PLACES = 1 << BITS;

  private int[] numbers = new int[16];
  private Object[] pages = new Object[16];
  private int shift = Integer.numberOfLeadingZeros(pages.length - 1);
  private int size;
  private final Supplier<P> fresh;

  /** @param fresh makes a page that says nothing of its nodes */
  Pages(Supplier<P> fresh) {
    this.fresh = fresh;
  }

  /** The place of a node in its page. */
  static int place(Node node) {
    return node.id() & PLACES - 1;
  }

  /** Null if there is none. */
  @SuppressWarnings("unchecked")   // only enter fills the table
  P of(Node node) {
    return (P) pages[slot(node.id() >>> BITS)];
  }

  /** A node's page, made if there is none. */
  P made(Node node) {
    var known = of(node);
    return known != null ? known : make(node);
  }

  private P make(Node node) {
    if (++size * 2 > pages.length) {
      grow();
    }
    var page = fresh.get();
    enter(node.id() >>> BITS, page);
    return page;
  }

  private void enter(int number, Object page) {
    int slot = slot(number);
    numbers[slot] = number;
    pages[slot] = page;
  }

  /** Where a page stands, or would stand; steps of the golden ratio keep numbers in sequence apart. */
  private int slot(int number) {
    int mask = pages.length - 1;
    int slot = number * 0x9E3779B9 >>> shift;
    while (pages[slot] != null && numbers[slot] != number) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    var oldNumbers = numbers;
    var oldPages = pages;
    numbers = new int[2 * oldPages.length];
    pages = new Object[2 * oldPages.length];
    shift--;
    for (int i = 0; i < oldPages.length; i++) {
      if (oldPages[i] != null) {
        enter(oldNumbers[i], oldPages[i]);
      }
    }
  }
}
