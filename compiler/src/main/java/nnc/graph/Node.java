package nnc.graph;

import java.util.List;
import nnc.source.Span;

/** A value of the graph. Identity is equality although it is a record: two nodes with equal fields are two values. */
public record Node(Op op, List<Node> operands, Type type, Span span) {

  public Node {
    operands = List.copyOf(operands);
  }

  public Node operand(int index) {
    return operands.get(index);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return type + " " + op;
  }
}
