package nnc.decompile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.graph.Shapes;
import nnc.graph.UnaryFn;
import nnc.graph.Uses;
import nnc.source.Span;
import nnc.syntax.Ast;

/** Groups of nodes that are one call of the library, or one operation of the language: what is made of them again is the same nodes. */
final class Idioms {
  private final Uses uses;

  Idioms(Uses uses) {
    this.uses = uses;
  }

  Optional<Form> of(Node node) {
    return Stream.<Optional<Form>>of(relu(node), softmax(node), logSoftmax(node), mean(node), place(node), rows(node), kept(node)).flatMap(Optional::stream).findFirst();
  }

  private static boolean is(Node node, BinaryFn wanted) {
    return node.op() instanceof Op.Binary(var fn) && fn == wanted;
  }

  private static boolean is(Node node, UnaryFn wanted) {
    return node.op() instanceof Op.Unary(var fn) && fn == wanted;
  }

  private static boolean isNumber(Node node, double value) {
    return OpTraits.value(node) == value;
  }

  private static Form call(Node x, String function, List<Ast.Argument> named) {
    return new Form(List.of(x), text -> text.call(function, List.of(text.of(x)), named));
  }

  /** {@code where(x <= 0, 0, x)}. */
  private static Optional<Form> relu(Node node) {
    boolean found = node.op() instanceof Op.Select && node.type().kind() == Kind.FLOAT && is(node.operand(0), BinaryFn.LE)
        && node.operand(0).operand(0) == node.operand(2) && isNumber(node.operand(0).operand(1), 0) && isNumber(node.operand(1), 0);
    return found ? Optional.of(call(node.operand(2), "relu", List.of())) : Optional.empty();
  }

  /** What a node repeats along one axis; null if it is something else. */
  private static Node repeated(Node node, int axis) {
    return node.op() instanceof Op.Broadcast(_, var axes) && axes.equals(List.of(axis)) ? bare(node.operand(0)) : null;
  }

  /** Without what only changes how elements are arranged or what gradients see. */
  private static Node bare(Node node) {
    var at = node;
    while (at.op() instanceof Op.Reshape || at.op() instanceof Op.StopGradient) {
      at = at.operand(0);
    }
    return at;
  }

  private static boolean isReduced(Node node, ReduceFn wanted, Node x, int axis) {
    return node != null && node.op() instanceof Op.Reduce(var fn, var axes) && fn == wanted && axes.equals(List.of(axis)) && node.operand(0) == x;
  }

  /** The only axis along which a node is repeated by another, or -1. */
  private static int axis(Node repeating) {
    return repeating.op() instanceof Op.Broadcast(_, var axes) && axes.size() == 1 ? axes.getFirst() : -1;
  }

  /** Of {@code x - max(x)} along an axis; null if a node is something else. */
  private static Node shifted(Node node, int axis) {
    return is(node, BinaryFn.SUB) && isReduced(repeated(node.operand(1), axis), ReduceFn.MAX, node.operand(0), axis) ? node.operand(0) : null;
  }

  private static List<Ast.Argument> along(int axis, Node x) {
    return axis == x.type().rank() - 1 ? List.of() : Forms.at(axis);
  }

  /** {@code exp(x - max(x)) / sum(exp(x - max(x)))}. */
  private static Optional<Form> softmax(Node node) {
    if (!is(node, BinaryFn.DIV) || !is(node.operand(0), UnaryFn.EXP)) {
      return Optional.empty();
    }
    int axis = axis(node.operand(1));
    var x = shifted(node.operand(0).operand(0), axis);
    return x != null && isReduced(repeated(node.operand(1), axis), ReduceFn.SUM, node.operand(0), axis) ? Optional.of(call(x, "softmax", along(axis, x))) : Optional.empty();
  }

