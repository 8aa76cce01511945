package nnc.elaborate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Shapes;
import nnc.graph.Type;
import nnc.graph.TypeFault;

/** Functions that move elements. */
final class ShapeBuiltins {
  private ShapeBuiltins() {}

  /** One dimension may be -1: what remains. */
  private static Value reshape(CallArguments a) {
    var x = a.tensor("x");
    var shape = new ArrayList<Dim>();
    int open = -1;
    for (var item : a.list("shape")) {
      if (item instanceof Value.Num(var n) && n == -1) {
        if (open >= 0) {
          throw a.fault("only one dimension can be -1");
        }
        open = shape.size();
        shape.add(Dim.ONE);
      } else {
        shape.add(a.dim(item, "shape"));
      }
    }
    if (open >= 0) {
      var others = Dim.product(shape);
      var rest = x.type().size().dividedBy(others).or(() -> openQuotient(x.type().size(), others));
      shape.set(open, rest.orElseThrow(() -> a.fault(x.type() + " does not divide into " + others + " parts")));
    }
    try {
      return new Value.Tensor(a.graph().reshape(x, shape));
    } catch (TypeFault fault) {
      throw unequal(a, x, shape);
    }
  }

  private static ElaborationFault unequal(CallArguments a, Node x, List<Dim> shape) {
    var wanted = x.type().withShape(shape);
    var size = x.type().size();
    var mine = shape.isEmpty() ? Optional.<Dim>empty() : size.dividedBy(shape.getFirst());
    var theirs = shape.isEmpty() ? Optional.<Dim>empty() : wanted.size().dividedBy(shape.getFirst());
    boolean byRow = shape.size() > 1 && x.type().rank() > 1 && shape.getFirst().equals(x.type().dim(0)) && mine.isPresent() && theirs.isPresent();
    var fault = new ElaborationFault(a.span(), "cannot reshape " + x.type() + " to " + wanted + ": "
        + (byRow ? "each of the " + shape.getFirst() + " has " + mine.get() + " elements, not " + theirs.get() : size + " elements are not " + wanted.size()));
    return byRow && shape.size() == 2 ? fault.hint("flatten(x) counts by itself: " + x.type().withShape(List.of(shape.getFirst(), mine.get()))) : fault;
  }

  /** How often a number of some open dimensions goes into a size that is open too, as far as is known: {@code 3*H / 4}. */
  private static Optional<Dim> openQuotient(Dim size, Dim by) {
    if (size.isConstant() || by.terms().size() != 1) {
      return Optional.empty();
    }
    long factor = by.terms().values().iterator().next();
    return factor < 2 ? Optional.empty()
        : size.dividedBy(by.dividedBy(Dim.of(factor)).orElseThrow()).filter(rest -> !rest.isConstant()).map(rest -> rest.dividedDown(factor));
  }

  private static Value flatten(CallArguments a) {
    var x = a.tensor("x");
    if (x.type().rank() == 0) {
      throw a.fault("a scalar has no batch to keep");
    }
    var rest = Dim.product(x.type().shape().subList(1, x.type().rank()));
    return new Value.Tensor(a.graph().reshape(x, List.of(x.type().dim(0), rest)));
  }

  private static Value transpose(CallArguments a) {
    var x = a.tensor("x");
    var order = a.has("order") ? a.list("order").stream().map(v -> a.axis(v, x.type().rank())).toList()
        : Collections.<Integer>emptyList();
    if (!a.has("order")) {
      var reversed = new ArrayList<Integer>();
      for (int i = x.type().rank() - 1; i >= 0; i--) {
        reversed.add(i);
      }
      return new Value.Tensor(a.graph().transpose(x, reversed));
    }
    return new Value.Tensor(a.graph().transpose(x, order));
  }

  /** What a loop over an open length has appended to a list is an array with a row each, which are stacked along another axis by its place. */
  private static Value stacked(CallArguments a, Node rows) {
    int axis = a.axis("axis", -1, rows.type().rank());
    var order = new ArrayList<Integer>();
    for (int i = 1; i < rows.type().rank(); i++) {
      order.add(i);
    }
    order.add(axis, 0);
    return new Value.Tensor(a.graph().transpose(rows, order));
  }

