package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/** The arguments of a call as the values of a callee's parameters: what is missing, given twice, of another kind or called otherwise is told here. */
final class ArgumentBinding {
  /** Of a callee's parameters, before a message becomes longer than what it says. */
  private static final int SHOWN = 8;

  private final Elaborator elaborator;

  ArgumentBinding(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  /** Binds arguments to formal parameters: positional ones in order, then by name, then defaults. */
  void bind(String name, List<Ast.Parameter> parameters, List<Calls.Actual> arguments, Scope scope, Frame frame, Span span) {
    Map<String, Calls.Actual> given = new LinkedHashMap<>();
    var rest = new ArrayList<Value>();
    int place = 0;
    checkNames(name, parameters, arguments);
    for (var argument : arguments) {
      if (argument.name() != null) {
        give(name, argument.name(), argument, given);
      } else if (place < parameters.size() && parameters.get(place).rest()) {
        rest.add(argument.value());
      } else if (place < parameters.size()) {
        give(name, parameters.get(place++).name(), argument, given);
      } else {
        throw new ElaborationFault(argument.span(), name + " takes " + count(parameters.size()) + ", and this is one too many")
            .note(signature(name, parameters)).placed();
      }
    }
    checkArguments(name, parameters, given);
    checkFunctions(name, parameters, given, scope);
    var unifier = new Unifier(elaborator, scope, frame);
    for (var parameter : parameters) {
      var actual = given.get(parameter.name());
      if (parameter.rest()) {
        if (actual != null && !rest.isEmpty()) {
          throw new ElaborationFault(actual.span(), name + ": '" + parameter.name() + "' is given twice");
        }
        scope.bind(parameter.name(), actual != null ? actual.value() : elaborator.budget.list(rest));
      } else if (actual != null) {
        var type = parameter.type();
        scope.bind(parameter.name(),
            type.filter(one -> !ArgumentType.is(one)).map(one -> unifier.match(one, actual.value(),
                Unifier.Wanted.argument(name, parameter.name(), parameter == parameters.getFirst()), actual.span())).orElse(actual.value()));
      } else if (parameter.defaultValue().isPresent()) {
        scope.bind(parameter.name(), otherwise(name, parameter, scope, frame));
      } else {
        throw new ElaborationFault(span, name + " needs '" + parameter.name() + "'").note(signature(name, parameters)).placed();
      }
    }
  }

  /** What is no tensor is looked at before anything is computed with it, whatever else is missing. */
  private static void checkArguments(String name, List<Ast.Parameter> parameters, Map<String, Calls.Actual> given) {
    for (var parameter : parameters) {
      var actual = given.get(parameter.name());
      if (actual == null || parameter.type().isEmpty() || !ArgumentType.is(parameter.type().get()) || isNone(parameter, actual.value())) {
        continue;
      }
      try {
        ArgumentType.of(parameter.type().get()).check(actual.value(), parameter.name(), name, actual.span());
      } catch (ElaborationFault fault) {
        throw parameter.defaultValue().filter(_ -> !(actual.value() instanceof Value.Tensor)).map(usual -> usually(usual, parameter.name(), fault)).orElse(fault).placed();
      }
    }
  }

  /** What is a function or an initialiser if it is left out is no text and, of functions, no number if it is given. */
  private static void checkFunctions(String name, List<Ast.Parameter> parameters, Map<String, Calls.Actual> given, Scope scope) {
    for (var parameter : parameters) {
      var actual = given.get(parameter.name());
      if (actual == null || parameter.type().isPresent() || !(parameter.defaultValue().orElse(null) instanceof Ast.Name(var usual, _))) {
        continue;
      }
      boolean function = usual.equals("identity");
      if (actual.value() instanceof Value.Text(var text) && (function || scope.find(text) != null)) {
        throw new ElaborationFault(actual.span(), name + ": " + parameter.name() + " is " + (function ? "a function" : "an initialiser") + ", and this is the text \"" + text + "\"")
            .hint(scope.find(text) != null ? "write " + text + ", without quotes" : Habits.name(text, scope.names()).orElse("it is named without quotes, such as " + (function ? "relu" : usual)))
            .placed();
      } else if (function && (actual.value() instanceof Value.Num || actual.value() instanceof Value.Bool)) {
        throw new ElaborationFault(actual.span(), name + ": " + parameter.name() + " is a function, such as relu, and this is " + actual.value().describe())
            .note(signature(name, parameters)).hint(name.equals("dense") ? Habits.FOLLOWS + ": dense(" + actual.value().describe().replace("the number ", "") + ")" : "").placed();
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

  /** All names that a callee does not have are told in one fault. */
  private static void checkNames(String name, List<Ast.Parameter> parameters, List<Calls.Actual> arguments) {
    var names = parameters.stream().map(Ast.Parameter::name).toList();
    var unknown = arguments.stream().filter(argument -> argument.name() != null && !names.contains(argument.name())).toList();
    if (unknown.isEmpty()) {
      return;
    }
    var single = unknown.size() == 1 && Habits.argument(unknown.getFirst().name(), names).isEmpty() ? Suggestion.sentence(unknown.getFirst().name(), names) : "";
    var fault = new ElaborationFault(unknown.getFirst().span(), name + " has no " + String.join(" and no ", unknown.stream().map(one -> "'" + one.name() + "'").toList()) + single)
        .note(signature(name, parameters)).placed();
    for (var argument : unknown) {
      fault.hint(Habits.argument(argument.name(), names).orElseGet(() -> unknown.size() == 1 ? "" : Suggestion.of(argument.name(), names).map(near -> "'" + argument.name() + "' may be '" + near + "'").orElse("")));
    }
    throw fault;
  }

  private static void give(String name, String parameter, Calls.Actual argument, Map<String, Calls.Actual> given) {
    if (given.put(parameter, argument) != null) {
      throw new ElaborationFault(argument.span(), name + ": '" + parameter + "' is given twice");
    }
  }

  private static String count(int n) {
    return n == 0 ? "no arguments" : n == 1 ? "one argument" : n + " arguments";
  }

  private static String signature(String name, List<Ast.Parameter> parameters) {
    var names = parameters.stream().map(p -> p.rest() ? p.name() + "..." : p.name()).toList();
    return names.size() <= SHOWN + 1 ? "it is " + name + "(" + String.join(", ", names) + ")"
        : "it is " + name + "(" + String.join(", ", names.subList(0, SHOWN)) + ", ...), 'nnc help " + name + "' tells all";
  }
}
