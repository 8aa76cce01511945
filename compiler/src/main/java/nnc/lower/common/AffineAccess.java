package nnc.lower.common;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;

/** An operand that is plain memory: its buffer, and its offset as an affine function of the loops. */
public record AffineAccess(Loop.Buffer buffer, AffineIndex index) {

  /** What an expression reads if it is one load whose offset moves evenly with all of {@code loops}; null otherwise. */
  public static AffineAccess of(StatementBuilder sink, ValueLowering values, Set<String> loops, Supplier<Expr> element) {
    int before = values.loads.size();
    Expr[] result = new Expr[1];
    var made = sink.within(() -> values.scoped(() -> result[0] = element.get()));
    boolean plain = made.size() == 1 && made.getFirst() instanceof Stmt.Let(var name, Expr.Load _) && result[0].equals(new Expr.Read(name));
    if (!plain || values.loads.size() != before + 1) {
      return null;
    }
    var index = values.loads.getLast();
    var tangled = index.entangled();
    return loops.stream().anyMatch(tangled::contains) || tangled.contains("*") ? null
        : new AffineAccess(((Expr.Load) ((Stmt.Let) made.getFirst()).value()).buffer(), index);
  }

  public Dim step(String loop) {
    return index.factor(loop);
  }

  /** The offset where the loops named begin at these values. */
  public Int start(List<String> loops, List<Int> at) {
    var sum = index.at(Set.copyOf(loops)).toInt();
    for (int i = 0; i < loops.size(); i++) {
      sum = Ints.add(sum, Ints.multiply(at.get(i), AffineIndex.dim(step(loops.get(i)))));
    }
    return sum;
  }
}
