package nnc.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import nnc.source.Limit;
import nnc.source.Span;

/**
 * The only maker of nodes. It infers types and writes broadcasts and casts as nodes of their own; making a node only makes a node.
 * What is composed of several is in {@link Compositions}. Faults of shape are thrown as {@link TypeFault}. Axes here are from 0; negative
 * ones are the caller's to resolve.
 */
public final class GraphBuilder {
  /** Stretches of numbers for nodes, which builders take in turn: as many as a page holds. */
  private static final AtomicInteger STRETCHES = new AtomicInteger();

  private final List<Node> nodes;
  private final NodeMap<DeclaredGradient> declared = new NodeMap<>();
  private Span span = Span.NONE;
  private int streams;
  private int id;
  private int most = Integer.MAX_VALUE;
  /** Numbers of tables. */
  private long numbers;

  public GraphBuilder() {
    this(16);
  }

  /** Thrown where a graph has become larger than any is meant to. */
  public static final class Full extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Limit limit;

    Full(Limit limit) {
      super(limit.message(), null, false, false);
      this.limit = limit;
    }

    /** What there is too much of. */
    public Limit limit() {
      return limit;
    }
  }

  /** Of a graph that a program makes; it throws {@link Full} where that goes beyond a {@link Limit}. */
  public static GraphBuilder limited() {
    var builder = new GraphBuilder(16);
    builder.most = (int) Limit.NODES.most();
    return builder;
  }

  /** @param expected how many nodes, roughly */
  public GraphBuilder(int expected) {
    nodes = new ArrayList<>(expected);
  }

  /** What is made from now on comes from this text. */
  public GraphBuilder at(Span place) {
    span = place;
    return this;
  }

  public Span span() {
    return span;
  }

  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  public Node emit(Op op, List<Node> read) {
    var operands = Nodes.of(read);
    var type = Shapes.of(op, operands);
    if (type.rank() > Limit.AXES.most() && most < Integer.MAX_VALUE) {
      throw new Full(Limit.AXES);
    }
    var node = new Node(op, operands, type, span, id());
    if (nodes.size() >= most) {
      throw new Full(Limit.NODES);
    }
    nodes.add(node);
    return node;
  }

  private int id() {
    if (id % Pages.PLACES == 0) {
      id = STRETCHES.getAndIncrement() * Pages.PLACES;
    }
    return id++;
  }

  /** A node of another graph if it has just these operands; otherwise one with its op, from the text that is marked. */
  public Node keep(Node node, List<Node> read) {
    var operands = Nodes.of(read);
    var kept = node.operands().equals(operands) ? node
        : sameTypes(node, operands) ? new Node(node.op(), operands, node.type(), span, id()) : null;
    if (kept == null) {
      return emit(node.op(), operands);
    }
    nodes.add(kept);
    return kept;
  }

  /** Whether operands have the types of a node's own, from which its type would be inferred again. */
  private static boolean sameTypes(Node node, Nodes operands) {
    for (int i = 0; i < operands.size(); i++) {
      if (!node.operand(i).type().equals(operands.get(i).type())) {
        return false;
      }
    }
    return true;
  }

  private Node emit(Op op, Node... operands) {
    return emit(op, Nodes.of(operands));
  }

  public Graph finish(String name, List<Graph.Result> results) {
    return new Graph(name, nodes, results);
  }

  // ---- sources

  public Node input(String name, Type type) {
    return emit(new Op.Input(name, false, type));
  }

  /** An input that is fed for losses and metrics alone. */
  public Node target(String name, Type type) {
    return emit(new Op.Input(name, true, type));
  }

  public Node parameter(String path, Type type) {
    return emit(new Op.Parameter(path, type));
  }

  public Node state(String path, Type type) {
    return emit(new Op.State(path, type));
  }

  public Node counter(Op.CounterKind counter) {
    return emit(new Op.Counter(counter));
  }

  public Node constant(double value) {
    return constant(value, Kind.FLOAT);
  }

  public Node constant(double value, Kind kind) {
    return emit(new Op.Const(value, kind));
  }

  /** A constant filled to the type of another node. */
  public Node like(Node other, double value) {
    return broadcastTo(constant(value, other.type().kind()), other.type().shape());
  }

  public Node full(List<Dim> shape, double value, Kind kind) {
    return broadcastTo(constant(value, kind), shape);
  }

  public Node table(Type type, List<Double> values) {
    numbers += values.size();
    if (most < Integer.MAX_VALUE && numbers > Limit.ELEMENTS.most()) {
      throw new Full(Limit.ELEMENTS);
    }
    return emit(new Op.Table(type, values));
  }

  public Node iota(List<Dim> shape, int axis) {
    return emit(new Op.Iota(shape, axis));
  }

  /** Fresh draws: every call is a stream of its own. */
  public Node uniform(List<Dim> shape) {
    return uniform(shape, "");
  }

  /** Fresh draws, numbered on by the examples of an open dimension, which the first axis counts. */
  public Node uniform(List<Dim> shape, String rows) {
    return emit(new Op.Uniform(streams++, shape, rows));
  }

  /** A dimension as a number of the graph, also where it is open. */
  public Node size(Dim dim) {
    return dim.isConstant() ? constant((double) dim.constant().orElseThrow()) : emit(new Op.Size(dim));
  }

  // ---- loops

  /** What the body of a loop is given. */
  public Node given(int place, Type type) {
    return emit(new Op.Given(place, type));
  }

  /** A loop; its results are asked for by {@link #result}. */
  public Node loop(Op.Loop loop, List<Node> operands) {
    return emit(loop, operands);
  }

  public Node result(Node loop, int index) {
    return emit(new Op.LoopResult(index, false, ((Op.Loop) loop.op()).type(index)), loop);
  }

  /** What all turns gave, from the last to the first. */
  public Node resultBackwards(Node loop, int index) {
    return emit(new Op.LoopResult(index, true, ((Op.Loop) loop.op()).type(index)), loop);
  }

  // ---- pointwise

  public Node unary(UnaryFn fn, Node x) {
    var operand = fn == UnaryFn.NOT ? x : x.type().kind() == Kind.BOOL ? cast(x, Kind.INT) : x;
    if (operand.type().kind() == Kind.INT && fn != UnaryFn.NEG && fn != UnaryFn.ABS && fn != UnaryFn.SIGN) {
      operand = cast(operand, Kind.FLOAT);
    }
    return emit(new Op.Unary(fn), operand);
  }

  public Node binary(BinaryFn fn, Node x, Node y) {
    var kind = common(fn, x.type().kind(), y.type().kind());
    if (Shapes.same(x.type().shape(), y.type().shape())) {
      return emit(new Op.Binary(fn), cast(x, kind), cast(y, kind));
    }
    var shape = Shapes.broadcastShape(fn.toString(), List.of(x, y));
    return emit(new Op.Binary(fn), broadcastTo(cast(x, kind), shape), broadcastTo(cast(y, kind), shape));
  }

  private static Kind common(BinaryFn fn, Kind x, Kind y) {
    boolean floats = x == Kind.FLOAT || y == Kind.FLOAT;
    return switch (fn) {
      case AND, OR -> Kind.BOOL;
      case DIV, POW -> Kind.FLOAT;
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> Kind.INT;
      case EQ, NE -> floats ? Kind.FLOAT : x == Kind.INT || y == Kind.INT ? Kind.INT : Kind.BOOL;
      case ADD, SUB, MUL, MIN, MAX, LT, LE -> floats ? Kind.FLOAT : Kind.INT;
    };
  }

  public Node add(Node x, Node y) {
    return binary(BinaryFn.ADD, x, y);
  }

  public Node sub(Node x, Node y) {
    return binary(BinaryFn.SUB, x, y);
  }

  public Node mul(Node x, Node y) {
    return binary(BinaryFn.MUL, x, y);
  }

  public Node div(Node x, Node y) {
    return binary(BinaryFn.DIV, x, y);
  }

  public Node pow(Node x, Node y) {
    return binary(BinaryFn.POW, x, y);
  }

  public Node less(Node x, Node y) {
    return binary(BinaryFn.LT, x, y);
  }

  public Node equal(Node x, Node y) {
    return binary(BinaryFn.EQ, x, y);
  }

  public Node neg(Node x) {
    return unary(UnaryFn.NEG, x);
  }

  public Node exp(Node x) {
    return unary(UnaryFn.EXP, x);
  }

  public Node log(Node x) {
    return unary(UnaryFn.LOG, x);
  }

  public Node sqrt(Node x) {
    return unary(UnaryFn.SQRT, x);
  }

  public Node not(Node x) {
    return unary(UnaryFn.NOT, x);
  }

  public Node select(Node condition, Node x, Node y) {
    var shape = Shapes.broadcastShape("where", List.of(condition, x, y));
    var kinds = List.of(x.type().kind(), y.type().kind());
    var kind = kinds.contains(Kind.FLOAT) ? Kind.FLOAT : kinds.contains(Kind.INT) ? Kind.INT : Kind.BOOL;
    return emit(new Op.Select(), broadcastTo(cast(condition, Kind.BOOL), shape), broadcastTo(cast(x, kind), shape),
        broadcastTo(cast(y, kind), shape));
  }

  public Node cast(Node x, Kind kind) {
    return x.type().kind() == kind ? x : emit(new Op.Cast(kind), x);
  }

  /** The gradient that a program declares of a function's result: its cotangents by inputs, null for a zero. */
  public interface GradientRule {
    List<Node> of(Node result, Node cotangent);
  }

  /** A result whose gradient is declared, by what it was called with. */
  public record DeclaredGradient(String function, List<Node> inputs, GradientRule rule) {}

  /** The value itself, of which nothing but the rule is known to differentiation; the rule counts for gradients of this builder's nodes. */
  public Node declareGradient(Node value, DeclaredGradient gradient) {
    var node = emit(new Op.StopGradient(gradient.function), value);
    declared.put(node, gradient);
    return node;
  }

  /** What is declared of a node's gradient; null if nothing is. */
  public DeclaredGradient declared(Node node) {
    return declared.get(node);
  }

  public Node stopGradient(Node x) {
    return emit(new Op.StopGradient(""), x);
  }

  // ---- views

  /** Stretches by NumPy's rule to a shape, whose sizes may be other polynomials that come to the same ({@link Dim#mayEqual}). */
  public Node broadcastTo(Node x, List<Dim> shape) {
    if (x.type().shape().equals(shape)) {
      return x;
    }
    int offset = shape.size() - x.type().rank();
    TypeFault.check(offset >= 0, "cannot broadcast %s to %s", x.type(), x.type().withShape(shape));
    var added = new ArrayList<>(Shapes.axes(offset));
    var kept = new ArrayList<Dim>();
    for (int i = 0; i < x.type().rank(); i++) {
      if (x.type().dim(i).equals(Dim.ONE) && !shape.get(offset + i).equals(Dim.ONE)) {
        added.add(offset + i);
      } else {
        var size = shape.get(offset + i);
        TypeFault.check(x.type().dim(i).equals(size) || x.type().dim(i).mayEqual(size), "cannot broadcast %s to %s", x.type(), x.type().withShape(shape));
        kept.add(size);
      }
    }
    var squeezed = reshape(x, kept);
    return added.isEmpty() ? squeezed : emit(new Op.Broadcast(List.copyOf(shape), List.copyOf(added)), squeezed);
  }

  /** Puts back reduced axes of a shape. */
  public Node unreduce(Node x, List<Dim> shape, List<Integer> axes) {
    return axes.isEmpty() ? x : emit(new Op.Broadcast(List.copyOf(shape), List.copyOf(axes)), x);
  }

  public Node reshape(Node x, List<Dim> shape) {
    return x.type().shape().equals(shape) ? x : emit(new Op.Reshape(List.copyOf(shape)), x);
  }

  public Node transpose(Node x, List<Integer> order) {
    return order.equals(Shapes.axes(order.size())) && order.size() == x.type().rank() ? x : emit(new Op.Transpose(List.copyOf(order)), x);
  }

  /** Exchanges the last two axes. */
  public Node swap(Node x) {
    var order = new ArrayList<>(Shapes.axes(x.type().rank()));
    Collections.swap(order, order.size() - 1, order.size() - 2);
    return transpose(x, order);
  }

  public Node expand(Node x, int axis) {
    var shape = new ArrayList<>(x.type().shape());
    if (axis < 0 || axis > shape.size()) {
      throw new TypeFault("there is no place " + axis + " for an axis in " + x.type());
    }
    shape.add(axis, Dim.ONE);
    return reshape(x, shape);
  }

  public Node slice(Node x, List<Dim> start, List<Dim> count, List<Integer> step) {
    boolean whole = Shapes.same(count, x.type().shape()) && areZero(start) && areAll(step, 1);
    return whole ? x : emit(new Op.Slice(List.copyOf(start), List.copyOf(count), List.copyOf(step)), x);
  }

  /** A slice of one axis. */
  public Node slice(Node x, int axis, Dim start, Dim count, int step) {
    int rank = x.type().rank();
    var starts = new ArrayList<Dim>(Collections.nCopies(rank, Dim.ZERO));
    var counts = new ArrayList<>(x.type().shape());
    var steps = new ArrayList<Integer>(Collections.nCopies(rank, 1));
    starts.set(axis, start);
    counts.set(axis, count);
    steps.set(axis, step);
    return slice(x, starts, counts, steps);
  }

  /** Element {@code place} of an axis, which is dropped. */
  public Node at(Node x, int axis, Dim place) {
    var row = slice(x, axis, place, Dim.ONE, 1);
    return reshape(row, Shapes.without(row.type().shape(), List.of(axis)));
  }

  public Node reverse(Node x, int axis) {
    return slice(x, axis, x.type().dim(axis).plus(-1), x.type().dim(axis), -1);
  }

  public Node pad(Node x, List<Dim> low, List<Dim> high, List<Integer> interior, double value) {
    boolean none = areZero(low) && areZero(high) && areAll(interior, 0);
    return none ? x : emit(new Op.Pad(List.copyOf(low), List.copyOf(high), List.copyOf(interior), value), x);
  }

  private static boolean areZero(List<Dim> dims) {
    for (var dim : dims) {
      if (!dim.is(0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean areAll(List<Integer> numbers, int value) {
    for (int number : numbers) {
      if (number != value) {
        return false;
      }
    }
    return true;
  }

  public Node concat(List<Node> parts, int axis) {
    var kinds = parts.stream().map(part -> part.type().kind()).toList();
    var kind = kinds.contains(Kind.FLOAT) ? Kind.FLOAT : kinds.contains(Kind.INT) ? Kind.INT : Kind.BOOL;
    var cast = parts.stream().map(p -> cast(p, kind)).toList();
    return cast.size() == 1 ? cast.getFirst() : emit(new Op.Concat(axis), alike(cast, axis));
  }

  /** With the same sizes of all axes but one, where these may be the same numbers; otherwise as they are. */
  private List<Node> alike(List<Node> parts, int axis) {
    int rank = parts.getFirst().type().rank();
    if (parts.stream().anyMatch(part -> part.type().rank() != rank)) {
      return parts;
    }
    var common = new ArrayList<Dim>();
    for (int i = 0; i < rank; i++) {
      int at = i;
      var size = i == axis ? Dim.ZERO : Shapes.common(parts.stream().map(part -> part.type().dim(at)).toList());
      if (size == null) {
        return parts;
      }
      common.add(size);
    }
    return parts.stream().map(part -> reshape(part, Shapes.with(part.type().withShape(common), axis, part.type().dim(axis)).shape())).toList();
  }

  public Node windows(Node x, List<Integer> size, List<Integer> stride, List<Integer> dilation) {
    return emit(new Op.Windows(List.copyOf(size), List.copyOf(stride), List.copyOf(dilation)), x);
  }

  // ---- reductions

  public Node reduce(ReduceFn fn, Node x, List<Integer> axes) {
    if (axes.isEmpty()) {
      return fn == ReduceFn.SUM && x.type().kind() == Kind.BOOL ? cast(x, Kind.INT) : x;
    }
    var sorted = axes.stream().sorted().distinct().toList();
    return emit(new Op.Reduce(fn, sorted), x);
  }

  /** As {@link #reduce}, but the axes stay, of size 1. */
  public Node reduceKept(ReduceFn fn, Node x, List<Integer> axes) {
    return reshape(reduce(fn, x, axes), kept(x, axes));
  }

  private static List<Dim> kept(Node x, List<Integer> axes) {
    var shape = new ArrayList<>(x.type().shape());
    axes.forEach(axis -> shape.set(axis, Dim.ONE));
    return shape;
  }

  public Node sum(Node x, List<Integer> axes) {
    return reduce(ReduceFn.SUM, x, axes);
  }

  public Node sumKept(Node x, List<Integer> axes) {
    return reduceKept(ReduceFn.SUM, x, axes);
  }

  public Node max(Node x, List<Integer> axes) {
    return reduce(ReduceFn.MAX, x, axes);
  }

  public Node maxKept(Node x, List<Integer> axes) {
    return reduceKept(ReduceFn.MAX, x, axes);
  }

  public Node argMax(Node x, int axis) {
    return emit(new Op.ArgReduce(true, axis), x);
  }

  public Node argMin(Node x, int axis) {
    return emit(new Op.ArgReduce(false, axis), x);
  }

  public Node cumSum(Node x, int axis) {
    return emit(new Op.CumSum(axis, false), x);
  }

  /** From the axis's end. */
  public Node cumSumReversed(Node x, int axis) {
    return emit(new Op.CumSum(axis, true), x);
  }

  public Node argSort(Node x, int axis) {
    return emit(new Op.ArgSort(axis, false), x);
  }

  public Node argSortDescending(Node x, int axis) {
    return emit(new Op.ArgSort(axis, true), x);
  }

  public Node foldWindows(Node x, List<Dim> space, List<Integer> size, List<Integer> stride, List<Integer> dilation) {
    return emit(new Op.FoldWindows(space, size, stride, dilation), x);
  }

  public Node gather(Node x, Node index, int axis) {
    var both = x.type().rank() == index.type().rank() ? alike(List.of(x, index), axis) : List.of(x, index);
    return emit(new Op.Gather(axis), both.get(0), both.get(1));
  }

  public Node scatterAdd(Node index, Node values, int axis, Dim size) {
    return emit(new Op.ScatterAdd(axis, size), index, values);
  }

  // ---- contractions

  /** The product of the last two axes; all others agree. */
  public Node product(Node x, Node y) {
    return emit(new Op.MatMul(), x, y);
  }

  public Node conv(Node a, Node b, Op.Window window, Op.ConvRole role, List<Dim> space) {
    return emit(new Op.Conv(window, role, List.copyOf(space), false), a, b);
  }
}