  private static Value squeeze(CallArguments a) {
    var x = a.tensor("x");
    var axes = a.has("axis") ? a.axes("axis", x)
        : java.util.stream.IntStream.range(0, x.type().rank()).filter(i -> x.type().dim(i).is(1)).boxed().toList();
    for (var axis : axes) {
      if (!x.type().dim(axis).is(1)) {
        throw a.fault("axis " + axis + " of " + x.type() + " is " + x.type().dim(axis) + ", not 1");
      }
    }
    return new Value.Tensor(a.graph().reshape(x, Shapes.without(x.type().shape(), axes)));
  }

  private static Value expand(CallArguments a) {
    var x = a.tensor("x");
    return new Value.Tensor(a.graph().expand(x, a.axis("axis", 0, x.type().rank() + 1)));
  }

  private static List<Node> some(CallArguments a) {
    var parts = a.tensors("list");
    if (parts.isEmpty()) {
      throw a.fault("the list has no tensors");
    }
    return parts;
  }

  private static Value split(CallArguments a) {
    var x = a.tensor("x");
    int axis = a.axis("axis", -1, x.type().rank());
    var sizes = new ArrayList<Dim>();
    if (a.value("parts") instanceof Value.Items) {
      sizes.addAll(a.dims("parts"));
    } else {
      int parts = a.whole("parts", 1);
      var size = x.type().dim(axis);
      if (size.isConstant() && size.fixed() % parts != 0) {
        throw a.fault(size + " does not divide into " + parts + " equal parts");
      }
      var each = size.dividedDown(parts);
      sizes.addAll(Collections.nCopies(parts, each));
      x = a.graph().reshape(x, Shapes.with(x.type(), axis, each.times(parts)).shape());
    }
    var results = new ArrayList<Value>();
    var start = Dim.ZERO;
    for (var size : sizes) {
      results.add(new Value.Tensor(a.graph().slice(x, axis, start, size, 1)));
      start = start.plus(size);
    }
    if (!start.equals(x.type().dim(axis))) {
      throw a.fault("the parts sum to " + start + ", and axis " + axis + " of " + x.type() + " is " + x.type().dim(axis));
    }
    return a.elaborator().budget.list(results);
  }

  /** Before and after: one number for the last axis, or a list, aligned at the last axis. */
  private static Value pad(CallArguments a) {
    var x = a.tensor("x");
    int rank = x.type().rank();
    var before = widths(a, "before", rank);
    var after = widths(a, "after", rank);
    var mode = a.has("mode") ? a.text("mode") : "constant";
    if (mode.equals("constant")) {
      return new Value.Tensor(a.graph().pad(x, before, after, Collections.nCopies(rank, 0), a.number("value", 0)));
    } else if (a.has("value")) {
      throw a.fault("what is added is a value or follows from the mode \"" + mode + "\"");
    }
    for (int axis = 0; axis < rank; axis++) {
      if (!before.get(axis).is(0) || !after.get(axis).is(0)) {
        x = continued(a, x, axis, before.get(axis), after.get(axis), mode);
      }
    }
    return new Value.Tensor(x);
  }

