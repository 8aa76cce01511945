package nnc.syntax;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nnc.grammar.NnParser.*;
import nnc.source.Diagnostics;
import nnc.source.Limit;
import nnc.source.Span;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Parse trees of expressions to AST. Brackets leave no node. */
final class ExpressionBuilder {
  /** Nodes inside nodes. A chain such as {@code a + b + c} nests to the left, a node an operator. */
  private static final int DEEPEST = (int) Limit.NESTING.most();

  /** Thrown where the AST would become so deep that a recursion over it might overflow the stack. */
  static final class TooDeep extends RuntimeException {
    TooDeep() {
      super("nested too deeply", null, false, false);
    }
  }

  private final String file;
  private final Diagnostics diagnostics;
  private final AstBuilder statements;
  private int depth;

  ExpressionBuilder(String file, Diagnostics diagnostics, AstBuilder statements) {
    this.file = file;
    this.diagnostics = diagnostics;
    this.statements = statements;
  }

  /** Builds something that will stand some nodes further down. */
  <T> T deeper(int nodes, Supplier<T> build) {
    if (depth + nodes > DEEPEST) {
      throw new TooDeep();
    }
    depth += nodes;
    try {
      return build.get();
    } finally {
      depth -= nodes;
    }
  }

  private Span span(ParserRuleContext rule) {
    return Spans.of(file, rule);
  }

  private Span span(ParserRuleContext first, ParserRuleContext last) {
    return span(first).to(span(last));
  }

  Ast.Expr value(ExpressionContext tree) {
    return switch (tree) {
      case OperationContext e -> pipe(e.pipe());
      case ConditionalContext e -> deeper(1, () -> new Ast.IfExpr(value(e.condition), value(e.then), value(e.otherwise), span(e)));
      case LambdaContext e -> {
        var parameter = new Ast.Parameter(name(e.name()), Optional.empty(), Optional.empty(), false, span(e.name()));
        yield deeper(1, () -> new Ast.Lambda(List.of(parameter), value(e.expression()), span(e)));
      }
      case LambdaOfManyContext e ->
          deeper(1, () -> new Ast.Lambda(statements.parameters(e.parameters()), value(e.expression()), span(e)));
      default -> throw new IllegalStateException("expression: " + tree.getClass());
    };
  }

  private Optional<Ast.Expr> part(ExpressionContext tree) {
    return Optional.ofNullable(tree).map(this::value);
  }

  // ---- operators; each level folds its operands to the left

  private interface Fold<T> {
    Ast.Expr node(int i, Ast.Expr left, T right);
  }

  /** The first operand stands below all operators, the i-th below those from it on. */
  private <T extends ParserRuleContext> Ast.Expr fold(Supplier<Ast.Expr> value, List<T> rest, Fold<T> node) {
    var all = deeper(rest.size(), value);
    for (int i = 0; i < rest.size(); i++) {
      var left = all;
      int operator = i;
      all = deeper(rest.size() - i, () -> node.node(operator, left, rest.get(operator)));
    }
    return all;
  }

  private static <T> List<T> tail(List<T> list) {
    return list.subList(1, list.size());
  }

  private Ast.Expr pipe(PipeContext tree) {
    var first = tree.disjunction();
    return fold(() -> disjunction(first), tree.postfix(),
        (_, left, right) -> new Ast.Pipe(left, postfix(right), span(first, right)));
  }

  private Ast.Expr disjunction(DisjunctionContext tree) {
    var first = tree.conjunction(0);
    return fold(() -> conjunction(first), tail(tree.conjunction()),
        (_, left, right) -> new Ast.Binary("or", left, conjunction(right), span(first, right)));
  }

  private Ast.Expr conjunction(ConjunctionContext tree) {
    var first = tree.negation(0);
    return fold(() -> negation(first), tail(tree.negation()),
        (_, left, right) -> new Ast.Binary("and", left, negation(right), span(first, right)));
  }

  private Ast.Expr negation(NegationContext tree) {
    return switch (tree) {
      case NotContext e -> deeper(1, () -> new Ast.Unary("not", negation(e.negation()), span(e)));
      case ClaimContext e -> comparison(e.comparison());
      default -> throw new IllegalStateException("negation: " + tree.getClass());
    };
  }

  private Ast.Expr comparison(ComparisonContext tree) {
    var first = tree.range(0);
    return fold(() -> range(first), tail(tree.range()),
        (_, left, right) -> new Ast.Binary(tree.operator.getText(), left, range(right), span(first, right)));
  }

  private Ast.Expr range(RangeContext tree) {
    var first = tree.sum(0);
    return fold(() -> sum(first), tail(tree.sum()), (_, left, right) -> new Ast.Range(left, sum(right), span(first, right)));
  }

  private Ast.Expr sum(SumContext tree) {
    var first = tree.product(0);
    return fold(() -> product(first), tail(tree.product()),
        (i, left, right) -> new Ast.Binary(tree.operators.get(i).getText(), left, product(right), span(first, right)));
  }

  private Ast.Expr product(ProductContext tree) {
    var first = tree.signed(0);
    return fold(() -> signed(first), tail(tree.signed()),
        (i, left, right) -> new Ast.Binary(tree.operators.get(i).getText(), left, signed(right), span(first, right)));
  }

