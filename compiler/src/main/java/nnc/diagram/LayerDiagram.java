package nnc.diagram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.elaborate.Outline;
import nnc.elaborate.Outline.Callee;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.base.Text;

/**
 * A network as its layers: a box for each layer and function of the library that the program calls, a group for each layer and chain of its own with layers in
 * it, and a small box for what it computes by signs.
 */
public final class LayerDiagram {
  /** As many groups one in the other as there are. */
  public static final int ALL = Integer.MAX_VALUE;

  /** Where a node is drawn: the groups around its box, and what the box stands for: a call's number, or a node. */
  private record Place(List<Integer> groups, Object of) {}

  private final Outline outline;
  private final int depth;
  private final NodeSet differentiated;
  private final Set<Integer> withLayers = new HashSet<>();
  private final Map<Object, Integer> numbers = new HashMap<>();
  private final Map<Integer, Part> parts = new LinkedHashMap<>();
  private final Map<Integer, List<Integer>> around = new HashMap<>();
  private final Set<Diagram.Link> links = new LinkedHashSet<>();
  private final Map<Node, Integer> tensors = new HashMap<>();

  /** A box in the making. */
  private static final class Part {
    final Diagram.Look look;
    final String head;
    final Set<String> lines = new LinkedHashSet<>();
    final Map<String, Node> weights = new LinkedHashMap<>();

    Part(Diagram.Look look, String head) {
      this.look = look;
      this.head = head;
    }
  }

  private LayerDiagram(Outline outline, int depth, Diagram.Flow flow) {
    this.outline = outline;
    this.depth = depth;
    differentiated = flow == Diagram.Flow.BACKWARD ? outline.differentiated() : new NodeSet();
    for (int i = 0; i < outline.calls().size(); i++) {
      if (outline.calls().get(i).callee() == Callee.LAYER) {
        for (int call = i; call >= 0 && withLayers.add(call); call = outline.calls().get(call).parent()) {
          continue;
        }
      }
    }
  }

  /** @param depth how many groups are drawn one in the other; what is further inside is one box */
  public static Diagram of(Outline outline, String title, int depth, Diagram.Flow flow) {
    var diagram = new LayerDiagram(outline, depth, flow);
    diagram.boxes();
    return new Diagram(title, diagram.items(-1), List.copyOf(diagram.links), flow);
  }

  private void boxes() {
    for (var node : outline.forward().nodes()) {
      if (!isConstant(node) && !isPassed(node)) {
        int box = box(node);
        node.operands().forEach(operand -> connect(source(operand), box, differentiated.contains(node)));
      }
    }
    for (var result : outline.forward().results()) {
      boolean output = result.role() == Graph.Role.OUTPUT;
      var part = new Part(output ? Diagram.Look.OUTPUT : Diagram.Look.LOSS, output || result.name().isEmpty() ? result.name().isEmpty() ? "loss" : result.name() : "loss " + result.name());
      part.lines.add(output ? "output" : "");
      connect(source(result.node()), add(result, part, List.of()), !output);
    }
  }

  /** What only repeats its operand for arithmetic, and was written by nobody. */
  private boolean isPassed(Node node) {
    return (node.op() instanceof Op.Broadcast || node.op() instanceof Op.Cast) && place(node).of instanceof Node;
  }

  private Node source(Node node) {
    return isPassed(node) ? source(node.operand(0)) : node;
  }

  /** Whether a node is no box: a weight, or a number of the program. */
  private boolean isConstant(Node node) {
    return switch (node.op()) {
      case Op.Parameter _, Op.State _ -> true;
      case Op.Const _, Op.Table _, Op.Size _, Op.Iota _, Op.Counter _ -> place(node).of instanceof Node;
      default -> false;
    };
  }

  private Place place(Node node) {
    var groups = new ArrayList<Integer>();
    for (int call : outline.around(node)) {
      var made = outline.calls().get(call);
      if (made.callee() == Callee.LAMBDA) {
        continue;
      }
      if (made.isOfLibrary() || !withLayers.contains(call) || groups.size() >= depth) {
        return new Place(List.copyOf(groups), call);
      }
      groups.add(call);
    }
    return new Place(List.copyOf(groups), node);
  }

  private int box(Node node) {
    var place = place(node);
    var known = numbers.get(place.of);
    return known != null ? known : add(place.of, part(node, place.of), place.groups);
  }

