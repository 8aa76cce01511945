package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.source.Interruption;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/** Applies functions, layers and optimizers to arguments. */
final class Calls {
  private static final int DEEPEST = 100;

  /** Far more than any network has; a function that calls itself twice would go on for years. */
  private static final int MOST = 1_000_000;

  private final Elaborator elaborator;
  private final DeclaredGradients declared;
  private int depth;
  private int calls;

  Calls(Elaborator elaborator) {
    this.elaborator = elaborator;
    declared = new DeclaredGradients(elaborator);
  }

  boolean inCall() {
    return depth > 0;
  }

  /** An argument as evaluated; positional ones have no name. */
  record Actual(String name, Value value, Span span) {}

  Value call(Ast.Call call, Optional<String> wanted, Scope scope, Frame frame) {
    var callee = elaborator.expressions().value(call.callee(), scope, frame);
    if (wanted.isPresent() && callee instanceof Value.Primitive(var builtin) && builtin.name().equals("compose")) {
      return chain(wanted.get(), call, scope, frame);
    }
    return apply(callee, actuals(call.arguments(), scope, frame), call.span(), wanted, frame);
  }

  List<Actual> actuals(List<Ast.Argument> arguments, Scope scope, Frame frame) {
    var list = new ArrayList<Actual>();
    for (var argument : arguments) {
      list.add(new Actual(argument.name().orElse(null), elaborator.expressions().value(argument.value(), scope, frame), argument.span()));
    }
    return list;
  }

  /** A chain with a name of its own: its layers are called below it. */
  private Value chain(String wanted, Ast.Call call, Scope scope, Frame frame) {
    var name = frame.name(wanted);
    var inner = frame.existing(name) instanceof Value.Chain known ? known.frame() : new Frame(frame.child(name));
    inner.restart();
    var parts = new ArrayList<Value>();
    for (var argument : call.arguments()) {
      if (argument.name().isPresent()) {
        throw new ElaborationFault(argument.span(), "compose has no '" + argument.name().get() + "'").note("it is compose(parts...)");
      }
      parts.add(callable(elaborator.expressions().value(argument.value(), scope, inner), inner, argument.span()));
    }
    var chain = new Value.Chain(parts, inner);
    frame.keep(name, chain);
    return chain;
  }

  /** {@code x |> f}: f(x); {@code x |> f(a)}: f(x, a) of a function, f(a)(x) of a layer. */
  Value pipe(Ast.Pipe pipe, Scope scope, Frame frame) {
    var left = elaborator.expressions().value(pipe.left(), scope, frame);
    elaborator.mark(pipe.right().span());
    var x = new Actual(null, left, pipe.left().span());
    if (pipe.right() instanceof Ast.Call call) {
      var callee = elaborator.expressions().value(call.callee(), scope, frame);
      if (isFunction(callee) && !Makes.aLayer(callee)) {
        var arguments = new ArrayList<>(List.of(x));
        arguments.addAll(actuals(call.arguments(), scope, frame));
        return apply(callee, arguments, call.span(), Optional.empty(), frame);
      }
    }
    var callee = elaborator.expressions().value(pipe.right(), scope, frame);
    return apply(callable(callee, frame, pipe.right().span()), List.of(x), pipe.right().span(), Optional.empty(), frame);
  }

  private static boolean isFunction(Value callee) {
    return callee instanceof Value.Function || callee instanceof Value.Primitive;
  }

  /** A layer's name where something is to be applied means the layer with its default hyperparameters. */
  private Value callable(Value value, Frame frame, Span span) {
    return value instanceof Value.LayerClass ? apply(value, List.of(), span, Optional.empty(), frame) : value;
  }

