package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.Shapes;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.optimizations.Optimization;

/**
 * The algebra. Identities of arithmetic are exact: not {@code x * 0 = 0} or {@code x / x = 1}, for x may be NaN, and a diverging run must
 * show it. Three change a rounding, for the better: {@code x^2 = x * x} and {@code x^-1 = 1 / x} are correctly rounded, a power is not; and
 * the sum of n times a constant is their product, rounded once.
 */
public final class Simplify {
  /** How long computations may be that {@link #counts} looks through. */
  private static final int COUNT_DEPTH = 6;

  private Simplify() {}

  public static final Pass PASS = new Pass(Optimization.SIMPLIFY, graph -> Rewrite.each(graph, Simplify::settled));

  /** What a rule makes may itself be simpler still: {@code 1 / 2 = 1 * 0.5 = 0.5}. */
  private static Node settled(Node old, Nodes in, GraphBuilder b) {
    var node = rule(old, in, b);
    for (var next = node; next != null; next = rule(next, next.operands(), b)) {
      node = next;
    }
    return node;
  }

  private static Node rule(Node old, Nodes in, GraphBuilder b) {
    return switch (old.op()) {
      case Op.Unary(var fn) -> unary(fn, in.getFirst());
      case Op.Binary(var fn) -> binary(fn, in.get(0), in.get(1), b);
      case Op.Select() -> select(in);
      case Op.Cast(var to) -> in.getFirst().type().kind() == to ? in.getFirst() : null;
      case Op.Reshape(var shape) -> reshape(shape, in.getFirst(), b);
      case Op.Transpose(var order) -> transpose(order, in.getFirst(), b);
      case Op.Broadcast(var shape, var axes) -> broadcast(shape, axes, in.getFirst(), b);
      case Op.Slice slice -> slice(slice, in.getFirst(), b);
      case Op.Concat _ -> in.size() == 1 ? in.getFirst() : null;
      case Op.Reduce(var fn, var axes) -> reduce(fn, axes, in.getFirst(), b);
      case Op.MatMul() -> product(in.get(0), in.get(1), b);
      default -> null;
    };
  }

  private static Node unary(UnaryFn fn, Node x) {
    boolean again = x.op() instanceof Op.Unary(var inner) && inner == fn;
    return switch (fn) {
      case NEG, NOT -> again ? x.operand(0) : null;                     // --x = x, not not x = x
      case ABS, FLOOR, CEIL, ROUND, SIGN -> again ? x : null;           // abs abs x = abs x
      default -> null;
    };
  }

  private static Node binary(BinaryFn fn, Node x, Node y, GraphBuilder b) {
    var u = scalar(x);
    var v = scalar(y);
    return switch (fn) {
      case ADD -> is(v, 0) ? x : is(u, 0) ? y : null;                   // x + 0 = x (only the sign of a zero may change)
      case SUB -> is(v, 0) ? x : null;                                  // x - 0 = x
      case MUL -> is(v, 1) ? x : is(u, 1) ? y : is(v, -1) ? b.neg(x) : is(u, -1) ? b.neg(y)          // x * 1 = x, x * -1 = -x
          : v.isPresent() ? scaled(v, x, b) : scaled(u, y, b);
      case DIV -> is(v, 1) ? x : is(v, -1) ? b.neg(x) : powerOfTwo(v) ? times(x, 1 / v.getAsDouble(), b) : byCount(x, y, b);  // exact
      case POW -> power(x, v, b);
      case AND -> is(v, 1) ? x : is(u, 1) ? y : x == y ? x : null;      // x and true = x
      case OR -> is(v, 0) ? x : is(u, 0) ? y : x == y ? x : null;       // x or false = x
      case MIN, MAX -> x == y ? x : null;                               // max(x, x) = x
      case LT, LE, EQ, NE, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> null;
      case FLOOR_DIV -> is(v, 1) ? x : null;                            // floor(x / 1) = x
      case MOD -> null;
    };
  }

  private static Node times(Node x, double number, GraphBuilder b) {
    return Objects.requireNonNullElseGet(scaled(OptionalDouble.of(number), x, b), () -> b.mul(x, b.constant(number)));
  }

