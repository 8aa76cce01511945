package nnc.differentiate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import nnc.analysis.SumsOfSquares;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/**
 * The gradient of every op. {@code y} is the node, {@code g} the cotangent of its result, {@code x} the first operand; a rule gives the
 * cotangents of the operands, null for a zero.
 */
public final class Rules {
  private Rules() {}

  static List<Node> of(Node y, Node g, GraphBuilder b, NodeSet active) {
    return switch (y.op()) {
      case Op.Input _, Op.Parameter _, Op.State _, Op.Counter _, Op.Const _, Op.Table _, Op.Size _, Op.Iota _, Op.Uniform _, Op.Given _ ->
          List.of();
      // what goes back through a loop, all of its results tell at once: see LoopGradient
      case Op.Loop _, Op.LoopResult _ -> Collections.nCopies(y.operands().size(), null);
      case Op.Unary(var fn) -> one(unary(fn, y, y.operand(0), g, b));
      case Op.Binary(var fn) -> binary(fn, y, g, b, active);
      case Op.Select() -> {
        var zero = b.like(g, 0);
        yield several(null, b.select(y.operand(0), g, zero), b.select(y.operand(0), zero, g));
      }
      // to and from whole numbers a cast is a step: its gradient is zero
      case Op.Cast _ -> one(null);
      case Op.StopGradient _ -> one(null);
      case Op.Broadcast(_, var axes) -> one(b.sum(g, axes));
      case Op.Reshape _ -> one(b.reshape(g, y.operand(0).type().shape()));
      case Op.Transpose(var order) -> one(b.transpose(g, inverse(order)));
      case Op.Slice slice -> one(slice(slice, y.operand(0), g, b));
      case Op.Pad(var low, _, var interior, _) ->
          one(b.slice(g, low, y.operand(0).type().shape(), interior.stream().map(i -> i + 1).toList()));
      case Op.Concat(var axis) -> concat(axis, y, g, b);
      case Op.Windows(var size, var stride, var dilation) -> {
        var shape = y.operand(0).type().shape();
        yield one(b.foldWindows(g, shape.subList(shape.size() - size.size(), shape.size()), size, stride, dilation));
      }
      case Op.FoldWindows(_, var size, var stride, var dilation) -> one(b.windows(g, size, stride, dilation));
      case Op.Reduce(var fn, var axes) -> one(reduce(fn, axes, y, y.operand(0), g, b));
      case Op.ArgReduce _, Op.ArgSort _ -> one(null);
      case Op.CumSum(var axis, var reverse) -> one(reverse ? b.cumSum(g, axis) : b.cumSumReversed(g, axis));
      case Op.Gather(var axis) -> several(b.scatterAdd(y.operand(1), g, axis, y.operand(0).type().dim(axis)), null);
      case Op.ScatterAdd(var axis, _) -> several(null, b.gather(g, y.operand(0), axis));
      case Op.MatMul() -> several(
          active.contains(y.operand(0)) ? b.product(g, b.swap(y.operand(1))) : null,
          active.contains(y.operand(1)) ? b.product(b.swap(y.operand(0)), g) : null);
      case Op.Conv conv -> convolution(conv, y, g, b, active);
    };
  }

  private static List<Node> one(Node x) {
    return Collections.singletonList(x);
  }

  private static List<Node> several(Node... nodes) {
    return java.util.Arrays.asList(nodes);
  }

  private static Node unary(UnaryFn fn, Node y, Node x, Node g, GraphBuilder b) {
    return switch (fn) {
      case NEG -> b.neg(g);                                                    // d(-x) = -1
      case ABS -> b.mul(g, b.unary(UnaryFn.SIGN, x));                          // d|x| = sign x, 0 at 0
      case SIGN, FLOOR, CEIL, ROUND, NOT -> null;                              // steps
      case EXP -> b.mul(g, y);                                                 // d(e^x) = e^x
      case EXPM1 -> b.mul(g, b.add(y, b.constant(1)));                         // d(e^x - 1) = y + 1
      case LOG -> b.div(g, x);                                                 // d(ln x) = 1/x
      case LOG1P -> b.div(g, b.add(x, b.constant(1)));                         // d(ln(1 + x)) = 1/(1 + x)
      case SQRT -> root(b.div(g, b.add(y, y)), x, b);                          // d(sqrt x) = 1/(2 sqrt x)
      case SIN -> b.mul(g, b.unary(UnaryFn.COS, x));                           // d(sin x) = cos x
      case COS -> b.neg(b.mul(g, b.unary(UnaryFn.SIN, x)));                    // d(cos x) = -sin x
      case TANH -> b.mul(g, b.sub(b.constant(1), b.mul(y, y)));                // d(tanh x) = 1 - y^2
      case SIGMOID -> b.mul(g, b.mul(y, b.sub(b.constant(1), y)));             // d(sigma x) = y (1 - y)
      case ERF -> b.mul(g, b.mul(b.constant(2 / Math.sqrt(Math.PI)), b.exp(b.neg(b.mul(x, x)))));  // 2/sqrt(pi) e^-x^2
    };
  }