  /** With elements of its own before and after along an axis, as {@code numpy.pad} has them. */
  private static Node continued(CallArguments a, Node x, int axis, Dim before, Dim after, String mode) {
    var g = a.graph();
    var size = x.type().dim(axis);
    int least = switch (mode) {
      case "edge" -> 1;
      case "reflect" -> larger(before, after) + 1;
      case "wrap" -> larger(before, after);
      default -> throw a.fault("mode is \"constant\", \"edge\", \"reflect\" or \"wrap\", and this is " + mode);
    };
    if (size.constant().orElse(least) < least) {
      throw a.fault("mode \"" + mode + "\" adds at most " + (mode.equals("wrap") ? size : size.plus(-1)) + " elements to an axis of " + size);
    }
    var parts = new ArrayList<Node>();
    if (!before.is(0)) {
      parts.add(switch (mode) {
        case "edge" -> edge(g, x, axis, Dim.ZERO, before);
        case "reflect" -> g.reverse(g.slice(x, axis, Dim.ONE, before, 1), axis);
        default -> g.slice(x, axis, size.minus(before), before, 1);
      });
    }
    parts.add(x);
    if (!after.is(0)) {
      parts.add(switch (mode) {
        case "edge" -> edge(g, x, axis, size.plus(-1), after);
        case "reflect" -> g.reverse(g.slice(x, axis, size.minus(after).plus(-1), after, 1), axis);
        default -> g.slice(x, axis, Dim.ZERO, after, 1);
      });
    }
    return g.concat(parts, axis);
  }

  private static int larger(Dim before, Dim after) {
    return (int) Math.max(before.constant().orElse(0), after.constant().orElse(0));
  }

  /** An element of an axis so many times. */
  private static Node edge(GraphBuilder g, Node x, int axis, Dim place, Dim times) {
    var wide = new ArrayList<>(x.type().shape());
    wide.set(axis, times);
    return g.broadcastTo(g.slice(x, axis, place, Dim.ONE, 1), wide);
  }

  private static List<Dim> widths(CallArguments a, String name, int rank) {
    var given = a.dims(name);
    if (given.size() > rank || given.stream().anyMatch(d -> d.isConstant() && d.fixed() < 0)) {
      throw a.fault("'" + name + "' has one width an axis, none negative");
    }
    var widths = new ArrayList<>(Collections.nCopies(rank - given.size(), Dim.ZERO));
    widths.addAll(given);
    return widths;
  }

  /** Each element (of an axis) several times, as {@code numpy.repeat}. */
  private static Value repeat(CallArguments a) {
    var x = a.tensor("x");
    int axis = a.axis("axis", -1, x.type().rank());
    var times = a.dim(a.value("times"), "times");
    var wide = new ArrayList<>(x.type().shape());
    wide.add(axis + 1, times);
    var shape = new ArrayList<>(x.type().shape());
    shape.set(axis, shape.get(axis).times(times));
    return new Value.Tensor(a.graph().reshape(a.graph().unreduce(x, wide, List.of(axis + 1)), shape));
  }

  private static Node index(CallArguments a) {
    var index = a.ints("index");
    if (index.type().kind() != Kind.INT) {
      throw Indexing.noIndex(a.span(), index.type());
    }
    return index;
  }

  private static Value take(CallArguments a) {
    var x = a.tensor("x");
    int axis = a.axis("axis", 0, x.type().rank());
    return new Value.Tensor(Compositions.take(a.graph(), x, index(a), axis));
  }

  private static Value gather(CallArguments a) {
    var x = a.tensor("x");
    int axis = a.axis("axis", -1, x.type().rank());
    var index = index(a);
    return new Value.Tensor(a.graph().gather(within(x, index.type(), axis, a.graph()), index, axis));
  }

  /** Another array: a place of an axis has what is given for it. */
  private static Value put(CallArguments a) {
    var g = a.graph();
    var x = a.tensor("x");
    int axis = a.axis("axis", 0, x.type().rank());
    var size = x.type().dim(axis);
    var place = a.dim(a.value("place"), "place");
    if (place.isConstant() && size.isConstant() && (place.fixed() < 0 || place.fixed() >= size.fixed())) {
      throw a.fault("place " + place + " is outside of axis " + axis + " of " + x.type());
    }
    var row = Convert.beside(a.value("row"), a.tensor("row"), x, g);
    var wanted = x.type().withShape(Shapes.without(x.type().shape(), List.of(axis)));
    if (!Calls.fits(wanted.kind(), row.type().kind()) || !row.type().shape().equals(wanted.shape())) {
      throw a.fault("a place of axis " + axis + " of " + x.type() + " has " + wanted + ", and this is " + row.type());
    }
    var parts = new ArrayList<Node>();
    if (!place.is(0)) {
      parts.add(g.slice(x, axis, Dim.ZERO, place, 1));
    }
    parts.add(g.expand(g.cast(row, wanted.kind()), axis));
    var rest = size.minus(place).plus(-1);
    if (!rest.is(0)) {
      parts.add(g.slice(x, axis, place.plus(1), rest, 1));
    }
    return new Value.Tensor(g.concat(parts, axis));
  }

