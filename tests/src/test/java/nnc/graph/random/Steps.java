package nnc.graph.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.Shapes;
import nnc.graph.Type;
import nnc.graph.UnaryFn;

/** Nodes of a wanted kind that read a given node as a given operand, whatever else they need beside it; null where the node does not fit. */
final class Steps {
  /** What is differentiable everywhere where the operands are, or no function of them. */
  private static final Set<UnaryFn> SMOOTH = Set.of(UnaryFn.NEG, UnaryFn.EXP, UnaryFn.EXPM1, UnaryFn.SIN, UnaryFn.COS, UnaryFn.TANH, UnaryFn.ERF, UnaryFn.SIGMOID);

  private final Pool pool;
  private final GraphBuilder b;
  private final Views views;
  private final Convolutions convolutions;

  Steps(Pool pool, Views views) {
    this.pool = pool;
    this.b = pool.b;
    this.views = views;
    this.convolutions = new Convolutions(pool);
  }

  /** A node of a kind, whatever it reads. */
  Node of(OpKind kind) {
    for (int i = 0; i < 4; i++) {
      var x = pool.any();
      var made = of(kind, pool.random.nextInt(2), x);
      if (made != null && pool.keep(made) != null) {
        return made;
      }
    }
    return null;
  }

  Node of(OpKind kind, int position, Node x) {
    return switch (kind.member()) {
      case UnaryFn fn -> unary(fn, x);
      case BinaryFn fn -> binary(fn, position, x);
      case ReduceFn fn -> reduce(fn, x);
      case Op.CounterKind counter -> b.counter(counter);
      case Op.ConvRole role -> x.type().kind() == Kind.FLOAT ? convolutions.of(role, position, x) : null;
      case Kind to -> kind.op() == Op.Const.class ? constant(to) : cast(to, x);
      case null -> other(kind.op(), position, x);
      default -> throw new IllegalStateException("no graph has a " + kind);
    };
  }

  private Node other(Class<? extends Op> op, int position, Node x) {
    var type = x.type();
    return switch (op.getSimpleName()) {
      case "Input" -> pool.input(type, 4);
      case "Parameter" -> isFixed(type) ? pool.parameter(type.shape()) : null;
      case "State" -> isFixed(type) ? pool.state(type.shape()) : null;
      case "Table" -> isFixed(type) && type.rank() > 0 ? pool.table(type) : null;
      case "Size" -> b.size(Dim.open(pool.of("N", "T")).times(pool.between(1, 2)).plus(pool.between(0, 1)));
      case "Iota" -> type.rank() > 0 ? b.iota(type.shape(), pool.axis(x)) : null;
      case "Uniform" -> pool.uniform(type.shape());
      case "Select" -> select(position, x);
      case "StopGradient" -> pool.smooth ? null : b.stopGradient(x);
      case "Broadcast" -> views.broadcast(x);
      case "Reshape" -> views.reshape(x);
      case "Transpose" -> views.transpose(x);
      case "Slice" -> views.slice(x);
      case "Pad" -> views.pad(x);
      case "Concat" -> concat(position, x);
      case "Windows" -> views.windows(x);
      case "FoldWindows" -> Pool.isFloat(x) ? views.fold(x) : null;
      case "ArgReduce" -> isOrdered(x) ? b.emit(new Op.ArgReduce(pool.chance(2), pool.axis(x)), List.of(x)) : null;
      case "CumSum" -> Pool.isNumber(x) && Pool.isRanked(x) ? b.emit(new Op.CumSum(pool.axis(x), pool.chance(2)), List.of(x)) : null;
      case "ArgSort" -> isOrdered(x) ? b.emit(new Op.ArgSort(pool.axis(x), pool.chance(2)), List.of(x)) : null;
      case "Gather" -> position == 0 ? gather(x) : gatherBy(x);
      case "ScatterAdd" -> position == 0 ? scatterBy(x) : scatter(x);
      case "MatMul" -> product(position, x);
      default -> throw new IllegalStateException("no graph has a " + op + ": Steps says how one is drawn");
    };
  }

  private static boolean isFixed(Type type) {
    return type.kind() == Kind.FLOAT && type.shape().stream().allMatch(Dim::isConstant);
  }

  private boolean isOrdered(Node x) {
    return Pool.isNumber(x) && Pool.isRanked(x) && !pool.smooth;
  }

  private Node constant(Kind kind) {
    return b.constant(kind == Kind.FLOAT ? pool.number() : kind == Kind.INT ? pool.whole() : pool.random.nextInt(2), kind);
  }

  private Node cast(Kind to, Node x) {
    return x.type().kind() == to || pool.smooth && x.type().kind() == Kind.FLOAT ? null : b.cast(x, to);
  }

  // ---- pointwise

  private Node unary(UnaryFn fn, Node x) {
    boolean fits = fn == UnaryFn.NOT ? x.type().kind() == Kind.BOOL : Pool.isFloat(x)
        || x.type().kind() == Kind.INT && Set.of(UnaryFn.NEG, UnaryFn.ABS, UnaryFn.SIGN).contains(fn);
    return fits && (!pool.smooth || SMOOTH.contains(fn) || !Pool.isFloat(x)) ? b.emit(new Op.Unary(fn), List.of(x)) : null;
  }

