package nnc.elaborate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.source.Diagnostics;
import nnc.source.WarningName;

/** Inputs and targets that nothing depends on which the program is there for, not even by how many examples they have. */
final class UnusedInputs {
  private UnusedInputs() {}

  /**
   * @param nodes  in order
   * @param needed those that outputs, losses and metrics are computed from
   */
  static void tell(List<Node> nodes, List<Node> needed, Diagnostics diagnostics) {
    var used = new NodeSet();
    needed.forEach(used::add);
    Set<String> bound = new HashSet<>();
    Set<String> asked = new HashSet<>();
    for (var node : needed) {
      node.type().shape().forEach(dim -> (node.op() instanceof Op.Input ? bound : asked).addAll(dim.variables()));
      if (node.op() instanceof Op.Size(var dim)) {
        asked.addAll(dim.variables());
      }
    }
    // a program of which none is used makes up its data, and has an input for the number of rows
    boolean any = needed.stream().anyMatch(node -> node.op() instanceof Op.Input);
    for (var node : nodes) {
      if (any && node.op() instanceof Op.Input(var name, var target, var type) && !used.contains(node)
          && type.shape().stream().flatMap(dim -> dim.variables().stream()).allMatch(size -> bound.contains(size) || !asked.contains(size))) {
        diagnostics.warning(WarningName.UNUSED, node.span(), "nothing depends on the " + (target ? "target " : "input ") + name + ": no output, loss or metric is computed from it")
            .hint("use it, or leave it out: what is declared has to be fed");
      }
    }
  }
}
