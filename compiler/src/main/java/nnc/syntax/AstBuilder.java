package nnc.syntax;

import java.util.List;
import java.util.Optional;
import nnc.grammar.NnLexer;
import nnc.grammar.NnParser;
import nnc.source.Diagnostics;
import nnc.source.Span;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Source text to AST. Syntax errors go to the diagnostics; what could be read is returned all the same. */
public final class AstBuilder {
  private final String file;

  private AstBuilder(String file) {
    this.file = file;
  }

  /** Parses a program; never throws for what the text says. */
  public static Ast.Program parse(String file, String text, Diagnostics diagnostics) {
    var empty = new Ast.Program(file, List.of(), new Span(file, 1, 1, 1, 1));
    try {
      var parser = SyntaxListener.install(new NnLexer(CharStreams.fromString(text, file)), file, diagnostics);
      var tree = parser.program();
      return parser.getNumberOfSyntaxErrors() > 0 ? empty : new AstBuilder(file).program(tree);
    } catch (StackOverflowError e) {
      diagnostics.error(new Span(file, 1, 1, 1, 2), "the program is nested too deeply").note("give parts of it names of their own");
      return empty;
    }
  }

  private Ast.Program program(NnParser.ProgramContext tree) {
    return new Ast.Program(file, statements(tree.statement()), new Span(file, 1, 1, 1, 1));
  }

  private Span span(ParserRuleContext rule) {
    return Spans.of(file, rule);
  }

  private List<Ast.Statement> statements(List<NnParser.StatementContext> list) {
    return list.stream().map(this::statement).toList();
  }

  private List<Ast.Statement> body(NnParser.BodyContext body) {
    return statements(body.statement());
  }

  private static List<String> names(List<TerminalNode> ids) {
    return ids.stream().map(TerminalNode::getText).toList();
  }

  private Ast.Statement statement(NnParser.StatementContext tree) {
    var span = span(tree);
    return switch (tree) {
      case NnParser.ImportStatementContext s -> new Ast.Import(text(s.STRING()), span);
      case NnParser.ConstStatementContext s -> new Ast.Const(s.ID().getText(), expr(s.expr()), span);
      case NnParser.InputStatementContext s -> new Ast.Input(s.ID().getText(), type(s.type()), s.kind.getText().equals("target"), span);
      case NnParser.FnStatementContext s -> function(s, span);
      case NnParser.LayerStatementContext s -> new Ast.Layer(s.ID().getText(), parameters(s.hyper), parameters(s.tensors), results(s.results()), body(s.body()), span);
      case NnParser.OptimizerStatementContext s -> new Ast.Optimizer(s.ID().getText(), parameters(s.hyper), parameters(s.tensors), body(s.body()), span);
      case NnParser.BindStatementContext s -> new Ast.Bind(names(s.ID()), expr(s.expr()), span);
      case NnParser.OutputStatementContext s -> new Ast.Output(s.ID().getText(), Optional.ofNullable(s.expr()).map(this::expr), span);
      case NnParser.LossStatementContext s -> new Ast.Loss(expr(s.expr()), span);
      case NnParser.MetricStatementContext s -> new Ast.Metric(s.ID().getText(), expr(s.expr()), span);
      case NnParser.RegularizeStatementContext s -> new Ast.Regularize(expr(s.expr()), pattern(s.STRING()), span);
      case NnParser.ConstrainStatementContext s -> new Ast.Constrain(expr(s.expr()), pattern(s.STRING()), span);
      case NnParser.FreezeStatementContext s -> new Ast.Freeze(text(s.STRING()), span);
      case NnParser.DataStatementContext s -> new Ast.Data(settings(s.setting()), span);
      case NnParser.TrainStatementContext s -> new Ast.Train(settings(s.setting()), span);
      case NnParser.ParamStatementContext s -> new Ast.Param(s.ID().getText(), type(s.type()), expr(s.expr()), span);
      case NnParser.StateStatementContext s -> new Ast.State(s.ID().getText(), Optional.ofNullable(s.type()).map(this::type), expr(s.expr()), span);
      case NnParser.AssignStatementContext s -> new Ast.Assign(s.ID().getText(), expr(s.expr()), span);
      case NnParser.IfStatementContext s -> choice(s.ifBlock());
      case NnParser.ForStatementContext s -> new Ast.For(names(s.ID()), expr(s.expr()), body(s.body()), span);
      case NnParser.ReturnStatementContext s -> new Ast.Return(s.expr().stream().map(this::expr).toList(), span);
      default -> throw new IllegalStateException("statement: " + tree.getText());
    };
  }

  private Ast.Statement function(NnParser.FnStatementContext s, Span span) {
    var body = s.body() != null ? body(s.body()) : List.<Ast.Statement>of(new Ast.Return(List.of(expr(s.expr())), span(s.expr())));
    return new Ast.Fn(s.ID().getText(), parameters(s.parameters()), results(s.results()), body, span);
  }

  private Ast.If choice(NnParser.IfBlockContext s) {
    var otherwise = s.ifBlock() != null ? List.<Ast.Statement>of(choice(s.ifBlock())) : s.body().size() > 1 ? body(s.body(1)) : List.<Ast.Statement>of();
    return new Ast.If(expr(s.expr()), body(s.body(0)), otherwise, span(s));
  }

  private List<Ast.Setting> settings(List<NnParser.SettingContext> list) {
    return list.stream().map(s -> new Ast.Setting(s.word().getText(), expr(s.expr()), span(s))).toList();
  }

  private List<Ast.TypeExpr> results(NnParser.ResultsContext tree) {
    return tree == null ? List.of() : tree.type().stream().map(this::type).toList();
  }

