package nnc.graph.random;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;

/** Random views of a node; null where the node has none of the kind. */
final class Views {
  private final Pool pool;

  Views(Pool pool) {
    this.pool = pool;
  }

  /** One after the other. */
  Node chain(Node x, int count) {
    var at = x;
    for (int i = 0; i < count; i++) {
      var next = any(at);
      at = next == null || !pool.has(next) || next.type().rank() > 5 ? at : next;
    }
    return at;
  }

  Node any(Node x) {
    return switch (pool.random.nextInt(8)) {
      case 0, 1, 2 -> transpose(x);
      case 3, 4 -> reshape(x);
      case 5 -> broadcast(x);
      case 6 -> slice(x);
      default -> pool.chance(2) ? pad(x) : windows(x);
    };
  }

  Node transpose(Node x) {
    var order = new ArrayList<>(IntStream.range(0, x.type().rank()).boxed().toList());
    Collections.shuffle(order, pool.random);
    return order.size() < 2 ? null : pool.b.transpose(x, order);
  }

  /** New axes, often as many times as a tensor is repeated. */
  Node broadcast(Node x) {
    var shape = new ArrayList<>(x.type().shape());
    var added = new ArrayList<Integer>();
    for (int i = 0; i < (pool.chance(3) ? 2 : 1); i++) {
      int at = pool.random.nextInt(shape.size() + 1);
      shape.add(at, pool.size());
      added.replaceAll(axis -> axis >= at ? axis + 1 : axis);
      added.add(at);
    }
    return pool.b.unreduce(x, shape, added.stream().sorted().toList());
  }

  /** The same elements: neighbouring axes made one, one split, or all of them cut anew. */
  Node reshape(Node x) {
    var shape = new ArrayList<>(x.type().shape());
    if (pool.chance(4)) {
      return anew(x);
    }
    if (shape.size() > 1 && pool.random.nextBoolean()) {
      int at = pool.random.nextInt(shape.size() - 1);
      shape.set(at, shape.get(at).times(shape.remove(at + 1)));
      return pool.b.reshape(x, shape);
    }
    int at = pool.random.nextInt(shape.size() + 1);
    if (at < shape.size()) {
      for (var factor : List.of(Dim.of(2), Dim.of(3), Dim.open("N"), Dim.open("T"), Dim.of(7))) {
        var rest = shape.get(at).dividedBy(factor);
        if (rest.isPresent() && !rest.get().is(1)) {
          shape.set(at, rest.get());
          shape.add(at + pool.random.nextInt(2), factor);
          return pool.b.reshape(x, shape);
        }
      }
    }
    return pool.b.expand(x, at);
  }

  /** All axes' factors in any order, in any groups. */
  private Node anew(Node x) {
    var factors = new ArrayList<Dim>();
    for (var dim : x.type().shape()) {
      factors.addAll(factors(dim));
    }
    Collections.shuffle(factors, pool.random);
    var shape = new ArrayList<Dim>();
    for (var factor : factors) {
      if (shape.isEmpty() || pool.chance(2)) {
        shape.add(factor);
      } else {
        shape.set(shape.size() - 1, shape.getLast().times(factor));
      }
    }
    return pool.b.reshape(x, shape);
  }

  private static List<Dim> factors(Dim dim) {
    for (var factor : List.of(Dim.of(2), Dim.of(3), Dim.of(5), Dim.of(7), Dim.open("N"), Dim.open("T"))) {
      var rest = dim.dividedBy(factor);
      if (!dim.is(0) && rest.isPresent()) {
        var all = new ArrayList<>(factors(rest.get()));
        all.add(factor);
        return all;
      }
    }
    return dim.is(1) ? List.of() : List.of(dim);
  }

  /** Each axis whole, backwards or in part. */
  Node slice(Node x) {
    var start = new ArrayList<Dim>();
    var count = new ArrayList<Dim>();
    var step = new ArrayList<Integer>();
    for (var dim : x.type().shape()) {
      boolean backwards = pool.chance(4);
      boolean some = pool.chance(2);
      boolean fixed = dim.isConstant() && some;
      int by = fixed && pool.chance(3) ? 2 : 1;
      var size = fixed ? Dim.of(pool.between(1, (dim.fixed() + by - 1) / by)) : some && pool.evaluate(dim) > 1 ? dim.plus(-1) : dim;
      int first = fixed ? pool.random.nextInt(dim.fixed() - (size.fixed() - 1) * by) : size.equals(dim) ? 0 : pool.random.nextInt(2);
      count.add(size);
      start.add(backwards ? size.plus(-1).times(by).plus(first) : Dim.of(first));
      step.add(backwards ? -by : by);
    }
    return start.isEmpty() ? null : pool.b.slice(x, start, count, step);
  }

  Node pad(Node x) {
    var low = new ArrayList<Dim>();
    var high = new ArrayList<Dim>();
    var interior = new ArrayList<Integer>();
    for (int i = 0; i < x.type().rank(); i++) {
      boolean some = pool.chance(2);
      low.add(Dim.of(some ? pool.random.nextInt(3) : 0));
      high.add(Dim.of(some ? pool.random.nextInt(2) : 0));
      interior.add(some && pool.chance(3) ? 1 : 0);
    }
    double value = x.type().kind() == Kind.FLOAT ? pool.of(0.0, 0.0, pool.number()) : pool.random.nextInt(2);
    return low.isEmpty() ? null : pool.b.pad(x, low, high, interior, value);
  }

  /** Windows over one or two last axes. An open axis takes steps of one. */
  Node windows(Node x) {
    int axes = Math.min(pool.between(1, 2), x.type().rank());
    var size = new ArrayList<Integer>();
    var stride = new ArrayList<Integer>();
    var dilation = new ArrayList<Integer>();
    for (var dim : x.type().shape().subList(x.type().rank() - axes, x.type().rank())) {
      int most = (int) pool.evaluate(dim);
      size.add(pool.between(1, Math.min(3, most)));
      dilation.add(size.getLast() > 1 ? pool.between(1, Math.min(2, (most - 1) / (size.getLast() - 1))) : 1);
      stride.add(dim.isConstant() ? pool.chance(3) ? size.getLast() : pool.between(1, 2) : 1);
    }
    return axes == 0 ? null : pool.b.windows(x, size, stride, dilation);
  }

  /** Windows summed back to their places: of any node whose last axes can be such. */
  Node fold(Node x) {
    int rank = x.type().rank();
    int axes = rank >= 4 && pool.chance(2) && x.type().dim(rank - 2).isConstant() ? 2 : 1;
    if (rank < 2 * axes || !x.type().dim(rank - 1).isConstant()) {
      return null;
    }
    var space = new ArrayList<Dim>();
    var size = new ArrayList<Integer>();
    var stride = new ArrayList<Integer>();
    var dilation = new ArrayList<Integer>();
    for (int i = 0; i < axes; i++) {
      var places = x.type().dim(rank - 2 * axes + i);
      int taps = x.type().dim(rank - axes + i).fixed();
      size.add(taps);
      stride.add(places.isConstant() ? pool.chance(3) ? taps : pool.between(1, 2) : 1);
      dilation.add(pool.chance(3) ? 2 : 1);
      space.add(places.plus(-1).times(stride.getLast()).plus((taps - 1) * dilation.getLast() + 1));
    }
    return pool.b.emit(new Op.FoldWindows(List.copyOf(space), size, stride, dilation), List.of(x));
  }
}
