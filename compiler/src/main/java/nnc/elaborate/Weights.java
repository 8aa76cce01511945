package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Type;
import nnc.runtime.base.Names;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Span;
import nnc.syntax.Ast;

/** What a network keeps between steps: parameters, states of layers and of the optimizer, and what a step assigns to them. */
final class Weights {
  private final Elaborator elaborator;
  private final Objective objective;
  /** Parameters by path, as they are made. */
  final Map<String, Node> parameters = new LinkedHashMap<>();
  /** All that is kept, by path. */
  final Map<String, Elaborated.WeightInfo> infos = new LinkedHashMap<>();
  /** What a step leaves in them, by path. */
  final Map<String, Node> updates = new LinkedHashMap<>();
  /** States that each row of a batch has for itself. */
  final RowStates rows;
  private final NodeMap<FlatWeights> flat = new NodeMap<>();

  Weights(Elaborator elaborator, Objective objective) {
    this.elaborator = elaborator;
    this.objective = objective;
    rows = new RowStates(elaborator);
  }

  private Expressions expressions() {
    return elaborator.expressions();
  }

  private GraphBuilder builder() {
    return elaborator.builder();
  }

  void parameter(Ast.Param s, Scope scope, Frame frame) {
    var type = new Type(Expressions.kind(s.type()), expressions().shape(s.type(), scope, frame));
    var owner = scope.owner;
    var known = owner == null ? null : owner.parameters.get(s.name());
    if (known == null) {
      var value = expressions().value(s.initialiser(), scope, frame);
      var start = Initialisers.of(value instanceof Value.Held held ? held.start() : value, type, builder(), s.initialiser().span());
      known = keep(s.name(), frame, type, ModelSpec.WeightKind.PARAMETER, start, s.span());
      hold(value, frame.child(s.name()));
      if (owner != null) {
        owner.parameters.put(s.name(), known);
      }
    } else if (!known.type().equals(type)) {
      throw new ElaborationFault(s.span(), frame.child(s.name()) + " is " + known.type() + " from its first use, and would be " + type + " here");
    }
    scope.bind(s.name(), new Value.Tensor(known));
  }

  /** What a layer says of a parameter beside how it starts holds for that one. */
  private void hold(Value value, String path) {
    if (value instanceof Value.Held(_, var penalties, var constraints)) {
      penalties.forEach(penalty -> objective.penalties.add(new Objective.On(penalty, path, elaborator.place())));
      constraints.forEach(constraint -> objective.projections.add(new Objective.On(constraint, path, elaborator.place())));
    }
  }

  private ModelSpec.Initialiser start(Ast.Expr expr, Type type, Scope scope, Frame frame) {
    return Initialisers.of(expressions().value(expr, scope, frame), type, builder(), expr.span());
  }

  void state(Ast.State s, Scope scope, Frame frame) {
    var memory = scope.memory;
    if (memory != null) {
      if (s.name().equals(OptimizerFrame.AGAIN) && memory.paths.containsKey(s.name())) {
        throw new ElaborationFault(s.span(), "again is a number that each optimizer of all weights has: it is zero in a batch's first run")
            .hint("call the state otherwise");
      }
      var type = s.type().map(t -> new Type(Expressions.kind(t), expressions().shape(t, scope, frame))).orElse(memory.weight.type());
      var path = memory.path(s.name());
      infos.put(path, new Elaborated.WeightInfo(path, ModelSpec.WeightKind.OPTIMIZER, type, start(s.initial(), type, scope, frame), false));
      memory.paths.put(s.name(), path);
      scope.bind(s.name(), new Value.Tensor(builder().state(path, type)));
      return;
    }
    if (scope.owner == null) {
      throw new ElaborationFault(s.span(), "a state belongs to a layer or an optimizer");
    }
    var known = scope.owner.states.get(s.name());
    if (known == null) {
      var declared = s.type().orElseThrow(() -> new ElaborationFault(s.span(), "a layer's state has a type: state " + s.name() + ": float[...] = ..."));
      var type = new Type(Expressions.kind(declared), expressions().shape(declared, scope, frame));
      var start = start(s.initial(), type, scope, frame);
      known = rows.areOf(type) ? rows.state(unique(frame.child(s.name()), s.span()), type, start, s.span()) : keep(s.name(), frame, type, ModelSpec.WeightKind.STATE, start, s.span());
      scope.owner.states.put(s.name(), known);
    }
    scope.bind(s.name(), new Value.Tensor(known));
  }

