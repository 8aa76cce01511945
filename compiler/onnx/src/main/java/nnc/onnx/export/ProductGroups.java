package nnc.onnx.export;

import static nnc.onnx.export.NodePatterns.allBut;
import static nnc.onnx.export.NodePatterns.is;
import static nnc.onnx.export.NodePatterns.repeated;

import java.util.List;
import java.util.Optional;
import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.graph.Uses;

/** Products and convolutions with their biases, and the rows of a stack by one matrix. */
final class ProductGroups {
  private final Uses uses;

  ProductGroups(Uses uses) {
    this.uses = uses;
  }

  Optional<OperatorGroup> of(Node node) {
    if (is(node, BinaryFn.ADD)) {
      var group = biased(node.operand(0), node.operand(1));
      return group.isPresent() ? group : biased(node.operand(1), node.operand(0));
    }
    return rows(node);
  }

  private Optional<OperatorGroup> biased(Node product, Node bias) {
    if (!uses.isReadOnce(product)) {
      return Optional.empty();
    }
    return switch (product.op()) {
      case Op.Conv conv when conv.role() != Op.ConvRole.FILTER -> {
        var values = repeated(bias, allBut(1, product.type().rank()));
        yield isVector(values) ? Optional.of(ConvolutionGroups.biased(product, conv, values)) : Optional.empty();
      }
      case Op.MatMul() when product.type().rank() == 2 -> {
        var values = repeated(bias, List.of(0));
        yield isVector(values) ? Optional.of(gemm(product, values)) : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private static boolean isVector(Node values) {
    return values != null && values.type().rank() == 1;
  }

  /** {@code Gemm} also reads its matrices transposed. */
  private static OperatorGroup gemm(Node product, Node bias) {
    var left = product.operand(0);
    var right = product.operand(1);
    boolean turnsLeft = left.op() instanceof Op.Transpose;
    boolean turnsRight = right.op() instanceof Op.Transpose;
    return OperatorGroup.of("Gemm", List.of(turnsLeft ? left.operand(0) : left, turnsRight ? right.operand(0) : right, bias),
        Attributes.of("transA", turnsLeft ? 1 : 0), Attributes.of("transB", turnsRight ? 1 : 0));
  }

  /** {@code x @ W} of more than two axes. */
  private Optional<OperatorGroup> rows(Node node) {
    boolean product = node.op() instanceof Op.Reshape && node.operand(0).op() instanceof Op.MatMul && node.operand(0).type().rank() == 2
        && node.operand(0).operand(0).op() instanceof Op.Reshape && uses.isReadOnce(node.operand(0));
    if (!product) {
      return Optional.empty();
    }
    var stack = node.operand(0).operand(0).operand(0);
    var matrix = node.operand(0).operand(1);
    int rank = stack.type().rank();
    boolean found = rank > 2 && Shapes.with(stack.type(), rank - 1, matrix.type().dim(1)).shape().equals(node.type().shape())
        && stack.type().dim(rank - 1).equals(matrix.type().dim(0));
    return found ? Optional.of(OperatorGroup.of("MatMul", List.of(stack, matrix))) : Optional.empty();
  }
}
