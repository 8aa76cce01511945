package nnc.loops.expand;

import java.util.List;
import java.util.Map;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/**
 * Straight statements once more, with other integers and values in place of some.
 *
 * @param integers by the names of what they replace
 * @param values   likewise
 * @param suffix   that the names of variables made inside get
 */
record Substitution(Map<String, Int> integers, Map<String, Expr> values, String suffix) {

  static Int of(Int index, Map<String, Int> integers) {
    return new Substitution(integers, Map.of(), "").of(index);
  }

  List<Stmt> of(List<Stmt> statements) {
    return statements.stream().<Stmt>map(statement -> switch (statement) {
      case Stmt.Let(var name, var value) -> new Stmt.Let(name + suffix, of(value));
      case Stmt.Store(var buffer, var index, var value) -> new Stmt.Store(buffer, of(index), of(value));
      case Stmt.Line line -> line;
      default -> throw new IllegalArgumentException("not straight: " + statement);
    }).toList();
  }

  private Int of(Int index) {
    return switch (index) {
      case Int.Var(var name) -> integers.getOrDefault(name, index);
      case Int.Apply(var fn, var left, var right) -> new Int.Apply(fn, of(left), of(right));
      case Int.FromElement(var element) -> new Int.FromElement(of(element));
      case Int.FromBits(var bits) -> new Int.FromBits(of(bits));
      case Int.Number _ -> index;
    };
  }

  private Expr of(Expr expr) {
    return switch (expr) {
      case Expr.Read(var name) -> values.containsKey(name) ? values.get(name) : new Expr.Read(name + suffix);
      case Expr.Load(var buffer, var index) -> new Expr.Load(buffer, of(index));
      case Expr.LoadBits(var buffer, var index) -> new Expr.LoadBits(buffer, of(index));
      case Expr.Apply(var fn, var arguments) -> new Expr.Apply(fn, arguments.stream().map(this::of).toList());
      case Expr.FromInt(var value) -> new Expr.FromInt(of(value));
      case Expr.BitsOf(var value) -> new Expr.BitsOf(of(value));
      case Expr.Fold(var fn, var lanes) -> new Expr.Fold(fn, lanes + suffix);
      case Expr.Number _ -> expr;
    };
  }
}