  private List<Ast.Parameter> parameters(NnParser.ParametersContext tree) {
    return tree == null ? List.of() : tree.parameter().stream().map(p -> new Ast.Parameter(p.ID().getText(),
        Optional.ofNullable(p.type()).map(this::type), Optional.ofNullable(p.expr()).map(this::expr), p.rest != null, span(p))).toList();
  }

  private Ast.TypeExpr type(NnParser.TypeContext tree) {
    return new Ast.TypeExpr(tree.ID().getText(), tree.dim().stream().map(this::dim).toList(), span(tree));
  }

  private Ast.DimExpr dim(NnParser.DimContext tree) {
    return switch (tree) {
      case NnParser.RestDimContext _ -> new Ast.DimExpr.Rest(span(tree));
      case NnParser.SizeDimContext size -> new Ast.DimExpr.Size(expr(size.expr()), span(tree));
      default -> throw new IllegalStateException("dimension: " + tree.getText());
    };
  }

  private Ast.Expr expr(NnParser.ExprContext tree) {
    var span = span(tree);
    return switch (tree) {
      case NnParser.NumberContext e -> new Ast.Number(Double.parseDouble(e.getText()), e.getText().chars().allMatch(Character::isDigit), span);
      case NnParser.TextContext e -> new Ast.Text(text(e.STRING()), span);
      case NnParser.BoolContext e -> new Ast.Bool(e.value.getText().equals("true"), span);
      case NnParser.NoneContext _ -> new Ast.None(span);
      case NnParser.NameContext e -> new Ast.Name(e.getText(), span);
      case NnParser.GroupContext e -> expr(e.expr());
      case NnParser.ListContext e -> new Ast.ListExpr(e.expr().stream().map(this::expr).toList(), span);
      case NnParser.MemberContext e -> new Ast.Member(expr(e.expr()), e.word().getText(), span);
      case NnParser.CallContext e -> new Ast.Call(expr(e.expr()), e.argument().stream().map(this::argument).toList(), span);
      case NnParser.IndexContext e -> new Ast.Index(expr(e.expr()), e.subscript().stream().map(this::subscript).toList(), span);
      case NnParser.PowerContext e -> new Ast.Binary("^", expr(e.expr(0)), expr(e.expr(1)), span);
      case NnParser.NegativeContext e -> new Ast.Unary("-", expr(e.expr()), span);
      case NnParser.ProductContext e -> binary(e.op, e.expr(), span);
      case NnParser.SumContext e -> binary(e.op, e.expr(), span);
      case NnParser.RangeContext e -> new Ast.Range(expr(e.expr(0)), expr(e.expr(1)), span);
      case NnParser.ComparisonContext e -> binary(e.op, e.expr(), span);
      case NnParser.NegationContext e -> new Ast.Unary("not", expr(e.expr()), span);
      case NnParser.ConjunctionContext e -> new Ast.Binary("and", expr(e.expr(0)), expr(e.expr(1)), span);
      case NnParser.DisjunctionContext e -> new Ast.Binary("or", expr(e.expr(0)), expr(e.expr(1)), span);
      case NnParser.PipeContext e -> new Ast.Pipe(expr(e.expr(0)), expr(e.expr(1)), span);
      case NnParser.ChoiceContext e -> new Ast.IfExpr(expr(e.expr(0)), expr(e.expr(1)), expr(e.expr(2)), span);
      case NnParser.LambdaContext e -> lambda(List.of(e.ID()), e.expr(), span);
      case NnParser.LambdaOfManyContext e -> lambda(e.ID(), e.expr(), span);
      default -> throw new IllegalStateException("expression: " + tree.getText());
    };
  }

  private Ast.Expr binary(Token operator, List<NnParser.ExprContext> sides, Span span) {
    return new Ast.Binary(operator.getText(), expr(sides.get(0)), expr(sides.get(1)), span);
  }

  private Ast.Expr lambda(List<TerminalNode> ids, NnParser.ExprContext body, Span span) {
    var parameters = ids.stream()
        .map(id -> new Ast.Parameter(id.getText(), Optional.empty(), Optional.empty(), false, Spans.of(file, id.getSymbol()))).toList();
    return new Ast.Lambda(parameters, expr(body), span);
  }

  private Ast.Argument argument(NnParser.ArgumentContext tree) {
    return new Ast.Argument(Optional.ofNullable(tree.word()).map(ParserRuleContext::getText), expr(tree.expr()), span(tree));
  }

  private Ast.Subscript subscript(NnParser.SubscriptContext tree) {
    var span = span(tree);
    return switch (tree) {
      case NnParser.RestSubscriptContext _ -> new Ast.Subscript.Rest(span);
      case NnParser.PlaceSubscriptContext s -> new Ast.Subscript.At(expr(s.expr()), span);
      case NnParser.SliceSubscriptContext s -> new Ast.Subscript.Slice(part(s.from), part(s.to), part(s.step), span);
      default -> throw new IllegalStateException("subscript: " + tree.getText());
    };
  }

  private Optional<Ast.Expr> part(NnParser.ExprContext tree) {
    return Optional.ofNullable(tree).map(this::expr);
  }

  private static String pattern(TerminalNode string) {
    return string == null ? "*" : text(string);
  }

  /** A text without its quotes: backslash n and t are a new line and a tabulator, before any other character it means that character. */
  private static String text(TerminalNode string) {
    var raw = string.getText();
    var out = new StringBuilder();
    for (int i = 1; i < raw.length() - 1; i++) {
      var c = raw.charAt(i);
      if (c == '\\') {
        var next = raw.charAt(++i);
        out.append(next == 'n' ? '\n' : next == 't' ? '\t' : next);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
