package nnc.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import nnc.grammar.NnLexer;
import nnc.grammar.NnParser;
import nnc.grammar.NnParser.ComparisonContext;
import nnc.grammar.NnParser.PipeContext;
import nnc.grammar.NnParser.RangeContext;
import nnc.grammar.NnParser.StatementContext;
import nnc.source.Diagnostics;
import nnc.source.Diagnostics.Fault;
import nnc.source.Span;
import nnc.source.Suggestion;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;

/** Says in the language's words why a statement cannot be read. The explanations are tried from the particular to the plain. */
final class SyntaxFault {
  private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "==", "!=");

  private final String file;
  private final Tokens tokens;
  private final Diagnostics diagnostics;
  private final int start;
  private final int place;
  private final Token at;
  private final Token before;
  private final ParserRuleContext rule;
  private final StatementContext previous;
  private final ExpectedTokens expected;

  /**
   * Where a statement does not fit the grammar.
   *
   * @param start    position of the statement's first token
   * @param place    position of the first token that does not fit
   * @param previous the statement that ends just before this one, or null
   */
  record Misfit(int start, int place, RecognitionException cause, StatementContext previous) {}

  SyntaxFault(String file, Tokens tokens, Diagnostics diagnostics, Misfit misfit) {
    this.file = file;
    this.tokens = tokens;
    this.diagnostics = diagnostics;
    start = misfit.start;
    place = misfit.place;
    previous = misfit.previous;
    at = tokens.get(place);
    before = place > 0 ? tokens.get(place - 1) : null;
    rule = (ParserRuleContext) misfit.cause.getCtx();
    // what a prediction that looked ahead expects at its far end is not known
    boolean far = misfit.cause instanceof NoViableAltException prediction && prediction.getStartToken() != at;
    expected = new ExpectedTokens(far || misfit.cause.getExpectedTokens() == null ? Set.of() : misfit.cause.getExpectedTokens().toSet());
  }

  void report() {
    if (brackets() || mark() || operators() || equality() || choice() || reserved() || place == start && opening() || statement() || operand()) {
      return;
    }
    plain();
  }

  private Fault error(String message) {
    return error(at, message);
  }

  private Fault error(Token token, String message) {
    return diagnostics.error(Spans.of(file, token), message);
  }

  private boolean at(String literal) {
    return Tokens.is(at, literal);
  }

  private boolean after(String literal) {
    return before != null && Tokens.is(before, literal);
  }

  private boolean expects(String literal) {
    return expected.has(literal);
  }

  private boolean expectsOperand() {
    return expected.hasOperand();
  }

  private boolean inside(Class<? extends RuleContext> kind) {
    return Stream.iterate((RuleContext) rule, context -> context != null, context -> context.parent).anyMatch(kind::isInstance);
  }

  /** The only sign that has a place in types alone. */
  private boolean mark() {
    if (at("?") && inside(NnParser.TypeContext.class)) {
      error("a size that is open has a name").hint("write 'float[N, 8]': all that are called N are equal");
    } else if (at("?")) {
      error("'?' is not expected here").hint(Tokens.HABITS.get("?") + "; an input of which numbers may be missing is a float?[N]");
    }
    return at("?");
  }

  // ---- brackets

  private boolean brackets() {
    var open = tokens.open(start, place).peek();
    if (at(")") || at("]") || at("}")) {
      if (open == null) {
        error("this '" + at.getText() + "' closes nothing");
        return true;
      }
      if (!closer(open).equals(at.getText())) {
        error("'" + closer(open) + "' is expected, but this is '" + at.getText() + "'").note("this is open:", span(open));
        return true;
      }
      return false;
    }
    boolean nextStatement = open != null && !Tokens.is(open, "{") && tokens.startsStatement(place, start, false);
    if (open == null || at.getType() != Token.EOF && !nextStatement) {
      return false;
    }
    var fault = error(open, "this '" + open.getText() + "' is never closed");
    if (nextStatement) {
      fault.note("'" + closer(open) + "' is expected before this:", span(at));
    }
    return true;
  }

  private static String closer(Token open) {
    return Tokens.is(open, "(") ? ")" : Tokens.is(open, "[") ? "]" : "}";
  }

  private Span span(Token token) {
    return Spans.of(file, token);
  }

  // ---- if

  private boolean choice() {
    if (expects("then")) {
      error("'then' is missing").hint(at("{") ? "an 'if' with blocks is a statement of its own, not a value"
          : "a choice of values is 'if condition then a else b'");
    } else if (expects("else") && inside(NnParser.ConditionalContext.class)) {
      error("'else' is missing").hint("a choice of values needs both: 'if condition then a else b'");
    } else if (at("then") && inside(NnParser.IfStatementContext.class)) {
      error("'then' does not belong into a statement").hint("write 'if condition { ... } else { ... }'");
    } else if (at("then")) {
      error("this 'then' has no 'if'").hint("a choice of values is 'if condition then a else b'");
    } else if (at("else") && follows("if")) {
      error("a choice of values begins with its condition").hint("write 'if condition then a else b'");
    } else if (at("else") && !expectsOperand()) {
      error("this 'else' has no 'if'").hint("'else' follows the '}' of an 'if': '} else { ... }'");
    } else if (at("if") && expectsOperand() && !expects("if")) {
      error("an 'if' inside an operation needs brackets").hint("write '(if condition then a else b)'");
    } else {
      return false;
    }
    return true;
  }

  /** Whether a word stands on the same line before, and something before that: a condition behind a value. */
  private boolean follows(String word) {
    for (int i = place - 1; i > 0 && tokens.get(i).getLine() == at.getLine() && !Tokens.is(tokens.get(i), "then"); i--) {
      if (Tokens.is(tokens.get(i), word)) {
        return tokens.get(i - 1).getLine() == at.getLine() && !Tokens.is(tokens.get(i - 1), "else");
      }
    }
    return false;
  }

  private boolean reserved() {
    boolean wantsName = expected.hasName() && !expectsOperand() || expected.types().isEmpty() && nameFollows(before);
    if (!Tokens.isReserved(at) || !wantsName || expects(at.getText())) {
      return false;
    }
    error("'" + at.getText() + "' is a reserved word and cannot be a name").hint("take another name, such as '" + at.getText() + "_'");
    return true;
  }

  private static boolean nameFollows(Token token) {
    return token != null && Set.of("const", "fn", "layer", "optimizer", "output", "metric", "input", "target", "param", "state", "for")
        .contains(token.getText());
  }

  // ---- operators

  private boolean operators() {
    var spine = spine();
    if (after("*") && at("*")) {
      error("there is no operator '**'").hint("a power is 'a ^ b'");
    } else if (after("/") && at("/")) {
      error("there is no operator '//'").hint("a comment starts with '#'; rounded down, a quotient is floor(a / b), of ints floor_div(a, b)");
    } else if (at("=") && before != null && Set.of("+", "-", "*", "/", "@", "^").contains(before.getText())) {
      error("there is no operator '" + before.getText() + "='").hint("write 'x = x " + before.getText() + " ...'");
    } else if (at("+") && expectsOperand()) {
      error("there is no sign '+'; a value is expected");
    } else if (at(":") && after("=") || at("=") && (after(":") || after("="))) {
      error("a binding is written with one '='");
    } else if (COMPARISONS.contains(at.getText()) && spine.stream().anyMatch(c -> c instanceof ComparisonContext one && one.operator != null)) {
      error("comparisons do not chain").hint("write 'a < b and b < c'");
    } else if (at("..") && spine.stream().anyMatch(c -> c instanceof RangeContext range && range.sum().size() > 1)) {
      error("a range has two ends").hint("for steps, slice: x[a:b:step]");
    } else if (ExpectedTokens.OPERATORS.contains(at.getText()) && spine.stream().anyMatch(c -> c instanceof PipeContext pipe && !pipe.postfix().isEmpty())) {
      error("after '|>' comes a function, not an operation with '" + at.getText() + "'")
          .hint("put the pipe in brackets: '(x |> f) " + at.getText() + " ...'");
    } else if (at("=>")) {
      error("an unnamed function inside an operation needs brackets").hint("write '(x => value)'");
    } else {
      return false;
    }
    return true;
  }

  /** The rules that end at the token before: the last child of the last child. */
  private List<ParserRuleContext> spine() {
    var spine = new ArrayList<ParserRuleContext>();
    ParseTree tree = place == start && previous != null ? previous : rule;
    while (tree instanceof ParserRuleContext context && context.getChildCount() > 0) {
      spine.add(context);
      tree = context.getChild(context.getChildCount() - 1);
    }
    return spine;
  }

  /** {@code =} where only a comparison can be meant. */
  private boolean equality() {
    boolean inExpression = place > start + 1 && inside(NnParser.ExpressionContext.class) || inside(NnParser.IfStatementContext.class);
    boolean second = place == start && previous != null;
    if (!at("=") || !inExpression && !second && tokens.open(start, place).isEmpty()) {
      return false;
    }
    error("'=' gives a name its value; it does not compare").hint("to compare, write '=='");
    return true;
  }

  // ---- statements

  /** The first token cannot start a statement. */
  private boolean opening() {
    var text = at.getText();
    if (at.getType() == Token.EOF) {
      return false;
    }
    var word = previous == null ? "" : previous.getStart().getText();
    boolean unfinished = previous instanceof NnParser.OutputContext output && output.expression() == null && at("(")
        || previous instanceof NnParser.RegularizeContext && at.getType() == NnLexer.STRING;
    if (before != null && Words.ELSEWHERE.containsKey(before.getText()) && before.getLine() == at.getLine()) {
      error(before, "'" + before.getText() + "' starts no statement").hint(Words.ELSEWHERE.get(before.getText()));
    } else if (at("/") && (Tokens.is(tokens.get(place + 1), "/") || Tokens.is(tokens.get(place + 1), "*"))) {
      error("'" + text + tokens.get(place + 1).getText() + "' starts no comment").hint("a comment starts with '#' and ends with its line");
    } else if (unfinished) {
      error(found() + " does not fit here").hint("the form is '" + Words.form(word) + "'");
    } else if (at.getType() == NnLexer.NUMBER && continuesLine()) {
      error("an operator is missing before '" + text + "'");
    } else if (at(",")) {
      error("one value stands here, and ',' starts another").hint("several values stand in a list: '[a, b]'");
    } else if (at.getType() == NnLexer.STRING && continuesLine()) {
      error("a text does not follow " + (before == null ? "this" : "'" + before.getText() + "'")).hint("texts are joined by '+': \"layer\" + text(1)");
    } else if (ExpectedTokens.OPERATORS.contains(text) || at.getType() == NnLexer.NUMBER || at.getType() == NnLexer.STRING) {
      error("a statement cannot start with '" + text + "'").hint("a statement starts with a name or a word such as 'input', 'loss', 'for'");
    } else if (Tokens.isReserved(at)) {
      boolean name = Tokens.is(tokens.get(place + 1), "=") || Tokens.is(tokens.get(place + 1), ",");
      error("'" + text + "' " + (name ? "is a reserved word and cannot be a name" : "starts no statement"));
    } else {
      error("'" + text + "' is not expected here");
    }
    return true;
  }

  /** A name starts the statement, but what follows does not make one. */
  private boolean statement() {
    var first = tokens.get(start);
    if (place == start && previous != null && Tokens.isName(before) && before == previous.getStop()) {
      return false;
    }
    if (place != start + 1 && !(rule instanceof StatementContext)) {
      return false;
    }
    var name = first.getText();
    if (!Tokens.isName(first)) {
      return false;
    }
    if (Words.SOFT.contains(name) && !Words.ELSEWHERE.containsKey(name)) {
      return incomplete(name);
    }
    if (place == start + 1 && isChanged()) {
      return true;
    }
    if (Words.ELSEWHERE.containsKey(name)) {
      error(first, "'" + name + "' starts no statement").hint(Words.ELSEWHERE.get(name));
    } else if (Tokens.isName(at) || at.getType() == NnLexer.STRING || at.getType() == NnLexer.NUMBER || at("{")) {
      var near = Suggestion.of(name, Stream.concat(Words.SOFT.stream(), Words.RESERVED.stream()).toList());
      var fault = error(first, "'" + name + "' starts no statement");
      near.ifPresentOrElse(word -> fault.hint("did you mean '" + word + "'?"), () -> fault.hint("a binding is 'name = value'"));
    } else if (at(":") && place > 1 && tokens.get(place - 2).getText().equals("lambda")) {
      error("there is no 'lambda'").hint("an unnamed function is '" + name + " => value'");
    } else if (at(":")) {
      error("a type stands in declarations only").hint("write 'input " + name + ": ...', or in a layer 'param " + name + ": ... = ...'");
    } else if (at("[") || at(".")) {
      error("a statement cannot start with an expression").hint("values never change: bind a new one with 'name = value'");
    } else if (ExpectedTokens.OPERATORS.contains(at.getText()) && continuesLine()) {
      error(first, "an operator is missing before '" + name + "'");
    } else if (ExpectedTokens.OPERATORS.contains(at.getText())) {
      error("a statement cannot be an expression alone").hint("bind it: 'name = ...'; or say what it is: 'loss ...', 'output name = ...'");
    } else {
      return false;
    }
    return true;
  }

  /** {@code x += 1}, {@code x++}: values never change. */
  private boolean isChanged() {
    var next = tokens.get(place + 1);
    boolean adjoins = next.getStartIndex() == at.getStopIndex() + 1;
    boolean step = adjoins && Set.of("+", "-").contains(at.getText()) && next.getText().equals(at.getText());
    if (!step && !(adjoins && Tokens.is(next, "=") && Set.of("+", "-", "*", "/", "@", "^").contains(at.getText()))) {
      return false;
    }
    var name = tokens.get(start).getText();
    error("there is no operator '" + at.getText() + next.getText() + "'").hint("write '" + name + " = " + name + " " + at.getText() + (step ? " 1'" : " ...'"));
    return true;
  }

  /** Whether the statement starts on the line on which the one before it ends. */
  private boolean continuesLine() {
    return previous != null && start > 0 && tokens.get(start - 1).getLine() == tokens.get(start).getLine();
  }

  private boolean incomplete(String word) {
    if (Words.form(word).isEmpty() || place > start + 2) {
      return false;
    }
    error(found() + " does not fit here").hint("the form is '" + Words.form(word) + "'" + (word.equals("metric") ? ", such as 'metric accuracy = mean(argmax(scores) == label)'" : ""));
    return true;
  }

  // ---- the plain case

  private boolean operand() {
    if (!expectsOperand() || expected.hasName() && expects("input") && expects("fn")) {
      return false;
    }
    var fault = error("a value is expected" + (before == null ? "" : " after '" + before.getText() + "'") + ", but this is " + found());
    if (at("{")) {
      fault.hint("there are no dictionaries: a name each, 'units = 4'; what '-D units=8' may set is 'const units = 4'");
    }
    return true;
  }

  private void plain() {
    var words = expected.words();
    if (words.isEmpty()) {
      error(found() + " is not expected here");
    } else {
      var fault = error((words.size() == 1 ? words.getFirst() : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast())
          + " is expected, but this is " + found());
      if (habit(fault)) {
        return;
      } else if (before != null && Tokens.isName(before) && at.getType() == NnLexer.STRING) {
        fault.hint("a call needs brackets: '" + before.getText() + "(" + at.getText() + ")'");
      } else if (rule instanceof StatementContext && place > start && !Words.form(tokens.get(start).getText()).isEmpty()) {
        fault.hint("the form is '" + Words.form(tokens.get(start).getText()) + "'");
      }
    }
  }

  /** What is written elsewhere where a block, a loop, a list or a setting is. */
  private boolean habit(Fault fault) {
    var word = tokens.get(start).getText();
    if (at(":") && expects("{")) {
      fault.hint("a block stands in braces: '" + word + " ... { ... }'");
    } else if (word.equals("for") && at("(") && place == start + 1) {
      fault.hint("a loop has no brackets: 'for i in 0..n { ... }'");
    } else if (at("for") && !tokens.open(start, place).isEmpty()) {
      fault.hint("a list is made by a loop: 'list = []', then 'for i in 0..n { list = list + [i] }'");
    } else if ((at(",") || after(",")) && inside(NnParser.TypeContext.class) && !inside(NnParser.ParametersContext.class)) {
      fault.hint("dimensions stand in square brackets alone: 'float[N, 8]'");
    } else if (at(",") && Set.of("train", "data").contains(word)) {
      fault.hint("settings stand side by side, without commas: '" + word + " { a = 1  b = 2 }'");
    } else if (at(":") && expects("=")) {
      fault.hint("a setting is 'name = value'");
    } else {
      return false;
    }
    return true;
  }

  private String found() {
    return at.getType() == Token.EOF ? "the end of the file" : at.getType() == NnLexer.STRING ? "a text" : "'" + at.getText() + "'";
  }
}
