package nnc.elaborate;

import nnc.runtime.data.Decimal;
import nnc.source.Span;

/** Values of constants given on the command line. */
final class Defines {
  private Defines() {}

  static Value value(String name, String text) {
    if (text.equals("true") || text.equals("false")) {
      return new Value.Bool(text.equals("true"));
    }
    try {
      return new Value.Num(Decimal.parse(text));
    } catch (NumberFormatException e) {
      if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
        return new Value.Text(text.substring(1, text.length() - 1));
      }
      throw new ElaborationFault(Span.NONE, "-D " + name + "=" + text + ": a number, true, false or a \"text\" is expected");
    }
  }
}
