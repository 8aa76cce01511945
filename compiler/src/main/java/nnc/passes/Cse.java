package nnc.passes;

import java.util.HashMap;
import java.util.List;
import nnc.graph.Node;
import nnc.graph.Op;

/** Common subexpressions are computed once. Two draws differ by their stream, so they are never merged. */
public final class Cse {
  private Cse() {}

  /** Op by content, operands by identity. */
  private record Key(Op op, List<Node> operands) {}

  public static final Pass PASS = new Pass("cse", graph -> {
    var seen = new HashMap<Key, Node>();
    return Rewrite.each(graph, (old, in, b) -> seen.computeIfAbsent(new Key(old.op(), in), _ -> b.keep(old, in)));
  });
}