  /** A root of squares is a norm, whose slope at zero is 0 as that of {@code abs} is. */
  private static Node root(Node cotangent, Node x, GraphBuilder b) {
    return SumsOfSquares.is(x) ? b.select(b.equal(x, b.like(x, 0)), b.like(cotangent, 0), cotangent) : cotangent;
  }

  private static List<Node> binary(BinaryFn fn, Node y, Node g, GraphBuilder b, NodeSet active) {
    var u = y.operand(0);
    var v = y.operand(1);
    return switch (fn) {
      case ADD -> several(g, g);
      case SUB -> several(g, active.contains(v) ? b.neg(g) : null);
      case MUL -> several(active.contains(u) ? b.mul(g, v) : null, active.contains(v) ? b.mul(g, u) : null);
      case DIV -> several(active.contains(u) ? b.div(g, v) : null, active.contains(v) ? b.neg(b.div(b.mul(g, y), v)) : null);
      case POW -> several(active.contains(u) ? base(u, v, g, b) : null, active.contains(v) ? exponent(y, u, v, g, b) : null);
      case MIN, MAX -> {
        var wins = fn == BinaryFn.MAX ? b.less(v, u) : b.less(u, v);
        var share = b.select(b.equal(u, v), b.mul(g, b.constant(0.5)), b.like(g, 0));
        var loses = fn == BinaryFn.MAX ? b.less(u, v) : b.less(v, u);
        yield several(active.contains(u) ? b.select(wins, g, share) : null, active.contains(v) ? b.select(loses, g, share) : null);
      }
      case LT, LE, EQ, NE, AND, OR, FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> several(null, null);
    };
  }

  /** d(u^v)/du = v u^(v-1); exactly zero for an exponent of zero, also at u = 0. */
  private static Node base(Node u, Node v, Node g, GraphBuilder b) {
    var slope = b.mul(v, b.pow(u, b.sub(v, b.constant(1))));
    return root(b.mul(g, constant(v) ? slope : b.select(b.equal(v, b.like(v, 0)), b.like(g, 0), slope)), v, u, b);
  }

  /** As of the square root, for the powers of squares that have a least value of zero and no infinite slope beside it. */
  private static Node root(Node cotangent, Node exponent, Node u, GraphBuilder b) {
    double e = OpTraits.value(exponent);
    return e >= 0.5 && e < 1 ? root(cotangent, u, b) : cotangent;
  }

  private static boolean constant(Node v) {
    double value = OpTraits.value(v);
    return value != 0 && !Double.isNaN(value);
  }

  /** d(u^v)/dv = u^v ln u; zero at u = 0 where v >= 0. */
  private static Node exponent(Node y, Node u, Node v, Node g, GraphBuilder b) {
    var zero = b.like(u, 0);
    var flat = b.binary(BinaryFn.AND, b.equal(u, zero), b.binary(BinaryFn.LE, zero, v));
    var safe = b.select(flat, b.like(u, 1), u);
    return b.mul(g, b.select(flat, zero, b.mul(y, b.log(safe))));
  }

