package nnc.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.graph.Op;

/**
 * Random well-typed graphs over all ops, from a list of numbers: each makes one step, which reads what earlier steps made. A shorter list is
 * a smaller graph, so that a failing graph shrinks as its list does. {@code N} and {@code T} are open dimensions; for both 2 and more,
 * and whatever is fed, every graph makes sense: for what is held at several sizes, on parts of the rows, or with awkward numbers. Graphs of {@link
 * nnc.graph.random.DrawnGraphs} make sense for the sizes and arrays that they are drawn with, and read each other in more ways.
 */
public final class RandomGraphs {
  /** Elements of a node at the sizes below, at most. */
  private static final long LARGEST = 2000;
  private static final int RANK = 5;

  private final GraphBuilder b = new GraphBuilder();
  private final List<Node> pool = new ArrayList<>();
  private final boolean smooth;
  private Random random;
  private int parameters;

  private RandomGraphs(boolean smooth) {
    this.smooth = smooth;
  }

  /** A graph that {@code genes} describe; {@code smooth}: of floats, differentiable everywhere in the inputs and parameters. */
  public static Graph of(List<Integer> genes, boolean smooth) {
    return new RandomGraphs(smooth).run(genes);
  }

  private Graph run(List<Integer> genes) {
    random = new Random(1);
    var n = Dim.open("N");
    pool.add(b.input("x", Type.floats(List.of(n, Dim.of(6)))));
    pool.add(b.input("s", Type.floats(List.of(n, Dim.open("T"), Dim.of(2)))));
    pool.add(b.target("i", new Type(Kind.INT, List.of(n, Dim.of(3)))));
    parameter(3, 7);
    for (int gene : genes) {
      random = new Random(gene * 0x9E3779B97F4A7C15L);
      keep(step());
    }
    return b.finish("predict", results());
  }

  private void keep(Node node) {
    long size = node.type().size().evaluate(_ -> 4);
    if (node.type().rank() <= RANK && size > 0 && size <= LARGEST) {
      pool.add(node);
    }
  }