  /** c (d x) = (c d) x where one of the constants is a power of two: exact, and where they cancel, as the half of a squared error and its two, no step is left. */
  private static Node scaled(OptionalDouble c, Node product, GraphBuilder b) {
    if (c.isEmpty() || product.type().kind() != Kind.FLOAT || !(product.op() instanceof Op.Binary(var fn) && fn == BinaryFn.MUL)) {
      return null;
    }
    int place = scalar(product.operand(1)).isPresent() ? 1 : 0;
    var d = scalar(product.operand(place));
    boolean exact = powerOfTwo(c) && isModerate(d) || powerOfTwo(d) && isModerate(c);
    return exact ? b.mul(product.operand(1 - place), b.constant(c.getAsDouble() * d.getAsDouble())) : null;
  }

  /** Whether a number's product with such a power of two is no subnormal and not infinite. */
  private static boolean isModerate(OptionalDouble v) {
    return v.isPresent() && v.getAsDouble() != 0 && Math.abs(Math.getExponent(v.getAsDouble())) < 60;
  }

  /**
   * x / s = x * (1 / s) for a number s that follows from the step alone, as in an optimizer's correction of its averages: one division
   * a step in place of one an element, for a rounding more. Means and what users divide by stay exact quotients.
   */
  private static Node byCount(Node x, Node y, GraphBuilder b) {
    boolean number = y.op() instanceof Op.Broadcast && y.operand(0).type().rank() == 0 && x.type().rank() > 0;
    return number && counts(y.operand(0), COUNT_DEPTH) ? b.mul(x, b.div(b.constant(1), y.operand(0))) : null;
  }

  /** Whether a number is computed from a counter and constants. */
  private static boolean counts(Node node, int depth) {
    var others = node.operands().stream().filter(o -> !(o.op() instanceof Op.Const)).toList();
    return node.op() instanceof Op.Counter || depth > 0 && !others.isEmpty() && others.stream().allMatch(o -> counts(o, depth - 1));
  }

  private static Node power(Node x, OptionalDouble v, GraphBuilder b) {
    if (is(v, 1)) {
      return x;                                                         // x^1 = x
    }
    if (is(v, 0)) {
      return b.like(x, 1);                                              // x^0 = 1, also of NaN (IEEE 754)
    }
    if (is(v, 2)) {
      return b.mul(x, x);
    }
    if (is(v, 3)) {
      return b.mul(b.mul(x, x), x);
    }
    return is(v, -1) ? b.div(b.constant(1), x) : null;
  }

  private static boolean powerOfTwo(OptionalDouble v) {
    return isModerate(v) && Math.abs(v.getAsDouble()) == Math.scalb(1.0, Math.getExponent(v.getAsDouble()));
  }