  Value apply(Value callee, List<Actual> arguments, Span span, Optional<String> wanted, Frame frame) {
    for (var argument : arguments) {
      if (argument.value() instanceof Value.Unknown) {
        return argument.value();
      }
    }
    Interruption.check();
    elaborator.mark(span);
    if (++calls > MOST) {
      throw new ElaborationFault(elaborator.place(), "more than " + MOST + " calls while compiling; does a function call itself several times?");
    }
    if (++depth > DEEPEST) {
      depth--;
      throw new ElaborationFault(span, "calls nest more than " + DEEPEST + " deep: " + callee.describe() + " does not come to an end");
    }
    Value result;
    elaborator.trace.begins(callee);
    int around = elaborator.callTrace.begin(callee, span);
    try {
      result = applied(callee, arguments, span, wanted, frame);
    } finally {
      elaborator.trace.ends();
      elaborator.callTrace.end(around);
      depth--;
    }
    elaborator.trace.made(callee, arguments, result);
    return result;
  }

  private Value applied(Value callee, List<Actual> arguments, Span span, Optional<String> wanted, Frame frame) {
    return switch (callee) {
      case Value.Function function -> function(function, arguments, span, wanted, frame);
      case Value.Primitive(var builtin) -> primitive(builtin, arguments, span, frame);
      case Value.LayerClass layer -> instantiate(layer, arguments, span, wanted, frame);
      case Value.Instance instance -> forward(instance, arguments, span);
      case Value.Chain chain -> through(chain, arguments, span, frame);
      case Value.OptimizerClass optimizer -> {
        var hyper = new Scope(optimizer.closure());
        bind(optimizer.declaration().name(), optimizer.declaration().hyper(), arguments, hyper, frame, span);
        yield new Value.OptimizerInstance(optimizer, hyper);
      }
      case Value.Unknown u -> u;
      case Value.Start(_, var otherwise) when otherwise.get() instanceof Value.Function function -> function(function, arguments, span, wanted, frame);
      case Value.Tensor(var node) when node.op() instanceof Op.Counter && arguments.size() == 1 -> threshold(arguments.getFirst(), span);
      default -> throw new ElaborationFault(span, callee.describe() + " cannot be called");
    };
  }

  /** The activation {@code step} has the name of the training step: called, it is 1 above zero and 0 elsewhere. */
  private Value threshold(Actual argument, Span span) {
    var graph = elaborator.builder();
    var x = Convert.tensor(argument.value(), graph, () -> new ElaborationFault(span, "step takes a tensor, and this is " + argument.value().describe()));
    return new Value.Tensor(graph.cast(graph.less(graph.constant(0), x), Kind.FLOAT));
  }

  private Value through(Value.Chain chain, List<Actual> arguments, Span span, Frame frame) {
    var values = arguments;
    Value result = null;
    for (var part : chain.parts()) {
      result = apply(part, values, span, Optional.empty(), chain.frame() == null ? frame : chain.frame());
      values = result instanceof Value.Tuple(var items) ? items.stream().map(v -> new Actual(null, v, span)).toList()
          : List.of(new Actual(null, result, span));
    }
    return result;
  }

  private Value function(Value.Function function, List<Actual> arguments, Span span, Optional<String> wanted, Frame frame) {
    var declaration = function.declaration();
    var scope = new Scope(function.closure());
    return inside(declaration.name(), declaration.span(), span, () -> {
      bind(declaration.name(), declaration.parameters(), arguments, scope, frame, span);
      if (LibraryText.has(declaration.span().file())) {
        elaborator.doubts.lossFit.called(declaration.name(), scope, elaborator.place());
        elaborator.uses.called(declaration.name(), scope);
      }
      var result = body(declaration.body(), scope, frame, wanted);
      var value = checked(declaration.name(), result, declaration.results(), scope, frame, span);
      return declaration.gradient().map(gradient -> declared.of(declaration, gradient, value, scope, span)).orElse(value);
    });
  }

  /** The name that a made layer is bound to reaches through a function that only returns it. */
  private Value body(List<Ast.Statement> body, Scope scope, Frame frame, Optional<String> wanted) {
    if (wanted.isPresent() && body.size() == 1 && body.getFirst() instanceof Ast.Return(var values, _) && values.size() == 1) {
      return elaborator.expressions().named(values.getFirst(), wanted.get(), scope, frame);
    }
    return elaborator.execute(body, scope, frame);
  }

  private interface Work {
    Value run();
  }

