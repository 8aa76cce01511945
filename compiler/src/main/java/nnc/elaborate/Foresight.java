package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/** Outputs that are computed from a target: prediction then has to be fed what it should predict. */
final class Foresight {
  private record Output(String name, Node node, Span place) {}

  private final List<Output> outputs = new ArrayList<>();

  void told(String name, Node node, Span place) {
    outputs.add(new Output(name, node, place));
  }

  /**
   * Warns of each output that needs a target.
   *
   * @param nodes in order
   */
  void tell(List<Node> nodes, Diagnostics diagnostics) {
    var needed = new NodeMap<String>();
    for (var node : nodes) {
      if (node.op() instanceof Op.Input(var name, var target, _) && target) {
        needed.put(node, name);
      } else {
        node.operands().stream().filter(needed::contains).findFirst().ifPresent(operand -> needed.put(node, needed.get(operand)));
      }
    }
    for (var output : outputs) {
      if (needed.contains(output.node)) {
        diagnostics.warning(WarningName.TARGET_IN_OUTPUT, output.place, "the output " + output.name + " needs the target " + needed.get(output.node)
            + ": to predict, what should be predicted has to be given").hint("compute outputs from inputs alone, or declare "
            + needed.get(output.node) + " as an input if it is known by then");
      }
    }
  }
}
