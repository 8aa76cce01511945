package nnc.passes;

import java.util.HashMap;
import java.util.List;
import nnc.graph.Node;
import nnc.graph.Op;

/** Common subexpressions are computed once. Two draws differ by their stream, so they are never merged. */
public final class Cse {
  private Cse() {}

  /** Op by content, operands by identity. Said in full because it is asked of every node. */
  private record Key(Op op, List<Node> operands) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && same(operands, key.operands) && op.equals(key.op);
    }

    private static boolean same(List<Node> a, List<Node> b) {
      boolean same = a.size() == b.size();
      for (int i = 0; same && i < a.size(); i++) {
        same = a.get(i) == b.get(i);
      }
      return same;
    }

    @Override
    public int hashCode() {
      int hash = 1;
      for (int i = 0; i < operands.size(); i++) {
        hash = 31 * hash + operands.get(i).hashCode();
      }
      return hash * 31 + (op instanceof Op.Binary(var fn) ? fn.ordinal() : op.hashCode());
    }
  }

  public static final Pass PASS = new Pass("cse", graph -> {
    var seen = HashMap.<Key, Node>newHashMap(graph.nodes().size());
    return Rewrite.each(graph, (old, in, b) -> seen.computeIfAbsent(new Key(old.op(), in), _ -> b.keep(old, in)));
  });
}
