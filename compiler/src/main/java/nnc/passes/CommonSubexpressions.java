package nnc.passes;

import java.util.HashMap;
import nnc.graph.Node;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.optimizations.Optimization;

/** Common subexpressions are computed once. Two draws differ by their stream, so they are never merged. */
public final class CommonSubexpressions {
  private CommonSubexpressions() {}

  /** Op by content, operands by identity. Said in full because it is asked of every node. */
  private record Key(Op op, Nodes operands, int hash) {
    Key(Op op, Nodes operands) {
      this(op, operands, hash(op, operands));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && hash == key.hash && operands.equals(key.operands) && op.equals(key.op);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    private static int hash(Op op, Nodes operands) {
      return operands.hashCode() * 31 + (op instanceof Op.Binary(var fn) ? fn.ordinal() : op.hashCode());
    }
  }

  public static final Pass PASS = new Pass(Optimization.COMMON_SUBEXPRESSIONS, graph -> {
    var seen = HashMap.<Key, Node>newHashMap(graph.nodes().size());
    return Rewrite.each(graph, (old, in, b) -> {
      var key = new Key(old.op(), in);
      var first = seen.get(key);
      if (first == null) {
        first = b.keep(old, in);
        seen.put(key, first);
      }
      return first;
    });
  });
}
