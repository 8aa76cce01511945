package nnc.schedule;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;

/**
 * What a plan that learns nothing computes from its weights alone: the same at each run, until somebody else changes the weights. Of a
 * plan that learns, nothing.
 *
 * @param learns  whether the plan replaces weights, or computes gradients by which others would
 * @param kernels that need run only once
 * @param stored  nodes whose buffers keep what those kernels have stored
 * @param fixed   nodes that follow from the weights and from what is stored once
 */
public record Once(boolean learns, Set<Kernel> kernels, Set<Node> stored, Set<Node> fixed) {

  /** As {@link Schedule} has them: a graph, its kernels, the nodes that they store, and of these the ones that lie in others. */
  static Once of(Graph graph, List<Kernel> kernels, Set<Node> stored, Map<Node, Schedule.Place> places) {
    boolean learns = graph.results().stream().anyMatch(result -> result.role() == Graph.Role.UPDATE || result.role() == Graph.Role.GRADIENT);
    var search = new Search(stored, places.keySet());
    if (!learns) {
      kernels.forEach(search::consider);
      graph.nodes().forEach(search::isFixed);
    }
    search.known.values().removeIf(fixed -> !fixed);
    return new Once(learns, Collections.unmodifiableSet(search.kernels), Collections.unmodifiableSet(search.kept),
        Collections.unmodifiableSet(search.known.keySet()));
  }

  private static final class Search {
    final Set<Node> stored;
    final Set<Node> parts;
    final Set<Kernel> kernels = Collections.newSetFromMap(new IdentityHashMap<>());
    final Set<Node> kept = new HashSet<>();
    final Map<Node, Boolean> known = new HashMap<>();

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
      return !varies(node.op()) && node.operands().stream().allMatch(operand -> kernel.members().contains(operand) || isFixed(operand));
    }

    private static boolean varies(Op op) {
      return op instanceof Op.Input || op instanceof Op.Counter || op instanceof Op.Uniform;
    }

    boolean isFixed(Node node) {
      var open = new ArrayDeque<>(List.of(node));
      while (!open.isEmpty()) {
        var next = open.peek();
        var waiting = next.operands().stream().filter(operand -> !known.containsKey(operand)).toList();
        if (known.containsKey(next) || waiting.isEmpty()) {
          open.pop();
          known.computeIfAbsent(next, _ -> stored.contains(next) ? kept.contains(next)
              : !varies(next.op()) && next.operands().stream().allMatch(known::get));
        } else {
          waiting.forEach(open::push);
        }
      }
      return known.get(node);
    }
  }
}
