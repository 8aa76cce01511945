package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.source.Interruption;
import nnc.source.Limit;
import nnc.source.Span;
import nnc.syntax.Ast;

/** Applies functions, layers and optimizers to arguments. */
final class Calls {
  private final Elaborator elaborator;
  private final DeclaredGradients declared;
  private final ArgumentBinding binding;
  private int depth;

  Calls(Elaborator elaborator) {
    this.elaborator = elaborator;
    declared = new DeclaredGradients(elaborator);
    binding = new ArgumentBinding(elaborator);
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
    var inner = frame.existing(name) instanceof Value.Chain known ? known.frame() : frame.chain(name);
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
    elaborator.budget.spend(Limit.CALLS);
    if (++depth > Limit.DEPTH.most()) {
      depth--;
      throw new ElaborationFault(span, "calls nest more than " + Limit.DEPTH.count() + " deep: " + callee.describe() + " does not come to an end").hint(Limit.DEPTH.hint()).placed();
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
    if (!elaborator.isInOpenLoop()) {
      elaborator.trace.made(callee, arguments, result);
    }
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
        binding.bind(optimizer.declaration().name(), optimizer.declaration().hyper(), arguments, hyper, frame, span);
        yield new Value.OptimizerInstance(optimizer, hyper);
      }
      case Value.Unknown u -> u;
      case Value.Start(_, var otherwise) when otherwise.get() instanceof Value.Function function -> function(function, arguments, span, wanted, frame);
      case Value.Tensor(var node) when node.op() instanceof Op.Counter && arguments.size() == 1 -> threshold(arguments.getFirst(), span);
      default -> throw new ElaborationFault(span, callee.describe() + " cannot be called: only functions and layers can");
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
    return inside(new Callee(declaration.name(), declaration.span(), arguments), span, () -> {
      binding.bind(declaration.name(), declaration.parameters(), arguments, scope, frame, span);
      if (LibraryText.has(declaration.span().file())) {
        elaborator.doubts.lossFit.called(declaration.name(), scope, elaborator.place());
        elaborator.uses.called(declaration.name(), scope);
        arguments.stream().limit(1).map(Actual::value).filter(Value.Tensor.class::isInstance)
            .forEach(x -> elaborator.doubts.layout.pictures(declaration.name(), ((Value.Tensor) x).node(), elaborator.place()));
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

  private record Callee(String name, Span declaration, List<Actual> arguments) {}

  /** A fault inside is told from outside. */
  private Value inside(Callee callee, Span call, Work work) {
    try {
      return work.run();
    } catch (ElaborationFault fault) {
      boolean library = LibraryText.has(callee.declaration.file());
      var told = library && !LibraryText.has(fault.span().file()) ? fault : fault.from(callee.name, call, library);
      throw library ? Origins.told(told, callee.arguments.stream().map(Actual::value).toList(), elaborator, callee.name) : told;
    }
  }

  private Value instantiate(Value.LayerClass layer, List<Actual> arguments, Span span, Optional<String> wanted, Frame frame) {
    var declaration = layer.declaration();
    var hyper = new Scope(layer.closure());
    inside(new Callee(declaration.name(), declaration.span(), arguments), span, () -> {
      try {
        binding.bind(declaration.name(), declaration.hyper(), arguments, hyper, frame, span);
      } catch (ElaborationFault fault) {
        throw arguments.stream().anyMatch(argument -> argument.name() == null && argument.value() instanceof Value.Tensor(var node) && node.type().rank() > 0)
            ? fault.hint("a layer is made first and then applied: x |> " + declaration.name() + "(...), or " + declaration.name() + "(...)(x)") : fault;
      }
      return null;
    });
    if (frame.isInOpenLoop()) {
      throw new ElaborationFault(span, "the layer " + declaration.name() + " is made in a loop over an open length: each turn would have weights of its own, and how many there are is not known")
          .hint("make it before the loop, and apply it in the loop: step = " + declaration.name() + "(...)");
    }
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
    if (arguments.size() == 1 && arguments.getFirst().value() instanceof Value.Tensor(var x) && LibraryText.has(declaration.span().file())) {
      elaborator.doubts.layout.applied(instance, x, elaborator.place());
    }
    var result = inside(new Callee(declaration.name(), declaration.span(), arguments), span, () -> {
      binding.bind(declaration.name(), declaration.tensors(), arguments, scope, instance.frame, span);
      var value = elaborator.execute(declaration.body(), scope, instance.frame);
      return checked(declaration.name(), value, declaration.results(), scope, instance.frame, span);
    });
    instance.input = arguments.stream().map(Actual::value).filter(Value.Tensor.class::isInstance).map(value -> ((Value.Tensor) value).node()).findFirst().orElse(null);
    instance.output = result instanceof Value.Tensor(var given) && !elaborator.isInOpenLoop() ? given : null;
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
      out.add(result(unifier, types.get(i), values.get(i), name, span));
    }
    return out.size() == 1 ? out.getFirst() : elaborator.budget.tuple(out);
  }

  private static Value result(Unifier unifier, Ast.TypeExpr type, Value value, String name, Span span) {
    try {
      return unifier.match(type, value, Unifier.Wanted.result(name), span);
    } catch (ElaborationFault fault) {
      throw LibraryText.has(type.span().file()) ? fault : fault.note("it is declared here:", type.span());
    }
  }

  private Value primitive(Builtin builtin, List<Actual> arguments, Span span, Frame frame) {
    var scope = new Scope(null);
    binding.bind(builtin.name(), builtin.parameters(), arguments, scope, frame, span);
    elaborator.rolling.check(builtin.name(), scope.own().values(), span);
    var result = Origins.told(List.copyOf(scope.own().values()), elaborator, builtin.name(),
        () -> Expressions.guarded(span, () -> builtin.body().call(new CallArguments(builtin, scope.own(), span, elaborator))));
    elaborator.doubts.called(builtin.name(), scope, result, elaborator.place());
    elaborator.uses.made(builtin.name(), scope, result);
    return result;
  }

  /** The tensor kinds that a formal type takes from an actual one: ints and bools are welcome as floats. */
  static boolean fits(Kind formal, Kind actual) {
    return formal == actual || formal == Kind.FLOAT || formal == Kind.INT && actual == Kind.BOOL;
  }
}
