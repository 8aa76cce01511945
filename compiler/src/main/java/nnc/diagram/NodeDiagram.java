package nnc.diagram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.elaborate.Outline;
import nnc.elaborate.Outline.Callee;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.Op;

/** Every node of a network, in the layers and functions that made it; those that gradients need stand by themselves. */
public final class NodeDiagram {
  private final Outline outline;
  private final Graph graph;
  private final Map<Node, Integer> numbers = new LinkedHashMap<>();
  private final Map<Node, List<Integer>> around = new HashMap<>();

  private NodeDiagram(Outline outline, Graph graph) {
    this.outline = outline;
    this.graph = graph;
    for (var node : graph.nodes()) {
      // groups have the numbers of their calls
      numbers.put(node, outline.calls().size() + numbers.size());
      around.put(node, outline.around(node).stream().filter(call -> outline.calls().get(call).callee() != Callee.LAMBDA).toList());
    }
  }

  public static Diagram of(Outline outline, String title, Diagram.Flow flow) {
    var graph = flow == Diagram.Flow.FORWARD ? outline.forward() : outline.whole();
    var diagram = new NodeDiagram(outline, graph);
    var forward = new HashSet<>(outline.forward().nodes());
    var items = new ArrayList<>(diagram.items(-1, forward));
    var links = new ArrayList<Diagram.Link>();
    for (var node : graph.nodes()) {
      for (var operand : node.operands().stream().distinct().toList()) {
        links.add(diagram.link(operand, diagram.numbers.get(node)));
      }
    }
    int number = outline.calls().size() + graph.nodes().size();
    for (var result : graph.results()) {
      items.add(new Diagram.Box(number, look(result.role()), result.name().isEmpty() ? "loss" : result.name(), List.of(said(result.role())), List.of()));
      links.add(diagram.link(result.node(), number++));
    }
    return new Diagram(title, items, links, Diagram.Flow.FORWARD);
  }

  private Diagram.Link link(Node from, int to) {
    return new Diagram.Link(numbers.get(from), to, 0, Tensors.shape(from.type()), false);
  }

  private static Diagram.Look look(Graph.Role role) {
    return role == Graph.Role.OUTPUT ? Diagram.Look.OUTPUT : role == Graph.Role.LOSS ? Diagram.Look.LOSS : Diagram.Look.GRADIENT;
  }

  private static String said(Graph.Role role) {
    return role == Graph.Role.OUTPUT ? "output" : role == Graph.Role.LOSS ? "loss" : "gradient";
  }

  private List<Diagram.Item> items(int group, HashSet<Node> forward) {
    var items = new ArrayList<Diagram.Item>();
    var seen = new HashSet<Integer>();
    for (var node : graph.nodes()) {
      var groups = forward.contains(node) ? around.get(node) : List.<Integer>of();
      int at = group < 0 ? 0 : groups.indexOf(group) + 1;
      if (group >= 0 && at == 0) {
        continue;
      }
      if (at == groups.size()) {
        items.add(new Diagram.Box(numbers.get(node), look(node, forward.contains(node)), GraphPrinter.describe(node.op()), List.of(), List.of()));
      } else if (seen.add(groups.get(at))) {
        items.add(group(groups.get(at), forward));
      }
    }
    return items;
  }

  private Diagram.Item group(int call, HashSet<Node> forward) {
    var made = outline.calls().get(call);
    return new Diagram.Group(call, made.path().isEmpty() ? made.name() : made.callee() == Callee.CHAIN ? made.path() : made.name() + "  " + made.path(), items(call, forward));
  }

  private static Diagram.Look look(Node node, boolean forward) {
    return switch (node.op()) {
      case Op.Input(_, var target, _) -> target ? Diagram.Look.TARGET : Diagram.Look.INPUT;
      case Op.Parameter _, Op.State _ -> Diagram.Look.WEIGHT;
      default -> forward ? Diagram.Look.OPERATION : Diagram.Look.GRADIENT;
    };
  }
}
