package nnc.onnx.export;

import java.util.List;
import java.util.OptionalDouble;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/** What nodes are, as those ask who look for groups of them. */
final class NodePatterns {
  private NodePatterns() {}

  static boolean is(Node node, BinaryFn wanted) {
    return node.op() instanceof Op.Binary(var fn) && fn == wanted;
  }

  static boolean is(Node node, UnaryFn wanted) {
    return node.op() instanceof Op.Unary(var fn) && fn == wanted;
  }

  /** The number that a node is everywhere. */
  static OptionalDouble number(Node node) {
    var at = node;
    while (at.op() instanceof Op.Broadcast || at.op() instanceof Op.Reshape) {
      at = at.operand(0);
    }
    return at.op() instanceof Op.Const(var value, _) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  static boolean isNumber(Node node, double value) {
    var number = number(node);
    return number.isPresent() && number.getAsDouble() == value;
  }

  /** The operand that is no number, of an operation whose other one is; null if there is none such. */
  static Node withNumber(Node node, BinaryFn fn) {
    return !is(node, fn) ? null : number(node.operand(1)).isPresent() ? node.operand(0) : number(node.operand(0)).isPresent() ? node.operand(1) : null;
  }

  /** The number of an operation that has one. */
  static double numberOf(Node node) {
    return number(node.operand(1)).orElseGet(() -> number(node.operand(0)).orElseThrow());
  }

  /** Without reshapes that only add or drop axes of one element. */
  static Node bare(Node node) {
    var at = node;
    while (at.op() instanceof Op.Reshape && wide(at.type().shape()).equals(wide(at.operand(0).type().shape()))) {
      at = at.operand(0);
    }
    return at;
  }

  private static List<Dim> wide(List<Dim> shape) {
    return shape.stream().filter(size -> !size.is(1)).toList();
  }

  /** What a node repeats along some axes, without axes of one element; null if it does not, or along others. Along axes of one element nothing is repeated. */
  static Node repeated(Node node, List<Integer> axes) {
    boolean found = node.op() instanceof Op.Broadcast(var shape, var own) && axes.containsAll(own)
        && axes.stream().allMatch(axis -> own.contains(axis) || shape.get(axis).is(1));
    return found ? bare(node.operand(0)) : null;
  }

  /** The axes along which a node repeats another; none if it is something else. */
  static List<Integer> repeatedAlong(Node node) {
    return node.op() instanceof Op.Broadcast(_, var axes) ? axes : List.of();
  }

  static boolean isReduced(Node node, ReduceFn wanted, Node x, List<Integer> axes) {
    return node != null && node.op() instanceof Op.Reduce(var fn, var own) && fn == wanted && own.equals(axes) && node.operand(0) == x;
  }

  /**
   * A mean.
   *
   * @param axes over which it is taken, and which it has no more
   */
  record Mean(Node x, List<Integer> axes) {}

  /** The mean that a node is, but for axes of one element; null if it is none. */
  static Mean mean(Node node) {
    if (node == null) {
      return null;
    }
    var at = bare(node);
    boolean quotient = is(at, BinaryFn.DIV);
    if (!quotient && !is(at, BinaryFn.MUL)) {
      return null;
    }
    for (int side = 0; side < (quotient ? 1 : 2); side++) {
      var sum = bare(at.operand(side));
      if (sum.op() instanceof Op.Reduce(var fn, var axes) && fn == ReduceFn.SUM) {
        var x = sum.operand(0);
        var count = Dim.product(axes.stream().map(x.type()::dim).toList());
        var other = at.operand(1 - side);
        boolean counts = count.isConstant() ? isNumber(other, quotient ? count.fixed() : 1.0 / count.fixed()) : quotient && isSize(other, count);
        return counts && x.type().kind() == nnc.graph.Kind.FLOAT ? new Mean(x, axes) : null;
      }
    }
    return null;
  }

  private static boolean isSize(Node node, Dim count) {
    var at = node;
    while (at.op() instanceof Op.Broadcast || at.op() instanceof Op.Reshape) {
      at = at.operand(0);
    }
    return at.op() instanceof Op.Size(var dim) && dim.equals(count);
  }

  /** All axes but one. */
  static List<Integer> allBut(int axis, int rank) {
    return java.util.stream.IntStream.range(0, rank).filter(other -> other != axis).boxed().toList();
  }
}