  /** {@code x - max(x) - log(sum(exp(x - max(x))))}. */
  private static Optional<Form> logSoftmax(Node node) {
    if (!is(node, BinaryFn.SUB)) {
      return Optional.empty();
    }
    int axis = axis(node.operand(1));
    var x = shifted(node.operand(0), axis);
    var log = x == null ? null : repeated(node.operand(1), axis);
    if (log == null || !is(log, UnaryFn.LOG)) {
      return Optional.empty();
    }
    var sum = bare(log.operand(0));
    boolean found = sum.op() instanceof Op.Reduce && is(sum.operand(0), UnaryFn.EXP) && sum.operand(0).operand(0) == node.operand(0)
        && isReduced(sum, ReduceFn.SUM, sum.operand(0), axis);
    return found ? Optional.of(call(x, "log_softmax", along(axis, x))) : Optional.empty();
  }

  /** A sum over the number of what is added. */
  private Optional<Form> mean(Node node) {
    if (!is(node, BinaryFn.DIV) || !(node.operand(0).op() instanceof Op.Reduce(var fn, var axes)) || fn != ReduceFn.SUM || !uses.isReadOnce(node.operand(0))) {
      return Optional.empty();
    }
    var x = node.operand(0).operand(0);
    var count = Dim.product(axes.stream().map(x.type()::dim).toList());
    var divisor = node.operand(1).op() instanceof Op.Broadcast ? node.operand(1).operand(0) : node.operand(1);
    boolean found = x.type().kind() == Kind.FLOAT && (divisor.op() instanceof Op.Size(var dim) && dim.equals(count)
        || divisor.op() instanceof Op.Const(var value, _) && value == count.constant().orElse(0) && count.isConstant());
    return found ? Optional.of(call(x, "mean", Forms.over(axes, x))) : Optional.empty();
  }

  /** {@code x[:, t]}: a slice of one element whose axis is dropped. */
  private Optional<Form> place(Node node) {
    if (!(node.op() instanceof Op.Reshape) || !(node.operand(0).op() instanceof Op.Slice slice) || !uses.isReadOnce(node.operand(0))) {
      return Optional.empty();
    }
    var x = node.operand(0).operand(0);
    for (int axis = 0; axis < x.type().rank(); axis++) {
      if (slice.count().get(axis).is(1) && !x.type().dim(axis).is(1) && Shapes.without(node.operand(0).type().shape(), List.of(axis)).equals(node.type().shape())) {
        int dropped = axis;
        return Optional.of(new Form(List.of(x), text -> {
          var subscripts = Shaping.slice(slice, x);
          subscripts.set(dropped, new Ast.Subscript.At(Trees.dim(slice.start().get(dropped)), Span.NONE));
          return Trees.index(text.of(x), subscripts);
        }));
      }
    }
    return Optional.empty();
  }

  /** The rows of a stack by one matrix: {@code x @ W} of more than two axes. */
  private Optional<Form> rows(Node node) {
    boolean product = node.op() instanceof Op.Reshape && node.operand(0).op() instanceof Op.MatMul && node.operand(0).type().rank() == 2
        && node.operand(0).operand(0).op() instanceof Op.Reshape && uses.isReadOnce(node.operand(0)) && uses.isReadOnce(node.operand(0).operand(0));
    if (!product) {
      return Optional.empty();
    }
    var stack = node.operand(0).operand(0).operand(0);
    var matrix = node.operand(0).operand(1);
    int rank = stack.type().rank();
    boolean found = rank > 2 && Shapes.with(stack.type(), rank - 1, matrix.type().dim(1)).shape().equals(node.type().shape())
        && stack.type().dim(rank - 1).equals(matrix.type().dim(0));
    return found ? Optional.of(new Form(List.of(stack, matrix), text -> Trees.binary("@", text.of(stack), text.of(matrix)))) : Optional.empty();
  }

  /** A reduction whose axes stay. */
  private Optional<Form> kept(Node node) {
    if (!(node.op() instanceof Op.Reshape(var shape)) || !(node.operand(0).op() instanceof Op.Reduce(_, var axes)) || !uses.isReadOnce(node.operand(0))) {
      return Optional.empty();
    }
    var reduce = node.operand(0);
    var whole = new ArrayList<>(reduce.operand(0).type().shape());
    axes.forEach(axis -> whole.set(axis, Dim.ONE));
    return shape.equals(whole) ? Optional.of(new Form(List.of(reduce), text -> Forms.stretched(new Stretching(reduce, List.of(), true, shape), text))) : Optional.empty();
  }
}
