package nnc.elaborate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.source.Span;

/** How parameters and states may start, as values of the language: what makes them, and what else stands for one. */
final class Initialisers {
  private Initialisers() {}

  /** What a number may be. */
  private enum Range {
    ANY, NOT_NEGATIVE, COUNT;

    boolean has(double value) {
      return switch (this) {
        case ANY -> true;
        case NOT_NEGATIVE -> value >= 0;
        case COUNT -> value >= 0 && value == Math.rint(value);
      };
    }

    String text() {
      return switch (this) {
        case ANY -> "any number";
        case NOT_NEGATIVE -> "at least 0";
        case COUNT -> "a whole number of at least 0";
      };
    }
  }

  /** A number that an initialiser takes, what it is if left out, NaN if it cannot be, and what it may be. */
  private record Number(String name, double otherwise, Range range) {}

  private static final double REQUIRED = Double.NaN;

  private static List<Number> numbers(InitialiserKind kind) {
    return switch (kind) {
      case CONSTANT -> List.of(new Number("value", REQUIRED, Range.ANY));
      case UNIFORM -> List.of(new Number("low", REQUIRED, Range.ANY), new Number("high", REQUIRED, Range.ANY));
      case NORMAL, TRUNCATED_NORMAL -> List.of(new Number("mean", 0, Range.ANY), new Number("sd", 1, Range.NOT_NEGATIVE));
      case ORTHOGONAL -> List.of(new Number("gain", 1, Range.ANY));
      case SPARSE -> List.of(new Number("count", REQUIRED, Range.COUNT), new Number("sd", 1, Range.NOT_NEGATIVE));
      case ZEROS, ONES, GLOROT_UNIFORM, GLOROT_NORMAL, HE_UNIFORM, HE_NORMAL, LECUN_UNIFORM, LECUN_NORMAL, IDENTITY, TABLE,
          DATA_MEAN, DATA_DEVIATION, DATA_MEDIAN, DATA_MODE, DATA_CENTRE, DATA_ZCA, DATA_PCA, DATA_IDF -> List.of();
    };
  }

  /** Whether the name is in the library for something else as well, which then gives the initialiser too. */
  private static boolean hasOtherUse(InitialiserKind kind) {
    return switch (kind) {
      case ZEROS, ONES, UNIFORM, NORMAL, ORTHOGONAL, IDENTITY -> true;
      case CONSTANT, TRUNCATED_NORMAL, GLOROT_UNIFORM, GLOROT_NORMAL, HE_UNIFORM, HE_NORMAL, LECUN_UNIFORM, LECUN_NORMAL, SPARSE, TABLE,
          DATA_MEAN, DATA_DEVIATION, DATA_MEDIAN, DATA_MODE, DATA_CENTRE, DATA_ZCA, DATA_PCA, DATA_IDF -> false;
    };
  }

  /** What programs call the kind; a table they write. */
  private static Stream<InitialiserKind> named() {
    return Arrays.stream(InitialiserKind.values()).filter(kind -> kind != InitialiserKind.TABLE);
  }

  private static Optional<InitialiserKind> kind(String name) {
    return named().filter(kind -> kind.toString().equals(name)).findFirst();
  }

  static List<Builtin> builtins() {
    var all = new ArrayList<Builtin>();
    named().filter(kind -> !kind.fitted() && !hasOtherUse(kind)).forEach(kind -> all.add(
        Builtin.of(kind.toString(), parameters(kind), a -> new Value.Start(new Initialiser(kind, given(kind, a))))));
    named().filter(InitialiserKind::fitted).forEach(kind -> all.add(Builtin.of(kind.toString(), "of...", a -> statistic(kind, a))));
    all.add(Builtin.of("initialiser", "name, number, otherwise", a -> {
      var number = a.value("number");
      var otherwise = a.value("otherwise");
      return number instanceof Value.Num(var n) ? start(kind(a.text("name")).orElseThrow(), List.of(n), () -> otherwise) : otherwise;
    }));
    all.add(Builtin.of("weight", "init, regularize?, constrain?", a -> {
      var penalties = functions(a, "regularize", "a penalty of the weights, such as l2(0.0001)");
      var constraints = functions(a, "constrain", "what weights are projected to, such as max_norm(2)");
      return a.value("init") instanceof Value.Held(var start, var more, var others)
          ? new Value.Held(start, Joined.of(more, penalties), Joined.of(others, constraints)) : new Value.Held(a.value("init"), penalties, constraints);
    }));
    return all;
  }

  private static String parameters(InitialiserKind kind) {
    return numbers(kind).stream().map(number -> number.name + (Double.isNaN(number.otherwise) ? "" : "?")).collect(Collectors.joining(", "));
  }

