package nnc.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nnc.source.Span;

/** Programs of every construct, drawn by a seed. They have one meaning to the parser and none to the elaborator. */
final class RandomProgram {
  private static final List<String> NAMES = Stream.concat(Words.SOFT.stream(),
      Stream.of("x", "y", "W", "float", "step", "größe", "α_1", "変数", "_", "e1", "inn", "fnord")).toList();
  private static final List<String> OPERATORS = List.of("+", "-", "*", "/", "^", "@", "<", "<=", ">", ">=", "==", "!=", "and", "or");
  private static final List<String> LETTERS = List.of("a", "*", ".", " ", "\"", "\\", "\n", "\t", "#", "é", "数", "\uD83D\uDE00", "{");

  private final Random random;
  private int budget;

  /** About {@code size} nodes. */
  RandomProgram(long seed, int size) {
    random = new Random(seed);
    budget = size;
  }

  Ast.Program program() {
    return new Ast.Program("a.nn", block(), Span.NONE);
  }

  private List<Ast.Statement> block() {
    var list = new ArrayList<Ast.Statement>();
    while (budget > 0 && random.nextInt(5) > 0) {
      list.add(statement());
    }
    return list;
  }

  private Ast.Gradient gradient() {
    return new Ast.Gradient(name(), maybe(this::name), block(), Span.NONE);
  }

  private Ast.Statement statement() {
    budget--;
    return switch (random.nextInt(21)) {
      case 0 -> new Ast.Import(text(), Span.NONE);
      case 1 -> new Ast.Const(name(), expr(), Span.NONE);
      case 2 -> new Ast.Input(name(), maybe(this::text), type(), random.nextBoolean(), Span.NONE);
      case 3 -> new Ast.Fn(name(), some(0, 3, this::parameter), some(0, 2, this::type), block(), maybe(this::gradient), Span.NONE);
      case 4 -> new Ast.Fn(name(), some(0, 3, this::parameter), some(0, 2, this::type), List.of(new Ast.Return(List.of(expr()), Span.NONE)), maybe(this::gradient), Span.NONE);
      case 5 -> new Ast.Layer(name(), some(0, 2, this::parameter), some(0, 2, this::parameter), some(0, 2, this::type), block(), Span.NONE);
      case 6 -> new Ast.Optimizer(name(), some(0, 2, this::parameter), some(0, 2, this::parameter), block(), Span.NONE);
      case 7 -> new Ast.Output(name(), maybe(this::text), maybe(this::expr), Span.NONE);
      case 8 -> new Ast.Loss(maybe(this::name), expr(), Span.NONE);
      case 9 -> new Ast.Metric(name(), expr(), Span.NONE);
      case 10 -> new Ast.Regularize(expr(), text(), Span.NONE);
      case 11 -> new Ast.Constrain(expr(), "*", Span.NONE);
      case 12 -> new Ast.Freeze(text(), Span.NONE);
      case 13 -> new Ast.Data(some(0, 3, this::setting), Span.NONE);
      case 14 -> new Ast.Train(some(0, 3, this::setting), some(0, 3, () -> new Ast.Step(some(0, 3, this::setting), Span.NONE)), Span.NONE);
      case 15 -> new Ast.Param(name(), type(), expr(), Span.NONE);
      case 16 -> new Ast.State(name(), maybe(this::type), expr(), Span.NONE);
      case 17 -> new Ast.Assign(name(), expr(), Span.NONE);
      case 18 -> new Ast.If(expr(), block(), block(), Span.NONE);
      case 19 -> random.nextBoolean() ? new Ast.For(some(1, 3, this::name), expr(), maybe(this::expr), block(), Span.NONE)
          : new Ast.Return(some(1, 3, this::expr), Span.NONE);
      default -> new Ast.Bind(some(1, 3, this::name), expr(), Span.NONE);
    };
  }

  private Ast.Expr expr() {
    if (--budget <= 0) {
      return new Ast.Name(name(), Span.NONE);
    }
    return switch (random.nextInt(17)) {
      case 0 -> new Ast.Number(random.nextInt(1000), true, Span.NONE);
      case 1 -> new Ast.Number(random.nextDouble() * Math.pow(10, random.nextInt(-20, 20)), false, Span.NONE);
      case 2 -> new Ast.Text(text(), Span.NONE);
      case 3 -> random.nextBoolean() ? new Ast.Bool(random.nextBoolean(), Span.NONE) : new Ast.None(Span.NONE);
      case 4 -> new Ast.ListExpr(some(0, 3, this::expr), Span.NONE);
      case 5 -> new Ast.Range(expr(), expr(), Span.NONE);
      case 6 -> new Ast.Unary(random.nextBoolean() ? "-" : "not", expr(), Span.NONE);
      case 7, 8, 9 -> new Ast.Binary(OPERATORS.get(random.nextInt(OPERATORS.size())), expr(), expr(), Span.NONE);
      case 10 -> new Ast.IfExpr(expr(), expr(), expr(), Span.NONE);
      case 11, 12 -> new Ast.Call(expr(), arguments(), Span.NONE);
      case 13 -> new Ast.Pipe(expr(), expr(), Span.NONE);
      case 14 -> new Ast.Index(expr(), some(1, 3, this::subscript), Span.NONE);
      case 15 -> new Ast.Member(expr(), name(), Span.NONE);
      default -> new Ast.Lambda(some(0, 3, this::parameter), expr(), Span.NONE);
    };
  }

  /** No name twice. */
  private List<Ast.Argument> arguments() {
    var seen = new HashSet<Optional<String>>();
    return some(0, 3, this::argument).stream().filter(a -> a.name().isEmpty() || seen.add(a.name())).toList();
  }

  private Ast.Argument argument() {
    return new Ast.Argument(maybe(this::name), expr(), Span.NONE);
  }

  private Ast.Subscript subscript() {
    return switch (random.nextInt(3)) {
      case 0 -> new Ast.Subscript.At(expr(), Span.NONE);
      case 1 -> new Ast.Subscript.Slice(maybe(this::expr), maybe(this::expr), maybe(this::expr), Span.NONE);
      default -> new Ast.Subscript.Rest(Span.NONE);
    };
  }

  private Ast.Parameter parameter() {
    return random.nextInt(5) == 0 ? new Ast.Parameter(name(), Optional.empty(), Optional.empty(), true, Span.NONE)
        : new Ast.Parameter(name(), maybe(this::type), maybe(this::expr), false, Span.NONE);
  }

  private Ast.TypeExpr type() {
    var kinds = Stream.concat(Words.KINDS.stream(), Words.TEXTS.stream()).toList();
    return new Ast.TypeExpr(kinds.get(random.nextInt(kinds.size())), random.nextInt(4) > 0 ? List.of() : arguments(), random.nextInt(4) == 0,
        some(0, 3, this::dimension), Span.NONE);
  }

  private Ast.DimExpr dimension() {
    return random.nextInt(4) == 0 ? new Ast.DimExpr.Rest(Span.NONE) : new Ast.DimExpr.Size(expr(), Span.NONE);
  }

  private Ast.Setting setting() {
    return new Ast.Setting(name(), expr(), some(0, 3, this::text), Span.NONE);
  }

  private String name() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private String text() {
    return String.join("", some(0, 4, () -> LETTERS.get(random.nextInt(LETTERS.size()))));
  }

  private <T> List<T> some(int least, int most, Supplier<T> draw) {
    return Stream.generate(draw).limit(random.nextInt(least, most + 1)).toList();
  }

  private <T> Optional<T> maybe(Supplier<T> draw) {
    return random.nextBoolean() ? Optional.of(draw.get()) : Optional.empty();
  }
}
