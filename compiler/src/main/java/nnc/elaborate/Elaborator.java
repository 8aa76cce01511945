package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.runtime.base.Names;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/**
 * Runs a program at compile time: what is compile-time is evaluated, layers and loops unfold, and what remains is a graph. One
 * elaboration makes the graph of one purpose.
 */
public final class Elaborator {
  /** The file name of the library, whose inner places are told as notes only. */
  static final String PRELUDE = "prelude.nn";

  /** What an epoch or an evaluation is told by, beside metrics. */
  private static final Set<String> TOLD = Set.of("penalty", "step", "epoch", "seconds", "event", "data", "examples", "classes");

  /** {@code predict} computes the outputs, {@code evaluate} loss and metrics, {@code train} a step, {@code gradient} all gradients. */
  public enum Purpose {
    PREDICT, EVALUATE, TRAIN, GRADIENT;

    /** As the plan and the graph are called. */
    public String title() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Finds the text of an imported file, by its path as written in a file. */
  public interface Importer {
    Ast.Program read(String path, Ast.Import statement);
  }

  private final GraphBuilder builder = new GraphBuilder();
  private final Diagnostics diagnostics;
  private final Map<String, String> defines;
  private final Purpose purpose;
  private final Importer importer;
  private final Expressions expressions = new Expressions(this);
  private final Calls calls = new Calls(this);
  private final Frame root = new Frame("");
  private final Scope library = new Scope(null);
  private final Set<String> imported = new HashSet<>();
  private final Set<String> defined = new HashSet<>();

  final Map<String, Node> parameters = new LinkedHashMap<>();
  final Map<String, Elaborated.WeightInfo> weights = new LinkedHashMap<>();
  final Map<String, Node> updates = new LinkedHashMap<>();
  final List<Value.Instance> instances = new ArrayList<>();
  final List<IndexChecks.Labels> labels = new ArrayList<>();
  final MinimumBatch leastBatch = new MinimumBatch();
  final Doubts doubts = new Doubts();
  private final Map<String, Elaborated.InputInfo> inputs = new LinkedHashMap<>();
  private final Objective objective = new Objective();
  private final List<Graph.Result> outputs = new ArrayList<>();
  /** Whether predictions are made with averages of the parameters. */
  private boolean averaged;
  /** In the user's text, what is elaborated at the moment. */
  private Span place = Span.NONE;

  private Elaborator(Purpose purpose, Map<String, String> defines, Diagnostics diagnostics, Importer importer) {
    this.purpose = purpose;
    this.defines = new LinkedHashMap<>();
    defines.forEach((name, value) -> this.defines.put(Names.composed(name), value));
    this.diagnostics = diagnostics;
    this.importer = importer;
  }

  /** Elaborates a program after the library; faults go to the diagnostics, and then the result must not be used. */
  public static Elaborated elaborate(Ast.Program prelude, Ast.Program program, Purpose purpose, Map<String, String> defines,
      Diagnostics diagnostics, Importer importer) {
    return new Elaborator(purpose, defines, diagnostics, importer).run(prelude, program);
  }