  private Ast.Expr signed(SignedContext tree) {
    return switch (tree) {
      case NegativeContext e -> deeper(1, () -> new Ast.Unary("-", signed(e.signed()), span(e)));
      case PositiveContext e -> power(e.power());
      default -> throw new IllegalStateException("sign: " + tree.getClass());
    };
  }

  private Ast.Expr power(PowerContext tree) {
    var base = tree.postfix();
    return tree.signed() == null ? postfix(base)
        : deeper(1, () -> new Ast.Binary("^", postfix(base), signed(tree.signed()), span(tree)));
  }

  // ---- calls and atoms

  private Ast.Expr postfix(PostfixContext tree) {
    return fold(() -> atom(tree.atom()), tree.suffix(), (_, base, suffix) -> suffixed(base, suffix, span(tree.atom(), suffix)));
  }

  private Ast.Expr suffixed(Ast.Expr base, SuffixContext tree, Span span) {
    return switch (tree) {
      case CallContext e -> new Ast.Call(base, arguments(e.argument()), span);
      case IndexContext e -> new Ast.Index(base, e.subscript().stream().map(this::subscript).toList(), span);
      case MemberContext e -> new Ast.Member(base, name(e.name()), span);
      default -> throw new IllegalStateException("suffix: " + tree.getClass());
    };
  }

  List<Ast.Argument> arguments(List<ArgumentContext> trees) {
    var arguments = trees.stream().map(this::argument).toList();
    var seen = new HashSet<String>();
    for (var argument : arguments) {
      if (argument.name().isPresent() && !seen.add(argument.name().get())) {
        diagnostics.error(argument.span(), "the argument '" + argument.name().get() + "' is given twice");
      }
    }
    return arguments;
  }

  private Ast.Argument argument(ArgumentContext tree) {
    return switch (tree) {
      case NamedContext a -> new Ast.Argument(Optional.of(name(a.name())), value(a.expression()), span(a));
      case PositionalContext a -> new Ast.Argument(Optional.empty(), value(a.expression()), span(a));
      default -> throw new IllegalStateException("argument: " + tree.getClass());
    };
  }

  private Ast.Subscript subscript(SubscriptContext tree) {
    var span = span(tree);
    return switch (tree) {
      case AnyAxesContext _ -> new Ast.Subscript.Rest(span);
      case SliceFromStartContext s -> new Ast.Subscript.Slice(Optional.empty(), part(s.to), part(s.step), span);
      case PlaceContext s when s.first == null -> new Ast.Subscript.At(value(s.from), span);
      case PlaceContext s -> new Ast.Subscript.Slice(part(s.from), part(s.to), part(s.step), span);
      default -> throw new IllegalStateException("subscript: " + tree.getClass());
    };
  }

  private Ast.Expr atom(AtomContext tree) {
    var span = span(tree);
    return switch (tree) {
      case NumberContext e -> number(e.NUMBER().getText(), span);
      case TextContext e -> new Ast.Text(text(e.STRING().getSymbol()), span);
      case BoolContext e -> new Ast.Bool(Tokens.is(e.value, "true"), span);
      case NoneContext _ -> new Ast.None(span);
      case ReferenceContext e -> new Ast.Name(name(e.name()), span);
      case ListContext e -> deeper(1, () -> new Ast.ListExpr(e.expression().stream().map(this::value).toList(), span));
      case GroupContext e -> value(e.expression());
      default -> throw new IllegalStateException("atom: " + tree.getClass());
    };
  }

  private Ast.Expr number(String text, Span span) {
    boolean whole = text.chars().allMatch(Character::isDigit);
    try {
      double value = Double.parseDouble(text);
      if (Double.isInfinite(value)) {
        diagnostics.error(span, "this number is out of range").hint("the largest is about 1.8e308");
      }
      return new Ast.Number(value, whole, span);
    } catch (NumberFormatException e) {
      return new Ast.Number(0, whole, span);   // a faulty token, reported where tokens are
    }
  }

  /** A name in Unicode's composed form, in which names are compared. */
  String name(NameContext tree) {
    var text = tree.getText();
    // nothing below the first combining mark has another form; asking the tables costs milliseconds
    return text.chars().allMatch(c -> c < 0x300) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** What stands between the quotes, with escapes resolved. */
  String text(Token string) {
    var raw = string.getText();
    if (raw.startsWith("'") || Tokens.openEnded(raw)) {
      return "";   // reported where tokens are
    }
    var out = new StringBuilder();
    for (int i = 1; i < raw.length() - 1; i++) {
      if (raw.charAt(i) != '\\') {
        out.append(raw.charAt(i));
        continue;
      }
      switch (raw.charAt(++i)) {
        case '"' -> out.append('"');
        case '\\' -> out.append('\\');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        default -> escapeFault(string, raw, i - 1);
      }
    }
    return out.toString();
  }

  private void escapeFault(Token string, String raw, int at) {
    var whole = Spans.of(file, string);
    int column = whole.column() + raw.codePointCount(0, at);
    var escape = new StringBuilder("\\").appendCodePoint(raw.codePointAt(at + 1));
    diagnostics.error(new Span(file, whole.line(), column, whole.line(), column + 2), "unknown escape '" + escape + "'")
        .hint("escapes are \\\" \\\\ \\n \\t; a path is written with '/'");
  }
}
