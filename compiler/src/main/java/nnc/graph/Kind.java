package nnc.graph;

/** What a tensor's elements are. In memory all are the network's float type; {@code INT} holds whole numbers, {@code BOOL} 0 or 1. */
public enum Kind {
  FLOAT, INT, BOOL;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