  private Elaborated run(Ast.Program prelude, Ast.Program program) {
    averaged = settings(program).anyMatch(setting -> setting.name().equals("average"));
    Builtins.all().forEach(builtin -> library.bind(builtin.name(), new Value.Primitive(builtin)));
    library.bind("training", new Value.Bool(purpose == Purpose.TRAIN || purpose == Purpose.GRADIENT));
    library.bind("pi", new Value.Num(Math.PI));
    library.bind("infinity", new Value.Num(Double.POSITIVE_INFINITY));
    for (var kind : Kind.values()) {
      library.bind(kind.toString(), new Value.Text(kind.toString()));
    }
    library.bind("step", new Value.Tensor(builder.counter(Op.CounterKind.STEP)));
    library.bind("epoch", new Value.Tensor(builder.counter(Op.CounterKind.EPOCH)));
    execute(prelude.statements(), library, root);
    var scope = new Scope(library);
    try {
      execute(program.statements(), scope, root);
    } catch (StackOverflowError e) {
      diagnostics.error(program.span(), "functions call each other without end, or the program is nested too deeply");
    }
    for (var name : defines.keySet()) {
      if (!defined.contains(name)) {
        diagnostics.error(Span.NONE, "-D " + name + ": the program has no constant of this name" + Suggestion.sentence(name, scope.own().keySet()));
      }
    }
    if (!diagnostics.hasErrors()) {
      var ends = Stream.concat(Stream.concat(outputs.stream(), objective.metrics.stream()).map(Graph.Result::node), objective.losses.stream().map(Objective.Loss::node));
      Sizes.check(builder.nodes(), outputs, weights.values(), diagnostics);
      doubts.tell(builder.nodes(), outputs, ends.toList(), purpose == Purpose.PREDICT, diagnostics);
    }
    var training = new Training(this, objective, scope);
    var results = diagnostics.hasErrors() ? List.<Graph.Result>of() : results(training);
    var places = new IndexChecks(builder.finish(purpose.title(), results), labels, diagnostics);
    var graph = places.checked();
    var settings = training.settings();
    Sizes.check(graph, purpose == Purpose.TRAIN ? settings : null, diagnostics);
    return new Elaborated(graph, List.copyOf(weights.values()), List.copyOf(inputs.values()), places.classes(),
        diagnostics.hasErrors() ? List.of() : Summary.rows(instances), training.data(), settings);
  }

  private static Stream<Ast.Setting> settings(Ast.Program program) {
    return program.statements().stream().flatMap(s -> s instanceof Ast.Train train ? train.settings().stream() : Stream.empty());
  }

  private List<Graph.Result> results(Training training) {
    try {
      return switch (purpose) {
        case PREDICT -> outputs;
        case EVALUATE -> training.evaluation();
        case TRAIN -> training.step(updates);
        case GRADIENT -> training.gradients();
      };
    } catch (ElaborationFault fault) {
      fault.report(diagnostics);
      return List.of();
    }
  }

  // ---- what the other parts of the elaborator need

  GraphBuilder builder() {
    return builder;
  }

  Diagnostics diagnostics() {
    return diagnostics;
  }

  Expressions expressions() {
    return expressions;
  }

  Calls calls() {
    return calls;
  }

  Map<String, Elaborated.InputInfo> inputs() {
    return inputs;
  }

  boolean averaged() {
    return averaged;
  }

  /** What {@code step} means from here on, in the library's functions too. */
  void countSteps(Node steps) {
    library.bind("step", new Value.Tensor(steps));
  }

  /** A scalar that the runtime sets to the validation loss after each epoch; zero before. */
  Node validationLoss() {
    var type = Type.of(Kind.FLOAT);
    weights.put(ModelSpec.VALIDATION_LOSS, new Elaborated.WeightInfo(ModelSpec.VALIDATION_LOSS, ModelSpec.WeightKind.STATE, type,
        new ModelSpec.Initialiser("zeros", List.of()), false));
    return builder.state(ModelSpec.VALIDATION_LOSS, type);
  }

  /** The average of a parameter, kept under a path that no layer can have. */
  Node average(String path, Type type) {
    var average = path + ".average";
    weights.put(average, new Elaborated.WeightInfo(average, ModelSpec.WeightKind.STATE, type, new ModelSpec.Initialiser("zeros", List.of()), false));
    return builder.state(average, type);
  }

  boolean training() {
    return purpose == Purpose.TRAIN || purpose == Purpose.GRADIENT;
  }

  /** Nodes made from here on come from this text; the library's own text does not count. */
  void mark(Span span) {
    if (!span.file().equals(PRELUDE)) {
      place = span;
      builder.at(span);
    }
  }

  Span place() {
    return place;
  }

  // ---- statements

  /** Runs statements; gives the value of the {@code return} that ended them, or null. Outside of calls a fault is told and passed over. */
  Value execute(List<Ast.Statement> statements, Scope scope, Frame frame) {
    for (var statement : statements) {
      Value result;
      try {
        mark(statement.span());
        doubts.crossing.begins(frame == root && !calls.inCall());
        result = counted(statement, scope, frame);
      } catch (ElaborationFault fault) {
        if (scope.owner != null || frame != root || calls.inCall()) {
          throw fault;
        }
        fault.report(diagnostics);
        result = null;
        Failed.bind(statement, scope);
      }
      if (result != null) {
        return result;
      }
    }
    return null;
  }