  void assign(Ast.Assign s, Scope scope, Frame frame) {
    var memory = scope.memory;
    var own = memory == null && scope.owner != null && scope.owner.states.containsKey(s.name()) ? scope.owner.frame.child(s.name()) : null;
    boolean ofRows = own != null && rows.has(own);
    if (memory == null && !ofRows && !elaborator.training()) {
      return;
    }
    if (elaborator.isInOpenLoop()) {
      throw new ElaborationFault(s.span(), s.name() + " would be assigned in each turn of a loop over an open length, and a state has one next value a step")
          .hint("let the loop carry the value by another name, and assign it behind; apply a layer that assigns to the whole sequence");
    }
    var old = scope.find(s.name());
    if (!(old instanceof Value.Tensor(var target))) {
      throw new ElaborationFault(s.span(), s.name() + " is no state");
    }
    var value = Convert.tensor(expressions().value(s.value(), scope, frame), builder(), () -> new ElaborationFault(s.span(), "a state takes a tensor"));
    var next = Expressions.guarded(s.span(), () -> builder().broadcastTo(builder().cast(value, target.type().kind()), target.type().shape()));
    var path = memory != null ? memory.paths.get(s.name()) : own;
    if (path == null) {
      throw new ElaborationFault(s.span(), s.name() + " is no state: only what 'state' declares can be assigned with <-");
    }
    scope.bind(s.name(), new Value.Tensor(next));
    if (memory == null) {
      scope.owner.states.put(s.name(), next);
    }
    if (ofRows) {
      rows.assign(path, next);
    } else {
      updates.put(path, builder().stopGradient(next));
    }
  }

  private Node keep(String name, Frame frame, Type type, ModelSpec.WeightKind kind, ModelSpec.Initialiser start, Span span) {
    if (!type.shape().stream().allMatch(Dim::isConstant)) {
      throw new ElaborationFault(span, name + " would be " + type + ": what is kept has no open dimension, but for a state whose first one counts the rows of a batch");
    }
    var path = unique(frame.child(name), span);
    infos.put(path, new Elaborated.WeightInfo(path, kind, type, start, false));
    var node = kind == ModelSpec.WeightKind.PARAMETER ? builder().parameter(path, type) : builder().state(path, type);
    if (kind == ModelSpec.WeightKind.PARAMETER) {
      parameters.put(path, node);
    }
    return kind == ModelSpec.WeightKind.PARAMETER && elaborator.averaged() && !elaborator.training() ? average(path, type) : node;
  }

  private String unique(String path, Span span) {
    if (infos.containsKey(path) || rows.has(path)) {
      throw new ElaborationFault(span, "there are two of the name " + path);
    }
    return path;
  }

  /** A scalar that the runtime sets to the validation loss after each epoch; zero before. */
  Node validationLoss() {
    return zeros(ModelSpec.VALIDATION_LOSS, ModelSpec.WeightKind.STATE, Type.of(Kind.FLOAT));
  }

  /** The average of a parameter, kept under a path that no layer can have. */
  Node average(String path, Type type) {
    return zeros(path + ".average", ModelSpec.WeightKind.STATE, type);
  }

  /** What is kept beside the program's own states, and zero at first. */
  Node zeros(String path, ModelSpec.WeightKind kind, Type type) {
    infos.put(path, new Elaborated.WeightInfo(path, kind, type, new ModelSpec.Initialiser(ModelSpec.InitialiserKind.ZEROS, List.of()), false));
    return builder().state(path, type);
  }

  /** All parameters of some paths as one vector, by which {@code grad} differentiates too. */
  FlatWeights flat(List<String> paths) {
    var made = new FlatWeights(builder(), paths, paths.stream().map(parameters::get).toList());
    flat.put(made.vector(), made);
    return made;
  }

  /** What a node is the vector of, if it is one of several parameters. */
  Optional<FlatWeights> partsOf(Node vector) {
    return Optional.ofNullable(flat.get(vector));
  }

  /** What holds a parameter or state now. */
  Node node(String path) {
    var parameter = parameters.get(path);
    return parameter != null ? parameter : builder().state(path, infos.get(path).type());
  }

  /** Whether a path is of a pattern, in which {@code *} stands for anything. */
  static boolean matches(String pattern, String path) {
    return Stream.of(Names.composed(pattern).split("\\*", -1)).map(Pattern::quote).collect(Collectors.collectingAndThen(Collectors.joining(".*"), Pattern::compile))
        .matcher(path).matches();
  }

  /** The parameters of a pattern, of which there has to be one. */
  List<String> matching(String pattern, Span span) {
    var found = parameters.keySet().stream().filter(path -> matches(pattern, path)).toList();
    if (found.isEmpty()) {
      throw new ElaborationFault(span, "no parameter matches \"" + pattern + "\"").note("parameters are " + String.join(", ", parameters.keySet()));
    }
    return found;
  }

  void freeze(String path) {
    infos.computeIfPresent(path, (_, info) -> new Elaborated.WeightInfo(path, info.kind(), info.type(), info.initialiser(), true));
  }
}
