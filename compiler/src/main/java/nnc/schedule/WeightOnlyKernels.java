package nnc.schedule;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.OpTraits;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;

/**
 * What a plan that learns nothing computes from its weights alone: the same at each run, until somebody else changes the weights. Of a
 * plan that learns, nothing.
 *
 * @param learns  whether the plan replaces weights, or computes gradients by which others would
 * @param kernels that need run only once
 * @param stored  nodes whose buffers keep what those kernels have stored
 * @param fixed   nodes that follow from the weights and from what is stored once
 */
public record WeightOnlyKernels(boolean learns, Set<Kernel> kernels, Set<Node> stored, NodeSet fixed) {

  /** As {@link Schedule} has them: a graph, its kernels, the nodes that they store, and of these the ones that lie in others. */
  static WeightOnlyKernels of(Graph graph, List<Kernel> kernels, Set<Node> stored, Map<Node, Schedule.Location> locations, Switches switches) {
    boolean learns = graph.learns();
    var search = new Search(stored, locations.keySet());
    if (!learns && switches.on(Optimization.WEIGHT_ONLY_KERNELS)) {
      kernels.forEach(search::consider);
      graph.nodes().forEach(search::isFixed);
    }
    return new WeightOnlyKernels(learns, Collections.unmodifiableSet(search.kernels), Collections.unmodifiableSet(search.kept), search.fixed);
  }

  /** The nodes of a graph that may be computed once, before there are kernels. */
  static NodeSet candidates(Graph graph, Switches switches) {
    var found = new NodeSet();
    if (!graph.learns() && switches.on(Optimization.WEIGHT_ONLY_KERNELS)) {
      for (var node : graph.nodes()) {
        if (!OpTraits.varies(node) && node.operands().stream().allMatch(found::contains)) {
          found.add(node);
        }
      }
    }
    return found;
  }

  private static final class Search {
    final Set<Node> stored;
    final Set<Node> parts;
    final Set<Kernel> kernels = Collections.newSetFromMap(new IdentityHashMap<>());
    final Set<Node> kept = new HashSet<>();
    final NodeSet known = new NodeSet();
    final NodeSet fixed = new NodeSet();

    Search(Set<Node> stored, Set<Node> parts) {
      this.stored = stored;
      this.parts = parts;
    }

    void consider(Kernel kernel) {
      boolean constant = kernel.domain().shape().stream().allMatch(Dim::isConstant);
      boolean own = kernel.writes().stream().allMatch(write -> write.target() instanceof Kernel.Target.Own && !parts.contains(write.node()));
      if (constant && own && kernel.writes().stream().allMatch(write -> derived(write.node(), kernel))
          && kernel.nodes().stream().allMatch(node -> derived(node, kernel))) {
        kernels.add(kernel);
        kernel.writes().forEach(write -> kept.add(write.node()));
      }
    }

    private boolean derived(Node node, Kernel kernel) {
      return !OpTraits.varies(node) && node.operands().stream().allMatch(operand -> kernel.members().contains(operand) || isFixed(operand));
    }

    boolean isFixed(Node node) {
      if (!known.contains(node)) {
        learn(node);
      }
      return fixed.contains(node);
    }

    /** Goes up from a node, what it reads first. */
    private void learn(Node node) {
      var open = new ArrayDeque<Node>();
      open.push(node);
      while (!open.isEmpty()) {
        var next = open.peek();
        int before = open.size();
        for (int i = 0; i < next.operands().size() && !known.contains(next); i++) {
          if (!known.contains(next.operand(i))) {
            open.push(next.operand(i));
          }
        }
        if (open.size() == before) {
          open.pop();
          if (known.add(next) && follows(next)) {
            fixed.add(next);
          }
        }
      }
    }

    /** Whether a node whose operands are known is the same at each run. */
    private boolean follows(Node node) {
      if (stored.contains(node)) {
        return kept.contains(node);
      }
      boolean follows = !OpTraits.varies(node);
      for (int i = 0; follows && i < node.operands().size(); i++) {
        follows = fixed.contains(node.operand(i));
      }
      return follows;
    }
  }
}