  /** The first places of x that an index with as many axes has, along all axes but one. */
  private static Node within(Node x, Type index, int axis, GraphBuilder g) {
    for (int other = 0; other < Math.min(x.type().rank(), index.rank()); other++) {
      if (other != axis && !x.type().dim(other).equals(index.dim(other))) {
        x = g.slice(x, other, Dim.ZERO, index.dim(other), 1);
      }
    }
    return x;
  }

  /** {@code x.scatter_add(axis, index, values)}; of ints an int. */
  private static Value scatterAdd(CallArguments a) {
    boolean whole = a.tensor("x").type().kind() == Kind.INT && a.tensor("values").type().kind() == Kind.INT;
    var x = whole ? a.tensor("x") : a.floats("x");
    int axis = a.axis("axis", -1, x.type().rank());
    return new Value.Tensor(a.graph().add(x, a.graph().scatterAdd(index(a), whole ? a.tensor("values") : a.floats("values"), axis, x.type().dim(axis))));
  }

  private static Value oneHot(CallArguments a) {
    var g = a.graph();
    var x = g.cast(a.tensor("x"), Kind.INT);
    var depth = a.has("depth") ? a.dim(a.value("depth"), "depth") : Dim.of(ColumnTypes.classes(a.elaborator(), x, a.span(), "one_hot"));
    var shape = new ArrayList<>(x.type().shape());
    shape.add(depth);
    var places = g.iota(List.copyOf(shape), shape.size() - 1);
    var wide = g.unreduce(x, shape, List.of(shape.size() - 1));
    var here = g.equal(wide, places);
    a.elaborator().labels.add(new IndexChecks.Labels(x, depth, here, here.span()));
    return new Value.Tensor(g.cast(here, Kind.FLOAT));
  }

  private static Value sorted(CallArguments a, boolean values) {
    var x = a.tensor("x");
    int axis = a.axis("axis", -1, x.type().rank());
    var order = a.flag("descending", false) ? a.graph().argSortDescending(x, axis) : a.graph().argSort(x, axis);
    return new Value.Tensor(values ? a.graph().gather(x, order, axis) : order);
  }

  private static Value top(CallArguments a, boolean values) {
    var x = a.tensor("x");
    int axis = a.axis(new Value.Num(-1), x.type().rank());
    int k = a.whole("k", 1);
    if (x.type().dim(axis).isConstant() && (k < 1 || k > x.type().dim(axis).fixed())) {
      throw a.fault("k is " + k + ", and the axis has " + x.type().dim(axis));
    }
    var order = a.graph().slice(a.graph().argSortDescending(x, axis), axis, Dim.ZERO, Dim.of(k), 1);
    return new Value.Tensor(values ? a.graph().gather(x, order, axis) : order);
  }

  private static Value triangle(CallArguments a) {
    var g = a.graph();
    var x = a.tensor("x");
    int rank = x.type().rank();
    var rows = g.iota(x.type().shape(), rank - 2);
    var columns = g.iota(x.type().shape(), rank - 1);
    var below = g.binary(nnc.graph.BinaryFn.LE, columns, g.add(rows, g.constant(a.whole("diagonal", 0), Kind.INT)));
    return new Value.Tensor(g.select(below, x, g.like(x, 0)));
  }

  private static Value filled(CallArguments a, double value) {
    var dims = a.list("dims").size() == 1 && a.list("dims").getFirst() instanceof Value.Items(var inner) ? inner : a.list("dims");
    return new Value.Tensor(a.graph().full(dims.stream().map(d -> a.dim(d, "dims")).toList(), value, Kind.FLOAT));
  }

