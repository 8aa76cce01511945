package nnc.elaborate;

import java.util.List;
import nnc.syntax.Ast;

/** What a failed statement would have bound is unknown, and what depends on it silent. */
final class Failed {
  private Failed() {}

  static void bind(Ast.Statement statement, Scope scope) {
    names(statement).forEach(name -> scope.bind(name, new Value.Unknown()));
  }

  /** The names that a statement gives a value. */
  static List<String> names(Ast.Statement statement) {
    return switch (statement) {
      case Ast.Bind bind -> bind.names();
      case Ast.Const constant -> List.of(constant.name());
      case Ast.Input input -> List.of(input.name());
      case Ast.Output output -> List.of(output.name());
      case Ast.Metric metric -> List.of(metric.name());
      case Ast.Loss loss -> loss.name().stream().toList();
      case Ast.Param param -> List.of(param.name());
      case Ast.State state -> List.of(state.name());
      case Ast.For loop -> assigned(loop.body());
      case Ast.If choice -> assigned(choice.then());
      default -> List.of();
    };
  }

  private static List<String> assigned(List<Ast.Statement> body) {
    return body.stream().filter(Ast.Bind.class::isInstance).flatMap(s -> ((Ast.Bind) s).names().stream()).toList();
  }
}
