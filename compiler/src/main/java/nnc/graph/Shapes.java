package nnc.graph;

import static nnc.graph.TypeFault.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The type of every op's result. One rule serves the builder, which reports its faults to the user, and the verifier. */
public final class Shapes {
  private Shapes() {}

  /** The result's type; throws {@link TypeFault} where the operands do not fit. */
  public static Type of(Op op, Nodes in) {
    // by far the most, and a switch over all takes longer than their rule
    return op instanceof Op.Binary(var fn) ? binary(fn, in.get(0).type(), in.get(1).type()) : ofAny(op, types(in));
  }

  private static List<Type> types(Nodes nodes) {
    if (nodes.size() == 1) {
      return List.of(nodes.get(0).type());
    }
    var types = new Type[nodes.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = nodes.get(i).type();
    }
    return List.of(types);
  }

  private static Type ofAny(Op op, List<Type> in) {
    return switch (op) {
      case Op.Input(_, _, var type) -> type;
      case Op.Parameter(_, var type) -> type;
      case Op.State(_, var type) -> type;
      case Op.Counter _ -> Type.of(Kind.FLOAT);
      case Op.Const(_, var kind) -> Type.of(kind);
      case Op.Table(var type, _) -> type;
      case Op.Size _ -> Type.of(Kind.FLOAT);
      case Op.Iota(var shape, _) -> new Type(Kind.INT, shape);
      case Op.Uniform(_, var shape, _) -> Type.floats(shape);
      case Op.Given(_, var type) -> type;
      case Op.Loop loop -> loop(loop, in);
      case Op.LoopResult(_, _, var type) -> type;
      case Op.Unary(var fn) -> unary(fn, in.getFirst());
      case Op.Binary(var fn) -> binary(fn, in.get(0), in.get(1));
      case Op.Select() -> select(in.get(0), in.get(1), in.get(2));
      case Op.Cast(var to) -> in.getFirst().withKind(to);
      case Op.StopGradient _ -> in.getFirst();
      case Op.Broadcast(var shape, var axes) -> broadcast(in.getFirst(), shape, axes);
      case Op.Reshape(var shape) -> reshape(in.getFirst(), shape);
      case Op.Transpose(var order) -> transpose(in.getFirst(), order);
      case Op.Slice(var start, var count, var step) -> slice(in.getFirst(), start, count, step);
      case Op.Pad(var low, var high, var interior, _) -> pad(in.getFirst(), low, high, interior);
      case Op.Concat(var axis) -> concat(in, axis);
      case Op.Windows(var size, var stride, var dilation) -> windows(in.getFirst(), size, stride, dilation);
      case Op.Reduce(var fn, var axes) -> reduce(fn, in.getFirst(), axes);
      case Op.ArgReduce(_, var axis) -> new Type(Kind.INT, without(in.getFirst().shape(), List.of(axis)));
      case Op.CumSum _ -> in.getFirst();
      case Op.ArgSort _ -> in.getFirst().withKind(Kind.INT);
      case Op.FoldWindows fold -> fold(in.getFirst(), fold);
      case Op.Gather(var axis) -> gather(in.get(0), in.get(1), axis);
      case Op.ScatterAdd(var axis, var size) -> with(in.get(1), axis, size);
      case Op.MatMul() -> product(in.get(0), in.get(1));
      case Op.Conv conv -> conv.batchLast() ? batchLast(conv, in.get(0), in.get(1)) : convolution(conv, in.get(0), in.get(1));
    };
  }

  private static Type loop(Op.Loop loop, List<Type> in) {
    for (var node : loop.body().nodes()) {
      if (node.op() instanceof Op.Given(var place, var type)) {
        check(place < in.size() && type.equals(in.get(place)), "a loop's body is given %s as operand %d", type, place);
      }
    }
    for (int i = 0; i < loop.carried(); i++) {
      var next = loop.body().results().get(i).node().type();
      check(next.equals(in.get(i)), "a loop begins with %s and goes on with %s", in.get(i), next);
    }
    check(loop.going() < loop.carried() && (loop.going() < 0 || in.get(loop.going()).kind() == Kind.BOOL), "a loop goes on while %d of %d carried values says so", loop.going(), loop.carried());
    return Type.of(Kind.FLOAT);
  }

