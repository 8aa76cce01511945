package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.TypeFault;
import nnc.source.Limit;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;
import nnc.syntax.Words;

/** The value of an expression: what can be known is computed, the rest becomes nodes. */
final class Expressions {
  /** What a function without a name is called. */
  static final String LAMBDA = "function";

  private final Elaborator elaborator;

  Expressions(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  private GraphBuilder graph() {
    return elaborator.builder();
  }

  /** Turns the graph's complaint about shapes into a fault at a place. */
  static <T> T guarded(Span span, Supplier<T> work) {
    try {
      return work.get();
    } catch (TypeFault fault) {
      throw new ElaborationFault(span, fault.getMessage());
    }
  }

  /** A layer that the expression makes is called after the name it is bound to. */
  Value named(Ast.Expr expr, String name, Scope scope, Frame frame) {
    return switch (expr) {
      case Ast.Call call -> elaborator.calls().call(call, Optional.of(name), scope, frame);
      case Ast.IfExpr choice -> named(condition(choice.condition(), scope, frame) ? choice.then() : choice.otherwise(), name, scope, frame);
      default -> value(expr, scope, frame);
    };
  }

  Value value(Ast.Expr expr, Scope scope, Frame frame) {
    elaborator.budget.spend(Limit.EXPRESSIONS);
    return switch (expr) {
      case Ast.Number n -> new Value.Num(n.value());
      case Ast.Text t -> new Value.Text(t.value());
      case Ast.Bool b -> new Value.Bool(b.value());
      case Ast.None _ -> new Value.None();
      case Ast.Name name -> name(name, scope);
      case Ast.ListExpr list -> list(list.items().stream().map(item -> value(item, scope, frame)).toList());
      case Ast.Range range -> range(range, scope, frame);
      case Ast.Unary unary -> unary(unary, value(unary.operand(), scope, frame));
      case Ast.Binary binary -> binary(binary, scope, frame);
      case Ast.IfExpr choice -> value(condition(choice.condition(), scope, frame) ? choice.then() : choice.otherwise(), scope, frame);
      case Ast.Call call -> elaborator.calls().call(call, Optional.empty(), scope, frame);
      case Ast.Pipe pipe -> elaborator.calls().pipe(pipe, scope, frame);
      case Ast.Index index -> {
        var base = value(index.base(), scope, frame);
        yield Origins.told(List.of(base), elaborator, "[]", () -> new Indexing(elaborator).index(index, base, scope, frame));
      }
      case Ast.Member member -> member(member, scope, frame);
      case Ast.Lambda lambda -> new Value.Function(new Ast.Fn(LAMBDA, lambda.parameters(), List.of(),
          List.of(new Ast.Return(List.of(lambda.body()), lambda.span())), Optional.empty(), lambda.span()), scope);
    };
  }

  private Value name(Ast.Name name, Scope scope) {
    if (name.name().equals(Elaborator.TRAINING) && !LibraryText.has(name.span().file())) {
      elaborator.doubts.trainingAsked = true;
    }
    var value = scope.find(name.name());
    if (value == null) {
      var habit = Habits.name(name.name(), scope.names());
      throw ElaborationFault.unknown(name, habit.isPresent() ? "" : Suggestion.sentence(name.name(), scope.names())).hint(habit.orElse(""));
    }
    if (value instanceof Value.OfTurns(_, var loop) && loop != null) {
      throw new Rolling.Refused(loop, name.name() + " is read behind it, as its last turn has left it");
    }
    return value;
  }

  private Value range(Ast.Range range, Scope scope, Frame frame) {
    int from = whole(range.from(), scope, frame);
    int to = whole(range.to(), scope, frame);
    if (to - (long) from > Limit.TURNS.most()) {
      throw new ElaborationFault(range.span(), "a range of " + (to - (long) from) + " is too long to unroll (the limit is " + Limit.TURNS.count() + ")").hint(Limit.TURNS.hint());
    }
    var items = new ArrayList<Value>();
    for (int i = from; i < to; i++) {
      items.add(new Value.Num(i));
    }
    return elaborator.budget.list(items);
  }

  int whole(Ast.Expr expr, Scope scope, Frame frame) {
    var value = value(expr, scope, frame);
    if (value instanceof Value.Num n && n.whole() && Math.abs(n.value()) <= Integer.MAX_VALUE) {
      return (int) n.value();
    }
    throw new ElaborationFault(expr.span(), "a whole number known at compile time is needed here, and this is " + value.describe())
        .hint(value instanceof Value.Size(var size) ? "what runs over a size needs the size as a number: declare it in place of " + size : "");
  }

  boolean condition(Ast.Expr expr, Scope scope, Frame frame) {
    return switch (value(expr, scope, frame)) {
      case Value.Bool(var flag) -> flag;
      case Value.Tensor(var node) -> throw new ElaborationFault(expr.span(), "'if' decides at compile time, and this is " + node.type()
          + ", known only at run time").note("to choose element by element, write where(condition, a, b)");
      case Value.Unknown _ -> throw new ElaborationFault(expr.span(), "this condition depends on something that failed before");
      case Value other -> throw new ElaborationFault(expr.span(), "a condition is true or false, and this is " + other.describe());
    };
  }

  Dim dim(Ast.Expr expr, Scope scope, Frame frame) {
    var value = value(expr, scope, frame);
    var dim = Convert.dim(value, () -> new ElaborationFault(expr.span(), "a dimension is a whole number, and this is " + value.describe()));
    if (dim.constant().orElse(0) < 0) {
      throw new ElaborationFault(expr.span(), "a dimension cannot be negative, and this is " + dim);
    }
    return dim;
  }

  List<Dim> shape(Ast.TypeExpr type, Scope scope, Frame frame) {
    return type.dims().stream().map(d -> switch (d) {
      case Ast.DimExpr.Rest rest -> throw new ElaborationFault(rest.span(), "... has no size here");
      case Ast.DimExpr.Size size -> dim(size.value(), scope, frame);
    }).toList();
  }

  /** Of tensors: only what is fed can be a text, or missing. */
  static Kind kind(Ast.TypeExpr type) {
    if (type.gaps()) {
      throw new ElaborationFault(type.span(), "only an input, or what takes one, can have numbers that are missing");
    }
    return elements(type);
  }

  static Kind elements(Ast.TypeExpr type) {
    if (!type.arguments().isEmpty() && Words.KINDS.contains(type.kind())) {
      throw new ElaborationFault(type.span(), type.kind() + " takes no arguments; dimensions stand in square brackets: " + type.kind() + "[N, 3]");
    } else if (Words.TEXTS.contains(type.kind())) {
      throw new ElaborationFault(type.span(), "only an input or target is a " + type.kind() + "; elsewhere it is "
          + (type.kind().equals(ColumnTypes.DATE) ? "float, its days" : "int, the places of its classes"));
    }
    if (Words.ARGUMENTS.contains(type.kind())) {
      throw new ElaborationFault(type.span(), "only a parameter of a function or layer is a " + type.kind() + ": elements of arrays are float, int or bool");
    }
    for (var kind : Kind.values()) {
      if (kind.toString().equals(type.kind())) {
        return kind;
      }
    }
    throw new ElaborationFault(type.span(), "unknown type " + type.kind() + "; types are float, int and bool");
  }

  private Value unary(Ast.Unary unary, Value operand) {
    return switch (Convert.drawn(operand)) {
      case Value.Unknown u -> u;
      case Value.Num(var x) when unary.operator().equals("-") -> new Value.Num(-x);
      case Value.Bool(var x) when unary.operator().equals("not") -> new Value.Bool(!x);
      case Value.Size(var dim) when unary.operator().equals("-") -> new Value.Size(dim.times(-1));
      case Value.Tensor(var node) -> guarded(unary.span(), () -> new Value.Tensor(unary.operator().equals("-") ? graph().neg(node) : graph().not(node)));
      default -> throw new ElaborationFault(unary.span(), unary.operator() + " of " + operand.describe());
    };
  }

  private Value binary(Ast.Binary binary, Scope scope, Frame frame) {
    var left = value(binary.left(), scope, frame);
    if (left instanceof Value.Bool(var flag) && (binary.operator().equals("and") && !flag || binary.operator().equals("or") && flag)) {
      return left;
    }
    var right = value(binary.right(), scope, frame);
    elaborator.mark(binary.span());
    return operate(binary.operator(), left, right, binary.span());
  }

  /** Unknown where an item is: a fault that was told is not told again of what the list is given to. */
  private Value list(List<Value> items) {
    return items.stream().anyMatch(Value.Unknown.class::isInstance) ? new Value.Unknown() : elaborator.budget.list(items);
  }

  /** An operator on two values. */
  Value operate(String operator, Value first, Value second, Span span) {
    if (first instanceof Value.Unknown || second instanceof Value.Unknown) {
      return new Value.Unknown();
    }
    var left = Convert.drawn(first);
    var right = Convert.drawn(second);
    if (!(left instanceof Value.Tensor) && !(right instanceof Value.Tensor)) {
      var known = Arithmetic.operate(operator, left, right, span, elaborator.budget);
      if (known != null) {
        return known;
      }
    }
    Supplier<ElaborationFault> fault = () -> new ElaborationFault(span, operator + " of " + left.describe() + " and " + right.describe())
        .hint(operator.equals("+") && (left instanceof Value.Text || right instanceof Value.Text) ? "text(x) makes a text of a number" : "");
    var x = Convert.tensor(left, graph(), fault);
    var y = Convert.tensor(right, graph(), fault);
    var result = Origins.told(List.of(new Value.Tensor(x), new Value.Tensor(y)), elaborator, operator,
        () -> guarded(span, () -> new Value.Tensor(node(operator, Convert.beside(left, x, y, graph()), Convert.beside(right, y, x, graph())))));
    if (!operator.equals("@")) {
      elaborator.doubts.crossing.met(x, y, elaborator.place());
    }
    return result;
  }

  private Node node(String operator, Node x, Node y) {
    var g = graph();
    return switch (operator) {
      case "+" -> g.add(x, y);
      case "-" -> g.sub(x, y);
      case "*" -> g.mul(x, y);
      case "/" -> g.div(x, y);
      case "^" -> g.pow(x, y);
      case "@" -> Compositions.matmul(g, x, y);
      case "<" -> g.less(x, y);
      case "<=" -> g.binary(BinaryFn.LE, x, y);
      case ">" -> g.less(y, x);
      case ">=" -> g.binary(BinaryFn.LE, y, x);
      case "==" -> g.equal(x, y);
      case "!=" -> g.binary(BinaryFn.NE, x, y);
      case "and" -> g.binary(BinaryFn.AND, g.cast(x, Kind.BOOL), g.cast(y, Kind.BOOL));
      case "or" -> g.binary(BinaryFn.OR, g.cast(x, Kind.BOOL), g.cast(y, Kind.BOOL));
      default -> throw new IllegalStateException("operator " + operator);
    };
  }

  private Value member(Ast.Member member, Scope scope, Frame frame) {
    var module = module(member, scope);
    if (!module.isEmpty()) {
      throw new ElaborationFault(member.span(), "unknown name " + module).hint(Habits.inModule(member.name(), scope.names()));
    }
    var base = value(member.base(), scope, frame);
    var found = switch (base) {
      case Value.Instance instance when instance.parameters.containsKey(member.name()) -> new Value.Tensor(instance.parameters.get(member.name()));
      case Value.Instance instance when instance.states.containsKey(member.name()) -> new Value.Tensor(instance.states.get(member.name()));
      case Value.Instance instance -> instance.frame.existing(member.name());
      case Value.Chain chain -> chain.frame().existing(member.name());
      case Value.Unknown u -> u;
      default -> throw new ElaborationFault(member.span(), base.describe() + " has no '" + member.name() + "': only layers have parts")
          .hint(base instanceof Value.Tensor ? Habits.method(member.name(), member.base() instanceof Ast.Name(var name, _) ? name : "x", scope.names()).orElse("") : "");
    };
    if (found == null) {
      throw new ElaborationFault(member.span(), base.describe() + " has no '" + member.name() + "'").note("a layer's parameters are known from its first use on");
    }
    return found;
  }

  /** A name behind those of modules that other tools have, {@code nn.functional.relu}, if it is such; empty otherwise. */
  private static String module(Ast.Member member, Scope scope) {
    var path = member.name();
    Ast.Expr base = member.base();
    for (; base instanceof Ast.Member inner; base = inner.base()) {
      path = inner.name() + "." + path;
    }
    return base instanceof Ast.Name(var name, _) && Habits.isModule(name) && scope.find(name) == null ? name + "." + path : "";
  }

  /** The elements of the first axis. */
  List<Value> rows(Node node) {
    var rows = new ArrayList<Value>();
    for (int i = 0; i < node.type().dim(0).fixed(); i++) {
      rows.add(new Value.Tensor(graph().at(node, 0, Dim.of(i))));
    }
    return rows;
  }
}
