package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nnc.differentiate.LoopGradient;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.Segments;
import nnc.optimizations.Optimization;

/**
 * Of what a loop saves for the loop that is its gradient, what every k-th turn was given is kept, and the rest is computed again from there, k turns at a time, with k about the
 * root of how many turns there are.
 *
 * <pre>
 *   h[1] .. h[T], all saved;  a[T] .. a[1]                                     becomes
 *   segments s = 1 .. k:  h[(s - 1) k] saved,  k turns;  the turns that are left, all saved
 *   a of the turns that are left;  segments s = k .. 1:  h of k turns again, saved;  a of these
 * </pre>
 *
 * Each turn computes what it computes otherwise, of the same values, and sums are added up in the same order. A loop that is read by more than the loop of its gradient, as for
 * gradients of gradients, is left as it is, and so are loops in loops, which are computed again whole.
 */
public final class LoopRecomputation {
  public static final Pass PASS = new Pass(Optimization.LOOP_RECOMPUTATION,
      (graph, _) -> updates(graph) ? "" : "nothing learns by what would be computed again", LoopRecomputation::run);

  private final Graph graph;
  private final Map<Node, List<Node>> readers = new HashMap<>();
  private final Map<Node, SegmentedLoop> forward = new HashMap<>();
  private final Map<Node, SegmentedGradient> backward = new HashMap<>();
  /** Of each loop that is a gradient, by the place of an operand, which value of the loop before it was saved there. */
  private final Map<Node, Map<Integer, Integer>> saved = new HashMap<>();
  private final Map<Node, Node> loopOf = new HashMap<>();

  private LoopRecomputation(Graph graph) {
    this.graph = graph;
  }

  private static boolean updates(Graph graph) {
    return graph.results().stream().anyMatch(result -> result.role() == Graph.Role.UPDATE);
  }

  private static Graph run(Graph graph) {
    return Rewrite.hasLoops(graph) ? new LoopRecomputation(graph).rewritten() : graph;
  }

  /** The loops of a graph that are computed again in segments, in its order. */
  public static List<Node> loops(Graph graph) {
    var recomputation = new LoopRecomputation(graph);
    recomputation.find();
    return graph.nodes().stream().filter(recomputation.loopOf::containsValue).toList();
  }

  private Graph rewritten() {
    find();
    return loopOf.isEmpty() ? graph : Rewrite.each(graph, this::rewritten);
  }

  private void find() {
    graph.nodes().forEach(node -> node.operands().forEach(read -> readers.computeIfAbsent(read, _ -> new ArrayList<>()).add(node)));
    graph.nodes().stream().filter(node -> node.op() instanceof Op.Loop).forEach(this::find);
  }

  private Node rewritten(Node old, Nodes in, GraphBuilder b) {
    if (loopOf.containsValue(old)) {
      var op = (Op.Loop) old.op();
      forward.put(old, new SegmentedLoop(op, segments(op).orElseThrow(), in, b));
      return forward.get(old).last();
    }
    if (loopOf.containsKey(old)) {
      backward.put(old, new SegmentedGradient((Op.Loop) old.op(), forward.get(loopOf.get(old)), saved.get(old), in, b));
      return backward.get(old).last();
    }
    if (!(old.op() instanceof Op.LoopResult(var index, var backwards, _))) {
      return null;
    }
    var loop = old.operand(0);
    var result = forward.containsKey(loop) ? forward.get(loop).result(index) : backward.containsKey(loop) ? backward.get(loop).result(index) : null;
    return result != null && backwards ? b.reverse(result, 0) : result;
  }

  /** A loop whose saved values are read turn by turn by those that are its gradients, and by nothing else. */
  private void find(Node loop) {
    var op = (Op.Loop) loop.op();
    if (!op.saved() || Segments.isSegment(op.turn()) || LoopGradient.isBackward(op) || segments(op).isEmpty()) {
      return;
    }
    Map<Node, Map<Integer, Integer>> gradients = new HashMap<>();
    for (var result : readers.getOrDefault(loop, List.of())) {
      int value = result.op() instanceof Op.LoopResult(var index, _, _) ? index - op.saved(0) : -1;
      if (value >= 0) {
        if (graph.results().stream().anyMatch(one -> one.node() == result)) {
          return;
        }
        for (var reader : readers.getOrDefault(result, List.of())) {
          var places = gradients.computeIfAbsent(reader, _ -> new TreeMap<>());
          for (int place = 0; place < reader.operands().size(); place++) {
            if (reader.operand(place) == result) {
              places.put(place, value);
            }
          }
        }
      }
    }
    if (gradients.keySet().stream().allMatch(gradient -> isGradient(gradient, op, gradients.get(gradient)))) {
      gradients.forEach((gradient, places) -> {
        saved.put(gradient, places);
        loopOf.put(gradient, loop);
      });
    }
  }

  private static Optional<Segments> segments(Op.Loop loop) {
    return Segments.of(loop.turns());
  }

  private boolean isGradient(Node node, Op.Loop of, Map<Integer, Integer> places) {
    return node.op() instanceof Op.Loop gradient && LoopGradient.isGradient(gradient, of) && gradient.going() < 0 && !isDifferentiated(node, gradient)
        && Set.copyOf(places.values()).size() == of.carried()
        && places.keySet().stream().allMatch(place -> place >= gradient.carried() && SegmentedGradient.isReadByTurn(gradient, place));
  }

  /** Whether what its own turns were given is read: by the gradient of a gradient. */
  private boolean isDifferentiated(Node node, Op.Loop loop) {
    return loop.saved() && readers.getOrDefault(node, List.of()).stream().anyMatch(result -> result.op() instanceof Op.LoopResult(var index, _, _) && index >= loop.saved(0));
  }
}