  /** The numbers of a call, without those that are left out at the end. */
  private static List<Double> given(InitialiserKind kind, CallArguments a) {
    var numbers = numbers(kind);
    int count = numbers.size();
    while (count > 0 && !a.has(numbers.get(count - 1).name)) {
      count--;
    }
    var given = numbers.subList(0, count).stream().map(number -> a.number(number.name, number.otherwise)).toList();
    for (int i = 0; i < count; i++) {
      if (!numbers.get(i).range.has(given.get(i))) {
        throw new ElaborationFault(a.span(), kind + ": " + numbers.get(i).name + " is " + numbers.get(i).range.text() + ", and this is " + Value.text(given.get(i)));
      }
    }
    if (kind == InitialiserKind.UNIFORM && given.get(0) > given.get(1)) {
      throw new ElaborationFault(a.span(), kind + ": draws are from low to high, and " + Value.text(given.get(0)) + " is more than " + Value.text(given.get(1)));
    }
    return given;
  }

  /** The start that a call of a function of tensors is too, where its numbers are known and no shape is given. */
  static Value orElse(InitialiserKind kind, CallArguments a, Supplier<Value> tensor) {
    boolean known = !a.has("shape") && numbers(kind).stream().allMatch(number -> !a.has(number.name) || a.value(number.name) instanceof Value.Num);
    return known ? start(kind, given(kind, a), new Once(tensor)) : tensor.get();
  }

  private static Value start(InitialiserKind kind, List<Double> numbers, Supplier<Value> otherwise) {
    return new Value.Start(new Initialiser(kind, numbers), otherwise);
  }

  /** What is made when it is first asked for, if ever: draws are numbered as they are made. */
  private static final class Once implements Supplier<Value> {
    private final Supplier<Value> make;
    private Value made;

    Once(Supplier<Value> make) {
      this.make = make;
    }

    @Override
    public Value get() {
      if (made == null) {
        made = make.get();
      }
      return made;
    }
  }

  /** What a statistic takes beside an input. */
  private static String taken(InitialiserKind kind) {
    return switch (kind) {
      case DATA_CENTRE, DATA_IDF -> "";
      case DATA_ZCA -> "epsilon";
      case DATA_PCA -> "perhaps epsilon";
      default -> "perhaps an axis";
    };
  }

