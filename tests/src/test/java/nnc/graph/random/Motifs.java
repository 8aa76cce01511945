package nnc.graph.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.differentiate.Gradients;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.Shapes;
import nnc.graph.UnaryFn;

/** What networks do in several steps, each kept: so later steps meet the ones in between. */
final class Motifs {
  private final Pool pool;
  private final GraphBuilder b;
  private final Views views;

  Motifs(Pool pool, Views views) {
    this.pool = pool;
    this.b = pool.b;
    this.views = views;
  }

  /** Null where nothing fits. */
  Node any() {
    return switch (pool.random.nextInt(12)) {
      case 0, 1 -> views.chain(pool.any(), pool.between(2, 5));
      case 2, 3 -> ownReduction();
      case 4, 5, 6 -> parts();
      case 7, 8 -> gradient();
      case 9 -> softmax();
      case 10 -> identity();
      default -> pool.chance(2) ? again() : attention();
    };
  }

  // ---- a tensor and what is reduced from it

  /** Less its mean, by its largest: a tensor and its own reduction, both through views, once or twice. */
  private Node ownReduction() {
    var x = pool.ranked();
    if (x == null) {
      return null;
    }
    var y = pool.chance(3) ? x : views.chain(x, pool.between(1, 3));
    if (!Pool.isRanked(y)) {
      return null;
    }
    var axes = pool.axes(y);
    var centred = against(y, axes, pool.smooth ? ReduceFn.SUM : pool.of(ReduceFn.SUM, ReduceFn.SUM, ReduceFn.MAX, ReduceFn.MIN));
    if (pool.keep(centred) == null) {
      return null;
    }
    return pool.chance(2) ? centred : b.div(centred, b.sqrt(b.add(Compositions.meanKept(b, b.mul(centred, centred), axes), b.constant(0.1))));
  }

  private Node against(Node y, List<Integer> axes, ReduceFn fn) {
    var total = fn == ReduceFn.SUM && pool.chance(2) ? Compositions.meanKept(b, y, axes) : b.reduceKept(fn, y, axes);
    return b.binary(pool.of(BinaryFn.SUB, BinaryFn.ADD, BinaryFn.MUL), y, total);
  }

  private Node softmax() {
    var x = pool.ranked();
    if (x == null) {
      return null;
    }
    int axis = pool.axis(x);
    return switch (pool.random.nextInt(4)) {
      case 0 -> Compositions.softmax(b, x, axis);
      case 1 -> Compositions.logSoftmax(b, x, axis);
      case 2 -> {
        var axes = pool.axes(x);
        yield pool.chance(2) ? Compositions.logSumExpKept(b, x, axes) : Compositions.logSumExp(b, x, axes);
      }
      // as the likelihood of classes is written
      default -> b.neg(b.sum(b.mul(pool.like(x.type()), Compositions.logSoftmax(b, x, axis)), List.of(axis)));
    };
  }

  private Node attention() {
    var q = pool.any(node -> Pool.isFloat(node) && node.type().rank() >= 2);
    if (q == null) {
      return null;
    }
    var k = pool.like(q.type());
    var scores = Compositions.matmul(b, q, b.swap(k));
    return Compositions.matmul(b, Compositions.softmax(b, scores, scores.type().rank() - 1), pool.like(q.type()));
  }

  // ---- parts of one array

  /** Slices of one array, each gone through something of its own, put together again, or added up where they were. */
  private Node parts() {
    var x = pool.ranked();
    if (x == null) {
      return null;
    }
    var fixed = IntStream.range(0, x.type().rank()).filter(i -> x.type().dim(i).isConstant() && x.type().dim(i).fixed() > 1).boxed().toList();
    if (fixed.isEmpty()) {
      return null;
    }
    int axis = pool.of(fixed);
    int size = x.type().dim(axis).fixed();
    int count = pool.between(2, Math.min(size, 4));
    var parts = new ArrayList<Node>();
    int same = pool.random.nextInt(8);
    boolean turned = pool.chance(3);
    for (int i = 0; i < count; i++) {
      int from = size * i / count;
      var part = b.slice(x, axis, Dim.of(from), Dim.of(size * (i + 1) / count - from), 1);
      var done = ofPart(turned ? views.chain(part, 1) : part, pool.chance(2) ? same : pool.random.nextInt(8));
      if (done == null || pool.keep(done) == null) {
        return null;
      }
      parts.add(done);
    }
    return together(parts, axis);
  }

