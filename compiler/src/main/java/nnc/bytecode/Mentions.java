package nnc.bytecode;

import java.util.List;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/** Whether statements read an integer of a name. */
final class Mentions {
  private Mentions() {}

  static boolean of(List<Stmt> statements, String name) {
    return statements.stream().anyMatch(statement -> switch (statement) {
      case Stmt.For loop -> of(loop.from(), name) || of(loop.to(), name) || !loop.var().equals(name) && of(loop.body(), name);
      case Stmt.Let(_, var value) -> of(value, name);
      case Stmt.Assign(_, var value) -> of(value, name);
      case Stmt.Store(var buffer, var index, var value) -> buffer.name().equals(name) || of(index, name) || of(value, name);
      case Stmt.Outline(var given, var body) -> given.stream().anyMatch(g -> of(g.value(), name))
          || given.stream().noneMatch(g -> g.name().equals(name)) && of(body, name);
      case Stmt.Product product -> of(product, name);
      case Stmt.Lanes _, Stmt.Line _ -> false;
    });
  }

  private static boolean of(Stmt.Product product, String name) {
    return of(product.rows(), name) || of(product.columns(), name) || of(product.left(), name) || of(product.right(), name)
        || of(product.sums(), name)
        || product.depth().stream().anyMatch(d -> of(d.count(), name) || of(d.left(), name) || of(d.right(), name));
  }

  private static boolean of(Stmt.Factor factor, String name) {
    return factor.buffer().name().equals(name) || of(factor.start(), name) || of(factor.step(), name);
  }

  static boolean of(Int value, String name) {
    return switch (value) {
      case Int.Number _ -> false;
      case Int.Var(var other) -> other.equals(name);
      case Int.Apply(_, var left, var right) -> of(left, name) || of(right, name);
      case Int.FromElement(var element) -> of(element, name);
    };
  }

  private static boolean of(Expr expr, String name) {
    return switch (expr) {
      case Expr.Number _, Expr.Read _, Expr.Fold _ -> false;
      case Expr.Load(var buffer, var index) -> buffer.name().equals(name) || of(index, name);
      case Expr.Apply(_, var arguments) -> arguments.stream().anyMatch(argument -> of(argument, name));
      case Expr.FromInt(var value) -> of(value, name);
      case Expr.BitsOf(var value) -> of(value, name);
    };
  }
}
