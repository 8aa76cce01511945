package nnc.syntax;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An AST as text that shows its structure: a statement a line, blocks indented, expressions as {@code (operator operands)}.
 * Spans are left out, so two programs print alike exactly when they differ in white space, comments and needless brackets.
 */
public final class AstPrinter {
  private final StringBuilder out = new StringBuilder();

  private AstPrinter() {}

  public static String print(Ast.Program program) {
    var printer = new AstPrinter();
    printer.statements(program.statements(), 0);
    return printer.out.toString();
  }

  private void statements(List<Ast.Statement> list, int indent) {
    list.forEach(statement -> statement(statement, indent));
  }

  private void statement(Ast.Statement statement, int indent) {
    switch (statement) {
      case Ast.Import s -> line(indent, "import", quoted(s.path()));
      case Ast.Const s -> line(indent, "const", s.name(), expr(s.value()));
      case Ast.Input s -> line(indent, s.target() ? "target" : "input", s.name() + alias(s.alias()), type(s.type()));
      case Ast.Fn s -> {
        line(indent, "fn", s.name(), parameters(s.parameters()), types(s.results()));
        statements(s.body(), indent + 1);
        s.gradient().ifPresent(gradient -> {
          line(indent, "gradient", gradient.name(), gradient.result().orElse(""));
          statements(gradient.body(), indent + 1);
        });
      }
      case Ast.Layer s -> {
        line(indent, "layer", s.name(), parameters(s.hyper()), parameters(s.tensors()), types(s.results()));
        statements(s.body(), indent + 1);
      }
      case Ast.Optimizer s -> {
        line(indent, "optimizer", s.name(), parameters(s.hyper()), parameters(s.tensors()));
        statements(s.body(), indent + 1);
      }
      case Ast.Bind s -> line(indent, "bind", String.join(",", s.names()), expr(s.value()));
      case Ast.Output s -> line(indent, "output", s.name() + alias(s.alias()), s.value().map(AstPrinter::expr).orElse(""));
      case Ast.Loss s -> line(indent, "loss", s.name().orElse(""), expr(s.value()));
      case Ast.Metric s -> line(indent, "metric", s.name(), expr(s.value()));
      case Ast.Regularize s -> line(indent, "regularize", quoted(s.pattern()), expr(s.penalty()));
      case Ast.Constrain s -> line(indent, "constrain", quoted(s.pattern()), expr(s.projection()));
      case Ast.Freeze s -> line(indent, "freeze", quoted(s.pattern()));
      case Ast.Data s -> settings("data", s.settings(), indent);
      case Ast.Train s -> {
        settings("train", s.settings(), indent);
        s.steps().forEach(step -> settings("step", step.settings(), indent + 1));
      }
      case Ast.Param s -> line(indent, "param", s.name(), type(s.type()), expr(s.initialiser()));
      case Ast.State s -> line(indent, "state", s.name(), s.type().map(AstPrinter::type).orElse(""), expr(s.initial()));
      case Ast.Assign s -> line(indent, "assign", s.name(), expr(s.value()));
      case Ast.If s -> {
        line(indent, "if", expr(s.condition()));
        statements(s.then(), indent + 1);
        if (!s.otherwise().isEmpty()) {
          line(indent, "else");
          statements(s.otherwise(), indent + 1);
        }
      }
      case Ast.For s -> {
        line(indent, "for", String.join(",", s.names()), expr(s.range()));
        s.condition().ifPresent(condition -> line(indent, "while", expr(condition)));
        statements(s.body(), indent + 1);
      }
      case Ast.Return s -> line(indent, "return", exprs(s.values()));
    }
  }

  private void settings(String role, List<Ast.Setting> settings, int indent) {
    line(indent, role);
    settings.forEach(setting -> line(indent + 1, "set", setting.name(), expr(setting.value()), on(setting)));
  }

  private static String on(Ast.Setting setting) {
    return setting.on().isEmpty() ? "" : "on " + setting.on().stream().map(AstPrinter::quoted).collect(Collectors.joining(" "));
  }