  /** The last node and a few others; what has the shape of a parameter may be its next value. */
  private List<Graph.Result> results() {
    var results = new ArrayList<Graph.Result>();
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      var node = i == 0 ? pool.getLast() : pool.get(random.nextInt(pool.size()));
      results.add(new Graph.Result(Graph.Role.OUTPUT, "r" + i, node));
    }
    for (var node : b.nodes()) {
      if (node.op() instanceof Op.Parameter(var path, var type) && chance(2)) {
        pool.reversed().stream().filter(next -> next != node && next.type().equals(type)).findFirst()
            .ifPresent(next -> results.add(new Graph.Result(Graph.Role.UPDATE, path, next)));
      }
    }
    return results;
  }

  // ---- choices

  private boolean chance(int of) {
    return random.nextInt(of) == 0;
  }

  private int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  private double number() {
    return List.of(0.0, 1.0, -1.0, 2.0, 0.5, -0.25, 3.0, 0.37, -1.9).get(random.nextInt(9));
  }

  /** An earlier node, rather a late one. */
  private Node any() {
    int back = Math.min(random.nextInt(pool.size()), random.nextInt(pool.size()));
    return pool.get(pool.size() - 1 - back);
  }

  private Node floats() {
    return b.cast(any(), Kind.FLOAT);
  }

  private int axis(Node x) {
    return random.nextInt(x.type().rank());
  }

  private List<Integer> someAxes(Node x) {
    return IntStream.range(0, x.type().rank()).filter(_ -> random.nextBoolean()).boxed().toList();
  }

  private Node parameter(int... shape) {
    return b.parameter("p" + parameters++, Type.floats(IntStream.of(shape).mapToObj(Dim::of).toList()));
  }

  /** What may have grown is brought back, so that long graphs stay among numbers of moderate size. */
  private Node calm(Node x) {
    return switch (random.nextInt(3)) {
      case 0 -> b.unary(UnaryFn.SIN, x);
      case 1 -> b.unary(UnaryFn.TANH, b.mul(x, b.constant(0.5)));
      default -> b.div(x, b.sqrt(b.add(b.mul(x, x), b.constant(1))));
    };
  }

  // ---- steps

  private Node step() {
    return switch (random.nextInt(smooth ? 20 : 26)) {
      case 0, 1 -> unary(floats());
      case 2, 3 -> binary();
      case 4 -> sum();
      case 5 -> reshape(any());
      case 6 -> transpose(any());
      case 7 -> slice(any());
      case 8 -> pad(floats());
      case 9 -> concat();
      case 10 -> windows();
      case 11 -> gather();
      case 12, 13 -> product();
      case 14 -> convolution();
      case 15 -> softmax();
      case 16 -> identity();
      case 17 -> source();
      case 18 -> again();
      case 19 -> select(floats());
      case 20 -> rough(b.add(b.mul(floats(), b.constant(1.7)), b.constant(0.13)));
      case 21 -> compare();
      case 22 -> reduced(random.nextBoolean() ? ReduceFn.MAX : ReduceFn.MIN, ranked(), List.of(0));
      case 23 -> order();
      case 24 -> calm(reduced(ReduceFn.PROD, ranked(), List.of(0)));
      default -> b.stopGradient(floats());
    };
  }

  /** A float node of at least one axis. */
  private Node ranked() {
    var x = floats();
    return x.type().rank() > 0 ? x : b.reshape(x, List.of(Dim.ONE));
  }

  private Node unary(Node x) {
    return switch (random.nextInt(10)) {
      case 0 -> b.neg(x);
      case 1 -> b.exp(b.unary(UnaryFn.SIN, x));
      case 2 -> b.unary(UnaryFn.EXPM1, b.unary(UnaryFn.TANH, x));
      case 3 -> b.log(b.add(b.unary(UnaryFn.SIGMOID, x), b.constant(0.5)));
      case 4 -> b.unary(UnaryFn.LOG1P, b.mul(x, x));
      case 5 -> b.sqrt(b.add(b.mul(x, x), b.constant(0.3)));
      case 6 -> b.unary(UnaryFn.COS, x);
      case 7 -> b.unary(UnaryFn.ERF, x);
      case 8 -> b.pow(b.add(b.unary(UnaryFn.SIGMOID, x), b.constant(0.2)), b.constant(number()));
      default -> b.unary(UnaryFn.TANH, x);
    };
  }

  /** Of steps and corners; {@code x} has been moved away from where they lie for simple numbers. */
  private Node rough(Node x) {
    return switch (random.nextInt(7)) {
      case 0 -> b.unary(UnaryFn.ABS, x);
      case 1 -> b.unary(UnaryFn.SIGN, x);
      case 2 -> b.unary(UnaryFn.FLOOR, x);
      case 3 -> b.unary(UnaryFn.CEIL, x);
      case 4 -> b.unary(UnaryFn.ROUND, x);
      case 5 -> b.cast(x, Kind.INT);
      default -> b.cast(b.unary(UnaryFn.FLOOR, x), Kind.BOOL);
    };
  }

  /** A second operand that goes with x: one that fits, x itself turned, or a number. */
  private Node partner(Node x) {
    for (int i = 0; i < 6; i++) {
      var y = floats();
      if (fits(x, y)) {
        return y;
      }
    }
    return chance(3) ? b.constant(number()) : x.type().rank() > 0 ? b.reverse(x, axis(x)) : b.unary(UnaryFn.COS, x);
  }

  private static boolean fits(Node x, Node y) {
    try {
      Shapes.broadcastShape("", List.of(x, y));
      return true;
    } catch (TypeFault e) {
      return false;
    }
  }

  private Node binary() {
    var x = floats();
    var y = partner(x);
    return switch (random.nextInt(smooth ? 5 : 7)) {
      case 0 -> b.add(x, y);
      case 1 -> b.sub(x, y);
      case 2 -> calm(b.mul(x, y));
      case 3 -> b.div(x, b.add(b.mul(y, y), b.constant(0.7)));
      case 4 -> b.pow(b.add(b.unary(UnaryFn.SIGMOID, x), b.constant(0.3)), b.unary(UnaryFn.SIN, y));
      case 5 -> b.binary(BinaryFn.MIN, x, y);
      default -> b.binary(BinaryFn.MAX, x, y);
    };
  }

  private Node reduced(ReduceFn fn, Node x, List<Integer> axes) {
    return random.nextBoolean() ? b.reduceKept(fn, x, axes) : b.reduce(fn, x, axes);
  }

  private Node sum() {
    var x = any();
    var axes = someAxes(x);
    var total = reduced(ReduceFn.SUM, x, axes);
    return chance(3) ? Compositions.mean(b, b.cast(x, Kind.FLOAT), axes) : total.type().kind() == Kind.FLOAT ? calm(total) : total;
  }

  /** Two neighbouring axes made one, one split, or one of size one more. */
  private Node reshape(Node x) {
    var shape = new ArrayList<>(x.type().shape());
    if (shape.size() > 1 && random.nextBoolean()) {
      int at = random.nextInt(shape.size() - 1);
      shape.set(at, shape.get(at).times(shape.remove(at + 1)));
      return b.reshape(x, shape);
    }
    int at = random.nextInt(shape.size() + 1);
    if (at < shape.size()) {
      for (int factor : List.of(2, 3, 7)) {
        var rest = shape.get(at).dividedBy(Dim.of(factor));
        if (rest.isPresent() && !rest.get().is(1)) {
          shape.set(at, rest.get());
          shape.add(at + random.nextInt(2), Dim.of(factor));
          return b.reshape(x, shape);
        }
      }
    }
    return b.expand(x, at);
  }

  private Node transpose(Node x) {
    var order = new ArrayList<>(Shapes.axes(x.type().rank()));
    java.util.Collections.shuffle(order, random);
    return b.transpose(x, order);
  }

  /** Each axis whole or backwards, and a known one in part. */
  private Node slice(Node x) {
    var start = new ArrayList<Dim>();
    var count = new ArrayList<Dim>();
    var step = new ArrayList<Integer>();
    for (var dim : x.type().shape()) {
      boolean backwards = chance(3);
      int by = dim.isConstant() ? between(1, 2) : 1;
      int size = dim.isConstant() ? between(1, (dim.fixed() + by - 1) / by) : 0;
      int first = dim.isConstant() ? random.nextInt(dim.fixed() - (size - 1) * by) : 0;
      count.add(dim.isConstant() ? Dim.of(size) : dim);
      start.add(!backwards ? Dim.of(first) : dim.isConstant() ? Dim.of(first + (size - 1) * by) : dim.plus(-1));
      step.add(backwards ? -by : by);
    }
    return b.slice(x, start, count, step);
  }

  private Node pad(Node x) {
    var low = new ArrayList<Dim>();
    var high = new ArrayList<Dim>();
    var interior = new ArrayList<Integer>();
    for (int i = 0; i < x.type().rank(); i++) {
      low.add(Dim.of(random.nextInt(3)));
      high.add(Dim.of(random.nextInt(2)));
      interior.add(chance(4) ? 1 : 0);
    }
    return b.pad(x, low, high, interior, number());
  }

  private Node concat() {
    var x = ranked();
    int axis = axis(x);
    var parts = new ArrayList<>(List.of(x));
    for (int i = 0; i < between(1, 3); i++) {
      parts.add(switch (random.nextInt(4)) {
        case 0 -> unary(x);
        case 1 -> b.like(x, number());
        case 2 -> b.reverse(x, axis(x));
        default -> x.type().dim(axis).isConstant() ? b.slice(x, axis, Dim.ZERO, Dim.ONE, 1) : x;
      });
    }
    return chance(3) && parts.stream().allMatch(part -> part.type().equals(x.type())) ? Compositions.stack(b, parts, axis) : b.concat(parts, axis);
  }

  /** Windows over one or two last axes, often summed or folded back. An open axis takes steps of one. */
  private Node windows() {
    var x = ranked();
    int axes = Math.min(between(1, 2), x.type().rank());
    var size = new ArrayList<Integer>();
    var stride = new ArrayList<Integer>();
    var dilation = new ArrayList<Integer>();
    for (var dim : x.type().shape().subList(x.type().rank() - axes, x.type().rank())) {
      // an open size is at least 2 and may have lost its last element to windows before
      int most = dim.isConstant() ? dim.fixed() : dim.equals(Dim.open("N")) || dim.equals(Dim.open("T")) ? 2 : 1;
      size.add(between(1, Math.min(3, most)));
      dilation.add(size.getLast() > 1 ? between(1, Math.min(2, (most - 1) / (size.getLast() - 1))) : 1);
      stride.add(dim.isConstant() ? between(1, 2) : 1);
    }
    var y = b.windows(x, size, stride, dilation);
    var last = IntStream.range(y.type().rank() - axes, y.type().rank()).boxed().toList();
    return switch (random.nextInt(smooth ? 3 : 4)) {
      case 0 -> y;
      case 1 -> b.foldWindows(unary(y), x.type().shape().subList(x.type().rank() - axes, x.type().rank()), size, stride, dilation);
      case 2 -> calm(b.sum(y, last));
      default -> b.max(y, last);
    };
  }

  /** Along a known axis, by the fed places or by written ones. */
  private Node gather() {
    var x = ranked();
    var known = IntStream.range(0, x.type().rank()).filter(i -> x.type().dim(i).isConstant()).boxed().toList();
    if (known.isEmpty()) {
      return b.emit(new Op.CumSum(axis(x), random.nextBoolean()), List.of(x));
    }
    int axis = known.get(random.nextInt(known.size()));
    int size = x.type().dim(axis).fixed();
    if (chance(4)) {
      return calm(b.emit(new Op.CumSum(axis, random.nextBoolean()), List.of(x)));
    }
    var fed = pool.get(2);
    var index = chance(3) ? b.binary(BinaryFn.MIN, b.unary(UnaryFn.ABS, fed), b.constant(size - 1, Kind.INT))
        : b.table(new Type(Kind.INT, List.of(Dim.of(2), Dim.of(2))), IntStream.range(0, 4).mapToObj(_ -> (double) random.nextInt(size)).toList());
    if (random.nextBoolean()) {
      return Compositions.take(b, x, index, axis);
    }
    int places = between(1, 4);
    var where = b.cast(b.reshape(b.slice(b.reshape(index, List.of(index.type().size())), 0, Dim.ZERO, Dim.ONE, 1), List.of()), Kind.INT);
    var each = b.binary(BinaryFn.MIN, b.add(b.broadcastTo(where, x.type().shape()), b.iota(x.type().shape(), axis)), b.constant(places - 1, Kind.INT));
    return calm(b.scatterAdd(each, x, axis, Dim.of(places)));
  }

  private Node product() {
    var x = ranked();
    if (x.type().rank() > 1 && chance(3)) {
      return calm(random.nextBoolean() ? Compositions.matmul(b, x, b.swap(x)) : Compositions.matmul(b, b.swap(x), x));
    }
    var last = x.type().shape().getLast();
    if (!last.isConstant()) {
      return calm(Compositions.matmul(b, x, b.reverse(b.sum(x, IntStream.range(0, x.type().rank() - 1).boxed().toList()), 0)));
    }
    int k = last.fixed();
    if (k > 40) {
      return unary(x);
    }
    return chance(4) && x.type().rank() == 3 && x.type().dim(0).isConstant()
        ? calm(Compositions.matmul(b, x, parameter(x.type().dim(0).fixed(), k, between(1, 4)))) : calm(Compositions.matmul(b, x, parameter(k, between(1, 9))));
  }

  /** A convolution over one or two axes, or one of its transposes. */
  private Node convolution() {
    var x = picture();
    int axes = x.type().rank() - 2;
    int channels = x.type().dim(1).fixed();
    int groups = channels <= 4 && chance(3) ? channels : 1;
    var kernel = new ArrayList<Integer>();
    var stride = new ArrayList<Integer>();
    var low = new ArrayList<Integer>();
    var high = new ArrayList<Integer>();
    var dilation = new ArrayList<Integer>();
    for (int i = 0; i < axes; i++) {
      low.add(random.nextInt(3));
      high.add(random.nextInt(2));
      int most = x.type().dim(2 + i).fixed() + low.getLast() + high.getLast();
      kernel.add(between(1, Math.min(3, most)));
      dilation.add(kernel.getLast() > 1 ? between(1, Math.min(2, (most - 1) / (kernel.getLast() - 1))) : 1);
      stride.add(between(1, 2));
    }
    var filter = IntStream.concat(IntStream.of(groups * between(1, 3), channels / groups), kernel.stream().mapToInt(k -> k)).toArray();
    var w = parameter(filter);
    var window = new Op.Window(stride, low, high, dilation, groups);
    var y = calm(b.conv(x, w, window, Op.ConvRole.FORWARD, List.of()));
    return switch (random.nextInt(4)) {
      case 0 -> calm(b.conv(y, w, window, Op.ConvRole.INPUT, x.type().shape().subList(2, x.type().rank())));
      case 1 -> calm(b.conv(x, y, window, Op.ConvRole.FILTER, kernel.stream().map(k -> Dim.of(k)).toList()));
      default -> y;
    };
  }

  /** A node as channels of one or two known axes behind a batch. */
  private Node picture() {
    for (int i = 0; i < 4; i++) {
      var x = ranked();
      var shape = x.type().shape();
      boolean known = shape.stream().skip(1).allMatch(Dim::isConstant);
      if (known && (shape.size() == 3 || shape.size() == 4) && shape.get(1).fixed() <= 12) {
        return x;
      }
      if (known && shape.size() == 2) {
        return b.expand(x, 1);
      }
    }
    return b.reshape(pool.get(0), List.of(Dim.open("N"), Dim.of(2), Dim.of(3)));
  }

  private Node softmax() {
    var x = ranked();
    int axis = axis(x);
    return switch (random.nextInt(3)) {
      case 0 -> Compositions.softmax(b, x, axis);
      case 1 -> Compositions.logSoftmax(b, x, axis);
      default -> random.nextBoolean() ? Compositions.logSumExpKept(b, x, List.of(axis)) : Compositions.logSumExp(b, x, List.of(axis));
    };
  }

  /** What the passes take out again. */
  private Node identity() {
    var x = floats();
    return switch (random.nextInt(9)) {
      case 0 -> b.mul(x, b.constant(1));
      case 1 -> b.add(b.constant(0), x);
      case 2 -> b.neg(b.neg(x));
      case 3 -> b.div(x, b.constant(4));
      case 4 -> b.pow(x, b.constant(between(1, 2)));
      case 5 -> transpose(transpose(x));
      case 6 -> reshape(reshape(x));
      case 7 -> b.mul(x, b.add(b.mul(b.like(x, 2), b.like(x, number())), b.constant(1)));
      default -> x.type().rank() < 2 ? b.sub(x, b.constant(0)) : b.sum(b.sum(x, List.of(0)), List.of(0));
    };
  }

  /** Something that reads nothing, or a state. */
  private Node source() {
    var shape = any().type().shape();
    return switch (random.nextInt(7)) {
      case 0 -> uniform(shape);
      case 1 -> shape.isEmpty() ? b.constant(number()) : b.iota(shape, random.nextInt(shape.size()));
      case 2 -> b.counter(random.nextBoolean() ? Op.CounterKind.STEP : Op.CounterKind.EPOCH);
      case 3 -> b.table(Type.floats(List.of(Dim.of(3))), List.of(number(), number(), number()));
      case 4 -> b.full(shape, number(), Kind.FLOAT);
      case 5 -> shape.isEmpty() ? b.size(Dim.open("N").times(2).plus(1))
          : b.sum(b.full(shape, number(), Kind.FLOAT), List.of(random.nextInt(shape.size())));
      default -> parameter(between(1, 7));
    };
  }

  /** Draws, numbered by the rows of {@code N} where the first axis alone counts them. */
  private Node uniform(List<Dim> shape) {
    var n = Dim.open("N");
    boolean byRow = !shape.isEmpty() && shape.getFirst().dividedBy(n).filter(Dim::isConstant).isPresent()
        && shape.stream().skip(1).noneMatch(dim -> dim.variables().contains("N"));
    return b.uniform(shape, byRow ? "N" : "");
  }

  /** What an earlier node does once more. */
  private Node again() {
    var node = any();
    return node.operands().isEmpty() ? unary(floats()) : b.emit(node.op(), node.operands());
  }

  /** By a condition that no small change of the inputs changes. */
  private Node select(Node x) {
    var shape = x.type().shape();
    var drawn = shape.isEmpty() || chance(3) ? uniform(shape) : b.mul(b.constant(0.3), b.iota(shape, random.nextInt(shape.size())));
    return b.select(b.less(drawn, b.constant(0.5)), x, partner(x));
  }

  private Node compare() {
    var x = floats();
    var y = b.add(partner(x), b.constant(0.137));
    var less = b.less(x, y);
    var other = b.binary(BinaryFn.LE, b.mul(y, b.constant(0.7)), x);
    return switch (random.nextInt(4)) {
      case 0 -> b.select(less, x, y);
      case 1 -> b.binary(BinaryFn.AND, less, b.not(other));
      case 2 -> b.binary(BinaryFn.OR, less, other);
      default -> b.equal(b.cast(less, Kind.INT), b.cast(other, Kind.INT));
    };
  }

  /** Of keys that are told apart along the axis even where the elements are equal. */
  private Node order() {
    var x = ranked();
    int axis = axis(x);
    var key = b.add(x, b.mul(b.iota(x.type().shape(), axis), b.constant(0.0137)));
    return switch (random.nextInt(3)) {
      case 0 -> b.emit(new Op.ArgReduce(random.nextBoolean(), axis), List.of(key));
      case 1 -> b.emit(new Op.ArgSort(axis, random.nextBoolean()), List.of(key));
      default -> b.gather(x, b.emit(new Op.ArgSort(axis, random.nextBoolean()), List.of(key)), axis);
    };
  }
}