  private Node ofPart(Node part, int what) {
    if (!Pool.isRanked(part)) {
      return part;
    }
    int axis = pool.axis(part);
    return switch (what) {
      case 0 -> b.unary(pool.of(UnaryFn.TANH, UnaryFn.SIN, UnaryFn.SIGMOID), part);
      case 1 -> pool.smooth ? part : b.gather(part, pool.chance(2) ? b.argSortDescending(part, axis) : b.argSort(part, axis), axis);
      case 2, 3 -> {
        var shape = Shapes.with(part.type(), axis, pool.chance(2) ? part.type().dim(axis) : Dim.of(pool.between(1, 2))).shape();
        yield b.gather(part, pool.places(shape, pool.evaluate(part.type().dim(axis))), axis);
      }
      case 4 -> b.scatterAdd(pool.places(part.type().shape(), pool.evaluate(part.type().dim(axis))), part, axis, part.type().dim(axis));
      case 5 -> pool.chance(2) ? b.cumSumReversed(part, axis) : b.cumSum(part, axis);
      case 6 -> Compositions.softmax(b, part, axis);
      default -> part;
    };
  }

  private Node together(List<Node> parts, int axis) {
    var first = parts.getFirst().type();
    boolean joins = axis < first.rank() && parts.stream().allMatch(part -> part.type().rank() == first.rank()
        && Shapes.with(part.type(), axis, Dim.ZERO).equals(Shapes.with(first, axis, Dim.ZERO)));
    boolean alike = parts.stream().allMatch(part -> part.type().equals(first));
    if (alike && (pool.chance(3) || !joins)) {
      return pool.chance(2) ? Compositions.stack(b, parts, pool.random.nextInt(first.rank() + 1)) : parts.stream().reduce(b::add).orElseThrow();
    }
    return joins ? b.concat(parts, axis) : b.concat(parts.stream().map(part -> b.reshape(part, List.of(part.type().size()))).toList(), 0);
  }

  // ---- gradients

  /** The gradients of a number that some nodes come to, by what they are made from. */
  private Node gradient() {
    if (b.nodes().size() > 150) {
      return null;
    }
    var total = b.constant(0);
    for (int i = 0; i < pool.between(1, 2); i++) {
      var x = pool.any(Pool::isFloat);
      if (x == null) {
        return null;
      }
      var y = pool.chance(2) ? b.unary(UnaryFn.SIN, x) : pool.chance(2) ? b.mul(x, pool.like(x.type())) : x;
      var axes = IntStream.range(0, x.type().rank()).boxed().toList();
      total = b.add(total, pool.chance(3) ? b.sum(y, axes) : Compositions.mean(b, y, axes));
    }
    if (!pool.has(total)) {
      return null;
    }
    var by = new ArrayList<>(pool.nodes().stream().filter(node -> Pool.isFloat(node) && (Pool.isSource(node.op()) || pool.chance(6))).toList());
    Node last = null;
    for (var gradient : Gradients.of(total, by, b).stream().flatMap(Optional::stream).toList()) {
      last = pool.keep(gradient) != null ? gradient : last;
    }
    return last;
  }

  // ---- what the passes take out again

  private Node identity() {
    var x = pool.any(Pool::isFloat);
    return x == null ? null : switch (pool.random.nextInt(9)) {
      case 0 -> b.mul(x, b.constant(1));
      case 1 -> b.add(b.constant(0), x);
      case 2 -> b.neg(b.neg(x));
      case 3 -> b.div(x, b.constant(4));
      case 4 -> b.pow(x, b.constant(pool.between(1, 2)));
      case 5 -> b.mul(x, b.add(b.mul(b.like(x, 2), b.like(x, pool.number())), b.constant(1)));
      case 6 -> b.sub(b.sub(x, b.constant(0)), b.mul(x, b.constant(0.5)));
      case 7 -> b.mul(b.cast(b.like(x, 1), Kind.FLOAT), b.neg(x));
      default -> x.type().rank() < 2 ? b.sub(x, b.constant(0)) : b.sum(b.sum(x, List.of(0)), List.of(0));
    };
  }

  /** What an earlier node does once more. */
  private Node again() {
    var node = pool.any();
    return node.operands().isEmpty() || node.op() instanceof Op.Uniform ? null : b.emit(node.op(), node.operands());
  }
}