  private void line(int indent, String... words) {
    var text = List.of(words).stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    out.repeat(' ', 2 * indent).append(text).append('\n');
  }

  private static String parameters(List<Ast.Parameter> parameters) {
    return parameters.stream().map(AstPrinter::parameter).collect(Collectors.joining(" ", "(", ")"));
  }

  private static String parameter(Ast.Parameter p) {
    return p.name() + (p.rest() ? "..." : "") + p.type().map(type -> ":" + type(type)).orElse("")
        + p.defaultValue().map(value -> "=" + expr(value)).orElse("");
  }

  private static String types(List<Ast.TypeExpr> types) {
    return types.isEmpty() ? "" : types.stream().map(AstPrinter::type).collect(Collectors.joining(" ", "-> ", ""));
  }

  private static String type(Ast.TypeExpr type) {
    return type.kind() + (type.arguments().isEmpty() ? "" : "(" + arguments(type.arguments()) + ")") + (type.gaps() ? "?" : "")
        + (type.dims().isEmpty() ? "" : type.dims().stream().map(dim -> switch (dim) {
      case Ast.DimExpr.Rest _ -> "...";
      case Ast.DimExpr.Size size -> expr(size.value());
    }).collect(Collectors.joining(" ", "[", "]")));
  }

  private static String arguments(List<Ast.Argument> arguments) {
    return arguments.stream().map(a -> a.name().map(name -> name + "=").orElse("") + expr(a.value())).collect(Collectors.joining(" "));
  }

  /** An expression alone. */
  public static String expr(Ast.Expr expr) {
    return switch (expr) {
      case Ast.Number e -> number(e);
      case Ast.Text e -> quoted(e.value());
      case Ast.Bool e -> Boolean.toString(e.value());
      case Ast.None _ -> "none";
      case Ast.Name e -> e.name();
      case Ast.ListExpr e -> "[" + exprs(e.items()) + "]";
      case Ast.Range e -> node("..", expr(e.from()), expr(e.to()));
      case Ast.Unary e -> node(e.operator(), expr(e.operand()));
      case Ast.Binary e -> node(e.operator(), expr(e.left()), expr(e.right()));
      case Ast.IfExpr e -> node("if", expr(e.condition()), expr(e.then()), expr(e.otherwise()));
      case Ast.Call e -> node("call", expr(e.callee()), arguments(e.arguments()));
      case Ast.Pipe e -> node("|>", expr(e.left()), expr(e.right()));
      case Ast.Index e ->
          node("index", expr(e.base()), e.subscripts().stream().map(AstPrinter::subscript).collect(Collectors.joining(" ")));
      case Ast.Member e -> node(".", expr(e.base()), e.name());
      case Ast.Lambda e -> node("=>", parameters(e.parameters()), expr(e.body()));
    };
  }

  private static String subscript(Ast.Subscript subscript) {
    return switch (subscript) {
      case Ast.Subscript.At s -> expr(s.place());
      case Ast.Subscript.Slice s -> part(s.from()) + ":" + part(s.to()) + s.step().map(step -> ":" + expr(step)).orElse("");
      case Ast.Subscript.Rest _ -> "...";
    };
  }

  private static String part(Optional<Ast.Expr> part) {
    return part.map(AstPrinter::expr).orElse("");
  }

  private static String exprs(List<Ast.Expr> list) {
    return list.stream().map(AstPrinter::expr).collect(Collectors.joining(" "));
  }

  private static String node(String operator, String... operands) {
    return "(" + operator + List.of(operands).stream().filter(o -> !o.isEmpty()).map(o -> " " + o).collect(Collectors.joining()) + ")";
  }

  /** A whole number without a point, any other with one. */
  static String number(Ast.Number number) {
    return number.whole() ? new BigDecimal(number.value()).toPlainString() : Double.toString(number.value());
  }

  /** What stands behind a name that is another outside the program. */
  static String alias(Optional<String> alias) {
    return alias.map(text -> " " + quoted(text)).orElse("");
  }

  /** A text as programs write it. */
  public static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t") + '"';
  }
}
