package nnc.syntax;

import java.util.List;
import java.util.Optional;
import nnc.source.Span;

/** The source as data. Every node has the span of its text. */
public final class Ast {
  private Ast() {}

  /** A source file. */
  public record Program(String file, List<Statement> statements, Span span) {}

  // ---- types

  /** {@code float[..., D + 1]}; {@code dims} empty for a scalar. */
  public record TypeExpr(String kind, List<Argument> arguments, boolean gaps, List<DimExpr> dims, Span span) {
    /** Numbers that are all there. */
    public TypeExpr(String kind, List<DimExpr> dims, Span span) {
      this(kind, List.of(), false, dims, span);
    }
  }

  public sealed interface DimExpr {
    Span span();

    /** {@code ...}: any number of dimensions. */
    record Rest(Span span) implements DimExpr {}

    /** A number, a name or a compile-time expression. */
    record Size(Expr value, Span span) implements DimExpr {}
  }

  // ---- statements

  public sealed interface Statement {
    Span span();
  }

  public record Import(String path, Span span) implements Statement {}

  public record Const(String name, Expr value, Span span) implements Statement {}

  /** {@code input name "alias": type} or, if {@code target}, {@code target}; the alias, what it is called outside the program, may be left out. */
  public record Input(String name, Optional<String> alias, TypeExpr type, boolean target, Span span) implements Statement {}

  /** {@code fn name(parameters) -> result = body}. The body is statements that end in {@link Return}; one for the short form. */
  public record Fn(String name, List<Parameter> parameters, List<TypeExpr> results, List<Statement> body, Optional<Gradient> gradient, Span span)
      implements Statement {}

  /** {@code gradient(g, result) = body}: what is declared of a function's gradient; the result's name may be left out. */
  public record Gradient(String name, Optional<String> result, List<Statement> body, Span span) {}

  /** {@code layer name(hyper)(tensors) -> results { body }}. */
  public record Layer(String name, List<Parameter> hyper, List<Parameter> tensors, List<TypeExpr> results, List<Statement> body,
      Span span) implements Statement {}

  /** {@code optimizer name(hyper)(w, g) { body }}. */
  public record Optimizer(String name, List<Parameter> hyper, List<Parameter> tensors, List<Statement> body, Span span)
      implements Statement {}

  /** A formal parameter; {@code rest} is {@code name...}, which takes all further positional arguments as a list. */
  public record Parameter(String name, Optional<TypeExpr> type, Optional<Expr> defaultValue, boolean rest, Span span) {}

  /** {@code a, b = value}. */
  public record Bind(List<String> names, Expr value, Span span) implements Statement {}

  /** {@code output name "alias" = value}; without a value, the binding of that name. The alias is what it is called outside the program. */
  public record Output(String name, Optional<String> alias, Optional<Expr> value, Span span) implements Statement {}

  /** {@code loss value}, or {@code loss name = value}, which also binds the name. */
  public record Loss(Optional<String> name, Expr value, Span span) implements Statement {}

  public record Metric(String name, Expr value, Span span) implements Statement {}

  /** {@code regularize penalty on "pattern"}, also {@code constrain projection on "pattern"}; the pattern defaults to {@code "*"}. */
  public record Regularize(Expr penalty, String pattern, Span span) implements Statement {}

  public record Constrain(Expr projection, String pattern, Span span) implements Statement {}

  /** {@code freeze "pattern"}: those parameters are not learned. */
  public record Freeze(String pattern, Span span) implements Statement {}

  public record Data(List<Setting> settings, Span span) implements Statement {}

  /** {@code train { settings, steps }}; without steps the block says of the only one what it does. */
  public record Train(List<Setting> settings, List<Step> steps, Span span) implements Statement {}

  /** {@code step { settings }}: one of several that each batch is trained by in turn. */
  public record Step(List<Setting> settings, Span span) {}

  /**
   * {@code name = value on "pattern", "pattern"} in a {@code data} or {@code train} block.
   *
   * @param on patterns of the parameters that it is for; none for all
   */
  public record Setting(String name, Expr value, List<String> on, Span span) {}

  /** {@code param name: type = initialiser} in a layer. */
  public record Param(String name, TypeExpr type, Expr initialiser, Span span) implements Statement {}

  /** {@code state name: type = initial}; in an optimizer the type may be absent: that of the weight. */
  public record State(String name, Optional<TypeExpr> type, Expr initial, Span span) implements Statement {}

  /** {@code name <- value}. */
  public record Assign(String name, Expr value, Span span) implements Statement {}

  /** Compile-time condition. An {@code else if} is an {@code If} as the only statement of {@code otherwise}. */
  public record If(Expr condition, List<Statement> then, List<Statement> otherwise, Span span) implements Statement {}

  /** {@code for names in range while condition { body }}; without a condition, which may be data, unrolled where the turns are counted. */
  public record For(List<String> names, Expr range, Optional<Expr> condition, List<Statement> body, Span span) implements Statement {}

  /** {@code return a, b}. */
  public record Return(List<Expr> values, Span span) implements Statement {}

  // ---- expressions

  public sealed interface Expr {
    Span span();
  }

  /** A number; {@code whole} if written without point or exponent. */
  public record Number(double value, boolean whole, Span span) implements Expr {}

  public record Text(String value, Span span) implements Expr {}

  public record Bool(boolean value, Span span) implements Expr {}

  /** {@code none}: no value. */
  public record None(Span span) implements Expr {}

  public record Name(String name, Span span) implements Expr {}

  public record ListExpr(List<Expr> items, Span span) implements Expr {}

  /** {@code from..to}, without {@code to}. */
  public record Range(Expr from, Expr to, Span span) implements Expr {}

  /** {@code -} or {@code not}. */
  public record Unary(String operator, Expr operand, Span span) implements Expr {}

  /** {@code + - * / ^ @ < <= > >= == != and or}. */
  public record Binary(String operator, Expr left, Expr right, Span span) implements Expr {}

  /** {@code if c then a else b}, compile-time. */
  public record IfExpr(Expr condition, Expr then, Expr otherwise, Span span) implements Expr {}

  public record Call(Expr callee, List<Argument> arguments, Span span) implements Expr {}

  /** A positional argument has no name. */
  public record Argument(Optional<String> name, Expr value, Span span) {}

  /** {@code left |> right}. */
  public record Pipe(Expr left, Expr right, Span span) implements Expr {}

  /** {@code base[subscripts]}. */
  public record Index(Expr base, List<Subscript> subscripts, Span span) implements Expr {}

  /** {@code base.name}. */
  public record Member(Expr base, String name, Span span) implements Expr {}

  public sealed interface Subscript {
    Span span();

    /** {@code x[i]}: the axis is dropped. */
    record At(Expr place, Span span) implements Subscript {}

    /** {@code x[from:to:step]}; each may be absent. */
    record Slice(Optional<Expr> from, Optional<Expr> to, Optional<Expr> step, Span span) implements Subscript {}

    /** {@code x[..., i]}: all axes not named. */
    record Rest(Span span) implements Subscript {}
  }

  /** {@code (a, b) => value}, an unnamed function. */
  public record Lambda(List<Parameter> parameters, Expr body, Span span) implements Expr {}
}
