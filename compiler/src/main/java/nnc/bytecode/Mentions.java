package nnc.bytecode;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/** What statements read from outside: integers, all that are neither loops' variables nor arguments, and buffers' bases; and variables that they do not make. */
final class Mentions {
  private final Set<String> names = new HashSet<>();
  private final Set<String> variables = new HashSet<>();
  private final Set<String> made = new HashSet<>();

  private Mentions() {}

  static Mentions of(List<Stmt> statements) {
    var mentions = new Mentions();
    mentions.body(statements);
    return mentions;
  }

  Set<String> integers() {
    return names;
  }

  /** Elements, masks and bits. */
  Set<String> variables() {
    var read = new HashSet<>(variables);
    read.removeAll(made);
    return read;
  }

  private void body(List<Stmt> statements) {
    statements.forEach(this::statement);
  }

  private void statement(Stmt statement) {
    switch (statement) {
      case Stmt.For loop -> {
        integer(loop.from());
        integer(loop.to());
        inside(loop.body(), Set.of(loop.var()));
      }
      case Stmt.Let(var name, var value) -> {
        made.add(name);
        expression(value);
      }
      case Stmt.Assign(_, var value) -> expression(value);
      case Stmt.Store(var buffer, var index, var value) -> {
        names.add(buffer.name());
        integer(index);
        expression(value);
      }
      case Stmt.Outline(var arguments, var body) -> {
        arguments.forEach(g -> integer(g.value()));
        inside(body, Set.copyOf(arguments.stream().map(Stmt.Argument::name).toList()));
      }
      case Stmt.Product product -> product(product);
      case Stmt.Nonzeros(var name, var count, var left, var start, var body) -> {
        integer(count);
        names.add(left.name());
        integer(start);
        inside(body, Set.of(name));
      }
      case Stmt.Transpose transpose -> {
        integer(transpose.lines());
        integer(transpose.width());
        factor(transpose.from());
      }
      case Stmt.Lanes lanes -> made.add(lanes.var());
      case Stmt.Line _ -> { }
    }
  }

  /** Statements in which some names stand for something else. */
  private void inside(List<Stmt> body, Set<String> hidden) {
    var own = of(body);
    own.names.removeAll(hidden);
    names.addAll(own.names);
    variables.addAll(own.variables);
    made.addAll(own.made);
  }

  private void product(Stmt.Product product) {
    integer(product.rows());
    integer(product.columns());
    factor(product.left());
    factor(product.right());
    factor(product.sums());
    for (var depth : product.depth()) {
      integer(depth.count());
      integer(depth.left());
      integer(depth.right());
    }
    if (product.origin() != null) {
      factor(product.origin());
    }
    if (product.follow() != null) {
      integer(product.follow().fromRow());
      integer(product.follow().fromColumn());
      made.add(product.follow().sum());
      inside(product.follow().body(), Set.of(product.follow().row(), product.follow().column()));
    }
  }

  private void factor(Stmt.Factor factor) {
    names.add(factor.buffer().name());
    integer(factor.start());
    integer(factor.step());
  }

  private void integer(Int value) {
    switch (value) {
      case Int.Number _ -> { }
      case Int.Var(var name) -> names.add(name);
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
      case Expr.Number _, Expr.Fold _ -> { }
      case Expr.Read(var name) -> variables.add(name);
      case Expr.Load(var buffer, var index) -> {
        names.add(buffer.name());
        integer(index);
      }
      case Expr.LoadBits(var buffer, var index) -> {
        names.add(buffer.name());
        integer(index);
      }
      case Expr.Apply(_, var arguments) -> arguments.forEach(this::expression);
      case Expr.FromInt(var value) -> integer(value);
      case Expr.BitsOf(var value) -> integer(value);
    }
  }
}
