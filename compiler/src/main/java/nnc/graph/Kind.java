package nnc.graph;

/**
 * What a tensor's elements are: numbers of the network's float type, whole numbers of 32 bits, truth values. In memory each takes the place of a
 * float: an {@code INT} as bits, with its sign in the upper half where these are 64, a {@code BOOL} as the float 0 or 1.
 */
public enum Kind {
  FLOAT, INT, BOOL;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
