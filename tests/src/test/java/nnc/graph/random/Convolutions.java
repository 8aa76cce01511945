package nnc.graph.random;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.graph.Type;

/** Convolutions over one or two axes and their transposes, around a node that is one of the factors. */
final class Convolutions {
  private final Pool pool;

  Convolutions(Pool pool) {
    this.pool = pool;
  }

  Node of(Op.ConvRole role, int position, Node x) {
    int axes = x.type().rank() - 2;
    if (axes < 1 || axes > 2 || !x.type().shape().stream().skip(1).allMatch(Dim::isConstant) || x.type().shape().stream().skip(1).anyMatch(d -> d.fixed() > 12)) {
      return null;
    }
    return switch (role) {
      case FORWARD -> position == 0 ? forward(x, null) : byFilter(x, role);
      case INPUT -> position == 0 ? transposed(x) : byFilter(x, role);
      case FILTER -> filter(position, x);
    };
  }

  /** What is laid over an axis. */
  private Op.Window window(List<Dim> space, List<Integer> taps, int groups) {
    var stride = new ArrayList<Integer>();
    var low = new ArrayList<Integer>();
    var high = new ArrayList<Integer>();
    var dilation = new ArrayList<Integer>();
    for (int i = 0; i < taps.size(); i++) {
      int size = space.get(i).fixed();
      int reach = taps.get(i) - 1;
      boolean wide = reach > 0 && size > 2 * reach && pool.chance(3);
      dilation.add(wide ? 2 : 1);
      low.add(Math.max(pool.random.nextInt(3), reach + 1 - size));
      high.add(pool.random.nextInt(2));
      stride.add(pool.between(1, 2));
    }
    return new Op.Window(stride, low, high, dilation, groups);
  }

  private List<Integer> taps(int axes) {
    var taps = new ArrayList<Integer>();
    for (int i = 0; i < axes; i++) {
      taps.add(pool.between(1, 3));
    }
    return taps;
  }

  private int groups(int channels) {
    return pool.chance(3) ? channels % 2 == 0 && pool.chance(2) ? 2 : channels <= 4 ? channels : 1 : 1;
  }

  private static List<Dim> shape(Dim first, int second, List<Integer> rest) {
    var shape = new ArrayList<>(List.of(first, Dim.of(second)));
    rest.forEach(size -> shape.add(Dim.of(size)));
    return shape;
  }

  private static List<Dim> space(Node x) {
    return x.type().shape().subList(2, x.type().rank());
  }

  /** Of a picture by filters; of any number of them, or of so many. */
  private Node forward(Node x, Integer filters) {
    int channels = x.type().dim(1).fixed();
    int groups = groups(channels);
    var taps = taps(x.type().rank() - 2);
    var w = pool.like(Type.floats(shape(Dim.of(filters != null ? filters : (long) groups * pool.between(1, 4)), channels / groups, taps)));
    return pool.b.conv(x, w, window(space(x), taps, groups), Op.ConvRole.FORWARD, List.of());
  }

  /** The node as filters. */
  private Node byFilter(Node w, Op.ConvRole role) {
    if (w.type().shape().stream().anyMatch(dim -> !dim.isConstant() || dim.fixed() > 8)) {
      return null;
    }
    int groups = w.type().dim(0).fixed() % 2 == 0 && pool.chance(4) ? 2 : 1;
    var taps = space(w).stream().map(Dim::fixed).toList();
    var sizes = taps.stream().map(k -> k + pool.random.nextInt(3)).toList();
    var picture = shape(Dim.open("N"), w.type().dim(1).fixed() * groups, sizes);
    var window = window(picture.subList(2, picture.size()), taps, groups);
    if (role == Op.ConvRole.FORWARD) {
      return pool.b.conv(pool.like(Type.floats(picture)), w, window, role, List.of());
    }
    return pool.b.conv(pool.like(result(picture, w.type(), window)), w, window, role, picture.subList(2, picture.size()));
  }

  /** The type of a convolution's result. */
  private Type result(List<Dim> picture, Type filters, Op.Window window) {
    var shape = new ArrayList<>(List.of(picture.getFirst(), filters.dim(0)));
    for (int i = 0; i < window.stride().size(); i++) {
      var padded = picture.get(2 + i).plus(window.low().get(i) + window.high().get(i));
      shape.add(Shapes.places(padded, filters.dim(2 + i).fixed(), window.stride().get(i), window.dilation().get(i)));
    }
    return Type.floats(shape);
  }

  /** The node as what a convolution may have given, taken back to its picture. */
  private Node transposed(Node y) {
    int filters = y.type().dim(1).fixed();
    int groups = groups(filters);
    var taps = taps(y.type().rank() - 2);
    var plain = new Op.Window(taps.stream().map(_ -> pool.between(1, 2)).toList(), taps.stream().map(k -> pool.random.nextInt(k)).toList(),
        taps.stream().map(_ -> 0).toList(), taps.stream().map(_ -> 1).toList(), groups);
    var space = new ArrayList<Dim>();
    for (int i = 0; i < taps.size(); i++) {
      int size = (space(y).get(i).fixed() - 1) * plain.stride().get(i) + taps.get(i) - plain.low().get(i);
      space.add(Dim.of(size + pool.random.nextInt(plain.stride().get(i))));
    }
    if (space.stream().anyMatch(dim -> dim.fixed() < 1)) {
      return null;
    }
    var w = pool.like(Type.floats(shape(Dim.of(filters), pool.between(1, 3), taps)));
    return pool.b.conv(y, w, plain, Op.ConvRole.INPUT, space);
  }

  /** Sums over the batch and all places: the node as the picture, or as what a convolution may have given. */
  private Node filter(int position, Node x) {
    if (position == 0) {
      var y = forward(x, null);
      if (!(y.op() instanceof Op.Conv(var window, _, _, _))) {
        return null;
      }
      var other = pool.like(y.type());
      return pool.b.conv(x, other, window, Op.ConvRole.FILTER, space(y.operand(1)));
    }
    var back = transposed(x);
    return back != null && back.op() instanceof Op.Conv(var window, _, _, _)
        ? pool.b.conv(pool.like(back.type()), x, window, Op.ConvRole.FILTER, space(back.operand(1))) : null;
  }
}
