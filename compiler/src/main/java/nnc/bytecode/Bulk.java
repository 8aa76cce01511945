package nnc.bytecode;

import java.util.List;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/** Roughly how many bytes of code statements become in lanes. */
final class Bulk {
  private Bulk() {}

  static int of(List<Stmt> statements) {
    return statements.stream().mapToInt(statement -> switch (statement) {
      case Stmt.For loop -> 40 + of(loop.body());
      case Stmt.Nonzeros loop -> 100 + of(loop.body());
      case Stmt.Let(_, var value) -> 3 + of(value);
      case Stmt.Assign(_, var value) -> 8 + of(value);
      case Stmt.Store(_, var index, var value) -> 10 + of(index) + of(value);
      case Stmt.Lanes _, Stmt.Line _, Stmt.Outline _, Stmt.Product _, Stmt.Transpose _ -> 0;
    }).sum();
  }

  private static int of(Int index) {
    return switch (index) {
      case Int.Number _ -> 3;
      case Int.Var _ -> 2;
      case Int.FromElement(var element) -> 1 + of(element);
      case Int.FromBits(var bits) -> of(bits);
      case Int.Apply(_, var left, var right) -> 1 + of(left) + of(right);
    };
  }

  private static int of(Expr expr) {
    return switch (expr) {
      case Expr.Number _ -> 9;
      case Expr.Read _ -> 2;
      case Expr.Fold _ -> 12;
      case Expr.Load(_, var index) -> 12 + of(index);
      case Expr.LoadBits(_, var index) -> 15 + of(index);
      case Expr.FromInt(var value) -> 14 + of(value);
      case Expr.BitsOf(var value) -> 10 + of(value);
      case Expr.Apply(var fn, var arguments) -> arguments.stream().mapToInt(Bulk::of).sum() + switch (fn) {
        case MIN, MAX -> 30;
        case LT, LE, EQ, NE -> 7;
        case BITS_LT, BITS_LE, BITS_EQ, BITS_NE, FROM_WHOLE, TO_WHOLE -> 13;
        case FAR_SIN, FAR_COS -> 50;
        default -> 4;
      };
    };
  }
}
