package nnc.syntax;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.grammar.NnParser.*;
import nnc.source.Diagnostics;
import nnc.source.Limit;
import nnc.source.Span;
import nnc.source.Suggestion;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Source text to AST: statements, declarations and types; expressions are {@link ExpressionBuilder}'s. */
public final class AstBuilder {
  /** Faults told of a file; who gives a picture to the compiler need not see thousands. */
  private static final int MOST = 50;

  private final String file;
  private final Diagnostics diagnostics;
  private final ExpressionBuilder expressions;

  private AstBuilder(String file, Diagnostics diagnostics) {
    this.file = file;
    this.diagnostics = diagnostics;
    this.expressions = new ExpressionBuilder(file, diagnostics, this);
  }

  /**
   * Parses a program and makes its text known to the diagnostics. Whatever the text is, faults are reported and nothing is
   * thrown; a program with faults comes back without statements, for what is missing would only make false faults later.
   */
  public static Ast.Program parse(String file, String text, Diagnostics diagnostics) {
    diagnostics.source(file, text);
    var here = new Diagnostics();
    var program = read(file, text, here);
    if (!here.hasErrors()) {
      Placement.check(program.statements(), here);
    }
    tell(here.faults(), diagnostics);
    return here.hasErrors() ? new Ast.Program(file, List.of(), program.span()) : program;
  }

  /** What the grammar says, and no more. */
  static Ast.Program read(String file, String text, Diagnostics diagnostics) {
    var builder = new AstBuilder(file, diagnostics);
    var statements = Parsing.statements(file, text, diagnostics).stream().map(builder::topmost).flatMap(Optional::stream).toList();
    var lines = (int) text.chars().filter(c -> c == '\n').count() + 1;
    return new Ast.Program(file, statements, new Span(file, 1, 1, lines, 1));
  }

  private static void tell(List<Diagnostics.Fault> faults, Diagnostics diagnostics) {
    faults.stream().limit(MOST).forEach(diagnostics::add);
    if (faults.size() > MOST) {
      diagnostics.error(faults.get(MOST).span(), "and " + (faults.size() - MOST) + " more faults from here on");
    }
  }

  private Optional<Ast.Statement> topmost(StatementContext tree) {
    try {
      return Optional.of(statement(tree));
    } catch (ExpressionBuilder.TooDeep e) {
      diagnostics.error(span(tree), "this is nested too deeply: " + Limit.NESTING.message()).hint(Limit.NESTING.hint());
      return Optional.empty();
    }
  }

  private Span span(ParserRuleContext rule) {
    return Spans.of(file, rule);
  }

  private List<Ast.Statement> block(BlockContext tree) {
    return expressions.deeper(1, () -> tree.statement().stream().map(this::statement).toList());
  }

  private Ast.Statement statement(StatementContext tree) {
    var span = span(tree);
    return switch (tree) {
      case ImportFileContext s -> new Ast.Import(text(s.path), span);
      case ConstContext s -> new Ast.Const(name(s.name()), value(s.expression()), span);
      case InputContext s -> new Ast.Input(name(s.name()), Optional.ofNullable(s.alias).map(this::text), type(s.type()), Tokens.is(s.role, "target"), span);
      case FnContext s -> new Ast.Fn(name(s.name()), parameters(s.parameters()), results(s.results()), body(s.body()),
          Optional.ofNullable(s.declaredGradient()).map(this::gradient), span);
      case LayerContext s ->
          new Ast.Layer(name(s.name()), parameters(s.hyper), parameters(s.tensors), results(s.results()), body(s.body()), span);
      case OptimizerContext s ->
          new Ast.Optimizer(name(s.name()), parameters(s.hyper), parameters(s.tensors), block(s.block()), span);
      case OutputContext s -> new Ast.Output(name(s.name()), Optional.ofNullable(s.alias).map(this::text), Optional.ofNullable(s.expression()).map(this::value), span);
      case LossContext s -> new Ast.Loss(Optional.ofNullable(s.name()).map(this::name), value(s.expression()), span);
      case MetricContext s -> new Ast.Metric(name(s.name()), value(s.expression()), span);
      case RegularizeContext s -> penalty(s, s.pattern == null ? "*" : text(s.pattern), span);
      case FreezeContext s -> new Ast.Freeze(text(s.pattern), span);
      case SettingsContext s -> settings(s, span);
      case ParamContext s -> new Ast.Param(name(s.name()), type(s.type()), value(s.expression()), span);
      case StateContext s -> new Ast.State(name(s.name()), Optional.ofNullable(s.type()).map(this::type), value(s.expression()), span);
      case AssignContext s -> assign(s, span);
      case BindContext s -> new Ast.Bind(names(s.name()), value(s.expression()), span);
      case ChoiceContext s -> choice(s.ifStatement());
      case ForContext s -> new Ast.For(names(s.name()), value(s.places), Optional.ofNullable(s.condition).map(this::value), block(s.block()), span);
      case ReturnContext s -> new Ast.Return(s.expression().stream().map(this::value).toList(), span);
      default -> throw new IllegalStateException("statement: " + tree.getClass());
    };
  }

