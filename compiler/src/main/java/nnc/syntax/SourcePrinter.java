package nnc.syntax;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** An AST as source text, which reads back as the same AST. Brackets only where they are needed; comments are not kept. */
public final class SourcePrinter {
  /** How tightly the grammar's levels bind, loosest first. */
  private enum Level { EXPRESSION, PIPE, OR, AND, NOT, COMPARISON, RANGE, SUM, PRODUCT, SIGNED, POWER, POSTFIX }

  private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "==", "!=");

  private final StringBuilder out = new StringBuilder();

  private SourcePrinter() {}

  public static String print(Ast.Program program) {
    var printer = new SourcePrinter();
    printer.statements(program.statements(), 0);
    return printer.out.toString();
  }

  private void statements(List<Ast.Statement> list, int indent) {
    for (var statement : list) {
      out.repeat(' ', 2 * indent);
      statement(statement, indent);
      out.append('\n');
    }
  }

  private void statement(Ast.Statement statement, int indent) {
    switch (statement) {
      case Ast.Import s -> out.append("import ").append(AstPrinter.quoted(s.path()));
      case Ast.Const s -> out.append("const ").append(s.name()).append(" = ").append(expr(s.value()));
      case Ast.Input s -> out.append(s.target() ? "target " : "input ").append(s.name()).append(AstPrinter.alias(s.alias())).append(": ").append(type(s.type()));
      case Ast.Fn s -> {
        out.append("fn ").append(s.name()).append(parameters(s.parameters())).append(results(s.results()));
        body(s.body(), indent);
        s.gradient().ifPresent(gradient -> {
          out.append(" gradient(").append(gradient.name()).append(gradient.result().map(name -> ", " + name).orElse("")).append(")");
          body(gradient.body(), indent);
        });
      }
      case Ast.Layer s -> {
        out.append("layer ").append(s.name()).append(parameters(s.hyper())).append(parameters(s.tensors())).append(results(s.results()));
        body(s.body(), indent);
      }
      case Ast.Optimizer s -> {
        out.append("optimizer ").append(s.name()).append(parameters(s.hyper())).append(parameters(s.tensors()));
        block(s.body(), indent);
      }
      case Ast.Bind s -> out.append(String.join(", ", s.names())).append(" = ").append(expr(s.value()));
      case Ast.Output s -> out.append("output ").append(s.name()).append(AstPrinter.alias(s.alias())).append(s.value().map(value -> " = " + expr(value)).orElse(""));
      case Ast.Loss s -> out.append("loss ").append(s.name().map(name -> name + " = ").orElse("")).append(expr(s.value()));
      case Ast.Metric s -> out.append("metric ").append(s.name()).append(" = ").append(expr(s.value()));
      case Ast.Regularize s -> penalty("regularize", s.penalty(), s.pattern());
      case Ast.Constrain s -> penalty("constrain", s.projection(), s.pattern());
      case Ast.Freeze s -> out.append("freeze ").append(AstPrinter.quoted(s.pattern()));
      case Ast.Data s -> settings("data", s.settings(), List.of(), indent);
      case Ast.Train s -> settings("train", s.settings(), s.steps(), indent);
      case Ast.Param s -> out.append("param ").append(s.name()).append(": ").append(type(s.type())).append(" = ").append(expr(s.initialiser()));
      case Ast.State s -> out.append("state ").append(s.name()).append(s.type().map(type -> ": " + type(type)).orElse(""))
          .append(" = ").append(expr(s.initial()));
      case Ast.Assign s -> out.append(s.name()).append(" <- ").append(expr(s.value()));
      case Ast.If s -> choice(s, indent);
      case Ast.For s -> {
        out.append("for ").append(String.join(", ", s.names())).append(" in ").append(expr(s.range()));
        s.condition().ifPresent(condition -> out.append(" while ").append(expr(condition)));
        block(s.body(), indent);
      }
      case Ast.Return s -> out.append("return ").append(exprs(s.values()));
    }
  }

  private void penalty(String role, Ast.Expr function, String pattern) {
    out.append(role).append(' ').append(expr(function)).append(pattern.equals("*") ? "" : " on " + AstPrinter.quoted(pattern));
  }

  private void settings(String role, List<Ast.Setting> settings, List<Ast.Step> steps, int indent) {
    out.append(role).append(" {\n");
    for (var setting : settings) {
      out.repeat(' ', 2 * indent + 2).append(setting.name()).append(" = ").append(expr(setting.value()));
      out.append(setting.on().isEmpty() ? "" : setting.on().stream().map(AstPrinter::quoted).collect(Collectors.joining(", ", " on ", ""))).append('\n');
    }
    for (var step : steps) {
      out.repeat(' ', 2 * indent + 2);
      settings("step", step.settings(), List.of(), indent + 1);
      out.append('\n');
    }
    out.repeat(' ', 2 * indent).append('}');
  }

  private void choice(Ast.If s, int indent) {
    out.append("if ").append(expr(s.condition()));
    block(s.then(), indent);
    if (s.otherwise().size() == 1 && s.otherwise().getFirst() instanceof Ast.If chained) {
      out.append(" else ");
      choice(chained, indent);
    } else if (!s.otherwise().isEmpty()) {
      out.append(" else");
      block(s.otherwise(), indent);
    }
  }

  /** A single value after {@code =}, else a block. */
  private void body(List<Ast.Statement> body, int indent) {
    if (body.size() == 1 && body.getFirst() instanceof Ast.Return one && one.values().size() == 1) {
      out.append(" = ").append(expr(one.values().getFirst()));
    } else {
      block(body, indent);
    }
  }

  private void block(List<Ast.Statement> statements, int indent) {
    out.append(" {\n");
    statements(statements, indent + 1);
    out.repeat(' ', 2 * indent).append('}');
  }

  private static String parameters(List<Ast.Parameter> parameters) {
    return parameters.stream().map(SourcePrinter::parameter).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String parameter(Ast.Parameter p) {
    return p.name() + (p.rest() ? "..." : "") + p.type().map(type -> ": " + type(type)).orElse("")
        + p.defaultValue().map(value -> " = " + expr(value)).orElse("");
  }

  private static String results(List<Ast.TypeExpr> types) {
    return types.isEmpty() ? "" : types.stream().map(SourcePrinter::type).collect(Collectors.joining(", ", " -> ", ""));
  }

  /** A type as it is written. */
  public static String type(Ast.TypeExpr type) {
    return type.kind() + (type.arguments().isEmpty() ? "" : arguments(type.arguments())) + (type.gaps() ? "?" : "")
        + (type.dims().isEmpty() ? "" : type.dims().stream().map(dim -> switch (dim) {
      case Ast.DimExpr.Rest _ -> "...";
      case Ast.DimExpr.Size size -> expr(size.value());
    }).collect(Collectors.joining(", ", "[", "]")));
  }

  private static String arguments(List<Ast.Argument> arguments) {
    return arguments.stream().map(a -> a.name().map(name -> name + " = ").orElse("") + expr(a.value())).collect(Collectors.joining(", ", "(", ")"));
  }

  // ---- expressions

  /** An expression alone, as it is written. */
  public static String expr(Ast.Expr expr) {
    return switch (expr) {
      case Ast.Number e -> AstPrinter.number(e);
      case Ast.Text e -> AstPrinter.quoted(e.value());
      case Ast.Bool e -> Boolean.toString(e.value());
      case Ast.None _ -> "none";
      case Ast.Name e -> e.name();
      case Ast.ListExpr e -> "[" + exprs(e.items()) + "]";
      case Ast.Range e -> at(Level.SUM, e.from()) + ".." + at(Level.SUM, e.to());
      case Ast.Unary e when e.operator().equals("not") -> "not " + at(Level.NOT, e.operand());
      case Ast.Unary e -> "-" + at(Level.SIGNED, e.operand());
      case Ast.Binary e -> binary(e);
      case Ast.IfExpr e -> "if " + expr(e.condition()) + " then " + expr(e.then()) + " else " + expr(e.otherwise());
      case Ast.Call e -> at(Level.POSTFIX, e.callee()) + arguments(e.arguments());
      case Ast.Pipe e -> at(Level.PIPE, e.left()) + " |> " + at(Level.POSTFIX, e.right());
      case Ast.Index e -> at(Level.POSTFIX, e.base())
          + e.subscripts().stream().map(SourcePrinter::subscript).collect(Collectors.joining(", ", "[", "]"));
      case Ast.Member e -> at(Level.POSTFIX, e.base()) + "." + e.name();
      case Ast.Lambda e -> lambda(e);
    };
  }

  private static String binary(Ast.Binary e) {
    var level = level(e);
    var operator = level == Level.POWER ? "^" : " " + e.operator() + " ";
    var left = switch (level) {
      case POWER -> Level.POSTFIX;
      case COMPARISON -> Level.RANGE;
      default -> level;
    };
    // the right operand of a left-associative operator binds tighter; an exponent may have a sign
    var right = level == Level.POWER ? Level.SIGNED : Level.values()[level.ordinal() + 1];
    return at(left, e.left()) + operator + at(right, e.right());
  }

  private static String lambda(Ast.Lambda e) {
    var single = e.parameters().size() == 1 && e.parameters().getFirst() instanceof Ast.Parameter(_, var type, var value, var rest, _)
        && type.isEmpty() && value.isEmpty() && !rest;
    return (single ? e.parameters().getFirst().name() : parameters(e.parameters())) + " => " + expr(e.body());
  }

  private static String subscript(Ast.Subscript subscript) {
    return switch (subscript) {
      case Ast.Subscript.At s -> expr(s.place());
      case Ast.Subscript.Slice s -> s.from().map(SourcePrinter::expr).orElse("") + ":" + s.to().map(SourcePrinter::expr).orElse("")
          + s.step().map(step -> ":" + expr(step)).orElse("");
      case Ast.Subscript.Rest _ -> "...";
    };
  }

  private static String exprs(List<Ast.Expr> list) {
    return list.stream().map(SourcePrinter::expr).collect(Collectors.joining(", "));
  }

  /** An operand, in brackets if it binds more loosely than its place asks for. */
  private static String at(Level level, Ast.Expr expr) {
    return level(expr).compareTo(level) < 0 ? "(" + expr(expr) + ")" : expr(expr);
  }

  private static Level level(Ast.Expr expr) {
    return switch (expr) {
      case Ast.IfExpr _, Ast.Lambda _ -> Level.EXPRESSION;
      case Ast.Pipe _ -> Level.PIPE;
      case Ast.Binary e -> switch (e.operator()) {
        case "or" -> Level.OR;
        case "and" -> Level.AND;
        case "+", "-" -> Level.SUM;
        case "*", "/", "@" -> Level.PRODUCT;
        case "^" -> Level.POWER;
        case String other when COMPARISONS.contains(other) -> Level.COMPARISON;
        default -> throw new IllegalArgumentException("operator: " + e.operator());
      };
      case Ast.Unary e -> e.operator().equals("not") ? Level.NOT : Level.SIGNED;
      case Ast.Range _ -> Level.RANGE;
      case Ast.Number _, Ast.Text _, Ast.Bool _, Ast.None _, Ast.Name _, Ast.ListExpr _, Ast.Call _, Ast.Index _, Ast.Member _ ->
          Level.POSTFIX;
    };
  }
}
