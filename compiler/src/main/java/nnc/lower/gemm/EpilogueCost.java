package nnc.lower.gemm;

import java.util.List;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;
import nnc.loops.LoopStrides;

/**
 * How much straight statements do to an element: loads, stores and steps of arithmetic.
 *
 * @param lane the loop that elements are side by side in, or the same
 */
record EpilogueCost(String lane) {
  /** Of what reads or writes elements that lie apart, or whose place takes more than additions and multiplications to tell. */
  private static final int PROHIBITIVE = 1000;

  int of(List<Stmt> statements) {
    return statements.stream().mapToInt(statement -> switch (statement) {
      case Stmt.Let(_, var value) -> of(value);
      case Stmt.Store(_, var index, var value) -> place(index) + of(value);
      case Stmt.Line _ -> 0;
      default -> PROHIBITIVE;
    }).sum();
  }

  private int of(Expr expr) {
    return switch (expr) {
      case Expr.Number _, Expr.Read _ -> 0;
      case Expr.Load(_, var index) -> place(index);
      case Expr.LoadBits(_, var index) -> place(index);
      case Expr.Apply(_, var arguments) -> 1 + arguments.stream().mapToInt(this::of).sum();
      case Expr.FromInt _, Expr.BitsOf _ -> 1;
      case Expr.Fold _ -> PROHIBITIVE;
    };
  }

  private int place(Int index) {
    var step = LoopStrides.of(index, lane);
    return step.isPresent() && (step.getAsLong() == 0 || step.getAsLong() == 1) && length(index) <= GemmTuning.INDEX_OPERATIONS ? 1 : PROHIBITIVE;
  }

  private static int length(Int index) {
    return switch (index) {
      case Int.Number _, Int.Var _ -> 0;
      case Int.Apply(var fn, var left, var right) -> 1 + length(left) + length(right) + switch (fn) {
        case ADD, SUB, MUL -> 0;
        case DIV, MOD, MIN, MAX -> PROHIBITIVE;
      };
      case Int.FromElement _, Int.FromBits _ -> PROHIBITIVE;
    };
  }
}
