package nnc.differentiate;

import java.util.List;
import java.util.function.Supplier;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.ReduceFn;

/**
 * Which elements of a cotangent somebody has chosen: the others are zero because {@code where}, a maximum or the like took another value, or a
 * slice or a stride left them out, and stay zero whatever slopes they meet. It is a node only when somebody asks for it.
 */
final class ChosenElements {
  private Supplier<Node> make;
  private Node made;

  private ChosenElements(Supplier<Node> make) {
    this.make = make;
  }

  /** A bool of the cotangent's shape. */
  Node node() {
    if (made == null) {
      made = make.get();
      make = null;
    }
    return made;
  }

  /** Of the sum of two cotangents, each null if all its elements may count. */
  static ChosenElements either(ChosenElements a, ChosenElements b, GraphBuilder g) {
    return a == null || b == null ? null : a == b ? a : new ChosenElements(() -> g.binary(BinaryFn.OR, a.node(), b.node()));
  }

  /**
   * Of the cotangent that {@code y} hands on to an operand; null if all its elements may count.
   *
   * @param mine of the cotangent of {@code y}, null as well
   */
  static ChosenElements through(Node y, int operand, ChosenElements mine, GraphBuilder g) {
    var own = own(y, operand, g);
    var handed = mine == null ? null : new ChosenElements(() -> handed(y, operand, mine, g));
    return own == null ? handed : handed == null ? new ChosenElements(own) : new ChosenElements(() -> g.binary(BinaryFn.AND, handed.node(), own.get()));
  }

  /** What an op itself chooses; null if it takes all. */
  private static Supplier<Node> own(Node y, int operand, GraphBuilder g) {
    return switch (y.op()) {
      case Op.Select() -> () -> operand == 1 ? y.operand(0) : g.not(y.operand(0));
      case Op.Binary(var fn) when fn == BinaryFn.MAX || fn == BinaryFn.MIN -> {
        var x = y.operand(operand);
        var other = y.operand(1 - operand);
        yield () -> fn == BinaryFn.MAX ? g.binary(BinaryFn.LE, other, x) : g.binary(BinaryFn.LE, x, other);
      }
      case Op.Reduce(var fn, var axes) when fn == ReduceFn.MAX || fn == ReduceFn.MIN ->
          () -> g.equal(y.operand(0), g.unreduce(y, y.operand(0).type().shape(), axes));
      case Op.Slice _, Op.Gather _ -> () -> reached(y, operand, g.like(y, 1), g);
      case Op.Windows(_, var stride, _) when isStrided(stride) -> () -> reached(y, operand, g.like(y, 1), g);
      case Op.Conv conv when isStrided(conv.window().stride()) -> () -> reached(withOnes(y, conv, operand, g), operand, g.like(y, 1), g);
      default -> null;
    };
  }

  /** An operand's element is chosen if one that is computed from it is. */
  private static Node handed(Node y, int operand, ChosenElements mine, GraphBuilder g) {
    var shape = y.operand(operand).type().shape();
    return switch (y.op()) {
      case Op.Unary _, Op.Binary _, Op.Select _, Op.Cast _, Op.StopGradient _ -> mine.node();
      case Op.Broadcast(_, var axes) -> any(mine.node(), axes, g);
      case Op.Reshape _ -> g.reshape(mine.node(), shape);
      case Op.Transpose(var order) -> g.transpose(mine.node(), Rules.inverse(order));
      case Op.Slice slice -> Rules.slice(slice, y.operand(0), mine.node(), g);
      case Op.Pad(var low, _, var interior, _) -> g.slice(mine.node(), low, shape, interior.stream().map(i -> i + 1).toList());
      case Op.Concat(var axis) -> part(y, axis, operand, mine.node(), g);
      case Op.Reduce(_, var axes) -> g.unreduce(mine.node(), shape, axes);
      case Op.CumSum _, Op.Windows _, Op.FoldWindows _, Op.Gather _, Op.ScatterAdd _ ->
          reached(y, operand, g.cast(mine.node(), Kind.FLOAT), g);
      case Op.MatMul() -> {
        int summed = y.type().rank() - (operand == 0 ? 1 : 2);
        yield g.unreduce(any(mine.node(), List.of(summed), g), shape, List.of(summed));
      }
      case Op.Conv conv -> reached(withOnes(y, conv, operand, g), operand, g.cast(mine.node(), Kind.FLOAT), g);
      case Op.Input _, Op.Parameter _, Op.State _, Op.Counter _, Op.Const _, Op.Table _, Op.Size _, Op.Iota _, Op.Uniform _, Op.Given _, Op.Loop _, Op.LoopResult _, Op.ArgReduce _, Op.ArgSort _ ->
          throw new IllegalStateException("no cotangent goes through " + y.op());
    };
  }

  private static boolean isStrided(List<Integer> stride) {
    return stride.stream().anyMatch(s -> s > 1);
  }

  /** A convolution whose other factors are all 1: what they are in truth may be negative, and differ in sign. */
  private static Node withOnes(Node y, Op.Conv conv, int operand, GraphBuilder g) {
    var ones = g.like(y.operand(1 - operand), 1);
    return operand == 0
        ? g.conv(y.operand(0), ones, conv.window(), conv.role(), conv.space())
        : g.conv(ones, y.operand(1), conv.window(), conv.role(), conv.space());
  }

  /**
   * The elements that a sum with positive coefficients takes for its chosen results: where its gradient in their direction is positive.
   *
   * @param chosen 1 for a result that counts, 0 for another
   */
  private static Node reached(Node sums, int operand, Node chosen, GraphBuilder g) {
    var by = new NodeSet();
    by.add(sums.operand(operand));
    return g.less(g.constant(0), Rules.of(sums, chosen, g, by).get(operand));
  }

  private static Node part(Node y, int axis, int operand, Node chosen, GraphBuilder g) {
    var start = y.operands().subList(0, operand).stream().map(before -> before.type().dim(axis)).reduce(Dim.ZERO, Dim::plus);
    return g.slice(chosen, axis, start, y.operand(operand).type().dim(axis), 1);
  }

  private static Node any(Node chosen, List<Integer> axes, GraphBuilder g) {
    return axes.isEmpty() ? chosen : g.cast(g.reduce(ReduceFn.MAX, g.cast(chosen, Kind.INT), axes), Kind.BOOL);
  }
}
