package nnc.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.grammar.NnLexer;
import nnc.grammar.NnParser;
import nnc.source.Diagnostics;
import org.antlr.v4.runtime.Token;

/** The tokens of a file as the parser sees them, and what can be said of them without a parse. */
final class Tokens {
  /** Type by literal: of {@code "then"}, of {@code "("}. */
  static final Map<String, Integer> TYPES = types();
  private static final Set<String> NAMED = Set.of("const", "output", "metric", "param", "state", "input", "target");
  private static final Set<String> LOOSE = Set.of("loss", "regularize", "constrain");
  private static final Set<String> DANGLING = Set.of("=", "+", "-", "*", "/", "@", "^", "<", "<=", ">", ">=", "==", "!=", "|>", "..", "and",
      "or", "not", ",", ":", "->", "=>", ".");
  /** What people write out of habit, and what is meant. */
  static final Map<String, String> HABITS = Map.ofEntries(
      Map.entry(";", "statements need no semicolon; leave it out"),
      Map.entry("&", "write 'and'"), Map.entry("&&", "write 'and'"),
      Map.entry("|", "write 'or'; a pipe is '|>'"), Map.entry("||", "write 'or'"),
      Map.entry("!", "write 'not'"), Map.entry("?", "a choice of values is 'if condition then a else b'"),
      Map.entry("\u2212", "a minus is '-'"), Map.entry("\u2013", "a minus is '-'"), Map.entry("\u00d7", "a product is '*'"),
      Map.entry("\u00b7", "a product is '*'"), Map.entry("\u00f7", "a quotient is '/'"),
      Map.entry("\u201c", "a text stands in straight quotes: \"...\""), Map.entry("\u201d", "a text stands in straight quotes: \"...\""),
      Map.entry("\u2264", "write '<='"), Map.entry("\u2265", "write '>='"), Map.entry("\u2260", "write '!='"),
      Map.entry("\u2192", "write '->'"), Map.entry("\u2190", "write '<-'"), Map.entry("\u2026", "write '...'"));

  private final List<Token> all;
  private final List<Token> seen = new ArrayList<>();
  private final Map<Integer, Integer> positions = new HashMap<>();

  Tokens(List<Token> all) {
    this.all = all;
    for (var token : all) {
      if (token.getChannel() == Token.DEFAULT_CHANNEL) {
        positions.put(token.getTokenIndex(), seen.size());
        seen.add(token);
      }
    }
  }

  private static Map<String, Integer> types() {
    var types = new HashMap<String, Integer>();
    for (int type = 0; type <= NnParser.VOCABULARY.getMaxTokenType(); type++) {
      var literal = NnParser.VOCABULARY.getLiteralName(type);
      if (literal != null) {
        types.put(literal.substring(1, literal.length() - 1), type);
      }
    }
    return types;
  }

  static boolean is(Token token, String literal) {
    return token.getType() == TYPES.get(literal);
  }

  /** A name or one of the words that may be one. */
  static boolean isName(Token token) {
    return token.getType() == NnLexer.NAME || isWord(token) && !isReserved(token);
  }

  private static boolean isWord(Token token) {
    return token.getType() != Token.EOF && TYPES.getOrDefault(token.getText(), -1) == token.getType()
        && Character.isLetter(token.getText().charAt(0));
  }

  static boolean isReserved(Token token) {
    return isWord(token) && Words.RESERVED.contains(token.getText());
  }

  Token get(int position) {
    return seen.get(Math.min(position, seen.size() - 1));
  }

  /** Among those that the parser sees. */
  int position(Token token) {
    return positions.get(token.getTokenIndex());
  }

  /** Reports what is no token of the language. */
  void report(String file, Diagnostics diagnostics) {
    for (int i = 0; i < all.size(); i++) {
      var token = all.get(i);
      var span = Spans.of(file, token);
      if (token.getType() == NnLexer.STRAY) {
        int last = i;
        while (adjoining(last) && all.get(last + 1).getText().equals(token.getText())) {
          last++;
        }
        var text = token.getText().repeat(last - i + 1);
        var fault = diagnostics.error(span.to(Spans.of(file, all.get(last))), "unknown character " + shown(text));
        var habit = HABITS.getOrDefault(text, HABITS.get(token.getText()));
        if (habit != null) {
          fault.hint(habit);
        }
        i = last;
      } else if (token.getType() == NnLexer.STRING && token.getText().startsWith("'")) {
        diagnostics.error(span, "a text stands in double quotes").hint("write \"" + token.getText().replace("'", "") + "\"");
      } else if (token.getType() == NnLexer.STRING && openEnded(token.getText())) {
        diagnostics.error(span, "this text has no closing quote").hint("a text ends with '\"' on the line where it starts");
      } else if (token.getType() == NnLexer.NUMBER && isFaulty(token)) {
        diagnostics.error(span, "'" + token.getText() + "' is neither a number nor a name").hint("a name starts with a letter or '_'");
      }
    }
  }

  private boolean adjoining(int i) {
    return i + 1 < all.size() && all.get(i + 1).getType() == NnLexer.STRAY && all.get(i + 1).getStartIndex() == all.get(i).getStopIndex() + 1;
  }

