package nnc.passes;

import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * Moves reshapes up through elementwise nodes that nobody else reads: {@code reshape(f(x)) = f(reshape(x))}. At a materialised value a
 * reshape is only another name, in the middle of a kernel it would be index arithmetic. Those that cut axes go down instead ({@link SinkReshapes}).
 */
public final class HoistReshapes {
  private HoistReshapes() {}

  public static final Pass PASS = new Pass(Optimization.HOIST_RESHAPES, graph -> {
    var uses = new Uses(graph);
    return Rewrite.each(graph, (old, in, b) -> old.op() instanceof Op.Reshape(var shape) && hoistable(old.operand(0), uses)
            && ReshapeGroups.of(old.operand(0).type().shape(), shape) == null
        ? push(in.getFirst(), shape, b, 0) : null);
  });

  private static boolean hoistable(Node x, Uses uses) {
    return OpTraits.arithmetic(x.op()) && uses.isReadOnce(x) && !joinsParts(x);
  }

  /** A sum of parts, which {@link SumOfPadsToConcat} may join as long as nothing comes between them. */
  private static boolean joinsParts(Node x) {
    return x.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD && x.operands().stream().anyMatch(part -> part.op() instanceof Op.Pad);
  }

  private static Node push(Node x, List<Dim> shape, GraphBuilder b, int depth) {
    if (!OpTraits.arithmetic(x.op()) || depth > 0) {
      return x.op() instanceof Op.Broadcast && x.operand(0).op() instanceof Op.Const
          ? b.broadcastTo(x.operand(0), shape) : b.reshape(x, shape);
    }
    return b.emit(x.op(), x.operands().stream().map(operand -> push(operand, shape, b, depth + 1)).toList());
  }
}
