package nnc.passes;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.source.CompilerFault;

/** Rebuilds a graph node by node under a rule. Nodes of which nothing changes stay the same nodes, and so does a graph. */
final class Rewrite {
  private Rewrite() {}

  interface Rule {
    /** The replacement of a node whose operands are already rebuilt, or null to keep it. */
    Node apply(Node old, Nodes operands, GraphBuilder b);
  }

  /** A rule that asks too what has been made of other nodes than the operands. */
  interface FarRule {
    Node apply(Node old, Nodes operands, UnaryOperator<Node> made, GraphBuilder b);
  }

  static Graph each(Graph graph, Rule rule) {
    return each(graph, (FarRule) (old, operands, _, b) -> rule.apply(old, operands, b));
  }

  static Graph each(Graph graph, FarRule rule) {
    var builder = new GraphBuilder(graph.nodes().size());
    // what stands for a node, where that is not the node itself
    var made = new NodeMap<Node>();
    var nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      var node = nodes.get(i);
      var operands = made.isEmpty() ? node.operands() : node.operands().with(made);
      builder.at(node.span());
      var replacement = replacement(rule, node, operands, made, builder);
      var result = replacement != null ? replacement : builder.keep(node, operands);
      if (result != node) {
        made.put(node, result);
      }
    }
    if (made.isEmpty() && builder.nodes().size() == nodes.size()) {
      return graph;
    }
    return builder.finish(graph.name(),
        graph.results().stream().map(r -> new Graph.Result(r.role(), r.name(), Objects.requireNonNullElse(made.get(r.node()), r.node()))).toList());
  }

  /** A graph with other bodies in its loops. */
  static Graph bodies(Graph graph, UnaryOperator<Graph> change) {
    return hasLoops(graph) ? each(graph, (old, in, b) -> {
      if (old.op() instanceof Op.Loop loop) {
        var next = LoopBodies.withBody(loop, change);
        return next == loop ? null : b.emit(next, in);
      }
      return null;
    }) : graph;
  }

  /** By each loop of which something is read, the places of the results that are. */
  static Map<Node, TreeSet<Integer>> readResults(Graph graph) {
    Map<Node, TreeSet<Integer>> read = new HashMap<>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.LoopResult(var index, _, _)) {
        read.computeIfAbsent(node.operand(0), _ -> new TreeSet<>()).add(index);
      }
    }
    return read;
  }

  static boolean hasLoops(Graph graph) {
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Loop) {
        return true;
      }
    }
    return false;
  }

  private static Node replacement(FarRule rule, Node node, Nodes operands, NodeMap<Node> made, GraphBuilder builder) {
    try {
      return rule.apply(node, operands, old -> Objects.requireNonNullElse(made.get(old), old), builder);
    } catch (RuntimeException | StackOverflowError e) {
      throw CompilerFault.at(node.span(), e);
    }
  }
}
