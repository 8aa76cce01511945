package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.div;
import static nnc.onnx.term.Formulas.operate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Largest elements and means of windows, or of all of space. */
final class PoolOperators {
  private PoolOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("MaxPool", PoolOperators::largest);
    table.put("AveragePool", PoolOperators::mean);
    table.put("LpPool", PoolOperators::length);
    table.put("GlobalAveragePool", use -> use.one(apply("mean", use.in(0), "axis", space(use.in(0)), "keep", true)));
    table.put("GlobalMaxPool", use -> use.one(apply("max", use.in(0), "axis", space(use.in(0)), "keep", true)));
    table.put("GlobalLpPool", use -> {
      int p = use.small("p", 2);
      var sums = apply("sum", operate("^", apply("abs", use.in(0)), p), "axis", space(use.in(0)), "keep", true);
      return use.one(p == 1 ? sums : p == 2 ? apply("sqrt", sums) : operate("^", sums, 1.0 / p));
    });
    table.put("MaxUnpool", PoolOperators::unpool);
    return table;
  }

  private static Formula space(Term x) {
    return Formulas.list(IntStream.range(2, x.rank()).toArray());
  }

  private static Geometry geometry(Use use) {
    var kernel = use.wholes("kernel_shape");
    if (kernel == null || use.in(0).rank() != kernel.length + 2) {
      throw use.not("its kernel_shape does not fit " + use.in(0).type());
    }
    var sizes = use.in(0).shape().subList(2, use.in(0).rank());
    var geometry = Geometry.of(use, kernel, sizes);
    return use.flag("ceil_mode", false) ? geometry.upwards(sizes) : geometry;
  }

  /** All windows, with a number for what is outside. */
  private static Formula windows(Object x, Geometry geometry, double outside) {
    boolean padded = !Geometry.all(geometry.before(), 0) || !Geometry.all(geometry.after(), 0);
    var inside = !padded ? Formulas.of(x) : outside == 0 ? apply("pad", x, Formulas.list(geometry.before()), Formulas.list(geometry.after()))
        : apply("pad", x, Formulas.list(geometry.before()), Formulas.list(geometry.after()), "value", outside);
    var arguments = new ArrayList<Object>(List.of(inside, "size", Formulas.list(geometry.kernel()), "stride", Formulas.list(geometry.stride())));
    if (!Geometry.all(geometry.dilation(), 1)) {
      arguments.addAll(List.of("dilation", Formulas.list(geometry.dilation())));
    }
    return apply("windows", arguments.toArray());
  }

  /** Whether the library's pools say it, whose borders are at most half the window. */
  private static boolean isPlain(Geometry geometry) {
    return geometry.axes() <= 2 && geometry.isSymmetric() && Geometry.all(geometry.dilation(), 1)
        && IntStream.range(0, geometry.axes()).allMatch(i -> 2 * geometry.before()[i] <= geometry.kernel()[i]);
  }

  private static Formula plain(String function, Term x, Geometry geometry, Object... more) {
    var arguments = new ArrayList<Object>(List.of(x, Geometry.each(geometry.kernel())));
    if (!java.util.Arrays.equals(geometry.stride(), geometry.kernel())) {
      arguments.addAll(List.of("stride", Geometry.each(geometry.stride())));
    }
    if (!Geometry.all(geometry.before(), 0)) {
      arguments.addAll(List.of("padding", Geometry.each(geometry.before())));
    }
    arguments.addAll(List.of(more));
    return apply(function + geometry.axes() + "d", arguments.toArray());
  }

  private static List<Term> largest(Use use) {
    var geometry = geometry(use);
    int axes = geometry.axes();
    var element = use.in(0).element();
    var x = element.isFloat() ? use.in(0) : use.floats(0);
    var y = isPlain(geometry) ? plain("max_pool", x, geometry)
        : apply("max", windows(x, geometry, Double.NEGATIVE_INFINITY), "axis", Geometry.last(axes));
    var result = use.as(y, element);
    return use.node().outputs().size() < 2 ? List.of(result) : List.of(result, places(use, geometry, result));
  }

  /** Where each of the largest stands, counted over the whole array, column by column if storage_order is 1. */
  private static Term places(Use use, Geometry geometry, Term result) {
    var x = use.in(0);
    int axes = geometry.axes();
    var flat = new ArrayList<>(result.shape());
    flat.add(Dim.of(IntStream.of(geometry.kernel()).asLongStream().reduce(1, (a, b) -> a * b)));
    var chosen = use.let(apply("argmax", Formulas.reshape(windows(x, geometry, Double.NEGATIVE_INFINITY), flat), "axis", -1, "keep", true), ElementType.INT64);
    var columns = use.whole("storage_order", 0) != 0;
    var area = Dim.product(x.shape().subList(2, x.rank()));
    Formula place = apply("reshape", apply("range", Dim.product(x.shape().subList(0, 2)).times(area)), Formulas.sizes(x.shape()));
    if (columns) {
      var order = new ArrayList<>(List.of(0, 1));
      IntStream.iterate(x.rank() - 1, i -> i >= 2, i -> i - 1).forEach(order::add);
      var turned = order.stream().map(x::dim).toList();
      place = apply("transpose", Formulas.reshape(apply("range", Dim.product(x.shape())), turned), Formulas.list(order));
    }
    var named = Formulas.reshape(windows(apply("cast", place, Formulas.text("float")), geometry, -1), flat);
    var found = Formulas.apply("squeeze", apply("gather", named, chosen, "axis", -1), "axis", axes + 2);
    return use.as(found, ElementType.INT64);
  }

  private static List<Term> mean(Use use) {
    var geometry = geometry(use);
    var x = use.in(0);
    int axes = geometry.axes();
    boolean counts = use.flag("count_include_pad", false);
    boolean padded = !Geometry.all(geometry.before(), 0) || !Geometry.all(geometry.after(), 0);
    if (isPlain(geometry) && !use.flag("ceil_mode", false)) {
      return use.one(padded && !counts ? plain("avg_pool", x, geometry, "count_padding", false) : plain("avg_pool", x, geometry));
    }
    var sums = apply("sum", windows(x, geometry, 0), "axis", Geometry.last(axes));
    if (!padded) {
      return use.one(div(sums, IntStream.of(geometry.kernel()).asLongStream().reduce(1, (a, b) -> a * b)));
    }
    var sizes = x.shape().subList(2, x.rank()).stream().map(size -> Use.fixed(size, "a size that a mean is taken over")).toList();
    var inside = apply("ones", sizes.toArray());
    // the declared border counts where asked for; what rounding upwards adds never does
    var said = use.wholes("pads");
    var ones = !counts || said == null ? inside
        : apply("pad", inside, Formulas.list(IntStream.range(0, axes).map(i -> said[i]).toArray()), Formulas.list(IntStream.range(0, axes).map(i -> said[i + axes]).toArray()),
            "value", 1);
    var rest = !counts || said == null ? geometry : new Geometry(geometry.kernel(), geometry.stride(), geometry.dilation(), new int[axes],
        IntStream.range(0, axes).map(i -> geometry.after()[i] - said[i + axes]).toArray());
    var count = use.let(apply("sum", windows(ones, rest, 0), "axis", Geometry.last(axes)));
    return use.one(div(sums, count));
  }

  private static List<Term> length(Use use) {
    var geometry = geometry(use);
    int p = use.small("p", 2);
    var sums = apply("sum", windows(operate("^", apply("abs", use.in(0)), p), geometry, 0), "axis", Geometry.last(geometry.axes()));
    return use.one(p == 1 ? sums : p == 2 ? apply("sqrt", sums) : operate("^", sums, 1.0 / p));
  }

  /** Elements back to the places that a pool told, in an array of zeros. */
  private static List<Term> unpool(Use use) {
    var x = use.in(0);
    var kernel = use.wholes("kernel_shape");
    var stride = use.each("strides", kernel.length, 1);
    var pads = use.each("pads", 2 * kernel.length, 0);
    var plain = new ArrayList<>(x.shape().subList(0, 2));
    for (int i = 0; i < kernel.length; i++) {
      plain.add(x.dim(i + 2).plus(-1).times(stride[i]).plus(kernel[i] - pads[i] - pads[i + kernel.length]));
    }
    var small = Dim.product(plain);
    var index = Formulas.reshape(use.in(1), List.of(Dim.product(x.shape())));
    var values = Formulas.reshape(x, List.of(Dim.product(x.shape())));
    var spread = Formulas.reshape(apply("scatter_add", apply("zeros", small), index, values), plain);
    if (!use.has(2)) {
      return use.one(spread);
    }
    var shape = use.sizes(2, "the shape of its result");
    var more = IntStream.range(0, plain.size()).mapToObj(i -> shape.get(i).minus(plain.get(i))).toList();
    return use.one(apply("pad", spread, Formulas.list(java.util.Collections.nCopies(plain.size(), 0)), Formulas.sizes(more)));
  }
}