  /** Sizes are counted by 64 bits, and those of dimensions that are not open by 31. */
  private Value counted(Ast.Statement statement, Scope scope, Frame frame) {
    try {
      return execute(statement, scope, frame);
    } catch (ArithmeticException e) {
      throw new ElaborationFault(place, "a size here is larger than any array's");
    }
  }

  private Value execute(Ast.Statement statement, Scope scope, Frame frame) {
    switch (statement) {
      case Ast.Import s -> importFile(s, scope);
      case Ast.Const s -> scope.bind(s.name(), constant(s, scope, frame));
      case Ast.Input s -> input(s, scope, frame);
      case Ast.Fn s -> scope.bind(s.name(), new Value.Function(s, scope));
      case Ast.Layer s -> scope.bind(s.name(), new Value.LayerClass(s, scope));
      case Ast.Optimizer s -> scope.bind(s.name(), new Value.OptimizerClass(s, scope));
      case Ast.Bind s -> bind(s, scope, frame);
      case Ast.Output s -> output(s, scope, frame);
      case Ast.Loss s -> loss(s, scope, frame);
      case Ast.Metric s -> metric(s, scope, frame);
      case Ast.Regularize s -> objective.penalties.add(new Objective.On(expressions.value(s.penalty(), scope, frame), s.pattern(), s.span()));
      case Ast.Constrain s -> objective.projections.add(new Objective.On(expressions.value(s.projection(), scope, frame), s.pattern(), s.span()));
      case Ast.Freeze s -> objective.frozen.add(new Objective.On(new Value.None(), s.pattern(), s.span()));
      case Ast.Data s -> objective.add(s);
      case Ast.Train s -> objective.add(s);
      case Ast.Param s -> parameter(s, scope, frame);
      case Ast.State s -> state(s, scope, frame);
      case Ast.Assign s -> assign(s, scope, frame);
      case Ast.If s -> {
        return execute(expressions.condition(s.condition(), scope, frame) ? s.then() : s.otherwise(), scope, frame);
      }
      case Ast.For s -> {
        return loop(s, scope, frame);
      }
      case Ast.Return s -> {
        var values = s.values().stream().map(value -> expressions.value(value, scope, frame)).toList();
        return values.size() == 1 ? values.getFirst() : new Value.Tuple(values);
      }
    }
    return null;
  }

  private void importFile(Ast.Import s, Scope scope) {
    if (imported.add(s.path())) {
      execute(importer.read(s.path(), s).statements(), scope, root);
    }
  }

  private Value constant(Ast.Const s, Scope scope, Frame frame) {
    if (defines.containsKey(s.name()) && frame == root && !s.span().file().equals(PRELUDE)) {
      defined.add(s.name());
      return Defines.value(s.name(), defines.get(s.name()));
    }
    return expressions.value(s.value(), scope, frame);
  }

