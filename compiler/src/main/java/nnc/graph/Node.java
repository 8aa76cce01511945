package nnc.graph;

import java.util.List;
import nnc.source.Span;

/**
 * A value of the graph. Identity is equality although it is a record: two nodes with equal fields are two values.
 *
 * @param hash nodes that are made one after the other lie side by side in hash tables, which large graphs are fast by
 */
public record Node(Op op, List<Node> operands, Type type, Span span, int hash) {

  public Node {
    operands = List.copyOf(operands);
  }

  public Node operand(int index) {
    return operands.get(index);
  }

  /** The types of nodes, in order. */
  static List<Type> types(List<Node> nodes) {
    var types = new Type[nodes.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = nodes.get(i).type;
    }
    return List.of(types);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return type + " " + op;
  }
}
