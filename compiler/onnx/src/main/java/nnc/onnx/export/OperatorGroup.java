package nnc.onnx.export;

import java.util.List;
import nnc.graph.Node;

/**
 * How a node's value is said in ONNX: by the values of some nodes before it, which need not be its own operands.
 *
 * @param reads  those nodes
 * @param writing makes the value from theirs
 */
record OperatorGroup(List<Node> reads, Writing writing) {
  OperatorGroup {
    reads = List.copyOf(reads);
  }

  /** Makes what a group needs. */
  interface Writing {
    /** @param in names of the values that are read, in their order */
    String write(Target target, List<String> in);
  }

  /** Where it is made. */
  record Target(OnnxGraphWriter writer, SizeValues sizes) {}

  /** An operator of ONNX and what it takes, as it stands. */
  static OperatorGroup of(String operator, List<Node> reads, nnc.onnx.message.AttributeProto... attributes) {
    return new OperatorGroup(reads, (target, in) -> target.writer.node(operator, in, attributes));
  }
}
