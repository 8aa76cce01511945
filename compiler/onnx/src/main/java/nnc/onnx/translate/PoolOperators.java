package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.div;
import static nnc.onnx.term.Formulas.operate;

import java.util.ArrayList;
import java.util.Collections;
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

  /** As its attributes say, but for what rounding upwards adds. */
  private static Geometry declared(Use use) {
    var kernel = use.wholes("kernel_shape");
    if (kernel == null || use.in(0).rank() != kernel.length + 2) {
      throw use.not("its kernel_shape does not fit " + use.in(0).type());
    }
    return Geometry.of(use, kernel, sizes(use));
  }

  private static List<Dim> sizes(Use use) {
    return use.in(0).shape().subList(2, use.in(0).rank());
  }

  private static Geometry geometry(Use use) {
    var geometry = declared(use);
    return use.flag("ceil_mode", false) ? geometry.upwards(sizes(use)) : geometry;
  }

  /** All windows, with a number for what is outside. */
  private static Formula windows(Object x, Geometry geometry, double outside) {
    var arguments = new ArrayList<Object>(List.of(geometry.padded(x, outside), "size", Formulas.list(geometry.kernel()), "stride", Formulas.list(geometry.stride())));
    if (!Geometry.all(geometry.dilation(), 1)) {
      arguments.addAll(List.of("dilation", Formulas.list(geometry.dilation())));
    }
    return apply("windows", arguments.toArray());
  }

  /** Whether the library's pools say it, whose borders are at most half the window. */
  private static boolean isPlain(Geometry geometry) {
    return geometry.axes() <= 3 && geometry.isSymmetric() && Geometry.all(geometry.dilation(), 1)
        && IntStream.range(0, geometry.axes()).allMatch(i -> 2 * geometry.before().get(i).fixed() <= geometry.kernel()[i]);
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
    boolean padded = geometry.isPadded();
    if (isPlain(geometry) && !use.flag("ceil_mode", false)) {
      return use.one(padded && !counts ? plain("avg_pool", x, geometry, "count_padding", false) : plain("avg_pool", x, geometry));
    }
    var sums = apply("sum", windows(x, geometry, 0), "axis", Geometry.last(axes));
    if (!padded) {
      return use.one(div(sums, IntStream.of(geometry.kernel()).asLongStream().reduce(1, (a, b) -> a * b)));
    }
    var inside = apply("ones", x.shape().subList(2, x.rank()).toArray());
    // the declared border counts where asked for; what rounding upwards adds never does
    var declared = declared(use);
    var ones = counts ? declared.padded(inside, 1) : inside;
    var rest = counts ? Geometry.bare(geometry.kernel(), geometry.stride(), geometry.dilation()).with(Collections.nCopies(axes, Dim.ZERO),
        IntStream.range(0, axes).mapToObj(i -> geometry.after().get(i).minus(declared.after().get(i))).toList()) : geometry;
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
    return use.one(apply("pad", spread, Formulas.list(Collections.nCopies(plain.size(), 0)), Formulas.sizes(more)));
  }
}
