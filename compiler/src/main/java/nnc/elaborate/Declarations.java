package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.runtime.base.Names;
import nnc.source.Span;
import nnc.syntax.Ast;

/** What a program declares of itself: inputs, outputs, and what it is trained and judged by. */
final class Declarations {
  /** What an epoch or an evaluation is told by, beside metrics. */
  private static final Set<String> TOLD = Set.of("penalty", "step", "epoch", "seconds", "event", "data", "examples", "classes");

  private final Elaborator elaborator;
  final Map<String, Elaborated.InputInfo> inputs = new LinkedHashMap<>();
  /** Of inputs and outputs, where each is declared. */
  private final Map<String, Span> places = new LinkedHashMap<>();
  final List<Graph.Result> outputs = new ArrayList<>();
  /** By output, what it is called outside the program where that is another name. */
  final Map<String, String> aliases = new LinkedHashMap<>();
  /** By output, the input or target of whose classes it speaks. */
  final Map<String, String> names = new LinkedHashMap<>();
  final Objective objective = new Objective();

  Declarations(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  private Expressions expressions() {
    return elaborator.expressions();
  }

  private GraphBuilder builder() {
    return elaborator.builder();
  }

  /** The nodes that the program is there for. */
  List<Node> ends() {
    var results = Stream.concat(outputs.stream(), objective.metrics.stream()).map(Graph.Result::node);
    return Stream.concat(results, objective.losses.stream().map(Objective.Loss::node)).toList();
  }

  void input(Ast.Input s, Scope scope, Frame frame) {
    if (inputs.containsKey(s.name())) {
      throw new ElaborationFault(s.span(), "there are two inputs called " + s.name()).note("the first is here:", places.get(s.name()));
    }
    var alias = alias(s.name(), s.alias(), s.span());
    for (var other : inputs.values()) {
      requireApart("input", s.name(), alias, other.name(), other.alias(), s.span());
    }
    var column = new ColumnTypes(elaborator, scope, frame).of(s.type(), s.target());
    var type = new Type(ColumnTypes.kind(s.type(), column), inputShape(s, scope, frame));
    places.put(s.name(), s.span());
    inputs.put(s.name(), new Elaborated.InputInfo(s.name(), alias, s.target(), type, column));
    var node = s.target() ? builder().target(s.name(), type) : builder().input(s.name(), type);
    scope.bind(s.name(), column.hasGaps() ? new Value.Gaps(node) : new Value.Tensor(node));
    elaborator.noteNamed(s.name(), new Value.Tensor(node), scope);
  }

  /** What is called otherwise outside the program; empty if it is not. */
  private static String alias(String name, Optional<String> said, Span span) {
    var alias = Names.composed(said.orElse(""));
    if (said.isPresent() && alias.isBlank()) {
      throw new ElaborationFault(span, "\"" + alias + "\" is no name");
    }
    return alias.equals(name) ? "" : alias;
  }

  /** Refuses a name or alias that another of the kind has: what is fed or asked for by it would be either. */
  private static void requireApart(String kind, String name, String alias, String otherName, String otherAlias, Span span) {
    if (!alias.isEmpty() && (alias.equals(otherName) || alias.equals(otherAlias))) {
      throw new ElaborationFault(span, "there are two " + kind + "s called \"" + alias + "\": " + otherName + " and " + name);
    } else if (name.equals(otherAlias)) {
      throw new ElaborationFault(span, "there are two " + kind + "s called " + name + ": " + otherName + " is so outside the program");
    }
  }

  /** A name that no constant binds is an open dimension. */
  private List<Dim> inputShape(Ast.Input s, Scope scope, Frame frame) {
    var shape = new ArrayList<Dim>();
    for (var dim : s.type().dims()) {
      switch (dim) {
        case Ast.DimExpr.Rest rest -> throw new ElaborationFault(rest.span(), "an input names all its dimensions");
        case Ast.DimExpr.Size(Ast.Name name, _) when scope.find(name.name()) == null -> {
          scope.bind(name.name(), new Value.Size(Dim.open(name.name())));
          shape.add(Dim.open(name.name()));
        }
        case Ast.DimExpr.Size size -> shape.add(size(size, s, scope, frame));
      }
    }
    return shape;
  }

  void output(Ast.Output s, Scope scope, Frame frame) {
    var expression = s.value().orElse(new Ast.Name(s.name(), s.span()));
    var value = expressions().value(expression, scope, frame);
    scope.bind(s.name(), value);
    if (value instanceof Value.Unknown) {
      return;
    }
    var node = Convert.tensor(value, builder(), () -> noOutput(s, value));
    if (outputs.stream().anyMatch(other -> other.name().equals(s.name()))) {
      var fault = new ElaborationFault(s.span(), "there are two outputs called " + s.name());
      throw places.containsKey(s.name()) ? fault.note("the first is here:", places.get(s.name())) : fault;
    }
    places.put(s.name(), s.span());
    var alias = alias(s.name(), s.alias(), s.span());
    for (var other : outputs) {
      requireApart("output", s.name(), alias, other.name(), aliases.getOrDefault(other.name(), ""), s.span());
    }
    outputs.add(new Graph.Result(Graph.Role.OUTPUT, s.name(), node));
    if (!alias.isEmpty()) {
      aliases.put(s.name(), alias);
    }
    if (elaborator.names.containsKey(node)) {
      names.put(s.name(), elaborator.names.get(node));
    }
    elaborator.doubts.foresight.told(s.name(), node, s.span());
  }

  private Dim size(Ast.DimExpr.Size size, Ast.Input s, Scope scope, Frame frame) {
    if (size.value() instanceof Ast.Unary(var operator, Ast.Number _, _) && operator.equals("-")) {
      throw new ElaborationFault(size.span(), "a dimension cannot be negative").hint("a size that is open has a name: " + s.name() + ": " + s.type().kind() + "[N, ...]");
    }
    return expressions().dim(size.value(), scope, frame);
  }

  private static ElaborationFault noOutput(Ast.Output s, Value value) {
    var fault = new ElaborationFault(s.span(), "an output is a tensor, and this is " + value.describe());
    return switch (value) {
      case Value.Instance _, Value.LayerClass _, Value.Chain _ -> fault.hint("a layer is applied to something: output " + s.name() + " = x |> dense(4)");
      case Value.Items _, Value.Tuple _ -> fault.hint("several results are several outputs; parts of one shape are one array by stack or concat");
      default -> fault;
    };
  }

  void metric(Ast.Metric s, Scope scope, Frame frame) {
    var value = expressions().value(s.value(), scope, frame);
    scope.bind(s.name(), value);
    if (value instanceof Value.Unknown) {
      return;
    }
    var node = builder().cast(Convert.tensor(value, builder(), () -> new ElaborationFault(s.span(), "a metric is a number")), Kind.FLOAT);
    if (!node.type().shape().stream().allMatch(Dim::isConstant)) {
      throw new ElaborationFault(s.span(), "a metric has no open dimension, and this is " + node.type() + "; take its mean");
    } else if (objective.metrics.stream().anyMatch(other -> other.name().equals(s.name()))) {
      throw new ElaborationFault(s.span(), "there are two metrics called " + s.name());
    } else if (TOLD.contains(s.name())) {
      throw new ElaborationFault(s.span(), s.name() + " is told of every epoch already; call the metric otherwise");
    }
    objective.metrics.add(new Graph.Result(Graph.Role.METRIC, s.name(), node));
  }

  void loss(Ast.Loss s, Scope scope, Frame frame) {
    var value = expressions().value(s.value(), scope, frame);
    s.name().ifPresent(name -> scope.bind(name, value));
    if (value instanceof Value.Unknown) {
      return;
    }
    var loss = scalar(value, builder(), s.span());
    s.name().ifPresent(name -> {
      if (objective.losses.stream().anyMatch(other -> other.called().equals(name))) {
        throw new ElaborationFault(s.span(), "there are two losses called " + name);
      }
      scope.bind(name, new Value.Tensor(loss));
    });
    objective.losses.add(new Objective.Loss(s.name().orElseGet(() -> Objective.called(s.value())), loss));
  }

  /** What training can lower. */
  static Node scalar(Value value, GraphBuilder builder, Span span) {
    var node = Convert.tensor(value, builder, () -> new ElaborationFault(span, "a loss is a scalar, and this is " + value.describe())
        .hint(value instanceof Value.Text(var text) ? Habits.name(text, List.of()).orElse("a loss is computed: loss mse(prediction, truth)") : ""));
    if (node.type().rank() > 0) {
      throw new ElaborationFault(span, "a loss is a scalar, and this is " + node.type() + "; take its mean or its sum");
    }
    return builder.cast(node, Kind.FLOAT);
  }
}
