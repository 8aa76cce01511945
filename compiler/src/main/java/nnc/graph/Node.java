package nnc.graph;

import nnc.source.Span;

/**
 * A value of the graph. Identity is equality although it is a record: two nodes with equal fields are two values.
 *
 * @param id unique among the nodes of a graph, and of all graphs before and after it: numbers come again only when an {@code int} has no more of
 *           them. Nodes made one after the other have numbers one after the other, so that what is known of them lies side by side
 */
public record Node(Op op, Nodes operands, Type type, Span span, int id) {

  public Node operand(int index) {
    return operands.get(index);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    return type + " " + op;
  }
}
