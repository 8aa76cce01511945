package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;

/** Between values of the compile and values of the graph. */
final class Convert {
  private Convert() {}

  /** A number becomes a constant (whole ones INT only in company of ints: here they are floats), a nested list a table. */
  static Node tensor(Value value, GraphBuilder graph, Supplier<ElaborationFault> fault) {
    return switch (value) {
      case Value.Tensor(var node) -> node;
      case Value.Start start when drawn(start) instanceof Value.Tensor(var node) -> node;
      case Value.Num(var number) -> graph.constant(number);
      case Value.Size(var dim) -> graph.size(dim);
      case Value.Bool(var flag) -> graph.constant(flag ? 1 : 0, Kind.BOOL);
      case Value.Items items when !items.items().isEmpty() && numeric(items) -> table(items, graph, fault);
      case null -> throw fault.get();
      default -> throw fault.get();
    };
  }

  /** What also starts a parameter, {@code normal(0, 1)}, where a tensor is meant: a draw. Other values as they are. */
  static Value drawn(Value value) {
    return value instanceof Value.Start(_, var otherwise) && otherwise.get() instanceof Value.Tensor draw ? draw : value;
  }

  /**
   * Beside an int tensor a whole number is an int, and so is a size.
   *
   * @param written what the tensor was made of
   */
  static Node beside(Value written, Node node, Node other, GraphBuilder graph) {
    if (other.type().kind() != Kind.INT) {
      return node;
    }
    return switch (written) {
      case Value.Num n when n.whole() -> graph.constant(n.value(), Kind.INT);
      case Value.Size _ -> graph.cast(node, Kind.INT);
      default -> node;
    };
  }

  /** As above where ints are asked for: written numbers that are all whole are such. */
  static Node ints(Value value, GraphBuilder graph, Supplier<ElaborationFault> fault) {
    var node = tensor(value, graph, fault);
    return switch (node.op()) {
      case Op.Const(var number, _) when !isTensor(value) && isWhole(number) -> graph.constant(number, Kind.INT);
      case Op.Size _ when !isTensor(value) -> graph.cast(node, Kind.INT);
      case Op.Table(var type, var numbers) when !isTensor(value) && numbers.stream().allMatch(Convert::isWhole) -> graph.table(new Type(Kind.INT, type.shape()), numbers);
      default -> node;
    };
  }

  private static boolean isWhole(double number) {
    return number == Math.rint(number) && !Double.isInfinite(number);
  }

  static boolean isTensor(Value value) {
    return value instanceof Value.Tensor;
  }

  /** Whether a value is a number or a list of such, perhaps nested. */
  static boolean numeric(Value value) {
    return value instanceof Value.Num || value instanceof Value.Items(var items) && !items.isEmpty() && items.stream().allMatch(Convert::numeric);
  }

  /** A nested list of numbers, rectangular. */
  static Node table(Value.Items items, GraphBuilder graph, Supplier<ElaborationFault> fault) {
    var shape = new ArrayList<Dim>();
    for (Value level = items; level instanceof Value.Items(var list); level = list.getFirst()) {
      if (list.isEmpty()) {
        throw fault.get();
      }
      shape.add(Dim.of(list.size()));
    }
    var values = new ArrayList<Double>();
    flatten(items, shape, 0, values, fault);
    return graph.table(Type.floats(shape), values);
  }

  private static void flatten(Value value, List<Dim> shape, int depth, List<Double> out, Supplier<ElaborationFault> fault) {
    switch (value) {
      case Value.Num(var number) when depth == shape.size() -> out.add(number);
      case Value.Items(var list) when depth < shape.size() && list.size() == shape.get(depth).fixed() ->
          list.forEach(item -> flatten(item, shape, depth + 1, out, fault));
      default -> throw fault.get();
    }
  }

  static Dim dim(Value value, Supplier<ElaborationFault> fault) {
    return switch (value) {
      case Value.Num n when n.whole() -> Dim.of((long) n.value());
      case Value.Size(var dim) -> dim;
      case null, default -> throw fault.get();
    };
  }

  static Value of(Dim dim) {
    return dim.isConstant() ? new Value.Num(dim.constant().getAsLong()) : new Value.Size(dim);
  }
}