  /** Back into place: a backward step is turned round first. */
  static Node slice(Op.Slice slice, Node x, Node g, GraphBuilder b) {
    int rank = x.type().rank();
    var low = new ArrayList<Dim>();
    var high = new ArrayList<Dim>();
    var interior = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      int step = slice.step().get(i);
      var count = slice.count().get(i);
      var reach = count.plus(-1).times(Math.abs(step));
      var first = slice.start().get(i);
      if (step < 0) {
        g = b.reverse(g, i);
        first = first.minus(reach);
      }
      low.add(first);
      high.add(x.type().dim(i).minus(first).minus(reach).plus(-1));
      interior.add(Math.abs(step) - 1);
    }
    return b.pad(g, low, high, interior, 0);
  }

  private static List<Node> concat(int axis, Node y, Node g, GraphBuilder b) {
    var parts = new ArrayList<Node>();
    var start = Dim.ZERO;
    for (var operand : y.operands()) {
      parts.add(b.slice(g, axis, start, operand.type().dim(axis), 1));
      start = start.plus(operand.type().dim(axis));
    }
    return parts;
  }

  private static Node reduce(ReduceFn fn, List<Integer> axes, Node y, Node x, Node g, GraphBuilder b) {
    var shape = x.type().shape();
    return switch (fn) {
      case SUM -> b.unreduce(g, shape, axes);
      case MAX, MIN -> {
        var best = b.equal(x, b.unreduce(y, shape, axes));
        var ties = b.cast(b.sum(best, axes), Kind.FLOAT);
        yield b.select(best, b.unreduce(b.div(g, ties), shape, axes), b.like(x, 0));
      }
      case PROD -> b.mul(b.unreduce(g, shape, axes), others(x, axes, b));
    };
  }

  /** The product of all other elements, without division, so that zeros are right: products before times products after. */
  private static Node others(Node x, List<Integer> axes, GraphBuilder b) {
    int rank = x.type().rank();
    var kept = IntStream.range(0, rank).filter(i -> !axes.contains(i)).boxed().toList();
    var order = new ArrayList<>(kept);
    order.addAll(axes);
    var turned = b.transpose(x, order);
    var flat = new ArrayList<>(turned.type().shape().subList(0, kept.size()));
    var count = Dim.product(axes.stream().map(x.type()::dim).toList());
    flat.add(count);
    int last = flat.size() - 1;
    var row = b.reshape(turned, flat);
    // others[i] = prod_j (i == j ? 1 : x[j]), by a square of the row
    var square = new ArrayList<>(flat);
    square.add(count);
    var wide = b.unreduce(row, square, List.of(last));
    var same = b.equal(b.iota(square, last), b.iota(square, last + 1));
    var product = b.reduce(ReduceFn.PROD, b.select(same, b.like(wide, 1), wide), List.of(last + 1));
    return b.transpose(b.reshape(product, turned.type().shape()), inverse(order));
  }

  private static List<Node> convolution(Op.Conv conv, Node y, Node g, GraphBuilder b, NodeSet active) {
    var first = y.operand(0);
    var second = y.operand(1);
    var window = conv.window();
    boolean byFirst = active.contains(first);
    boolean bySecond = active.contains(second);
    return switch (conv.role()) {
      // y = conv(x, w)
      case FORWARD -> several(
          byFirst ? b.conv(g, second, window, Op.ConvRole.INPUT, space(first)) : null,
          bySecond ? b.conv(first, g, window, Op.ConvRole.FILTER, space(second)) : null);
      // x = input(y, w)
      case INPUT -> several(
          byFirst ? first(b.conv(g, second, window, Op.ConvRole.FORWARD, List.of()), first, b) : null,
          bySecond ? b.conv(g, first, window, Op.ConvRole.FILTER, space(second)) : null);
      // w = filter(x, y)
      case FILTER -> several(
          byFirst ? b.conv(second, g, window, Op.ConvRole.INPUT, space(first)) : null,
          bySecond ? first(b.conv(first, g, window, Op.ConvRole.FORWARD, List.of()), second, b) : null);
    };
  }

  /** The first places of each axis: a transposed convolution padded beyond its stride has room for more than it was made from. */
  private static Node first(Node places, Node like, GraphBuilder b) {
    for (int axis = 2; axis < like.type().rank(); axis++) {
      if (!places.type().dim(axis).equals(like.type().dim(axis))) {
        places = b.slice(places, axis, Dim.ZERO, like.type().dim(axis), 1);
      }
    }
    return places;
  }

  private static List<Dim> space(Node x) {
    return x.type().shape().subList(2, x.type().rank());
  }

  static List<Integer> inverse(List<Integer> order) {
    var inverse = new ArrayList<>(order);
    for (int i = 0; i < order.size(); i++) {
      inverse.set(order.get(i), i);
    }
    return inverse;
  }
}