  private static Type unary(UnaryFn fn, Type x) {
    if (fn == UnaryFn.NOT) {
      check(x.kind() == Kind.BOOL, "not takes bool, and this is %s", x);
      return x;
    }
    check(x.kind() != Kind.BOOL, "%s takes numbers, and this is %s", fn, x);
    return switch (fn) {
      case NEG, ABS, SIGN -> x;
      default -> x.withKind(Kind.FLOAT);
    };
  }

  private static Type binary(BinaryFn fn, Type x, Type y) {
    check(same(x.shape(), y.shape()), "%s of %s and %s", fn, x, y);
    check(x.kind() == y.kind(), "%s of %s and %s: kinds differ", fn, x, y);
    if (fn == BinaryFn.AND || fn == BinaryFn.OR) {
      check(x.kind() == Kind.BOOL, "%s takes bool, and this is %s", fn, x);
    }
    check(!fn.isOfWholeNumbers() || x.kind() == Kind.INT, "%s takes int, and this is %s", fn, x);
    return fn.compares() ? x.withKind(Kind.BOOL) : fn == BinaryFn.DIV || fn == BinaryFn.POW ? x.withKind(Kind.FLOAT) : x;
  }

  private static Type select(Type condition, Type x, Type y) {
    check(condition.kind() == Kind.BOOL, "where takes a bool condition, and this is %s", condition);
    check(x.equals(y) && same(condition.shape(), x.shape()), "where of %s, %s and %s", condition, x, y);
    return x;
  }

  private static Type broadcast(Type x, List<Dim> shape, List<Integer> axes) {
    check(without(shape, axes).equals(x.shape()), "cannot broadcast %s to %s", x, x.withShape(shape));
    return x.withShape(shape);
  }

  private static Type reshape(Type x, List<Dim> shape) {
    var result = x.withShape(shape);
    check(x.size().equals(result.size()) || x.size().mayEqual(result.size()), "cannot reshape %s to %s: %s and %s elements", x, result, x.size(), result.size());
    return result;
  }

  private static Type transpose(Type x, List<Integer> order) {
    check(order.stream().sorted().toList().equals(axes(x.rank())), "%s is no order of the axes of %s", order, x);
    return x.withShape(order.stream().map(x::dim).toList());
  }

  private static Type slice(Type x, List<Dim> start, List<Dim> count, List<Integer> step) {
    check(start.size() == x.rank() && count.size() == x.rank() && step.size() == x.rank(), "a slice of %s needs %d axes", x, x.rank());
    for (int i = 0; i < x.rank(); i++) {
      var size = x.dim(i).constant();
      if (size.isPresent() && start.get(i).isConstant() && count.get(i).isConstant()) {
        long first = start.get(i).fixed();
        long last = first + (count.get(i).fixed() - 1L) * step.get(i);
        boolean inside = Math.min(first, last) >= 0 && Math.max(first, last) < size.getAsLong();
        check(count.get(i).fixed() == 0 || inside, "slice outside axis %d of %s", i, x);
      }
    }
    return x.withShape(count);
  }

  private static Type pad(Type x, List<Dim> low, List<Dim> high, List<Integer> interior) {
    var shape = new ArrayList<Dim>();
    for (int i = 0; i < x.rank(); i++) {
      var size = x.dim(i).plus(low.get(i)).plus(high.get(i));
      shape.add(interior.get(i) == 0 ? size : size.plus(x.dim(i).plus(-1).times(interior.get(i))));
    }
    return x.withShape(shape);
  }

