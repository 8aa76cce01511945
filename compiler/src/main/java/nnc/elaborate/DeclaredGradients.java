package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.source.Span;
import nnc.syntax.Ast;

/**
 * Functions whose gradient the program declares: {@code fn f(x) = ... gradient(g) = ...}. The rule is run when something is differentiated by way
 * of the result, in the scope of that call; what it gives is differentiated in turn like all else.
 */
final class DeclaredGradients {
  private final Elaborator elaborator;

  DeclaredGradients(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  /**
   * The result of a call as something of whose gradient the rule alone is known.
   *
   * @param scope of the call, in which the arguments are bound and what its body has bound
   */
  Value of(Ast.Fn function, Ast.Gradient gradient, Value result, Scope scope, Span call) {
    var builder = elaborator.builder();
    var value = Convert.tensor(result, builder, () -> new ElaborationFault(call,
        "a function whose gradient is declared gives one array, and " + function.name() + " gives " + (result == null ? "nothing" : result.describe())));
    if (value.type().kind() != Kind.FLOAT) {
      throw new ElaborationFault(call, function.name() + " gives " + value.type() + ", of which there is no gradient to declare");
    }
    var inputs = inputs(function, scope);
    if (inputs.isEmpty()) {
      throw new ElaborationFault(call, function.name() + " declares a gradient, and no argument is a float array that it could be of");
    }
    return new Value.Tensor(builder.declareGradient(value, new GraphBuilder.DeclaredGradient(function.name(), List.copyOf(inputs.values()),
        (y, g) -> cotangents(function, gradient, inputs, y, g, scope))));
  }

  /** The arguments that are float arrays, by the names of the parameters. */
  private static Map<String, Node> inputs(Ast.Fn function, Scope scope) {
    var inputs = new LinkedHashMap<String, Node>();
    for (var parameter : function.parameters()) {
      if (scope.own().get(parameter.name()) instanceof Value.Tensor(var node) && node.type().kind() == Kind.FLOAT) {
        inputs.put(parameter.name(), node);
      }
    }
    return inputs;
  }

  private List<Node> cotangents(Ast.Fn function, Ast.Gradient gradient, Map<String, Node> inputs, Node y, Node g, Scope call) {
    var scope = new Scope(call);
    inputs.forEach((name, node) -> scope.bind(name, new Value.Tensor(node)));
    scope.bind(gradient.name(), new Value.Tensor(g));
    gradient.result().ifPresent(name -> scope.bind(name, new Value.Tensor(y)));
    var result = elaborator.execute(gradient.body(), scope, new Frame(""));
    var given = switch (result) {
      case Value.Tuple(var items) -> items;
      case Value.Items items when inputs.size() > 1 -> items.items();
      case null -> List.<Value>of();
      default -> List.of(result);
    };
    if (given.size() != inputs.size()) {
      throw new ElaborationFault(gradient.span(), "the gradient of " + function.name() + " gives " + given.size() + (given.size() == 1 ? " value" : " values")
          + ", and has one for each of " + String.join(", ", inputs.keySet())).hint("none stands for a gradient of zero");
    }
    var cotangents = new ArrayList<Node>();
    for (var name : inputs.keySet()) {
      cotangents.add(cotangent(function, gradient, name, given.get(cotangents.size()), inputs.get(name)));
    }
    return cotangents;
  }

  private Node cotangent(Ast.Fn function, Ast.Gradient gradient, String name, Value given, Node input) {
    if (given instanceof Value.None) {
      return null;
    }
    var builder = elaborator.builder();
    var node = builder.cast(Convert.tensor(given, builder, () -> new ElaborationFault(gradient.span(),
        "the gradient of " + function.name() + " by " + name + " is an array, and this gives " + given.describe())), Kind.FLOAT);
    if (node.type().rank() > 0 && !node.type().shape().equals(input.type().shape())) {
      throw new ElaborationFault(gradient.span(), "the gradient of " + function.name() + " by " + name + " is " + node.type() + ", and " + name + " is " + input.type());
    }
    return builder.broadcastTo(node, input.type().shape());
  }

  /** The parameters on whose way to a loss a gradient is declared: differences of the loss need not agree with what they learn by. */
  static List<String> behind(Node loss, GraphBuilder builder) {
    var nodes = new NodeSet();
    var behind = new NodeSet();
    nodes.add(loss);
    var paths = new ArrayList<String>();
    for (var node : builder.nodes().reversed()) {
      if (nodes.contains(node)) {
        var declared = builder.declared(node);
        var read = declared == null ? node.operands() : Stream.concat(node.operands().stream(), declared.inputs().stream()).toList();
        read.forEach(nodes::add);
        if (declared != null || behind.contains(node)) {
          read.forEach(behind::add);
        }
        if (behind.contains(node) && node.op() instanceof Op.Parameter(var path, _)) {
          paths.add(path);
        }
      }
    }
    return paths;
  }
}
