package nnc.elaborate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.source.Span;
import nnc.syntax.Ast;

/** Functions of an array that training lowers or that it is projected by. */
final class Penalties {
  private Penalties() {}

  /** What a function makes of an array. */
  static Node applied(Elaborator elaborator, Value function, Node array, Span span) {
    var actual = new Calls.Actual(null, new Value.Tensor(array), span);
    var value = elaborator.calls().apply(function, List.of(actual), span, Optional.empty(), new Frame(""));
    if (value instanceof Value.Function && function instanceof Value.Function(var declaration, _)) {
      throw new ElaborationFault(span, declaration.name() + " gives a function of an array when it is called with its numbers, and here it is not called")
          .hint("write " + declaration.name() + declaration.parameters().stream().map(Penalties::example).collect(Collectors.joining(", ", "(", ")")));
    }
    return Convert.tensor(value, elaborator.builder(), () -> new ElaborationFault(span, "a function of an array is needed, and this gives " + value.describe()));
  }

  private static String example(Ast.Parameter parameter) {
    return parameter.defaultValue().filter(Ast.Number.class::isInstance).map(usual -> Value.text(((Ast.Number) usual).value())).orElse(parameter.name());
  }

  /** Adds penalties of what a layer gives to what training lowers: the mean over the examples of the functions of each. */
  static Value activity(CallArguments a) {
    var x = a.tensor("x");
    var functions = Initialisers.functions(a, "penalty", "a penalty of what a layer gives, such as l1(0.0001)");
    if (a.elaborator().training()) {
      var graph = a.graph();
      for (var function : functions) {
        var sum = applied(a.elaborator(), function, x, a.elaborator().place());
        if (sum.type().rank() > 0) {
          throw a.fault("a penalty is a scalar, and this is " + sum.type() + "; take its sum");
        }
        var examples = graph.size(x.type().rank() == 0 ? Dim.ONE : x.type().dim(0));
        a.elaborator().objective().activities.add(new Objective.Activity(x, graph.div(graph.cast(sum, Kind.FLOAT), examples)));
      }
    }
    return new Value.Tensor(x);
  }
}