  static final List<Builtin> ALL = List.of(
      Builtin.of("reshape", "x, shape", ShapeBuiltins::reshape),
      Builtin.of("flatten", "x", ShapeBuiltins::flatten),
      Builtin.of("transpose", "x, order?", ShapeBuiltins::transpose),
      Builtin.of("squeeze", "x, axis?", ShapeBuiltins::squeeze),
      Builtin.of("expand", "x, axis", ShapeBuiltins::expand),
      Builtin.of("broadcast", "x, shape", a -> new Value.Tensor(a.graph().broadcastTo(a.tensor("x"), a.dims("shape")))),
      Builtin.of("concat", "list, axis?", a -> {
        var parts = some(a);
        return new Value.Tensor(a.graph().concat(parts, a.axis("axis", -1, parts.getFirst().type().rank())));
      }),
      Builtin.of("stack", "list, axis?", a -> {
        if (a.value("list") instanceof Value.Tensor(var rows) && rows.type().rank() > 0) {
          return stacked(a, rows);
        }
        if (a.value("list") instanceof Value.Items(var items) && items instanceof CollectedList list) {
          return stacked(a, list.rows());
        }
        var parts = some(a);
        return new Value.Tensor(Compositions.stack(a.graph(), parts, a.axis("axis", -1, parts.getFirst().type().rank() + 1)));
      }),
      Builtin.of("split", "x, parts, axis?", ShapeBuiltins::split).where(ArgumentType.wholes(1), "parts"),
      Builtin.of("pad", "x, before, after, value?, mode?", ShapeBuiltins::pad).where(ArgumentType.wholes(0), "before", "after"),
      Builtin.of("reverse", "x, axis?", a -> {
        var x = a.tensor("x");
        return new Value.Tensor(a.graph().reverse(x, a.axis("axis", -1, x.type().rank())));
      }),
      Builtin.of("repeat", "x, times, axis?", ShapeBuiltins::repeat).where(ArgumentType.whole(1), "times"),
      Builtin.of("gather", "x, index, axis?", ShapeBuiltins::gather),
      Builtin.of("take", "x, index, axis?", ShapeBuiltins::take),
      Builtin.of("put", "x, row, place, axis?", ShapeBuiltins::put),
      Builtin.of("scatter_add", "x, index, values, axis?", ShapeBuiltins::scatterAdd),
      Builtin.of("one_hot", "x, depth?", ShapeBuiltins::oneHot).where(ArgumentType.whole(1), "depth"),
      Builtin.of("sort", "x, axis?, descending?", a -> sorted(a, true)).where(ArgumentType.flag(), "descending"),
      Builtin.of("sort_index", "x, axis?, descending?", a -> sorted(a, false)).where(ArgumentType.flag(), "descending"),
      Builtin.of("top_k", "x, k", a -> top(a, true)).where(ArgumentType.whole(1), "k"),
      Builtin.of("top_k_index", "x, k", a -> top(a, false)).where(ArgumentType.whole(1), "k"),
      Builtin.of("range", "n", a -> new Value.Tensor(a.graph().iota(List.of(a.dim(a.value("n"), "n")), 0))).where(ArgumentType.whole(0), "n"),
      Builtin.of("zeros", "dims...", a -> filled(a, 0)),
      Builtin.of("ones", "dims...", a -> filled(a, 1)),
      Builtin.of("full", "shape, value", a -> new Value.Tensor(a.graph().broadcastTo(a.floats("value"), a.dims("shape")))),
      Builtin.of("eye", "n", a -> {
        var n = a.dim(a.value("n"), "n");
        var g = a.graph();
        return new Value.Tensor(g.cast(g.equal(g.iota(List.of(n, n), 0), g.iota(List.of(n, n), 1)), Kind.FLOAT));
      }).where(ArgumentType.whole(1), "n"),
      Builtin.of("tril", "x, diagonal?", ShapeBuiltins::triangle),
      Builtin.of("tensor", "values", a -> new Value.Tensor(Convert.tensor(a.value("values"), a.graph(),
          () -> a.fault("a nested list of numbers with rows of one length is needed")))));
}
