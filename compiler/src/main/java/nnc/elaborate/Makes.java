package nnc.elaborate;

import java.util.HashSet;
import java.util.Set;
import nnc.syntax.Ast;

/** Whether a function's result is a layer: then {@code x |> f(a)} means f(a)(x). */
final class Makes {
  private Makes() {}

  static boolean aLayer(Value callee) {
    return switch (callee) {
      case Value.LayerClass _ -> true;
      case Value.Primitive(var builtin) -> builtin.name().equals("compose");
      case Value.Function function -> returns(function, new HashSet<>());
      default -> false;
    };
  }

  private static boolean returns(Value.Function function, Set<Ast.Fn> seen) {
    var body = function.declaration().body();
    return seen.add(function.declaration()) && !body.isEmpty() && body.getLast() instanceof Ast.Return(var values, _) && values.size() == 1
        && makes(values.getFirst(), function.closure(), seen);
  }

  private static boolean makes(Ast.Expr expr, Scope scope, Set<Ast.Fn> seen) {
    return switch (expr) {
      case Ast.IfExpr choice -> makes(choice.then(), scope, seen) || makes(choice.otherwise(), scope, seen);
      case Ast.Lambda _ -> true;
      case Ast.Call(Ast.Name callee, _, _) -> switch (scope.find(callee.name())) {
        case Value.Function inner -> returns(inner, seen);
        case null -> false;
        case Value other -> aLayer(other);
      };
      default -> false;
    };
  }
}
