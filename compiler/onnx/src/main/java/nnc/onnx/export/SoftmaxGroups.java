package nnc.onnx.export;

import static nnc.onnx.export.NodePatterns.bare;
import static nnc.onnx.export.NodePatterns.is;
import static nnc.onnx.export.NodePatterns.isReduced;
import static nnc.onnx.export.NodePatterns.repeated;
import static nnc.onnx.export.NodePatterns.repeatedAlong;

import java.util.List;
import java.util.Optional;
import nnc.graph.BinaryFn;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/** Softmax and its logarithm, along an axis. */
final class SoftmaxGroups {
  private SoftmaxGroups() {}

  static Optional<OperatorGroup> of(Node node) {
    if (!is(node, BinaryFn.DIV) && !is(node, BinaryFn.SUB)) {
      return Optional.empty();
    }
    var axes = repeatedAlong(node.operand(1));
    var x = axes.size() != 1 ? null : is(node, BinaryFn.DIV) ? softmax(node, axes) : logSoftmax(node, axes);
    return x == null ? Optional.empty()
        : Optional.of(OperatorGroup.of(is(node, BinaryFn.DIV) ? "Softmax" : "LogSoftmax", List.of(x), Attributes.of("axis", axes.getFirst())));
  }

  /** {@code exp(x - max(x)) / sum(exp(x - max(x)))}. */
  private static Node softmax(Node node, List<Integer> axes) {
    var power = node.operand(0);
    var x = is(power, UnaryFn.EXP) ? shifted(power.operand(0), axes) : null;
    return x != null && isReduced(repeated(node.operand(1), axes), ReduceFn.SUM, power, axes) ? x : null;
  }

  /** {@code x - max(x) - log(sum(exp(x - max(x))))}. */
  private static Node logSoftmax(Node node, List<Integer> axes) {
    var x = shifted(node.operand(0), axes);
    var log = x == null ? null : repeated(node.operand(1), axes);
    if (log == null || !is(log, UnaryFn.LOG)) {
      return null;
    }
    var sum = bare(log.operand(0));
    boolean found = sum.op() instanceof Op.Reduce && is(sum.operand(0), UnaryFn.EXP) && sum.operand(0).operand(0) == node.operand(0)
        && isReduced(sum, ReduceFn.SUM, sum.operand(0), axes);
    return found ? x : null;
  }

  /** Of {@code x - max(x)}; null if a node is something else. */
  private static Node shifted(Node node, List<Integer> axes) {
    return is(node, BinaryFn.SUB) && isReduced(repeated(node.operand(1), axes), ReduceFn.MAX, node.operand(0), axes) ? node.operand(0) : null;
  }
}
