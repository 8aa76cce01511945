package nnc.elaborate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.source.Span;
import nnc.syntax.Ast;

/**
 * A function of the compiler.
 *
 * @param parameters in order
 */
record Builtin(String name, List<Ast.Parameter> parameters, Body body) {

  interface Body {
    Value call(CallArguments arguments);
  }

  /** @param parameters names in order; {@code name?} may be left out, {@code name...} takes the rest */
  static Builtin of(String name, String parameters, Body body) {
    return new Builtin(name, parameters.isEmpty() ? List.of() : Stream.of(parameters.split(", ")).map(Builtin::parameter).toList(), body);
  }

  /** The same with what some of its parameters may be: {@link ArgumentType}. */
  Builtin where(Ast.TypeExpr type, String... names) {
    return new Builtin(name, parameters.stream().map(parameter -> !List.of(names).contains(parameter.name()) ? parameter
        : new Ast.Parameter(parameter.name(), Optional.of(type), parameter.defaultValue(), parameter.rest(), parameter.span())).toList(), body);
  }

  private static Ast.Parameter parameter(String text) {
    Optional<Ast.Expr> none = text.endsWith("?") ? Optional.of(new Ast.None(Span.NONE)) : Optional.empty();
    return new Ast.Parameter(text.replace("...", "").replace("?", ""), Optional.empty(), none, text.endsWith("..."), Span.NONE);
  }
}
