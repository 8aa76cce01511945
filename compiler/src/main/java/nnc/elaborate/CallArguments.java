package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.source.Span;

/** The bound arguments of a primitive, as what it wants them to be. */
final class CallArguments {
  private final Builtin builtin;
  private final Map<String, Value> values;
  private final Span span;
  private final Elaborator elaborator;

  CallArguments(Builtin builtin, Map<String, Value> values, Span span, Elaborator elaborator) {
    this.builtin = builtin;
    this.values = values;
    this.span = span;
    this.elaborator = elaborator;
  }

  Elaborator elaborator() {
    return elaborator;
  }

  GraphBuilder graph() {
    return elaborator.builder();
  }

  Span span() {
    return span;
  }

  ElaborationFault fault(String message) {
    return new ElaborationFault(span, message.startsWith(builtin.name() + ":") ? message : builtin.name() + ": " + message);
  }

  /** Given, and not {@code none}. */
  boolean has(String name) {
    return values.containsKey(name) && !(values.get(name) instanceof Value.None);
  }

  Value value(String name) {
    return values.get(name);
  }

  Node tensor(String name) {
    return Convert.tensor(values.get(name), graph(), () -> noTensor(name));
  }

  private ElaborationFault noTensor(String name) {
    var value = values.get(name);
    var fault = fault((builtin.parameters().getFirst().name().equals(name) ? "it takes a tensor" : "'" + name + "' is a tensor") + ", and this is " + value.describe());
    return value instanceof Value.Instance layer ? fault.hint("a layer is applied to something first: " + layer.frame.path() + "(x), or x |> " + layer.frame.path()) : fault;
  }

  /** A tensor, or an input of which numbers may be missing. */
  Node fed(String name) {
    return values.get(name) instanceof Value.Gaps(var node) ? node : tensor(name);
  }

  /** Whole numbers that are written are ints. */
  Node ints(String name) {
    return Convert.ints(values.get(name), graph(), () -> noTensor(name));
  }

  double number(String name, double otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    if (values.get(name) instanceof Value.Num(var number)) {
      return number;
    }
    throw fault("'" + name + "' should be a number known at compile time, and is " + values.get(name).describe());
  }

  int whole(String name, int otherwise) {
    var number = number(name, otherwise);
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw fault("'" + name + "' should be a whole number" + (number == Math.rint(number) ? " of 31 bits" : "") + ", and is " + number);
    }
    return (int) number;
  }

  boolean flag(String name, boolean otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    if (values.get(name) instanceof Value.Bool(var flag)) {
      return flag;
    }
    throw fault("'" + name + "' should be true or false, and is " + values.get(name).describe());
  }

  String text(String name) {
    if (values.get(name) instanceof Value.Text(var text)) {
      return text;
    }
    throw fault("'" + name + "' should be a text, and is " + values.get(name).describe());
  }

  List<Value> list(String name) {
    return switch (values.get(name)) {
      case Value.Items(var items) -> items;
      case Value.Tuple(var items) -> items;
      case Value other -> List.of(other);
    };
  }

  List<Node> tensors(String name) {
    return list(name).stream().map(v -> Convert.tensor(v, graph(), () -> fault("'" + name + "' should be a list of tensors"))).toList();
  }

  int whole(Value item, String name) {
    if (!(item instanceof Value.Num n) || !n.whole()) {
      throw fault("'" + name + "' should be whole numbers, and has " + item.describe());
    } else if (Math.abs(n.value()) > Integer.MAX_VALUE) {
      throw fault("'" + name + "' should be whole numbers of 31 bits, and has " + item.describe());
    }
    return (int) n.value();
  }

  List<Integer> wholes(String name) {
    return list(name).stream().map(item -> whole(item, name)).toList();
  }

  Dim dim(Value value, String name) {
    var dim = Convert.dim(value, () -> fault("'" + name + "' should be sizes, and has " + value.describe()));
    if (dim.constant().orElse(0) < 0) {
      throw fault("'" + name + "' should be sizes, and has " + dim + ": none is negative");
    }
    return dim;
  }

  List<Dim> dims(String name) {
    return list(name).stream().map(v -> dim(v, name)).toList();
  }

  /** That of two numbers, where they are known, the first is no more than the second. */
  void requireOrder(String low, String high) {
    if (value(low) instanceof Value.Num(var from) && value(high) instanceof Value.Num(var to) && from > to) {
      throw fault("'" + low + "' is at most '" + high + "', and " + Value.text(from) + " is more than " + Value.text(to));
    }
  }

  /** One axis of a rank; negative from the end. */
  int axis(Value value, int rank) {
    if (!(value instanceof Value.Num n) || !n.whole()) {
      throw fault("an axis is a whole number, and this is " + value.describe());
    }
    int axis = (int) n.value();
    if (axis < -rank || axis >= rank) {
      throw fault("there is no axis " + axis + " in a tensor of " + rank + " dimensions");
    }
    return axis < 0 ? axis + rank : axis;
  }

  int axis(String name, int otherwise, int rank) {
    return axis(has(name) ? values.get(name) : new Value.Num(otherwise), rank);
  }

  /** One axis or a list; all where none is given. */
  List<Integer> axes(String name, Node x) {
    int rank = x.type().rank();
    if (!has(name)) {
      var all = new ArrayList<Integer>();
      for (int i = 0; i < rank; i++) {
        all.add(i);
      }
      return all;
    }
    return list(name).stream().map(v -> axis(v, rank)).sorted().distinct().toList();
  }

  Node floats(String name) {
    return graph().cast(tensor(name), Kind.FLOAT);
  }
}
