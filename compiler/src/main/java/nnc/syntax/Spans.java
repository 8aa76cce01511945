package nnc.syntax;

import nnc.source.Span;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Where tokens and rules stand. Columns count code points. */
final class Spans {
  private Spans() {}

  /** Of a token; of the end, one column. */
  static Span of(String file, Token token) {
    int length = token.getType() == Token.EOF ? 1 : token.getStopIndex() - token.getStartIndex() + 1;
    int column = token.getCharPositionInLine() + 1;
    return new Span(file, token.getLine(), column, token.getLine(), column + length);
  }

  static Span of(String file, ParserRuleContext rule) {
    var last = rule.getStop() == null ? rule.getStart() : rule.getStop();
    return of(file, rule.getStart()).to(of(file, last));
  }
}