  /** A fault inside is told from outside. */
  private Value inside(String name, Span declaration, Span call, Work work) {
    try {
      return work.run();
    } catch (ElaborationFault fault) {
      boolean library = LibraryText.has(declaration.file());
      if (library && !LibraryText.has(fault.span().file())) {
        throw fault;
      }
      throw fault.from(name, call, library);
    }
  }

  private Value instantiate(Value.LayerClass layer, List<Actual> arguments, Span span, Optional<String> wanted, Frame frame) {
    var declaration = layer.declaration();
    var hyper = new Scope(layer.closure());
    inside(declaration.name(), declaration.span(), span, () -> {
      bind(declaration.name(), declaration.hyper(), arguments, hyper, frame, span);
      return null;
    });
    var name = frame.name(wanted.orElse(declaration.name()));
    if (frame.existing(name) instanceof Value.Instance known && known.layer.declaration() == declaration) {
      return known;
    }
    var instance = new Value.Instance(layer, hyper, new Frame(frame.child(name)));
    frame.keep(name, instance);
    elaborator.instances.add(instance);
    return instance;
  }

  private Value forward(Value.Instance instance, List<Actual> arguments, Span span) {
    var declaration = instance.layer.declaration();
    var scope = new Scope(instance.hyper, instance, null);
    instance.frame.restart();
    var result = inside(declaration.name(), declaration.span(), span, () -> {
      bind(declaration.name(), declaration.tensors(), arguments, scope, instance.frame, span);
      var value = elaborator.execute(declaration.body(), scope, instance.frame);
      return checked(declaration.name(), value, declaration.results(), scope, instance.frame, span);
    });
    instance.input = arguments.stream().map(Actual::value).filter(Value.Tensor.class::isInstance).map(value -> ((Value.Tensor) value).node()).findFirst().orElse(null);
    instance.output = result instanceof Value.Tensor(var given) ? given : null;
    instance.outputShape = result instanceof Value.Tensor(var node) ? node.type().toString() : result.describe();
    return result;
  }

  private Value checked(String name, Value result, List<Ast.TypeExpr> types, Scope scope, Frame frame, Span span) {
    if (result == null) {
      throw new ElaborationFault(span, name + " returns nothing");
    }
    if (types.isEmpty()) {
      return result;
    }
    var values = result instanceof Value.Tuple(var items) ? items : List.of(result);
    if (values.size() != types.size()) {
      throw new ElaborationFault(span, name + " returns " + values.size() + " values, and declares " + types.size());
    }
    var unifier = new Unifier(elaborator, scope, frame);
    var out = new ArrayList<Value>();
    for (int i = 0; i < values.size(); i++) {
      out.add(unifier.match(types.get(i), values.get(i), "the result of " + name, span));
    }
    return out.size() == 1 ? out.getFirst() : new Value.Tuple(out);
  }

  private Value primitive(Builtin builtin, List<Actual> arguments, Span span, Frame frame) {
    var scope = new Scope(null);
    bind(builtin.name(), builtin.parameters(), arguments, scope, frame, span);
    var result = Expressions.guarded(span, () -> builtin.body().call(new CallArguments(builtin, scope.own(), span, elaborator)));
    elaborator.doubts.called(builtin.name(), scope, result, elaborator.place());
    elaborator.uses.made(builtin.name(), scope, result);
    return result;
  }

  /** Binds arguments to formal parameters: positional ones in order, then by name, then defaults. */
  void bind(String name, List<Ast.Parameter> parameters, List<Actual> arguments, Scope scope, Frame frame, Span span) {
    Map<String, Actual> given = new LinkedHashMap<>();
    var rest = new ArrayList<Value>();
    int place = 0;
    for (var argument : arguments) {
      if (argument.name() != null) {
        named(name, parameters, argument, given);
      } else if (place < parameters.size() && parameters.get(place).rest()) {
        rest.add(argument.value());
      } else if (place < parameters.size()) {
        give(name, parameters.get(place++).name(), argument, given);
      } else {
        throw new ElaborationFault(argument.span(), name + " takes " + count(parameters.size()) + ", and this is one too many")
            .note(signature(name, parameters));
      }
    }
    checkArguments(name, parameters, given);
    var unifier = new Unifier(elaborator, scope, frame);
    for (var parameter : parameters) {
      var actual = given.get(parameter.name());
      if (parameter.rest()) {
        if (actual != null && !rest.isEmpty()) {
          throw new ElaborationFault(actual.span(), name + ": '" + parameter.name() + "' is given twice");
        }
        scope.bind(parameter.name(), actual != null ? actual.value() : new Value.Items(rest));
      } else if (actual != null) {
        var type = parameter.type();
        scope.bind(parameter.name(),
            type.filter(one -> !ArgumentType.is(one)).map(one -> unifier.match(one, actual.value(), parameter.name(), actual.span())).orElse(actual.value()));
      } else if (parameter.defaultValue().isPresent()) {
        scope.bind(parameter.name(), otherwise(name, parameter, scope, frame));
      } else {
        throw new ElaborationFault(span, name + " needs '" + parameter.name() + "'").note(signature(name, parameters));
      }
    }
  }