  private Ast.Gradient gradient(DeclaredGradientContext tree) {
    var names = names(tree.name());
    return new Ast.Gradient(names.getFirst(), names.stream().skip(1).findFirst(), body(tree.body()), span(tree));
  }

  private Ast.Statement penalty(RegularizeContext s, String pattern, Span span) {
    var function = value(s.expression());
    return Tokens.is(s.role, "regularize") ? new Ast.Regularize(function, pattern, span) : new Ast.Constrain(function, pattern, span);
  }

  private Ast.Statement settings(SettingsContext s, Span span) {
    boolean data = Tokens.is(s.role, "data");
    if (data && !s.trainingStep().isEmpty()) {
      diagnostics.error(span(s.trainingStep().getFirst()), "data is not used in steps").hint("steps stand in the train block; a part of data is 'name = source'");
    }
    var settings = settings(s.setting());
    return data ? new Ast.Data(settings, span)
        : new Ast.Train(settings, s.trainingStep().stream().map(step -> new Ast.Step(settings(step.setting()), span(step))).toList(), span);
  }

  private List<Ast.Setting> settings(List<SettingContext> settings) {
    return settings.stream().map(s -> new Ast.Setting(name(s.name()), value(s.expression()), s.patterns.stream().map(this::text).toList(), span(s))).toList();
  }

  /** The arrow is two tokens to the grammar, so that {@code a <-b} compares; to the eye it is one. */
  private Ast.Statement assign(AssignContext s, Span span) {
    var minus = (Token) s.getChild(2).getPayload();
    if (minus.getStartIndex() != s.arrow.getStopIndex() + 1) {
      diagnostics.error(Spans.of(file, s.arrow).to(Spans.of(file, minus)), "an assignment is written '<-', without a space between");
    }
    return new Ast.Assign(name(s.name()), value(s.expression()), span);
  }

  private Ast.If choice(IfStatementContext s) {
    var condition = value(s.condition);
    var then = block(s.then);
    var otherwise = s.chained != null ? expressions.deeper(1, () -> List.<Ast.Statement>of(choice(s.chained)))
        : s.otherwise != null ? block(s.otherwise) : List.<Ast.Statement>of();
    return new Ast.If(condition, then, otherwise, span(s));
  }

  private List<Ast.Statement> body(BodyContext tree) {
    return switch (tree) {
      case ShortContext s -> List.of(new Ast.Return(List.of(value(s.expression())), span(s.expression())));
      case LongContext s -> block(s.block());
      default -> throw new IllegalStateException("body: " + tree.getClass());
    };
  }

  // ---- declarations

  private List<Ast.TypeExpr> results(ResultsContext tree) {
    return tree == null ? List.of() : tree.type().stream().map(this::type).toList();
  }

  List<Ast.Parameter> parameters(ParametersContext tree) {
    return tree == null ? List.of() : tree.parameter().stream().map(this::parameter).toList();
  }

  private Ast.Parameter parameter(ParameterContext tree) {
    return switch (tree) {
      case RestContext p -> new Ast.Parameter(name(p.name()), Optional.empty(), Optional.empty(), true, span(tree));
      case PlainContext p -> new Ast.Parameter(name(p.name()), Optional.ofNullable(p.type()).map(this::type),
          Optional.ofNullable(p.expression()).map(this::value), false, span(tree));
      default -> throw new IllegalStateException("parameter: " + tree.getClass());
    };
  }

  private Ast.TypeExpr type(TypeContext tree) {
    var kind = name(tree.kind);
    var known = Stream.of(Words.KINDS, Words.TEXTS, Words.ARGUMENTS).flatMap(List::stream).toList();
    if (!known.contains(kind)) {
      var fault = diagnostics.error(span(tree.kind), "unknown type '" + kind + "'");
      var own = Words.KINDS_ELSEWHERE.get(kind);
      if (own != null) {
        var precision = kind.matches(".*(16|64|half|double|Double)") && own.equals("float") ? "; its precision is the command line's: --precision" : "";
        fault.hint("write '" + own + "'" + (own.equals("category") ? ", with its classes: category[N]" : "") + precision);
      } else {
        Suggestion.of(kind, known).ifPresentOrElse(near -> fault.hint("did you mean '" + near + "'?"),
            () -> fault.hint("types are float, int and bool, with dimensions: float[N, 28, 28]"));
      }
    }
    return new Ast.TypeExpr(kind, expressions.arguments(tree.argument()), tree.gaps != null, tree.dimension().stream().map(this::dimension).toList(), span(tree));
  }

  private Ast.DimExpr dimension(DimensionContext tree) {
    return switch (tree) {
      case AnyDimensionsContext _ -> new Ast.DimExpr.Rest(span(tree));
      case SizeContext size -> new Ast.DimExpr.Size(value(size.expression()), span(tree));
      default -> throw new IllegalStateException("dimension: " + tree.getClass());
    };
  }

  // ---- words

  private List<String> names(List<NameContext> list) {
    return list.stream().map(this::name).toList();
  }

  private String name(NameContext tree) {
    return expressions.name(tree);
  }

  private String text(Token string) {
    return expressions.text(string);
  }

  private Ast.Expr value(ExpressionContext tree) {
    return expressions.value(tree);
  }
}