  /** The constant that a node is everywhere, if it is. */
  static OptionalDouble scalar(Node node) {
    var at = node;
    while (at.op() instanceof Op.Broadcast || at.op() instanceof Op.Reshape) {
      at = at.operand(0);
    }
    return at.op() instanceof Op.Const(var value, _) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private static boolean is(OptionalDouble constant, double value) {
    return constant.isPresent() && constant.getAsDouble() == value;
  }

  private static Node select(List<Node> in) {
    var condition = scalar(in.get(0));
    return condition.isPresent() ? condition.getAsDouble() != 0 ? in.get(1) : in.get(2) : in.get(1) == in.get(2) ? in.get(1) : null;
  }

  private static Node reshape(List<Dim> shape, Node x, GraphBuilder b) {
    if (x.type().shape().equals(shape)) {
      return x;
    }
    if (x.op() instanceof Op.Reshape) {
      return b.reshape(x.operand(0), shape);                            // of a reshape: once
    }
    return constantOf(x).map(c -> b.broadcastTo(c, shape)).orElse(null);
  }

  private static java.util.Optional<Node> constantOf(Node x) {
    return x.op() instanceof Op.Broadcast && x.operand(0).op() instanceof Op.Const ? java.util.Optional.of(x.operand(0)) : java.util.Optional.empty();
  }

  private static Node transpose(List<Integer> order, Node x, GraphBuilder b) {
    if (x.op() instanceof Op.Transpose(var inner)) {
      return b.transpose(x.operand(0), order.stream().map(inner::get).toList());
    }
    if (x.op() instanceof Op.Const) {
      return x;
    }
    var shape = order.stream().map(x.type()::dim).toList();
    if (constantOf(x).isPresent()) {
      return b.broadcastTo(x.operand(0), shape);
    }
    boolean identity = true;
    for (int i = 0; i < order.size(); i++) {
      identity &= order.get(i) == i;
    }
    if (identity) {
      return x;
    }
    // only axes of one element move: the order of the others is what it was
    var moved = order.stream().filter(axis -> !x.type().dim(axis).is(1)).toList();
    return moved.equals(moved.stream().sorted().toList()) ? b.reshape(x, shape) : null;
  }

  private static Node broadcast(List<Dim> shape, List<Integer> axes, Node x, GraphBuilder b) {
    if (axes.isEmpty()) {
      return x;
    }
    if (x.op() instanceof Op.Broadcast(_, var inner)) {
      var all = new ArrayList<Integer>();
      int place = 0;
      for (int i = 0; i < shape.size(); i++) {
        if (axes.contains(i) || inner.contains(place++)) {
          all.add(i);
        }
      }
      return b.emit(new Op.Broadcast(shape, all), List.of(x.operand(0)));
    }
    // axes of size one are no work: a reshape says the same
    for (int axis : axes) {
      if (!shape.get(axis).is(1)) {
        return null;
      }
    }
    return b.reshape(x, shape);
  }

  private static Node slice(Op.Slice slice, Node x, GraphBuilder b) {
    if (x.type().shape().equals(slice.count()) && slice.step().stream().allMatch(s -> s == 1)) {
      return x;
    }
    return switch (x.op()) {
      case Op.Slice inner -> sliceOfSlice(slice, inner, x, b);
      case Op.Pad pad -> sliceOfPad(slice, pad, x, b);
      case Op.Concat(var axis) -> sliceOfConcat(slice, axis, x, b);
      default -> constantOf(x).map(c -> b.broadcastTo(c, slice.count())).orElse(null);
    };
  }

  private static Node sliceOfSlice(Op.Slice outer, Op.Slice inner, Node x, GraphBuilder b) {
    var start = new ArrayList<Dim>();
    var step = new ArrayList<Integer>();
    for (int axis = 0; axis < x.type().rank(); axis++) {
      start.add(inner.start().get(axis).plus(outer.start().get(axis).times(inner.step().get(axis))));
      step.add(inner.step().get(axis) * outer.step().get(axis));
    }
    return b.slice(x.operand(0), start, outer.count(), step);
  }

  /** From the inside of a padded array a slice of that array, from the padding alone a constant: so look gradients of a recurrence's steps. */
  private static Node sliceOfPad(Op.Slice slice, Op.Pad pad, Node x, GraphBuilder b) {
    var inner = x.operand(0);
    var start = new ArrayList<Dim>();
    boolean inside = true;
    for (int axis = 0; axis < x.type().rank(); axis++) {
      var low = pad.low().get(axis);
      int apart = pad.interior().get(axis) + 1;
      var begin = slice.start().get(axis).minus(low);
      if (low.is(0) && pad.high().get(axis).is(0) && apart == 1) {
        start.add(begin);
        continue;
      }
      var from = first(slice, axis).minus(low);
      var to = last(slice, axis).minus(low);
      var size = inner.type().dim(axis);
      if (!from.isConstant() || !to.isConstant() || !size.isConstant() || apart > 1 && !slice.count().get(axis).is(1)) {
        return null;
      }
      int end = (size.fixed() - 1) * apart;
      if (to.fixed() < 0 || from.fixed() > end || from.fixed() % apart != 0) {
        return b.full(slice.count(), pad.value(), x.type().kind());
      }
      inside &= from.fixed() >= 0 && to.fixed() <= end;
      start.add(Dim.of(begin.fixed() / apart));
    }
    return inside ? b.slice(inner, start, slice.count(), slice.step()) : null;
  }

  /** What lies in one part of a concatenation is read there. */
  private static Node sliceOfConcat(Op.Slice slice, int axis, Node x, GraphBuilder b) {
    var from = first(slice, axis);
    var to = last(slice, axis);
    if (!from.isConstant() || !to.isConstant()) {
      return null;
    }
    int begin = 0;
    for (var part : x.operands()) {
      if (!part.type().dim(axis).isConstant()) {
        return null;
      }
      int end = begin + part.type().dim(axis).fixed();
      if (from.fixed() < end) {
        if (to.fixed() >= end) {
          return null;
        }
        var start = new ArrayList<>(slice.start());
        start.set(axis, slice.start().get(axis).plus(-begin));
        return b.slice(part, start, slice.count(), slice.step());
      }
      begin = end;
    }
    return null;
  }

  /** The smallest place along an axis that a slice reads. */
  private static Dim first(Op.Slice slice, int axis) {
    int step = slice.step().get(axis);
    return step > 0 ? slice.start().get(axis) : slice.start().get(axis).plus(slice.count().get(axis).plus(-1).times(step));
  }

  /** The largest place along an axis that a slice reads. */
  private static Dim last(Op.Slice slice, int axis) {
    int step = slice.step().get(axis);
    return step < 0 ? slice.start().get(axis) : slice.start().get(axis).plus(slice.count().get(axis).plus(-1).times(step));
  }

  private static Node reduce(ReduceFn fn, List<Integer> axes, Node x, GraphBuilder b) {
    if (axes.isEmpty()) {
      return x;
    }
    if (axes.stream().allMatch(axis -> x.type().dim(axis).is(1)) && x.type().kind() != Kind.BOOL) {
      return b.reshape(x, Shapes.without(x.type().shape(), axes));
    }
    var constant = scalar(x);
    if (fn == ReduceFn.SUM && constant.isPresent() && Double.isFinite(constant.getAsDouble())) {
      return times(constant.getAsDouble(), x.type(), axes, b);
    }
    if (x.op() instanceof Op.Reduce(var inner, var innerAxes) && inner == fn) {
      var all = new ArrayList<>(innerAxes);
      int place = 0;
      for (int i = 0; i < x.operand(0).type().rank(); i++) {
        if (!innerAxes.contains(i) && axes.contains(place++)) {
          all.add(i);
        }
      }
      return b.reduce(fn, x.operand(0), all);                    // a sum of sums is one sum
    }
    return null;
  }

  /** So often a whole number, as 32 bits have it. */
  private static int wrapped(long number, long count) {
    return (int) (number * count);
  }

  /** The sum of a number over axes: so often the number, without a loop, whether the axes are open or not. */
  private static Node times(double number, Type summed, List<Integer> axes, GraphBuilder b) {
    var kind = summed.kind() == Kind.BOOL ? Kind.INT : summed.kind();
    var count = Dim.product(axes.stream().map(summed::dim).toList());
    var constant = count.constant();
    var total = constant.isPresent() ? b.constant(kind == Kind.INT ? wrapped((long) number, constant.getAsLong()) : number * constant.getAsLong(), kind)
        : number == 1 ? b.cast(b.size(count), kind) : b.mul(b.constant(number, kind), b.cast(b.size(count), kind));
    return b.broadcastTo(total, Shapes.without(summed.shape(), axes));
  }

  /**
   * Where a factor is one number everywhere, as the state before the first step of a recurrence is, the rows of the product (or its columns)
   * are all the same: that number times the other factor, summed. Not even zero makes the sum go away: the other factor may hold NaN.
   */
  private static Node product(Node x, Node y, GraphBuilder b) {
    var left = constantOf(x);
    var number = left.or(() -> constantOf(y)).orElse(null);
    if (number == null) {
      return null;
    }
    int last = x.type().rank() - 1;
    var other = left.isPresent() ? y : x;
    var axes = List.of(left.isPresent() ? last - 1 : last);
    var shape = Shapes.with(x.type(), last, y.type().dim(last)).shape();
    if (shape.get(axes.getFirst()).is(1) || other.type().dim(axes.getFirst()).is(1)) {
      return null;                                                      // nothing would be computed less often
    }
    var factor = b.broadcastTo(number, other.type().shape());
    var terms = Objects.requireNonNullElseGet(binary(BinaryFn.MUL, other, factor, b), () -> b.mul(other, factor));
    var sums = Objects.requireNonNullElseGet(reduce(ReduceFn.SUM, axes, terms, b), () -> b.sum(terms, axes));
    return b.unreduce(sums, shape, axes);
  }
}