  private Node binary(BinaryFn fn, int position, Node x) {
    var kind = x.type().kind();
    boolean fits = switch (fn) {
      case ADD, SUB, MUL -> kind != Kind.BOOL;
      case MIN, MAX, LT, LE -> kind == Kind.INT || kind == Kind.FLOAT && !pool.smooth;
      case DIV, POW -> kind == Kind.FLOAT && !pool.smooth;
      case EQ, NE -> kind != Kind.FLOAT || !pool.smooth;
      case AND, OR -> kind == Kind.BOOL;
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> kind == Kind.INT;
    };
    if (!fits) {
      return null;
    }
    var y = pool.chance(12) ? x : pool.like(x.type());
    return b.emit(new Op.Binary(fn), position == 0 ? List.of(x, y) : List.of(y, x));
  }

  private Node select(int position, Node x) {
    if (position == 0) {
      if (x.type().kind() != Kind.BOOL) {
        return null;
      }
      var type = new Type(pool.of(Kind.FLOAT, Kind.FLOAT, Kind.INT, Kind.BOOL), x.type().shape());
      return b.emit(new Op.Select(), List.of(x, pool.like(type), pool.like(type)));
    }
    var condition = pool.like(new Type(Kind.BOOL, x.type().shape()));
    var y = pool.like(x.type());
    return b.emit(new Op.Select(), position == 1 ? List.of(condition, x, y) : List.of(condition, y, x));
  }

  // ---- joined and combined

  /** With parts that are like the node but for the axis. */
  private Node concat(int position, Node x) {
    if (!Pool.isRanked(x)) {
      return null;
    }
    int axis = pool.axis(x);
    var parts = new ArrayList<Node>();
    for (int i = 0; i < Math.max(position, 1) + pool.random.nextInt(2); i++) {
      parts.add(pool.like(pool.chance(2) ? x.type() : Shapes.with(x.type(), axis, Dim.of(pool.between(1, 2)))));
    }
    parts.add(Math.min(position, parts.size()), x);
    return b.emit(new Op.Concat(axis), parts);
  }

  private Node reduce(ReduceFn fn, Node x) {
    boolean fits = Pool.isRanked(x) && (fn == ReduceFn.SUM || Pool.isNumber(x) && (!pool.smooth || fn == ReduceFn.PROD || !Pool.isFloat(x)));
    return fits ? b.reduce(fn, x, pool.axes(x)) : null;
  }

  private Node product(int position, Node x) {
    int rank = x.type().rank();
    if (rank < 2 || !Pool.isFloat(x)) {
      return null;
    }
    var shape = new ArrayList<>(x.type().shape());
    var between = shape.get(position == 0 ? rank - 1 : rank - 2);
    shape.set(position == 0 ? rank - 2 : rank - 1, between);
    shape.set(position == 0 ? rank - 1 : rank - 2, pool.chance(3) ? x.type().shape().getFirst() : Dim.of(pool.of(1, 2, 3, 4, 6, 9)));
    var y = pool.like(Type.floats(shape));
    return b.emit(new Op.MatMul(), position == 0 ? List.of(x, y) : List.of(y, x));
  }

  // ---- by places

  private Node gather(Node x) {
    if (!Pool.isRanked(x)) {
      return null;
    }
    int axis = pool.axis(x);
    var shape = Shapes.with(x.type(), axis, pool.chance(2) ? x.type().dim(axis) : pool.size()).shape();
    return b.gather(x, pool.places(shape, pool.evaluate(x.type().dim(axis))), axis);
  }

  /** An axis' size that has a place for each of some numbers. */
  private Dim room(Node places) {
    long least = pool.trial.most(places) + 1;
    var open = IntStream.range(0, places.type().rank()).mapToObj(places.type()::dim).filter(dim -> pool.evaluate(dim) >= least).toList();
    return !open.isEmpty() && pool.chance(2) ? pool.of(open) : Dim.of(least + pool.random.nextInt(2));
  }

  private boolean arePlaces(Node x) {
    return x.type().kind() == Kind.INT && Pool.isRanked(x) && pool.trial.most(x) >= 0 && pool.trial.most(x) < 300;
  }

  private Node gatherBy(Node places) {
    if (!arePlaces(places)) {
      return null;
    }
    int axis = pool.axis(places);
    var type = new Type(pool.of(Kind.FLOAT, Kind.FLOAT, Kind.INT, Kind.BOOL), Shapes.with(places.type(), axis, room(places)).shape());
    return b.gather(pool.like(type), places, axis);
  }

  private Node scatter(Node x) {
    if (!Pool.isRanked(x) || !Pool.isNumber(x)) {
      return null;
    }
    var size = pool.size();
    return b.scatterAdd(pool.places(x.type().shape(), pool.evaluate(size)), x, pool.axis(x), size);
  }

  private Node scatterBy(Node places) {
    return arePlaces(places) ? b.scatterAdd(places, pool.like(Type.floats(places.type().shape())), pool.axis(places), room(places)) : null;
  }
}
