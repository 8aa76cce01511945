package nnc.bytecode;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.Stmt;

/**
 * Quotients and remainders that are the same in all iterations of a loop, as {@code row / T} in a loop over columns. The JIT leaves them where they are: a floored quotient
 * has branches by signs, and each iteration would divide again, for as long as ten additions take.
 */
final class LoopQuotients {
  private final Set<Int> found = new LinkedHashSet<>();
  /** Integers that change with the iterations, or stand for something else in a part of them. */
  private final Set<String> bound = new HashSet<>();

  private LoopQuotients() {}

  static Set<Int> of(Stmt.For loop) {
    var quotients = new LoopQuotients();
    quotients.bound.add(loop.var());
    quotients.bind(loop.body());
    loop.body().forEach(quotients::statement);
    return quotients.found;
  }

  /** Whether an integer is a quotient or remainder that takes a division: those by powers of two are shifts and masks. */
  static boolean isDivision(Int value) {
    return value instanceof Int.Apply(var fn, _, var right) && (fn == IntFn.DIV || fn == IntFn.MOD) && !(right instanceof Int.Number(var by) && Long.bitCount(by) == 1);
  }

  /** Whether an integer is computed from one of this name, or one that any of these names may be. */
  static boolean reads(Int value, Set<String> names) {
    return switch (value) {
      case Int.Number _ -> false;
      case Int.Var(var name) -> names.contains(name);
      case Int.Apply(_, var left, var right) -> reads(left, names) || reads(right, names);
      case Int.FromElement _, Int.FromBits _ -> true;
    };
  }

  private void bind(List<Stmt> body) {
    for (var statement : body) {
      switch (statement) {
        case Stmt.For inner -> {
          bound.add(inner.var());
          bind(inner.body());
        }
        case Stmt.Nonzeros inner -> {
          bound.add(inner.var());
          bind(inner.body());
        }
        case Stmt.Let _, Stmt.Assign _, Stmt.Store _, Stmt.Outline _, Stmt.Product _, Stmt.Lanes _, Stmt.Transpose _, Stmt.Line _ -> { }
      }
    }
  }

  private void statement(Stmt statement) {
    switch (statement) {
      case Stmt.For(_, var from, var to, _, var body) -> {
        integer(from);
        integer(to);
        body.forEach(this::statement);
      }
      case Stmt.Let(_, var value) -> expression(value);
      case Stmt.Assign(_, var value) -> expression(value);
      case Stmt.Store(_, var index, var value) -> {
        integer(index);
        expression(value);
      }
      case Stmt.Outline(var arguments, _) -> arguments.forEach(argument -> integer(argument.value()));
      case Stmt.Nonzeros nonzeros -> {
        integer(nonzeros.count());
        integer(nonzeros.start());
        nonzeros.body().forEach(this::statement);
      }
      case Stmt.Transpose transpose -> {
        integer(transpose.lines());
        integer(transpose.width());
        integer(transpose.from().start());
        integer(transpose.from().step());
      }
      case Stmt.Product _, Stmt.Lanes _, Stmt.Line _ -> { }
    }
  }

  private void integer(Int value) {
    if (isDivision(value) && !reads(value, bound)) {
      found.add(value);
      return;
    }
    switch (value) {
      case Int.Number _, Int.Var _ -> { }
      case Int.Apply(_, var left, var right) -> {
        integer(left);
        integer(right);
      }
      case Int.FromElement(var element) -> expression(element);
      case Int.FromBits(var bits) -> expression(bits);
    }
  }

  private void expression(Expr expr) {
    switch (expr) {
      case Expr.Number _, Expr.Fold _, Expr.Read _ -> { }
      case Expr.Load(_, var index) -> integer(index);
      case Expr.LoadBits(_, var index) -> integer(index);
      case Expr.Apply(_, var arguments) -> arguments.forEach(this::expression);
      case Expr.FromInt(var value) -> integer(value);
      case Expr.BitsOf(var value) -> integer(value);
    }
  }
}