  /** What is no tensor is looked at before anything is computed with it, whatever else is missing. */
  private static void checkArguments(String name, List<Ast.Parameter> parameters, Map<String, Actual> given) {
    for (var parameter : parameters) {
      var actual = given.get(parameter.name());
      if (actual == null || parameter.type().isEmpty() || !ArgumentType.is(parameter.type().get()) || isNone(parameter, actual.value())) {
        continue;
      }
      try {
        ArgumentType.of(parameter.type().get()).check(actual.value(), parameter.name(), name, actual.span());
      } catch (ElaborationFault fault) {
        throw parameter.defaultValue().map(usual -> usually(usual, parameter.name(), fault)).orElse(fault);
      }
    }
  }

  /** What is none if it is left out may be none if it is given. */
  private static boolean isNone(Ast.Parameter parameter, Value value) {
    return value instanceof Value.None && parameter.defaultValue().filter(Ast.None.class::isInstance).isPresent();
  }

  private static ElaborationFault usually(Ast.Expr usual, String parameter, ElaborationFault fault) {
    return switch (usual) {
      case Ast.Number(var number, _, _) -> fault.hint("left out, " + parameter + " is " + new Value.Num(number).describe().replace("the number ", ""));
      case Ast.Text(var text, _) -> fault.hint("left out, " + parameter + " is \"" + text + "\"");
      case Ast.Bool(var flag, _) -> fault.hint("left out, " + parameter + " is " + flag);
      default -> fault;
    };
  }

  private Value otherwise(String name, Ast.Parameter parameter, Scope scope, Frame frame) {
    var usual = parameter.defaultValue().get();
    var value = elaborator.expressions().value(usual, scope, frame);
    if (parameter.type().isPresent() && ArgumentType.is(parameter.type().get()) && !isNone(parameter, value)) {
      ArgumentType.of(parameter.type().get()).check(value, parameter.name(), name, usual.span());
    }
    return value;
  }

  private static void named(String name, List<Ast.Parameter> parameters, Actual argument, Map<String, Actual> given) {
    var names = parameters.stream().map(Ast.Parameter::name).toList();
    if (!names.contains(argument.name())) {
      throw new ElaborationFault(argument.span(), name + " has no '" + argument.name() + "'" + Suggestion.sentence(argument.name(), names))
          .note(signature(name, parameters));
    }
    give(name, argument.name(), argument, given);
  }

  private static void give(String name, String parameter, Actual argument, Map<String, Actual> given) {
    if (given.put(parameter, argument) != null) {
      throw new ElaborationFault(argument.span(), name + ": '" + parameter + "' is given twice");
    }
  }

  private static String count(int n) {
    return n == 0 ? "no arguments" : n == 1 ? "one argument" : n + " arguments";
  }

  private static String signature(String name, List<Ast.Parameter> parameters) {
    return "it is " + name + "(" + String.join(", ", parameters.stream().map(p -> p.rest() ? p.name() + "..." : p.name()).toList()) + ")";
  }

  /** The tensor kinds that a formal type takes from an actual one: ints and bools are welcome as floats. */
  static boolean fits(Kind formal, Kind actual) {
    return formal == actual || formal == Kind.FLOAT || formal == Kind.INT && actual == Kind.BOOL;
  }
}
