package nnc.onnx.export;

import static nnc.onnx.export.NodePatterns.allBut;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.graph.Node;
import nnc.graph.Op;

/** Rows of a table by their numbers, as an embedding looks them up. */
final class LookupGroups {
  private LookupGroups() {}

  static Optional<OperatorGroup> of(Node node) {
    var whole = node.op() instanceof Op.Reshape ? lookup(node.operand(0)) : null;
    if (whole != null && shape(whole, whole.index).equals(node.type().shape())) {
      return Optional.of(whole.group(whole.index));
    }
    var flat = lookup(node);
    return flat == null ? Optional.empty() : Optional.of(flat.group(flat.row));
  }

  /**
   * {@code numpy.take}.
   *
   * @param row   the numbers one behind the other
   * @param index the numbers as they were before
   */
  private record Lookup(Node table, Node row, Node index, int axis) {
    OperatorGroup group(Node numbers) {
      return OperatorGroup.of("Gather", List.of(table, numbers), Attributes.of("axis", axis));
    }
  }

  private static Lookup lookup(Node node) {
    if (!(node.op() instanceof Op.Gather(var axis))) {
      return null;
    }
    var table = node.operand(0);
    if (table.type().rank() == 1) {
      var row = node.operand(1);
      return new Lookup(table, row, row.op() instanceof Op.Reshape ? row.operand(0) : row, axis);
    }
    if (!(node.operand(1).op() instanceof Op.Broadcast(_, var axes)) || !axes.equals(allBut(axis, table.type().rank()))) {
      return null;
    }
    var row = node.operand(1).operand(0);
    return new Lookup(table, row, row.op() instanceof Op.Reshape ? row.operand(0) : row, axis);
  }

  /** What a lookup by an index gives. */
  private static List<nnc.graph.Dim> shape(Lookup lookup, Node index) {
    var table = lookup.table.type().shape();
    var shape = new ArrayList<>(table.subList(0, lookup.axis));
    shape.addAll(index.type().shape());
    shape.addAll(table.subList(lookup.axis + 1, table.size()));
    return shape;
  }
}