  private static Type concat(List<Type> in, int axis) {
    var first = in.getFirst();
    var sum = Dim.ZERO;
    for (var x : in) {
      check(x.kind() == first.kind() && x.rank() == first.rank() && with(x, axis, Dim.ZERO).equals(with(first, axis, Dim.ZERO)),
          "cannot join %s and %s along axis %d", first, x, axis);
      sum = sum.plus(x.dim(axis));
    }
    return with(first, axis, sum);
  }

  /** {@code (size - reach) / stride + 1}, floored: of an open dimension a quotient, which a run needs to be one at least ({@code analysis.SizeNeeds}). */
  public static Dim places(Dim size, int window, int stride, int dilation) {
    var reach = (window - 1) * dilation + 1;
    if (size.isConstant()) {
      check(size.fixed() >= reach, "a window of %d does not fit into %s", reach, size);
      return Dim.of((size.fixed() - reach) / stride + 1);
    }
    return size.plus(-reach).dividedDown(stride).plus(1);
  }

  private static Type windows(Type x, List<Integer> size, List<Integer> stride, List<Integer> dilation) {
    int first = x.rank() - size.size();
    check(first >= 0, "windows over %d axes of %s", size.size(), x);
    var shape = new ArrayList<>(x.shape().subList(0, first));
    for (int i = 0; i < size.size(); i++) {
      shape.add(places(x.dim(first + i), size.get(i), stride.get(i), dilation.get(i)));
    }
    size.forEach(k -> shape.add(Dim.of(k)));
    return x.withShape(shape);
  }

  private static Type fold(Type x, Op.FoldWindows fold) {
    var shape = new ArrayList<>(x.shape().subList(0, x.rank() - 2 * fold.size().size()));
    shape.addAll(fold.space());
    var result = x.withShape(shape);
    check(windows(result, fold.size(), fold.stride(), fold.dilation()).equals(x), "windows of %s are not %s", result, x);
    return result;
  }

  private static Type reduce(ReduceFn fn, Type x, List<Integer> axes) {
    var type = x.withShape(without(x.shape(), axes));
    return fn == ReduceFn.SUM && x.kind() == Kind.BOOL ? type.withKind(Kind.INT) : type;
  }

  private static Type gather(Type x, Type index, int axis) {
    check(index.kind() != Kind.FLOAT, "an index is int, and this is %s", index);
    check(x.rank() == index.rank() && with(x, axis, Dim.ZERO).shape().equals(with(index, axis, Dim.ZERO).shape()),
        "cannot gather from %s by %s along axis %d", x, index, axis);
    return index.withKind(x.kind());
  }

  private static Type product(Type x, Type y) {
    check(x.rank() >= 2 && x.rank() == y.rank(), "matrix product of %s and %s", x, y);
    int k = x.rank() - 1;
    check(x.dim(k).equals(y.dim(k - 1)), "matrix product of %s and %s: %s and %s differ", x, y, x.dim(k), y.dim(k - 1));
    check(x.shape().subList(0, k - 1).equals(y.shape().subList(0, k - 1)), "matrix product of %s and %s: leading dimensions differ", x, y);
    return with(x, k, y.dim(k));
  }

  /** The shape [..., N] as [N, ...]. */
  public static Type batchFirst(Type type) {
    var shape = new ArrayList<>(type.shape());
    shape.addFirst(shape.removeLast());
    return type.withShape(shape);
  }

  private static Type batchLast(Op.Conv conv, Type x, Type y) {
    check(x.rank() > 0 && y.rank() > 0, "convolution of %s and %s", x, y);
    if (conv.role() == Op.ConvRole.FILTER) {
      return convolution(conv, batchFirst(x), batchFirst(y));
    }
    var result = new ArrayList<>(convolution(conv, batchFirst(x), y).shape());
    result.addLast(result.removeFirst());
    return Type.floats(result);
  }

