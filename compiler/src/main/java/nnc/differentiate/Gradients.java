package nnc.differentiate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nnc.analysis.BoundsAnalysis;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;

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
    var walk = new Walk(builder, active, new NodeMap<>(), new NodeMap<>());
    var guard = new Guard(builder);
    var span = builder.span();
    if (active.contains(y)) {
      walk.cotangents.put(y, builder.constant(1));
    }
    var results = results(nodes);
    for (var node : nodes.reversed()) {
      var g = walk.cotangents.get(node);
      if (node.op() instanceof Op.Loop loop && active.contains(node)) {
        builder.at(node.span());
        walk.loop(node, loop, results.get(node, List.of()));
      }
      if (g != null && !node.operands().isEmpty()) {
        builder.at(node.span());
        walk.back(node, g, guard);
      }
    }
    builder.at(span);
    return xs.stream().map(x -> Optional.ofNullable(walk.cotangents.get(x))).toList();
  }

  /** Of each loop, the nodes that are its results. */
  private static NodeMap<List<Node>> results(List<Node> nodes) {
    var results = new NodeMap<List<Node>>();
    for (var node : nodes) {
      if (node.op() instanceof Op.Loop) {
        results.put(node, new ArrayList<>());
      } else if (node.op() instanceof Op.LoopResult) {
        results.get(node.operand(0)).add(node);
      }
    }
    return results;
  }

  /**
   * The way back from the scalar.
   *
   * @param active     what can change it
   * @param cotangents of each node, its gradient as far as its readers have been seen
   * @param chosen     of each node, which elements have a part in it; none for all
   */
  private record Walk(GraphBuilder builder, NodeSet active, NodeMap<Node> cotangents, NodeMap<ChosenElements> chosen) {

    void back(Node node, Node g, Guard guard) {
      var declared = builder.declared(node);
      if (declared != null) {
        // what a declared rule gives is added as it is: which elements it is of, the rule alone knows
        var contributions = declared.rule().of(node, g);
        for (int i = 0; i < contributions.size(); i++) {
          add(declared.inputs().get(i), contributions.get(i), null);
        }
        return;
      }
      var contributions = Rules.of(node, g, builder, active);
      for (int i = 0; i < contributions.size(); i++) {
        if (contributions.get(i) != null && active.contains(node.operand(i))) {
          var kept = ChosenElements.through(node, i, chosen.get(node), builder);
          add(node.operand(i), guard.guarded(node, i, contributions.get(i), kept), kept);
        }
      }
    }

    /** All cotangents of a loop's results at once. */
    void loop(Node node, Op.Loop loop, List<Node> results) {
      var each = new ArrayList<Node>(Collections.nCopies(loop.body().results().size(), null));
      for (var result : results) {
        var g = cotangents.get(result);
        if (g != null && result.op() instanceof Op.LoopResult(var index, var backwards, _)) {
          g = backwards ? builder.reverse(g, 0) : g;
          each.set(index, each.get(index) == null ? g : builder.add(each.get(index), g));
        }
      }
      if (each.stream().anyMatch(Objects::nonNull)) {
        var contributions = new LoopGradient(builder, node, active).of(each);
        for (int i = 0; i < contributions.size(); i++) {
          add(node.operand(i), contributions.get(i), null);
        }
      }
    }

    /** @param kept the elements that have a part in a contribution; null for all */
    private void add(Node input, Node contribution, ChosenElements kept) {
      if (contribution != null && active.contains(input)) {
        var others = cotangents.get(input);
        cotangents.put(input, others == null ? contribution : builder.add(others, contribution));
        chosen.put(input, others == null ? kept : ChosenElements.either(chosen.get(input), kept, builder));
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
