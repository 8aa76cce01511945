package nnc.syntax;

import java.util.ArrayList;
import java.util.List;
import nnc.grammar.NnLexer;
import nnc.grammar.NnParser;
import nnc.grammar.NnParser.StatementContext;
import nnc.source.Diagnostics;
import nnc.source.Limit;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/**
 * Text to parse trees. A program without faults is read in one go by the fast prediction. Any other is read again a
 * statement at a time: a statement with a fault is left at the fault, which is reported, and reading goes on where the
 * next one seems to start, so that a run reports one fault for each faulty statement.
 */
final class Parsing {
  /** Rules inside rules; an expression in brackets takes 13. Keeps the recursion far from the end of the stack. */
  private static final int DEEPEST = 2000;

  private final String file;
  private final Diagnostics diagnostics;
  private final CommonTokenStream stream;
  private final Tokens tokens;

  private Parsing(String file, String text, Diagnostics diagnostics) {
    this.file = file;
    this.diagnostics = diagnostics;
    var lexer = new NnLexer(CharStreams.fromString(text, file));
    lexer.removeErrorListeners();
    stream = new CommonTokenStream(lexer);
    stream.fill();
    tokens = new Tokens(stream.getTokens());
  }

  /** The statements that could be read. */
  static List<StatementContext> statements(String file, String text, Diagnostics diagnostics) {
    var parsing = new Parsing(file, text, diagnostics);
    parsing.tokens.report(file, diagnostics);
    return parsing.inOneGo();
  }

  private List<StatementContext> inOneGo() {
    try {
      return parser(PredictionMode.SLL).program().statement();
    } catch (ParseCancellationException | TooDeep e) {
      return oneByOne();
    }
  }

  private List<StatementContext> oneByOne() {
    var parser = parser(PredictionMode.LL);
    var read = new ArrayList<StatementContext>();
    int next = 0;
    while (tokens.get(next).getType() != Token.EOF) {
      if (leftOver(next)) {
        next++;
        continue;
      }
      parser.reset();
      stream.seek(tokens.get(next).getTokenIndex());
      try {
        read.add(parser.statement());
        next = tokens.position(stream.LT(1));
      } catch (ParseCancellationException e) {
        var cause = (RecognitionException) e.getCause();
        next = explain(next, cause, read);
      } catch (TooDeep e) {
        int at = tokens.position(stream.LT(1));
        diagnostics.error(Spans.of(file, tokens.get(at)), "this is nested too deeply: " + Limit.NESTING.message()).hint(Limit.NESTING.hint());
        next = tokens.resume(next, at);
      }
    }
    return read;
  }

  /** Reports why the statement at a position cannot be read; the position to read on from. */
  private int explain(int start, RecognitionException cause, List<StatementContext> read) {
    int at = tokens.position(cause.getOffendingToken());
    boolean adjoins = start > 0 && !read.isEmpty() && tokens.get(start - 1) == read.getLast().getStop();
    if (tokens.faultyBetween(adjoins ? start - 1 : start, at)) {
      return tokens.resume(start, at);
    }
    int swallowed = tokens.swallowed(adjoins ? tokens.position(read.getLast().getStart()) : start, at);
    if (swallowed >= 0) {
      var operator = tokens.get(swallowed - 1);
      diagnostics.error(Spans.of(file, operator), "after '" + operator.getText() + "' a value is missing")
          .note("the next statement starts here:", Spans.of(file, tokens.get(swallowed)));
      return swallowed > start ? swallowed : tokens.resume(start, at);
    }
    var misfit = new SyntaxFault.Misfit(start, at, cause, adjoins ? read.getLast() : null);
    new SyntaxFault(file, tokens, diagnostics, misfit).report();
    return tokens.resume(start, at);
  }

  /** What remains of a block whose start was given up; with no fault before it, a bracket too many, a fault itself. */
  private boolean leftOver(int at) {
    var token = tokens.get(at);
    if (Tokens.is(token, "}")) {
      if (!diagnostics.hasErrors() && tokens.braces(at) == 0) {
        diagnostics.error(Spans.of(file, token), "this '}' closes nothing");
      }
      return true;
    }
    boolean afterBlock = at > 0 && Tokens.is(tokens.get(at - 1), "}") && diagnostics.hasErrors();
    return Tokens.is(token, "else") && afterBlock || Tokens.is(token, "{") && at > 0 && Tokens.is(tokens.get(at - 1), "else");
  }

  private NnParser parser(PredictionMode mode) {
    var parser = new Bounded(stream);
    parser.removeErrorListeners();
    parser.setErrorHandler(new BailErrorStrategy());
    parser.getInterpreter().setPredictionMode(mode);
    return parser;
  }

  /** Thrown before the stack overflows. */
  private static final class TooDeep extends RuntimeException {
    TooDeep() {
      super("nested too deeply", null, false, false);
    }
  }

  /** The generated parser with a bound to its recursion. */
  private static final class Bounded extends NnParser {
    private int depth;

    Bounded(TokenStream input) {
      super(input);
    }

    @Override
    public void enterRule(ParserRuleContext context, int state, int rule) {
      super.enterRule(context, state, rule);
      if (++depth > DEEPEST) {
        throw new TooDeep();
      }
    }

    @Override
    public void exitRule() {
      depth--;
      super.exitRule();
    }

    @Override
    public void reset() {
      super.reset();
      depth = 0;
    }
  }
}