  private static String shown(String text) {
    int c = text.codePointAt(0);
    boolean visible = c < 0x7f ? !Character.isISOControl(c) : Character.isDefined(c) && !Character.isISOControl(c) && !Character.isWhitespace(c);
    return (visible ? "'" + text + "'" : "") + (c < 0x7f && visible ? "" : (visible ? " (" : "") + "U+%04X".formatted(c) + (visible ? ")" : ""));
  }

  /** A text without a closing quote. An escaped quote does not close it. */
  static boolean openEnded(String text) {
    int i = 1;
    while (i < text.length() && text.charAt(i) != '"') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i >= text.length();
  }

  private static boolean isFaulty(Token token) {
    return switch (token.getType()) {
      case NnLexer.STRAY -> true;
      case NnLexer.STRING -> token.getText().startsWith("'") || openEnded(token.getText());
      case NnLexer.NUMBER -> token.getText().codePoints().skip(1).anyMatch(c -> (Character.isLetter(c) || c == '_') && c != 'e' && c != 'E')
          || !Character.isDigit(token.getText().codePointBefore(token.getText().length()));
      default -> false;
    };
  }

  /** Whether a faulty token, which was reported, stands from one position to another. */
  boolean faultyBetween(int from, int to) {
    return all.subList(get(from).getTokenIndex(), get(to).getTokenIndex() + 1).stream().anyMatch(Tokens::isFaulty);
  }

  /** The brackets that are open at a position, innermost first, counted from another. */
  ArrayDeque<Token> open(int from, int to) {
    var open = new ArrayDeque<Token>();
    for (int i = from; i < to; i++) {
      var token = get(i);
      if (is(token, "(") || is(token, "[") || is(token, "{")) {
        open.push(token);
      } else if (!open.isEmpty() && (is(token, ")") || is(token, "]") || is(token, "}"))) {
        open.pop();
      }
    }
    return open;
  }

  /** How many blocks are open at a position. */
  long braces(int to) {
    int depth = 0;
    for (int i = 0; i < to; i++) {
      depth = is(get(i), "{") ? depth + 1 : is(get(i), "}") ? Math.max(0, depth - 1) : depth;
    }
    return depth;
  }

  /** Where to read on after a fault at {@code at} in the statement from {@code start}: at what looks like another's start. */
  int resume(int start, int at) {
    int brackets = 0;
    for (int i = start + 1; i < seen.size() - 1; i++) {
      var before = get(i - 1);
      brackets += is(before, "(") || is(before, "[") ? 1 : is(before, ")") || is(before, "]") ? -1 : 0;
      if (i >= at && (startsStatement(i, start, brackets <= 0) || brackets <= 0 && startsLine(i, start))) {
        return i;
      }
    }
    return seen.size() - 1;
  }

  /** A line that stands no further to the right than the statement and does not look like a part of it. */
  private boolean startsLine(int i, int statement) {
    var token = get(i);
    return firstOnLine(i) && token.getCharPositionInLine() <= get(statement).getCharPositionInLine()
        && (isWord(token) || isName(token) || token.getType() == NnLexer.NUMBER || token.getType() == NnLexer.STRING) && !dangles(i - 1);
  }

  private boolean firstOnLine(int i) {
    return i == 0 || get(i - 1).getLine() < get(i).getLine();
  }

  /** Whether something must follow a token: it is an operator, a comma or {@code =}. */
  private boolean dangles(int i) {
    return i >= 0 && DANGLING.contains(get(i).getText()) && get(i).getType() != NnLexer.STRING;
  }

  /**
   * The start of a statement that was read as the right side of an operator at the end of the line before, up to a
   * position; or -1. In {@code a = b +} and, on the next line, {@code c = d}, the parser notices only the second {@code =}.
   */
  int swallowed(int from, int to) {
    for (int i = to; i > from; i--) {
      if (dangles(i - 1) && !is(get(i - 1), ",") && firstOnLine(i) && (startsDeclaration(i) || startsBinding(i))) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether a token at the start of a line looks like the start of a statement. A binding looks like a named argument, so
   * it counts only outside brackets, or not further to the right than the statement that the brackets belong to.
   */
  boolean startsStatement(int i, int statement, boolean outside) {
    var token = get(i);
    if (!firstOnLine(i)) {
      return false;
    }
    boolean unindented = token.getCharPositionInLine() <= get(statement).getCharPositionInLine();
    return startsDeclaration(i) || (outside || unindented) && (is(token, "if") || is(token, "}") || startsBinding(i));
  }

  private boolean startsDeclaration(int i) {
    var token = get(i);
    var next = get(i + 1);
    var word = isWord(token) ? token.getText() : "";
    return switch (word) {
      case "fn", "for", "return" -> true;
      case "import", "freeze" -> next.getType() == NnLexer.STRING;
      case "layer", "optimizer" -> isName(next) && is(get(i + 2), "(");
      case "data", "train" -> is(next, "{");
      default -> NAMED.contains(word) && isName(next)
          || LOOSE.contains(word) && (isName(next) || next.getType() == NnLexer.NUMBER || is(next, "("));
    };
  }

  private boolean startsBinding(int i) {
    int last = i;
    while (isName(get(last)) && is(get(last + 1), ",")) {
      last += 2;
    }
    var next = get(last + 1);
    return isName(get(last)) && (is(next, "=") || is(next, "<") && is(get(last + 2), "-"));
  }
}
