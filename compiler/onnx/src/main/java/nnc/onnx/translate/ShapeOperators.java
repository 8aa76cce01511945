package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.list;
import static nnc.onnx.term.Formulas.sizes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** The same elements in another order or shape, or some of them. */
final class ShapeOperators {
  private ShapeOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Reshape", ShapeOperators::reshape);
    table.put("Flatten", ShapeOperators::flatten);
    table.put("Transpose", ShapeOperators::transpose);
    table.put("Squeeze", ShapeOperators::squeeze);
    table.put("Unsqueeze", ShapeOperators::unsqueeze);
    table.put("Concat", use -> use.count() == 1 ? List.of(use.in(0)) : use.one(apply("concat", list(use.all()), "axis", use.axis("axis", 1, use.in(0).rank()))));
    table.put("Split", ShapeOperators::split);
    table.put("Slice", ShapeOperators::slice);
    table.put("Pad", ShapeOperators::pad);
    table.put("CenterCropPad", ShapeOperators::centred);
    table.put("Tile", ShapeOperators::tile);
    table.put("Expand", ShapeOperators::expand);
    table.put("DepthToSpace", ShapeOperators::depthToSpace);
    table.put("SpaceToDepth", ShapeOperators::spaceToDepth);
    table.put("Trilu", ShapeOperators::triangle);
    table.put("ReverseSequence", ShapeOperators::reverseSequence);
    return table;
  }

  private static List<Term> reshape(Use use) {
    var x = use.in(0);
    var wanted = use.given("shape") ? IntStream.of(use.wholes("shape")).mapToObj(Dim::of).toList() : use.sizes(1, "the shape");
    boolean zeros = use.flag("allowzero", false);
    var shape = new ArrayList<Dim>();
    int open = -1;
    for (var dim : wanted) {
      if (dim.is(-1)) {
        open = shape.size();
        shape.add(Dim.ONE);
      } else {
        shape.add(dim.is(0) && !zeros ? x.dim(shape.size()) : dim);
      }
    }
    if (open >= 0) {
      var known = Dim.product(shape);
      shape.set(open, known.is(0) ? Dim.ZERO : Dim.product(x.shape()).dividedBy(known)
          .orElseThrow(() -> use.not(x.type() + " does not divide into " + known + " parts")));
    }
    return shape.equals(x.shape()) ? List.of(x) : use.one(Formulas.reshape(x, shape));
  }

  private static List<Term> flatten(Use use) {
    var x = use.in(0);
    int axis = (int) use.whole("axis", 1);
    int split = axis < 0 ? axis + x.rank() : axis;
    if (split == 1 && x.rank() > 1) {
      return x.rank() == 2 ? List.of(x) : use.one(apply("flatten", x));
    }
    return use.one(Formulas.reshape(x, List.of(Dim.product(x.shape().subList(0, split)), Dim.product(x.shape().subList(split, x.rank())))));
  }

  private static List<Term> transpose(Use use) {
    int rank = use.in(0).rank();
    var order = use.wholes("perm");
    if (order == null) {
      return use.one(apply("transpose", use.in(0)));
    }
    return IntStream.range(0, rank).allMatch(i -> order[i] == i) ? List.of(use.in(0)) : use.one(apply("transpose", use.in(0), list(order)));
  }

  private static List<Term> squeeze(Use use) {
    var x = use.in(0);
    var axes = use.axes(1, x.rank());
    var gone = axes != null ? axes : IntStream.range(0, x.rank()).filter(i -> x.dim(i).is(1)).boxed().toList();
    return gone.isEmpty() ? List.of(x) : use.one(apply("squeeze", x, "axis", gone.size() == 1 ? gone.getFirst() : list(gone)));
  }

  private static List<Term> unsqueeze(Use use) {
    var x = use.in(0);
    var given = use.wholes("axes") != null ? IntStream.of(use.wholes("axes")).boxed().toList()
        : use.sizes(1, "which axes are new").stream().map(dim -> Use.fixed(dim, "an axis")).toList();
    int rank = x.rank() + given.size();
    var axes = given.stream().map(axis -> Use.axis(axis, rank)).sorted().toList();
    Formula result = Formulas.of(x);
    for (var axis : axes) {
      result = apply("expand", result, axis);
    }
    return use.one(result);
  }

  private static List<Term> split(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", 0, x.rank());
    var sizes = use.wholes("split") != null ? IntStream.of(use.wholes("split")).mapToObj(Dim::of).toList()
        : use.has(1) ? use.sizes(1, "the parts' sizes") : equal(use, x.dim(axis));
    var parts = new ArrayList<Term>();
    var from = Dim.ZERO;
    for (var size : sizes) {
      var to = from.plus(size);
      parts.add(use.let(Formulas.slice(x, axis, from.is(0) ? null : from, to.equals(x.dim(axis)) ? null : to)));
      from = to;
    }
    return parts;
  }

  private static List<Dim> equal(Use use, Dim size) {
    int parts = (int) use.whole("num_outputs", use.node().outputs().size());
    var whole = size.dividedBy(Dim.of(parts));
    if (whole.isPresent()) {
      return Collections.nCopies(parts, whole.get());
    }
    var each = size.dividedUp(parts);
    var sizes = new ArrayList<>(Collections.nCopies(parts - 1, each));
    sizes.add(size.minus(each.times(parts - 1)));
    return sizes;
  }

  private static List<Term> slice(Use use) {
    var x = use.in(0);
    Formula result = Formulas.of(x);
    for (var bounds : SliceBounds.of(use)) {
      result = sliced(result, x.dim(bounds.axis()), bounds);
    }
    return use.one(result);
  }

  private static Formula sliced(Formula x, Dim size, SliceBounds bounds) {
    if (size.isConstant() && bounds.first().isConstant() && bounds.last().isConstant()) {
      long from = bounds.from(size.fixed());
      long to = bounds.to(size.fixed());
      boolean forwards = bounds.step() > 0;
      if (bounds.step() == 1 && from == 0 && to == size.fixed()) {
        return x;
      } else if (forwards ? to <= from : to >= from) {
        return Formulas.slice(x, bounds.axis(), 0, 0);
      }
      return Formulas.slice(x, bounds.axis(), forwards && from == 0 ? null : from, forwards ? to == size.fixed() ? null : to : to < 0 ? null : to,
          bounds.step() == 1 ? null : bounds.step());
    }
    // beyond any array means the end
    boolean backwards = bounds.step() < 0;
    Object from = bounds.first().is(0) && !backwards || bounds.first().is(-1) && backwards || isFar(bounds.first()) ? null : bounds.first();
    Object to = isFar(bounds.last()) || bounds.last().equals(size) ? null : bounds.last();
    return from == null && to == null && bounds.step() == 1 ? x : Formulas.slice(x, bounds.axis(), from, to, bounds.step() == 1 ? null : bounds.step());
  }

  private static boolean isFar(Dim bound) {
    return bound.isConstant() && Math.abs((double) bound.constant().getAsLong()) >= Integer.MAX_VALUE;
  }

  private static List<Term> pad(Use use) {
    var x = use.in(0);
    var named = use.wholes("pads") != null ? use.wholes("pads") : use.wholes("paddings");
    var all = named != null ? IntStream.of(named).mapToObj(Dim::of).toList() : use.sizes(1, "how much is added");
    var axes = use.has(3) ? use.axes(3, x.rank()) : IntStream.range(0, x.rank()).boxed().toList();
    var before = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
    var after = new ArrayList<>(before);
    for (int i = 0; i < axes.size(); i++) {
      before.set(axes.get(i), all.get(i));
      after.set(axes.get(i), all.get(i + axes.size()));
    }
    Formula kept = Formulas.of(x);
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean cuts = before.get(axis).constant().orElse(0) < 0 || after.get(axis).constant().orElse(0) < 0;
      if (cuts) {
        long low = Math.max(0, -before.get(axis).constant().orElse(0));
        long high = Math.max(0, -after.get(axis).constant().orElse(0));
        kept = Formulas.slice(kept, axis, low == 0 ? null : low, high == 0 ? null : x.dim(axis).plus(-high));
        before.set(axis, Dim.of(Math.max(0, before.get(axis).constant().orElse(0))));
        after.set(axis, Dim.of(Math.max(0, after.get(axis).constant().orElse(0))));
      }
    }
    var mode = use.text("mode", "constant");
    double value = use.given("value") ? use.real("value", 0) : use.has(2) ? use.number(2, "what is added") : 0;
    return switch (mode) {
      case "constant" -> use.one(value == 0 ? apply("pad", kept, sizes(before), sizes(after)) : apply("pad", kept, sizes(before), sizes(after), "value", value));
      case "edge", "reflect", "wrap" -> use.one(apply("pad", kept, sizes(before), sizes(after), "mode", Formulas.text(mode)));
      default -> throw use.not("it pads by '" + mode + "'");
    };
  }

  /** The middle of what is too large, and zeros around what is too small. */
  private static List<Term> centred(Use use) {
    var x = use.in(0);
    var wanted = use.sizes(1, "the shape of its result");
    var axes = use.wholes("axes") == null ? IntStream.range(0, x.rank()).toArray() : IntStream.of(use.wholes("axes")).map(axis -> Use.axis(axis, x.rank())).toArray();
    if (axes.length != wanted.size()) {
      throw use.not("it gives " + wanted.size() + " sizes to " + axes.length + " axes");
    }
    Formula part = Formulas.of(x);
    var before = new ArrayList<>(Collections.nCopies(x.rank(), 0));
    var after = new ArrayList<>(before);
    for (int i = 0; i < axes.length; i++) {
      int size = Use.fixed(x.dim(axes[i]), "a size that is cut or filled");
      int target = Use.fixed(wanted.get(i), "a size of its result");
      int low = Math.abs(size - target) / 2;
      if (target < size) {
        part = Formulas.slice(part, axes[i], low == 0 ? null : low, low + target == size ? null : low + target);
      } else {
        before.set(axes[i], low);
        after.set(axes[i], target - size - low);
      }
    }
    boolean fills = IntStream.range(0, x.rank()).anyMatch(i -> before.get(i) + after.get(i) > 0);
    return use.one(fills ? apply("pad", part, list(before), list(after)) : part);
  }

  /** The whole several times along each axis. */
  private static List<Term> tile(Use use) {
    var x = use.in(0);
    var times = use.in(1).rank() == 0 && use.has(2) ? alongOne(use) : use.sizes(1, "how often it repeats");
    var apart = new ArrayList<Dim>();
    var wide = new ArrayList<Dim>();
    var joined = new ArrayList<Dim>();
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean repeats = !times.get(axis).is(1);
      apart.addAll(repeats ? List.of(Dim.ONE, x.dim(axis)) : List.of(x.dim(axis)));
      wide.addAll(repeats ? List.of(times.get(axis), x.dim(axis)) : List.of(x.dim(axis)));
      joined.add(x.dim(axis).times(times.get(axis)));
    }
    return joined.equals(x.shape()) ? List.of(x) : use.one(Formulas.reshape(apply("broadcast", Formulas.reshape(x, apart), sizes(wide)), joined));
  }

  private static List<Dim> alongOne(Use use) {
    var times = new ArrayList<>(Collections.nCopies(use.in(0).rank(), Dim.ONE));
    times.set(Use.axis(Use.fixed(use.sizes(2, "the axis").getFirst(), "an axis"), use.in(0).rank()), use.sizes(1, "how often it repeats").getFirst());
    return times;
  }

  /** Broadcasting goes both ways: ones of the wanted shape take the size of the array. */
  private static List<Term> expand(Use use) {
    var x = use.in(0);
    var shape = broadcast(use, x.shape(), use.sizes(1, "the shape"));
    return shape.equals(x.shape()) ? List.of(x) : use.one(apply("broadcast", x, sizes(shape)));
  }

  static List<Dim> broadcast(Use use, List<Dim> a, List<Dim> b) {
    int rank = Math.max(a.size(), b.size());
    var shape = new ArrayList<Dim>();
    for (int i = 0; i < rank; i++) {
      var left = i < rank - a.size() ? Dim.ONE : a.get(i - rank + a.size());
      var right = i < rank - b.size() ? Dim.ONE : b.get(i - rank + b.size());
      if (!left.equals(right) && !left.is(1) && !right.is(1)) {
        throw use.not("the sizes " + left + " and " + right + " do not go together");
      }
      shape.add(left.is(1) ? right : left);
    }
    return shape;
  }

  private static List<Term> depthToSpace(Use use) {
    var x = use.in(0);
    var block = Dim.of(use.whole("blocksize", 1));
    var channels = x.dim(1).dividedBy(block.times(block)).orElseThrow(() -> use.not(x.dim(1) + " channels do not divide into blocks of " + block));
    boolean columnsFirst = use.text("mode", "DCR").equals("CRD");
    var apart = columnsFirst ? List.of(x.dim(0), channels, block, block, x.dim(2), x.dim(3)) : List.of(x.dim(0), block, block, channels, x.dim(2), x.dim(3));
    var order = columnsFirst ? list(0, 1, 4, 2, 5, 3) : list(0, 3, 4, 1, 5, 2);
    return use.one(Formulas.reshape(apply("transpose", Formulas.reshape(x, apart), order),
        List.of(x.dim(0), channels, x.dim(2).times(block), x.dim(3).times(block))));
  }

  private static List<Term> spaceToDepth(Use use) {
    var x = use.in(0);
    var block = Dim.of(use.whole("blocksize", 1));
    var high = x.dim(2).dividedBy(block).orElseThrow(() -> use.not(x.dim(2) + " rows do not divide into blocks of " + block));
    var wide = x.dim(3).dividedBy(block).orElseThrow(() -> use.not(x.dim(3) + " columns do not divide into blocks of " + block));
    return use.one(Formulas.reshape(apply("transpose", Formulas.reshape(x, List.of(x.dim(0), x.dim(1), high, block, wide, block)), list(0, 3, 5, 1, 2, 4)),
        List.of(x.dim(0), x.dim(1).times(block).times(block), high, wide)));
  }

  private static List<Term> triangle(Use use) {
    var x = use.in(0);
    long k = use.has(1) ? Use.fixed(use.sizes(1, "the diagonal").getFirst(), "the diagonal") : 0;
    if (!use.flag("upper", true)) {
      return use.one(k == 0 ? apply("tril", x) : apply("tril", x, k));
    }
    var below = Formulas.operate(">", apply("tril", apply("ones", x.dim(x.rank() - 2), x.dim(x.rank() - 1)), k - 1), 0.5);
    return List.of(use.as(Formulas.where(below, 0, x), x.element()));
  }

  private static List<Term> reverseSequence(Use use) {
    var x = use.in(0);
    int batch = use.axis("batch_axis", 1, x.rank());
    int time = use.axis("time_axis", 0, x.rank());
    return use.one(apply("onnx_reverse_sequence", x, use.in(1), batch, time));
  }
}
