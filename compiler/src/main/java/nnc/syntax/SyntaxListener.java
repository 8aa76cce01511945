package nnc.syntax;

import java.util.ArrayDeque;
import java.util.List;
import nnc.grammar.NnLexer;
import nnc.grammar.NnParser;
import nnc.source.Diagnostics;
import nnc.source.Span;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Lexer;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;

/** Says a syntax error in the language's words. */
final class SyntaxListener extends BaseErrorListener {
  private static final List<String> OPEN = List.of("(", "[", "{");
  private static final List<String> CLOSE = List.of(")", "]", "}");

  private final String file;
  private final Diagnostics diagnostics;

  SyntaxListener(String file, Diagnostics diagnostics) {
    this.file = file;
    this.diagnostics = diagnostics;
  }

  @Override
  public void syntaxError(Recognizer<?, ?> recognizer, Object symbol, int line, int column, String message, RecognitionException e) {
    var token = (Token) symbol;
    var parser = (NnParser) recognizer;
    var span = Spans.of(file, token);
    switch (token.getType()) {
      case Token.EOF -> unclosed(parser, span);
      case NnLexer.UNTERMINATED -> diagnostics.error(span, "this text has no closing quote").note("a text ends on its own line, with \"");
      case NnLexer.UNKNOWN -> diagnostics.error(span, "unknown character " + token.getText());
      default -> unexpected(parser, token, span);
    }
  }

  private void unexpected(NnParser parser, Token token, Span span) {
    var text = token.getText();
    var expected = parser.getExpectedTokens();
    var fault = diagnostics.error(span, "'" + text + "' is not expected here");
    boolean reserved = isWord(text) && token.getType() != NnLexer.ID;
    if (reserved && expected.contains(NnLexer.ID)) {
      fault.note("'" + text + "' is a word of the language and cannot be a name; take another, such as " + text + "_");
    } else if (text.equals("=")) {
      fault.note("to compare, write ==; to give a value, write one name on the left of =");
    } else if (text.equals("<-")) {
      fault.note("<- gives a state its next value; to compare with a negative number, write a < -b");
    } else if (text.equals(";")) {
      fault.note("statements need no semicolon");
    } else if (expected.contains(type("then"))) {
      fault.note("a choice of values is written: if condition then a else b");
    } else if (expected.size() == 1) {
      fault.note("expected " + NnParser.VOCABULARY.getDisplayName(expected.getMinElement()));
    } else if (CLOSE.contains(text)) {
      opener(parser, token).ifPresentOrElse(open -> fault.note("it would close this", Spans.of(file, open)),
          () -> fault.note("nothing is open that it could close"));
    }
  }

  private void unclosed(NnParser parser, Span end) {
    opener(parser, null).ifPresentOrElse(
        open -> diagnostics.error(Spans.of(file, open), "'" + open.getText() + "' is never closed"),
        () -> diagnostics.error(end, "the program ends in the middle of a statement"));
  }

  /** The innermost bracket that is open at a token, or at the end. */
  private static java.util.Optional<Token> opener(NnParser parser, Token until) {
    var open = new ArrayDeque<Token>();
    for (var token : ((CommonTokenStream) parser.getTokenStream()).getTokens()) {
      if (token == until) {
        break;
      }
      if (OPEN.contains(token.getText())) {
        open.push(token);
      } else if (CLOSE.contains(token.getText()) && !open.isEmpty()) {
        open.pop();
      }
    }
    return java.util.Optional.ofNullable(open.peek());
  }

  private static boolean isWord(String text) {
    return Character.isLetter(text.charAt(0));
  }

  private static int type(String literal) {
    for (int i = 0; i <= NnParser.VOCABULARY.getMaxTokenType(); i++) {
      if (("'" + literal + "'").equals(NnParser.VOCABULARY.getLiteralName(i))) {
        return i;
      }
    }
    return Token.INVALID_TYPE;
  }

  static NnParser install(Lexer lexer, String file, Diagnostics diagnostics) {
    lexer.removeErrorListeners();
    var parser = new NnParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.addErrorListener(new SyntaxListener(file, diagnostics));
    return parser;
  }
}