  private void input(Ast.Input s, Scope scope, Frame frame) {
    if (inputs.containsKey(s.name())) {
      throw new ElaborationFault(s.span(), "there are two inputs called " + s.name());
    }
    var type = new Type(Expressions.kind(s.type()), inputShape(s, scope, frame));
    inputs.put(s.name(), new Elaborated.InputInfo(s.name(), s.target(), type));
    scope.bind(s.name(), new Value.Tensor(builder.input(s.name(), s.target(), type)));
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
        case Ast.DimExpr.Size size -> shape.add(expressions.dim(size.value(), scope, frame));
      }
    }
    return shape;
  }

  private void bind(Ast.Bind s, Scope scope, Frame frame) {
    if (s.names().size() == 1) {
      scope.bind(s.names().getFirst(), expressions.named(s.value(), s.names().getFirst(), scope, frame));
      return;
    }
    var value = expressions.value(s.value(), scope, frame);
    if (value instanceof Value.Unknown) {
      s.names().forEach(name -> scope.bind(name, value));
      return;
    }
    var items = switch (value) {
      case Value.Tuple(var list) -> list;
      case Value.Items(var list) -> list;
      default -> List.of(value);
    };
    if (items.size() != s.names().size()) {
      throw new ElaborationFault(s.span(), s.names().size() + " names for " + items.size() + (items.size() == 1 ? " value" : " values"));
    }
    for (int i = 0; i < items.size(); i++) {
      scope.bind(s.names().get(i), items.get(i));
    }
  }

  private void output(Ast.Output s, Scope scope, Frame frame) {
    var expression = s.value().orElse(new Ast.Name(s.name(), s.span()));
    var value = expressions.value(expression, scope, frame);
    scope.bind(s.name(), value);
    if (value instanceof Value.Unknown) {
      return;
    }
    var node = Convert.tensor(value, builder, () -> new ElaborationFault(s.span(), "an output is a tensor, and this is " + value.describe()));
    if (outputs.stream().anyMatch(other -> other.name().equals(s.name()))) {
      throw new ElaborationFault(s.span(), "there are two outputs called " + s.name());
    }
    outputs.add(new Graph.Result(Graph.Role.OUTPUT, s.name(), node));
    doubts.foresight.told(s.name(), node, s.span());
  }

  private void metric(Ast.Metric s, Scope scope, Frame frame) {
    var value = expressions.value(s.value(), scope, frame);
    scope.bind(s.name(), value);
    if (value instanceof Value.Unknown) {
      return;
    }
    var node = builder.cast(Convert.tensor(value, builder, () -> new ElaborationFault(s.span(), "a metric is a number")), Kind.FLOAT);
    if (!node.type().shape().stream().allMatch(Dim::isConstant)) {
      throw new ElaborationFault(s.span(), "a metric has no open dimension, and this is " + node.type() + "; take its mean");
    } else if (objective.metrics.stream().anyMatch(other -> other.name().equals(s.name()))) {
      throw new ElaborationFault(s.span(), "there are two metrics called " + s.name());
    } else if (TOLD.contains(s.name())) {
      throw new ElaborationFault(s.span(), s.name() + " is told of every epoch already; call the metric otherwise");
    }
    objective.metrics.add(new Graph.Result(Graph.Role.METRIC, s.name(), node));
  }

  private void loss(Ast.Loss s, Scope scope, Frame frame) {
    var value = expressions.value(s.value(), scope, frame);
    if (value instanceof Value.Unknown) {
      return;
    }
    var node = Convert.tensor(value, builder, () -> new ElaborationFault(s.span(), "a loss is a scalar, and this is " + value.describe()));
    if (node.type().rank() > 0) {
      throw new ElaborationFault(s.span(), "a loss is a scalar, and this is " + node.type() + "; take its mean or its sum");
    }
    objective.losses.add(new Objective.Loss(Objective.called(s.value()), builder.cast(node, Kind.FLOAT)));
  }

  private Value loop(Ast.For s, Scope scope, Frame frame) {
    var range = expressions.value(s.range(), scope, frame);
    var items = switch (range) {
      case Value.Items(var list) -> list;
      case Value.Tuple(var list) -> list;
      case Value.Unknown _ -> List.<Value>of();
      case Value.Tensor(var node) when node.type().rank() > 0 && node.type().dim(0).isConstant() -> expressions.rows(node);
      default -> throw new ElaborationFault(s.range().span(), "for runs over a range or a list, and this is " + range.describe());
    };
    int turn = 0;
    for (var item : items) {
      frame.enter(item instanceof Value.Num n && n.whole() ? Long.toString((long) n.value()) : Integer.toString(turn));
      try {
        bindTurn(s, item, scope);
        var result = execute(s.body(), scope, frame);
        if (result != null) {
          return result;
        }
      } finally {
        frame.leave();
      }
      turn++;
    }
    return null;
  }

  private static void bindTurn(Ast.For s, Value item, Scope scope) {
    var parts = s.names().size() == 1 ? List.of(item) : item instanceof Value.Items(var list) ? list : item instanceof Value.Tuple(var list) ? list : List.<Value>of();
    if (parts.size() != s.names().size()) {
      throw new ElaborationFault(s.span(), s.names().size() + " names for " + item.describe());
    }
    for (int i = 0; i < parts.size(); i++) {
      scope.bind(s.names().get(i), parts.get(i));
    }
  }

  // ---- what is kept

  private void parameter(Ast.Param s, Scope scope, Frame frame) {
    var type = new Type(Expressions.kind(s.type()), expressions.shape(s.type(), scope, frame));
    var owner = scope.owner;
    var known = owner == null ? null : owner.parameters.get(s.name());
    if (known == null) {
      known = keep(s.name(), frame, type, ModelSpec.WeightKind.PARAMETER, expressions.start(s.initialiser(), type, scope, frame), s.span());
      if (owner != null) {
        owner.parameters.put(s.name(), known);
      }
    } else if (!known.type().equals(type)) {
      throw new ElaborationFault(s.span(), frame.child(s.name()) + " is " + known.type() + " from its first use, and would be " + type + " here");
    }
    scope.bind(s.name(), new Value.Tensor(known));
  }

  private Node keep(String name, Frame frame, Type type, ModelSpec.WeightKind kind, ModelSpec.Initialiser start, Span span) {
    if (!type.shape().stream().allMatch(Dim::isConstant)) {
      throw new ElaborationFault(span, name + " would be " + type + ": what is kept has no open dimension");
    }
    var path = frame.child(name);
    if (weights.containsKey(path)) {
      throw new ElaborationFault(span, "there are two of the name " + path);
    }
    weights.put(path, new Elaborated.WeightInfo(path, kind, type, start, false));
    var node = kind == ModelSpec.WeightKind.PARAMETER ? builder.parameter(path, type) : builder.state(path, type);
    if (kind == ModelSpec.WeightKind.PARAMETER) {
      parameters.put(path, node);
    }
    boolean predicts = purpose == Purpose.PREDICT || purpose == Purpose.EVALUATE;
    return averaged && predicts && kind == ModelSpec.WeightKind.PARAMETER ? average(path, type) : node;
  }

  private void state(Ast.State s, Scope scope, Frame frame) {
    var memory = scope.memory;
    if (memory != null) {
      var type = s.type().map(t -> new Type(Expressions.kind(t), expressions.shape(t, scope, frame))).orElse(memory.weight.type());
      var path = "optimizer." + s.name() + "." + memory.parameter;
      weights.put(path, new Elaborated.WeightInfo(path, ModelSpec.WeightKind.OPTIMIZER, type, expressions.start(s.initial(), type, scope, frame), false));
      memory.paths.put(s.name(), path);
      scope.bind(s.name(), new Value.Tensor(builder.state(path, type)));
      return;
    }
    if (scope.owner == null) {
      throw new ElaborationFault(s.span(), "a state belongs to a layer or an optimizer");
    }
    var known = scope.owner.states.get(s.name());
    if (known == null) {
      var declared = s.type().orElseThrow(() -> new ElaborationFault(s.span(), "a layer's state has a type: state " + s.name() + ": float[...] = ..."));
      var type = new Type(Expressions.kind(declared), expressions.shape(declared, scope, frame));
      known = keep(s.name(), frame, type, ModelSpec.WeightKind.STATE, expressions.start(s.initial(), type, scope, frame), s.span());
      scope.owner.states.put(s.name(), known);
    }
    scope.bind(s.name(), new Value.Tensor(known));
  }

  private void assign(Ast.Assign s, Scope scope, Frame frame) {
    var memory = scope.memory;
    if (memory == null && !training()) {
      return;
    }
    var old = scope.find(s.name());
    if (!(old instanceof Value.Tensor(var target))) {
      throw new ElaborationFault(s.span(), s.name() + " is no state");
    }
    var value = Convert.tensor(expressions.value(s.value(), scope, frame), builder, () -> new ElaborationFault(s.span(), "a state takes a tensor"));
    var next = Expressions.guarded(s.span(), () -> builder.broadcastTo(builder.cast(value, target.type().kind()), target.type().shape()));
    var path = memory != null
        ? s.name().equals(memory.weightName()) ? memory.parameter : memory.paths.get(s.name())
        : scope.owner != null && scope.owner.states.containsKey(s.name()) ? scope.owner.frame.child(s.name()) : null;
    if (path == null) {
      throw new ElaborationFault(s.span(), s.name() + " is no state: only what 'state' declares can be assigned with <-");
    }
    scope.bind(s.name(), new Value.Tensor(next));
    if (memory == null) {
      scope.owner.states.put(s.name(), next);
    }
    updates.put(path, builder.stopGradient(next));
  }
}