  private static Type convolution(Op.Conv conv, Type x, Type y) {
    var window = conv.window();
    int n = window.stride().size();
    check(x.rank() == n + 2 && y.rank() == n + 2, "convolution of %s and %s over %d axes", x, y, n);
    var shape = new ArrayList<Dim>();
    switch (conv.role()) {
      case FORWARD -> {
        check(x.dim(1).equals(y.dim(1).times(window.groups())),
            "convolution of %s by %s: %s channels, and the filters take %s", x, y, x.dim(1), y.dim(1).times(window.groups()));
        shape.add(x.dim(0));
        shape.add(y.dim(0));
        for (int i = 0; i < n; i++) {
          var padded = x.dim(2 + i).plus(window.low().get(i) + window.high().get(i));
          shape.add(places(padded, y.dim(2 + i).fixed(), window.stride().get(i), window.dilation().get(i)));
        }
      }
      case INPUT -> {
        check(x.dim(1).equals(y.dim(0)), "transposed convolution of %s by %s: %s and %s differ", x, y, x.dim(1), y.dim(0));
        shape.add(x.dim(0));
        shape.add(y.dim(1).times(window.groups()));
        shape.addAll(conv.space());
      }
      case FILTER -> {
        check(x.dim(0).equals(y.dim(0)), "filter gradient of %s and %s", x, y);
        shape.add(y.dim(1));
        shape.add(Dim.of(x.dim(1).fixed() / window.groups()));
        shape.addAll(conv.space());
      }
    }
    return Type.floats(shape);
  }

  static List<Integer> axes(int rank) {
    var all = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      all.add(i);
    }
    return all;
  }

  /** Equality, for those who ask it of every node: lists would make an iterator each. */
  public static boolean same(List<Dim> a, List<Dim> b) {
    if (a == b) {
      return true;
    }
    int rank = a.size();
    if (rank != b.size()) {
      return false;
    }
    for (int i = 0; i < rank; i++) {
      if (!a.get(i).equals(b.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The shape without some axes. */
  public static List<Dim> without(List<Dim> shape, List<Integer> axes) {
    var rest = new ArrayList<Dim>();
    for (int i = 0; i < shape.size(); i++) {
      if (!axes.contains(i)) {
        rest.add(shape.get(i));
      }
    }
    return rest;
  }

  /** The type with another size of one axis. */
  public static Type with(Type type, int axis, Dim size) {
    var shape = new ArrayList<>(type.shape());
    shape.set(axis, size);
    return type.withShape(shape);
  }

  /**
   * Sizes of one axis in several arrays, as one: the simplest of them, that with the fewest quotients, if they may all be the same number.
   *
   * @return null if they differ for certain
   */
  public static Dim common(List<Dim> sizes) {
    var simplest = sizes.getFirst();
    for (var size : sizes) {
      if (!size.equals(simplest) && !size.mayEqual(simplest)) {
        return null;
      }
      simplest = size.quotients().size() < simplest.quotients().size() ? size : simplest;
    }
    return simplest;
  }

  /** Whether two shapes are the same axis by axis once a run is known to be possible, but are not the same polynomials. */
  public static boolean meet(List<Dim> a, List<Dim> b) {
    if (a.size() != b.size() || same(a, b)) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).equals(b.get(i)) && !a.get(i).mayEqual(b.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** NumPy's rule: shapes are aligned at the end, a 1 stretches. */
  public static List<Dim> broadcastShape(String what, List<Node> in) {
    int rank = in.stream().mapToInt(n -> n.type().rank()).max().orElse(0);
    var shape = new ArrayList<Dim>(Collections.nCopies(rank, Dim.ONE));
    for (var node : in) {
      int offset = rank - node.type().rank();
      for (int i = 0; i < node.type().rank(); i++) {
        var mine = node.type().dim(i);
        var other = shape.get(offset + i);
        if (other.equals(Dim.ONE)) {
          shape.set(offset + i, mine);
        } else if (!mine.equals(Dim.ONE) && !mine.equals(other)) {
          var common = common(List.of(other, mine));
          if (common != null) {
            shape.set(offset + i, common);
            continue;
          }
          var types = in.stream().map(n -> n.type().toString()).toList();
          throw new TypeFault(String.join(" and ", types) + " do not fit together: " + other + " and " + mine + " differ");
        }
      }
    }
    return shape;
  }
}
