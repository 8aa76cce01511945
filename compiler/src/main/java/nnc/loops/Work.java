package nnc.loops;

import java.util.List;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/**
 * How much straight statements do to an element: loads, stores and steps of arithmetic.
 *
 * @param lane the loop that elements are side by side in, or the same
 */
record Work(String lane) {
  /** Of what reads or writes elements that lie apart. */
  private static final int MUCH = 1000;

  int of(List<Stmt> statements) {
    return statements.stream().mapToInt(statement -> switch (statement) {
      case Stmt.Let(_, var value) -> of(value);
      case Stmt.Store(_, var index, var value) -> place(index) + of(value);
      case Stmt.Line _ -> 0;
      default -> MUCH;
    }).sum();
  }

  private int of(Expr expr) {
    return switch (expr) {
      case Expr.Number _, Expr.Read _ -> 0;
      case Expr.Load(_, var index) -> place(index);
      case Expr.Apply(_, var arguments) -> 1 + arguments.stream().mapToInt(this::of).sum();
      case Expr.FromInt _, Expr.BitsOf _ -> 1;
      case Expr.Fold _ -> MUCH;
    };
  }

  private int place(Int index) {
    var step = Steps.of(index, lane);
    return step.isPresent() && (step.getAsLong() == 0 || step.getAsLong() == 1) ? 1 : MUCH;
  }
}