  /** Computed from the training data's column of an input: {@code data_mean(x, axis)} at each place of an axis or over all, others of whole rows. */
  private static Value statistic(InitialiserKind kind, CallArguments a) {
    var given = a.list("of");
    var more = taken(kind);
    if (given.isEmpty() || given.size() > (more.isEmpty() ? 1 : 2)) {
      throw new ElaborationFault(a.span(), kind + " takes an input" + (more.isEmpty() ? ": " + kind + "(x)" : " and " + more + ": " + kind + "(x, 1)"));
    }
    if (!(fed(given.getFirst()) instanceof Node node) || !(node.op() instanceof Op.Input(var input, var target, _)) || target) {
      throw new ElaborationFault(a.span(), kind + " is of an input as it is fed, and this is " + given.getFirst().describe())
          .note("apply it to the input before anything else but fill");
    }
    if (kind == InitialiserKind.DATA_IDF) {
      return new Value.Start(new Initialiser(kind, List.of((double) ColumnTypes.classes(a.elaborator(), node, a.span(), kind.toString())), input));
    }
    if (given.size() == 1 || given.get(1) instanceof Value.None) {
      return new Value.Start(new Initialiser(kind, List.of(), input));
    }
    if (more.endsWith("epsilon")) {
      if (!(given.get(1) instanceof Value.Num(var epsilon)) || !(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
        throw new ElaborationFault(a.span(), kind + ": epsilon is a number of at least 0, and this is " + given.get(1).describe());
      }
      return new Value.Start(new Initialiser(kind, List.of(epsilon), input));
    }
    if (!(given.get(1) instanceof Value.Num(var axis)) || axis != Math.rint(axis) || axis <= 0 || axis >= node.type().rank()) {
      throw new ElaborationFault(a.span(), kind + ": the axis is one of 1.." + (node.type().rank() - 1) + " of " + node.type());
    }
    return new Value.Start(new Initialiser(kind, List.of(axis), input));
  }

  /** What a value is before what is missing was filled; null if it is no tensor. */
  private static Node fed(Value value) {
    return switch (value) {
      case Value.Gaps(var node) -> node;
      case Value.Tensor(var node) when node.op() instanceof Op.Select && node.operand(2).op() instanceof Op.Input
          && node.operand(0).op() instanceof Op.Binary(var fn) && fn == BinaryFn.NE && node.operand(0).operand(0) == node.operand(2) -> node.operand(2);
      case Value.Tensor(var node) -> node;
      default -> null;
    };
  }

  /** None, a function of a parameter, or several in a list. */
  static List<Value> functions(CallArguments a, String name, String what) {
    var functions = a.has(name) ? a.list(name) : List.<Value>of();
    for (var function : functions) {
      boolean callable = switch (function) {
        case Value.Function _, Value.Primitive _, Value.Chain _ -> true;
        case Value.Start(_, var otherwise) -> otherwise.get() instanceof Value.Function;
        default -> false;
      };
      if (!callable) {
        throw new ElaborationFault(a.span(), name + " is " + what + ", and this is " + function.describe()).note("it is a function of an array, or a list of such");
      }
    }
    return functions;
  }

  /** How a value starts what has the type: an initialiser, a number, or a table of as many. */
  static Initialiser of(Value value, Type type, GraphBuilder graph, Span span) {
    return switch (value) {
      case Value.Start(var initialiser, _) -> initialiser.kind().fitted() ? fitting(initialiser, type, graph, span) : initialiser;
      case Value.Held(var start, var penalties, var constraints) when penalties.isEmpty() && constraints.isEmpty() -> of(start, type, graph, span);
      case Value.Primitive(var builtin) when kind(builtin.name()).isPresent() -> plain(kind(builtin.name()).get(), span);
      case Value.Function(var declaration, _) when LibraryText.has(declaration.span().file()) && kind(declaration.name()).isPresent() ->
          plain(kind(declaration.name()).get(), span);
      case Value.Num(var number) -> new Initialiser(InitialiserKind.CONSTANT, List.of(number));
      case Value.Items items when Convert.numeric(items) -> table(items, type, graph, span);
      case Value.Tensor(var node) when node.op() instanceof Op.Table(var made, var values) && made.shape().equals(type.shape()) ->
          new Initialiser(InitialiserKind.TABLE, values);
      default -> throw new ElaborationFault(span, "a parameter starts from an initialiser, a number or a table, and this is " + value.describe())
          .note("initialisers are " + named().map(Initialisers::written).collect(Collectors.joining(", ")));
    };
  }

  /** What starts from a statistic has its shape; a statistic at each place of an axis has as many numbers. */
  private static Initialiser fitting(Initialiser statistic, Type type, GraphBuilder graph, Span span) {
    var input = graph.nodes().stream().filter(node -> node.op() instanceof Op.Input(var name, _, _) && name.equals(statistic.input())).findFirst().orElseThrow().type();
    var width = input.shape().stream().skip(1).reduce(Dim.ONE, Dim::times);
    var kind = statistic.kind();
    switch (kind) {
      case DATA_CENTRE -> require(type.size().equals(width), statistic, width + " numbers", type, span);
      case DATA_IDF -> require(type.size().equals(Dim.of(statistic.arguments().getFirst().intValue())), statistic, statistic.arguments().getFirst().intValue() + " numbers",
          type, span);
      case DATA_ZCA -> require(type.shape().equals(List.of(width, width)), statistic, "[" + width + ", " + width + "]", type, span);
      case DATA_PCA -> require(type.rank() == 2 && type.dim(0).equals(width) && width.isConstant() && type.dim(1).isConstant() && type.dim(1).fixed() <= width.fixed(),
          statistic, "[" + width + ", at most as many]", type, span);
      default -> {
        if (!statistic.arguments().isEmpty()) {
          var places = input.dim(statistic.arguments().getFirst().intValue());
          if (!type.size().equals(places)) {
            throw new ElaborationFault(span, kind + " of " + statistic.input() + " is " + places + " numbers, and what starts from it is " + type)
                .hint("without an axis it is one, from which all start: " + kind + "(" + statistic.input() + ")");
          }
        }
      }
    }
    return statistic;
  }

  private static void require(boolean holds, Initialiser statistic, String shape, Type type, Span span) {
    if (!holds) {
      throw new ElaborationFault(span, statistic.kind() + " of " + statistic.input() + " is " + shape + ", and what starts from it is " + type);
    }
  }

  /** As it is called: {@code normal(mean, sd)}. */
  private static String written(InitialiserKind kind) {
    var numbers = kind.fitted() ? "(input" + (taken(kind).isEmpty() ? "" : taken(kind).endsWith("axis") ? ", axis" : ", epsilon") + ")" : numbers(kind).stream().map(Number::name).collect(Collectors.joining(", ", "(", ")"));
    return kind + (numbers.equals("()") ? "" : numbers);
  }

  /** The initialiser that a name alone means. */
  private static Initialiser plain(InitialiserKind kind, Span span) {
    if (kind.fitted() || numbers(kind).stream().anyMatch(number -> Double.isNaN(number.otherwise))) {
      throw new ElaborationFault(span, "the initialiser " + kind + " needs more than its name: it is " + written(kind));
    }
    return new Initialiser(kind, List.of());
  }

  private static Initialiser table(Value.Items items, Type type, GraphBuilder graph, Span span) {
    var node = Convert.table(items, graph, () -> new ElaborationFault(span, "rows of a table have one length"));
    if (!node.type().shape().equals(type.shape())) {
      throw new ElaborationFault(span, "a table of " + node.type() + " for " + type);
    }
    return new Initialiser(InitialiserKind.TABLE, ((Op.Table) node.op()).values());
  }
}
