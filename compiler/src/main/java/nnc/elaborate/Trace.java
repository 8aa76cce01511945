package nnc.elaborate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import nnc.graph.Kind;
import nnc.graph.Node;

/** Notes the steps that a program is told by, while it is elaborated. */
final class Trace {
  /** Functions that are told of wherever the program or a layer applies them; inside of other functions of the library they are no step. */
  private static final Set<String> ACTIVATIONS = Set.of("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "silu", "softplus", "mish", "hard_sigmoid", "hard_tanh",
      "softsign", "gelu", "sigmoid", "tanh", "softmax", "log_softmax");

  private final List<Traced.Step> steps = new ArrayList<>();
  /** Who is at work, the innermost last: a layer, or a function of the library. */
  private final Deque<Value> working = new ArrayDeque<>();

  List<Traced.Step> steps() {
    return List.copyOf(steps);
  }

  void begins(Value callee) {
    working.addLast(callee);
  }

  void ends() {
    working.removeLast();
  }

  void named(String name, Node value) {
    steps.add(new Traced.Step(Traced.Kind.NAME, name, "", null, value));
  }

  /** Notes what a callee, which has ended, made of its arguments. */
  void made(Value callee, List<Calls.Actual> arguments, Value result) {
    if (callee instanceof Value.Instance layer) {
      var all = result instanceof Value.Tuple(var items) ? items : List.of(result);
      all.stream().filter(Value.Tensor.class::isInstance)
          .forEach(one -> steps.add(new Traced.Step(Traced.Kind.LAYER, layer.frame.path(), layer.layer.declaration().name(), null, ((Value.Tensor) one).node())));
    } else if (!arguments.isEmpty() && arguments.getFirst().value() instanceof Value.Tensor(var x) && result instanceof Value.Tensor(var y)
        && x != y && y.type().kind() == Kind.FLOAT && y.type().shape().equals(x.type().shape()) && isActivation(callee)) {
      steps.add(new Traced.Step(Traced.Kind.ACTIVATION, path(), name(callee), x, y));
    }
  }

  /** One by its name, or what the layer at work was given as such. */
  private boolean isActivation(Value callee) {
    var last = working.peekLast();
    return last instanceof Value.Instance layer && layer.hyper.own().get("activation") == callee
        || ACTIVATIONS.contains(name(callee)) && !(last instanceof Value.Function function && isOfLibrary(function));
  }

  private static boolean isOfLibrary(Value.Function function) {
    return LibraryText.has(function.declaration().span().file());
  }

  private static String name(Value callee) {
    return switch (callee) {
      case Value.Function function -> function.declaration().name();
      case Value.Primitive(var builtin) -> builtin.name();
      default -> "";
    };
  }

  private String path() {
    for (var at : (Iterable<Value>) working::descendingIterator) {
      if (at instanceof Value.Instance layer) {
        return layer.frame.path();
      }
    }
    return "";
  }
}
