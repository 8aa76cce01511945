package nnc.passes;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import nnc.graph.Graph;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.optimizations.Optimization;

/**
 * Products that no turn of a loop has to wait for are made of all turns at once, before the loop or behind it.
 *
 * <pre>
 *   x[t] W, W the same in all turns        (x W)[t]                      before
 *   s += a[t]^T g[t]                       s + a^T g, rows of all turns  behind
 *   collected g[t] W                       (collected g) W               behind
 * </pre>
 *
 * So a recurrence multiplies its inputs at once, and its gradient adds up those of weights at once. A sum over turns has another order then.
 */
public final class LoopProducts {
  public static final Pass PASS = new Pass(Optimization.LOOP_PRODUCTS, LoopProducts::run);

  private LoopProducts() {}

  private static Graph run(Graph graph) {
    if (!Rewrite.hasLoops(graph)) {
      return graph;
    }
    var read = Rewrite.readResults(graph);
    Map<Node, Map<Integer, Node>> results = new HashMap<>();
    return Rewrite.each(graph, (old, in, b) -> {
      if (old.op() instanceof Op.Loop whole) {
        var loop = LoopBodies.withBody(whole, LoopProducts::run);
        var moved = new MovedProducts(loop, in, b);
        if (moved.any()) {
          results.put(old, moved.loop(read.getOrDefault(old, new TreeSet<>())));
          return moved.made();
        }
        return loop == whole ? null : b.emit(loop, in);
      }
      if (old.op() instanceof Op.LoopResult(var index, var backwards, _) && results.containsKey(old.operand(0))) {
        var result = results.get(old.operand(0)).get(index);
        return backwards ? b.reverse(result, 0) : result;
      }
      return null;
    });
  }
}
