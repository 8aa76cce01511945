package nnc.differentiate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.analysis.BoundsAnalysis;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;

/** Symbolic reverse mode: the gradient of a scalar as ordinary nodes, so that it can be differentiated again. */
public final class Gradients {
  private Gradients() {}

  /**
   * The gradients of {@code y}, a float scalar, by each of {@code xs}, with their shapes. An empty one is zero: {@code y} does not
   * depend on it. What {@code where} or a maximum has not chosen has no part in a gradient, even if its slope is infinite or NaN. New nodes
   * are appended to the builder, which must hold {@code y} already.
   */
  public static List<Optional<Node>> of(Node y, List<Node> xs, GraphBuilder builder) {
    if (y.type().rank() != 0 || y.type().kind() != Kind.FLOAT) {
      throw new IllegalArgumentException("the gradient of a float scalar is needed, and this is " + y.type());
    }
    var nodes = new ArrayList<>(builder.nodes());
    var active = active(nodes, xs, builder);
    var cotangents = new NodeMap<Node>();
    var chosen = new NodeMap<ChosenElements>();
    var guard = new Guard(builder);
    var span = builder.span();
    if (active.contains(y)) {
      cotangents.put(y, builder.constant(1));
    }
    for (var node : nodes.reversed()) {
      var g = cotangents.get(node);
      if (g == null || node.operands().isEmpty()) {
        continue;
      }
      builder.at(node.span());
      var declared = builder.declared(node);
      if (declared != null) {
        declared(node, g, declared, active, cotangents, chosen, builder);
        continue;
      }
      var contributions = Rules.of(node, g, builder, active);
      for (int i = 0; i < contributions.size(); i++) {
        var operand = node.operand(i);
        if (contributions.get(i) != null && active.contains(operand)) {
          var kept = ChosenElements.through(node, i, chosen.get(node), builder);
          var more = guard.guarded(node, i, contributions.get(i), kept);
          var others = cotangents.get(operand);
          cotangents.put(operand, others == null ? more : builder.add(others, more));
          chosen.put(operand, others == null ? kept : ChosenElements.either(chosen.get(operand), kept, builder));
        }
      }
    }
    builder.at(span);
    return xs.stream().map(x -> Optional.ofNullable(cotangents.get(x))).toList();
  }

  /** What a declared rule gives is added as it is: which elements it is of, the rule alone knows. */
  private static void declared(Node node, Node g, GraphBuilder.DeclaredGradient declared, NodeSet active, NodeMap<Node> cotangents,
      NodeMap<ChosenElements> chosen, GraphBuilder builder) {
    var contributions = declared.rule().of(node, g);
    for (int i = 0; i < contributions.size(); i++) {
      var input = declared.inputs().get(i);
      if (contributions.get(i) != null && active.contains(input)) {
        var others = cotangents.get(input);
        cotangents.put(input, others == null ? contributions.get(i) : builder.add(others, contributions.get(i)));
        if (others != null && chosen.contains(input)) {
          chosen.put(input, ChosenElements.either(chosen.get(input), null, builder));
        }
      }
    }
  }

  /** Keeps a cotangent's elements that nobody has chosen at zero where they would meet a slope that is no number. */
  private static final class Guard {
    final GraphBuilder builder;
    final Slopes slopes = new Slopes(new BoundsAnalysis());

    Guard(GraphBuilder builder) {
      this.builder = builder;
    }

    Node guarded(Node y, int operand, Node contribution, ChosenElements chosen) {
      if (chosen == null) {
        return contribution;
      }
      return slopes.mayBeNone(y, operand) ? builder.select(chosen.node(), contribution, builder.like(contribution, 0)) : contribution;
    }
  }

  /** The float nodes through which a change of {@code xs} can reach a result. */
  private static NodeSet active(List<Node> nodes, List<Node> xs, GraphBuilder builder) {
    var active = new NodeSet();
    xs.forEach(active::add);
    for (var node : nodes) {
      var declared = builder.declared(node);
      var read = declared == null ? node.operands() : declared.inputs();
      for (int i = 0; node.type().kind() == Kind.FLOAT && i < read.size(); i++) {
        if (active.contains(read.get(i))) {
          active.add(node);
        }
      }
    }
    return active;
  }
}
