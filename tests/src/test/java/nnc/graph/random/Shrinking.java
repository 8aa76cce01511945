package nnc.graph.random;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.random.DrawnGraphs.Drawn;

/** The smallest part of a drawn graph that still fails: results are left out or taken nearer to the inputs, nodes become inputs that have their values. */
public final class Shrinking {
  private final Predicate<Drawn> fails;
  private Drawn smallest;

  private Shrinking(Drawn drawn, Predicate<Drawn> fails) {
    this.fails = fails;
    this.smallest = drawn;
  }

  public static Drawn of(Drawn drawn, Predicate<Drawn> fails) {
    var shrinking = new Shrinking(drawn, fails);
    int before;
    do {
      before = shrinking.smallest.graph().nodes().size();
      shrinking.results();
      shrinking.nodes();
    } while (shrinking.smallest.graph().nodes().size() < before);
    return shrinking.smallest;
  }

  private boolean take(Drawn candidate) {
    if (candidate.graph().nodes().size() <= smallest.graph().nodes().size() && fails.test(candidate)) {
      smallest = candidate;
      return true;
    }
    return false;
  }

  private void results() {
    for (var result : smallest.graph().results()) {
      if (smallest.graph().results().size() > 1) {
        var rest = smallest.graph().results().stream().filter(other -> other != result).toList();
        take(with(rest));
      }
    }
    for (boolean nearer = true; nearer; ) {
      nearer = false;
      for (int i = 0; i < smallest.graph().results().size() && !nearer; i++) {
        nearer = nearer(i);
      }
    }
  }

  private boolean nearer(int place) {
    var result = smallest.graph().results().get(place);
    for (int i = 0; result.role() == Graph.Role.OUTPUT && i < result.node().operands().size(); i++) {
      var results = new ArrayList<>(smallest.graph().results());
      results.set(place, new Graph.Result(Graph.Role.OUTPUT, result.name(), result.node().operand(i)));
      if (take(with(results))) {
        return true;
      }
    }
    return false;
  }

  private Drawn with(List<Graph.Result> results) {
    return new Drawn(DrawnGraphs.needed(new Graph("predict", smallest.graph().nodes(), results)), smallest.dims(), smallest.given(), smallest.values());
  }

  /** Those that most depends on first. */
  private void nodes() {
    boolean cut;
    do {
      cut = false;
      var nodes = smallest.graph().nodes().stream().filter(node -> !node.operands().isEmpty() && smallest.graph().results().stream().noneMatch(r -> r.node() == node))
          .sorted((a, b) -> Integer.compare(ancestors(b), ancestors(a))).toList();
      for (var node : nodes) {
        if (take(cut(node))) {
          cut = true;
          break;
        }
      }
    } while (cut);
  }

  private static int ancestors(Node node) {
    Set<Node> seen = new HashSet<>();
    var open = new ArrayList<>(List.of(node));
    while (!open.isEmpty()) {
      var next = open.removeLast();
      if (seen.add(next)) {
        open.addAll(next.operands());
      }
    }
    return seen.size();
  }

  /** The graph with an input in place of a node. */
  private Drawn cut(Node at) {
    var b = new GraphBuilder();
    var made = new HashMap<Node, Node>();
    var values = new HashMap<Node, double[]>();
    var given = new LinkedHashMap<>(smallest.given());
    var name = "cut" + given.size();
    given.put(name, smallest.values().get(at));
    for (var node : smallest.graph().nodes()) {
      var copy = node == at ? b.input(name, node.type()) : b.emit(node.op(), node.operands().stream().map(made::get).toList());
      made.put(node, copy);
      values.put(copy, smallest.values().get(node));
    }
    var results = smallest.graph().results().stream().map(r -> new Graph.Result(r.role(), r.name(), made.get(r.node()))).toList();
    return new Drawn(DrawnGraphs.needed(b.finish("predict", results)), smallest.dims(), given, values);
  }

  /** A graph and the arrays that it is given, where they are short. */
  public static String text(Drawn drawn) {
    var text = new StringBuilder(GraphPrinter.print(drawn.graph())).append("at ").append(drawn.dims()).append('\n');
    for (var node : drawn.graph().nodes()) {
      if (Pool.isSource(node.op())) {
        var values = drawn.given().get(Trial.name(node.op()));
        text.append(Trial.name(node.op())).append(" = ").append(values.length <= 24 ? Arrays.toString(values) : values.length + " values").append('\n');
      }
    }
    return text.toString();
  }
}
