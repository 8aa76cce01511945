package nnc.graph;

/** How {@link Op.Reduce} combines the elements of the reduced axes. */
public enum ReduceFn {
  SUM, PROD, MAX, MIN;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
