package nnc.elaborate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeNumbers;
import nnc.graph.Op;

/** By node of a program, which outputs' values it depends on, and on which inputs and targets besides. */
final class OutputReach {
  private final List<Node> nodes;
  private final NodeNumbers places = new NodeNumbers();
  private final NodeMap<Boolean> varying = new NodeMap<>();
  private final NodeMap<Boolean> learned = new NodeMap<>();
  private final NodeMap<Set<String>> outputs = new NodeMap<>();
  private final NodeMap<Set<String>> inputs = new NodeMap<>();

  /** @param nodes all there are, each after its operands */
  OutputReach(List<Node> nodes, List<Graph.Result> results) {
    this.nodes = nodes;
    for (int i = 0; i < nodes.size(); i++) {
      var node = nodes.get(i);
      places.put(node, i);
      if (varies(node.op()) || node.operands().stream().anyMatch(varying::contains)) {
        varying.put(node, true);
      }
    }
    Map<Node, Set<String>> stand = new HashMap<>();
    results.forEach(result -> through(result.node()).forEach(node -> stand.computeIfAbsent(node, _ -> new LinkedHashSet<>()).add(result.name())));
    nodes.forEach(node -> follow(node, stand.get(node)));
  }

  private static boolean varies(Op op) {
    return op instanceof Op.Input || op instanceof Op.Parameter || op instanceof Op.State || op instanceof Op.Counter || op instanceof Op.Uniform;
  }

  /** The nodes, an output's own first, through which all goes that it is made of; an input may be the last of them. */
  List<Node> through(Node output) {
    var all = new ArrayList<Node>();
    var open = new TreeSet<Node>(Comparator.comparingInt(places::get));
    open.add(output);
    while (!open.isEmpty()) {
      var last = open.pollLast();
      if (open.isEmpty() && (!varies(last.op()) || last.op() instanceof Op.Input(_, var target, _) && !target)) {
        all.add(last);
      } else if (varies(last.op())) {
        break;
      }
      last.operands().stream().filter(varying::contains).forEach(open::add);
    }
    return all;
  }

  private void follow(Node node, Set<String> standsFor) {
    if (standsFor != null) {
      outputs.put(node, standsFor);
    } else if (node.op() instanceof Op.Input(var name, _, _)) {
      inputs.put(node, Set.of(name));
    } else if (node.op() instanceof Op.Parameter || node.op() instanceof Op.State) {
      learned.put(node, true);
    } else if (varying.contains(node)) {
      if (node.operands().stream().anyMatch(learned::contains)) {
        learned.put(node, true);
      } else {
        join(node, outputs);
      }
      join(node, inputs);
    }
  }

  private static void join(Node node, NodeMap<Set<String>> known) {
    var all = new LinkedHashSet<String>();
    node.operands().forEach(operand -> all.addAll(known.get(operand, Set.of())));
    if (!all.isEmpty()) {
      known.put(node, all);
    }
  }

  /** The outputs whose values a node depends on; none of what weights make of these, for that is something else. */
  Set<String> outputs(Node node) {
    return outputs.get(node, Set.of());
  }

  /** The inputs and targets that a node depends on otherwise than by an output's values. */
  Set<String> inputs(Node node) {
    return inputs.get(node, Set.of());
  }

  /** The nodes that have an output on one side and an input or target on another. */
  List<Node> meetings(String output, String input) {
    return nodes.stream().filter(node -> node.operands().stream().anyMatch(operand -> outputs(operand).contains(output) && inputs(operand).isEmpty())
        && node.operands().stream().anyMatch(operand -> inputs(operand).contains(input) && outputs(operand).isEmpty())).toList();
  }
}
