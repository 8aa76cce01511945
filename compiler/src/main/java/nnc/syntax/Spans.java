package nnc.syntax;

import nnc.source.Span;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Where tokens and rules stand. */
final class Spans {
  private Spans() {}

  static Span of(String file, Token token) {
    int length = token.getType() == Token.EOF ? 1 : token.getText().length();
    int column = token.getCharPositionInLine() + 1;
    return new Span(file, token.getLine(), column, token.getLine(), column + length);
  }

  static Span of(String file, ParserRuleContext rule) {
    var last = rule.getStop() == null ? rule.getStart() : rule.getStop();
    return of(file, rule.getStart()).to(of(file, last));
  }
}
