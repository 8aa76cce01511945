package nnc.elaborate;

import java.util.Optional;
import nnc.runtime.data.Decimal;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** Values of constants given on the command line: what a program could say of them, such as {@code 0.1}, {@code [64, 10]} or {@code relu}. */
final class Defines {
  private Defines() {}

  /** How the command line's value of a constant is called where faults are told. */
  private static String origin(String name) {
    return "-D " + name;
  }

  /** What is the same whatever the program has bound: a number (infinity and NaN too), true, false or a text of one word. */
  static Optional<Value> literal(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Optional.of(new Value.Bool(text.equals("true")));
    }
    try {
      return Optional.of(new Value.Num(Decimal.parse(text)));
    } catch (NumberFormatException e) {
      boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.indexOf('"', 1) == text.length() - 1;
      return quoted ? Optional.of(new Value.Text(text.substring(1, text.length() - 1))) : Optional.empty();
    }
  }

  /**
   * A value as an expression; its lines become known to {@code diagnostics}.
   *
   * @throws ElaborationFault if it is none
   */
  static Ast.Expr expression(String name, String text, Diagnostics diagnostics) {
    var faults = new Diagnostics();
    var program = AstBuilder.parse(origin(name), "const " + name + " = " + text, faults);
    if (faults.hasErrors() || program.statements().size() != 1 || !(program.statements().getFirst() instanceof Ast.Const constant)) {
      throw new ElaborationFault(Span.NONE, origin(name) + "=" + text + ": no value of a constant").hint(
          "a number, true, false, a \"text\", a list such as [64, 10], or what else the program could say of it");
    }
    diagnostics.source(origin(name), "const " + name + " = " + text);
    return constant.value();
  }
}