  private int add(Object of, Part part, List<Integer> groups) {
    // groups have the numbers of their calls
    int number = outline.calls().size() + parts.size();
    numbers.put(of, number);
    parts.put(number, part);
    around.put(number, groups);
    return number;
  }

  private Part part(Node node, Object of) {
    if (of instanceof Integer call) {
      var made = outline.calls().get(call);
      var part = new Part(made.callee() == Callee.FUNCTION ? Diagram.Look.FUNCTION : Diagram.Look.LAYER, name(made) + (made.activation().isEmpty() ? "" : ", " + made.activation()));
      if (!told(made).isEmpty()) {
        part.lines.add(told(made));
      }
      return part;
    } else if (node.op() instanceof Op.Input(var name, var target, _)) {
      var part = new Part(target ? Diagram.Look.TARGET : Diagram.Look.INPUT, name);
      part.lines.add(target ? "target" : "input");
      return part;
    }
    return new Part(Diagram.Look.OPERATION, Tensors.operation(node));
  }

  /** The path that a box or group tells beside its name: from the group around it on; empty if it is the name. */
  private String told(Outline.Call call) {
    var path = call.path();
    for (int around = call.parent(); around >= 0; around = outline.calls().get(around).parent()) {
      var outer = outline.calls().get(around).path();
      if (!outer.isEmpty() && path.startsWith(outer + ".")) {
        path = path.substring(outer.length() + 1);
        break;
      }
    }
    return path.equals(name(call)) ? "" : path;
  }

  private static String name(Outline.Call call) {
    return call.callee() == Callee.CHAIN ? call.path().substring(call.path().lastIndexOf('.') + 1) : call.name();
  }

  /** @param back whether a gradient comes back from the reader */
  private void connect(Node from, int to, boolean back) {
    if (isConstant(from)) {
      if (!Tensors.path(from).isEmpty()) {
        parts.get(to).weights.put(Tensors.path(from), from);
      }
      return;
    }
    int box = box(from);
    if (box != to) {
      links.add(new Diagram.Link(box, to, tensors.computeIfAbsent(from, _ -> tensors.size()), Tensors.shape(from.type()), back && differentiated.contains(from)));
    }
  }

  // ---- in their groups

  private List<Diagram.Item> items(int group) {
    var items = new ArrayList<Diagram.Item>();
    var seen = new HashSet<Integer>();
    for (var part : parts.entrySet()) {
      var groups = around.get(part.getKey());
      int at = group < 0 ? 0 : groups.indexOf(group) + 1;
      if (group >= 0 && at == 0) {
        continue;
      }
      if (at == groups.size()) {
        items.add(finished(part.getKey(), part.getValue()));
      } else if (seen.add(groups.get(at))) {
        items.add(group(groups.get(at)));
      }
    }
    return items;
  }

  /** One box needs no group around it: it has the group's name as well. */
  private Diagram.Item group(int call) {
    var inner = items(call);
    var made = outline.calls().get(call);
    if (inner.size() == 1 && inner.getFirst() instanceof Diagram.Box box) {
      var lines = new ArrayList<>(box.lines());
      lines.addFirst(box.head());
      return new Diagram.Box(box.number(), Diagram.Look.LAYER, name(made), lines, box.learned());
    }
    return new Diagram.Group(call, (name(made) + "  " + told(made)).strip(), inner);
  }

  private Diagram.Box finished(int number, Part part) {
    var lines = new ArrayList<>(part.lines);
    lines.removeIf(String::isEmpty);
    var kept = part.weights.values().stream().filter(node -> node.op() instanceof Op.Parameter).map(node -> Tensors.weight(Tensors.path(node), node.type())).toList();
    for (int i = 0; i < kept.size(); i += 2) {
      lines.add(String.join(", ", kept.subList(i, Math.min(i + 2, kept.size()))));
    }
    long learned = part.weights.values().stream().filter(node -> node.op() instanceof Op.Parameter).mapToLong(node -> node.type().size().fixed()).sum();
    if (learned > 0) {
      lines.add(Text.grouped(learned) + (learned == 1 ? " parameter" : " parameters"));
    }
    var gradients = part.weights.values().stream().filter(differentiated::contains).map(node -> Tensors.path(node).substring(Tensors.path(node).lastIndexOf('.') + 1)).toList();
    return new Diagram.Box(number, part.look, part.head, List.copyOf(lines), gradients);
  }
}
