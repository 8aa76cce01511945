package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Convolutions and their transposes: layers where weights are constant. */
final class ConvolutionOperators {
  private ConvolutionOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Conv", ConvolutionOperators::conv);
    table.put("ConvTranspose", ConvolutionOperators::transposed);
    table.put("Col2Im", ConvolutionOperators::folded);
    return table;
  }

  private static int[] kernel(Use use, Term weights) {
    var kernel = new int[weights.rank() - 2];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = Use.fixed(weights.dim(i + 2), "the kernel");
    }
    var said = use.wholes("kernel_shape");
    if (said != null && !java.util.Arrays.equals(said, kernel)) {
      throw use.not("its kernel_shape is not that of its weights");
    }
    return kernel;
  }

  private static List<Dim> space(Term x) {
    return x.shape().subList(2, x.rank());
  }

  private static List<Term> conv(Use use) {
    var x = use.in(0);
    var geometry = Geometry.of(use, kernel(use, use.in(1)), space(x));
    var weights = weights(use);
    int axes = geometry.axes();
    boolean same = !geometry.isSymmetric() && geometry.isSame(space(x));
    if (weights != null && axes <= 3 && (same || geometry.isSymmetric())) {
      var named = options(geometry, use.small("group", 1), weights.containsKey("b"));
      if (geometry.isPadded()) {
        named.put("padding", same ? Formulas.text("same") : Geometry.each(geometry.before()));
      }
      return List.of(use.let(new Formula.Made("conv" + axes + "d", List.of(Formulas.of(use.in(1).dim(0)), Geometry.each(geometry.kernel())), named, List.of(Formulas.of(x)),
          weights, use.origin(1))));
    }
    return use.one(withBias(use, conv(use, geometry), 2));
  }

  /** In the order in which layers have them. */
  private static LinkedHashMap<String, Formula> options(Geometry geometry, int groups, boolean bias) {
    var named = new LinkedHashMap<String, Formula>();
    if (!Geometry.all(geometry.stride(), 1)) {
      named.put("stride", Geometry.each(geometry.stride()));
    }
    if (!Geometry.all(geometry.dilation(), 1)) {
      named.put("dilation", Geometry.each(geometry.dilation()));
    }
    if (groups != 1) {
      named.put("groups", Formulas.of(groups));
    }
    if (!bias) {
      named.put("bias", new Formula.Flag(false));
    }
    return named;
  }

  /** The convolution itself, with whatever weights. */
  static Formula conv(Use use, Geometry geometry) {
    return conv(use.in(0), use.in(1), geometry, use.small("group", 1));
  }

  static Formula conv(Object x, Object weights, Geometry geometry, int groups) {
    var named = options(geometry, groups, true);
    // borders that follow from open sizes are added before
    if (geometry.isPadded() && geometry.isFixed()) {
      named.put("padding", geometry.borders());
    }
    if (named.containsKey("stride")) {
      named.put("stride", Formulas.list(geometry.stride()));
    }
    if (named.containsKey("dilation")) {
      named.put("dilation", Formulas.list(geometry.dilation()));
    }
    return new Formula.Apply("conv", List.of(geometry.isFixed() ? Formulas.of(x) : geometry.padded(x, 0), Formulas.of(weights)), named);
  }

  /** What is added to each channel. */
  private static Formula withBias(Use use, Formula y, int input) {
    return use.has(input) ? add(y, Formulas.reshape(use.in(input), channels(use.in(input).dim(0), use.in(0).rank() - 2))) : y;
  }

  static List<Dim> channels(Dim count, int axes) {
    var shape = new ArrayList<>(List.of(count));
    shape.addAll(Collections.nCopies(axes, Dim.ONE));
    return shape;
  }

  /** Constant weights by the names that layers have for them; null if they are none. */
  private static LinkedHashMap<String, OnnxTensor> weights(Use use) {
    var w = use.in(1).constant();
    var b = use.has(2) ? use.in(2).constant() : java.util.Optional.<OnnxTensor>empty();
    if (w.isEmpty() || use.has(2) && b.isEmpty() || !use.in(1).element().isFloat() || use.in(0).constant().isPresent()) {
      return null;
    }
    var weights = new LinkedHashMap<String, OnnxTensor>();
    weights.put("W", w.get());
    b.ifPresent(bias -> weights.put("b", bias));
    return weights;
  }

  /** Sizes become (S - 1) stride + reach - borders + output_padding, or what output_shape says. */
  private static List<Term> transposed(Use use) {
    var x = use.in(0);
    var kernel = kernel(use, use.in(1));
    int axes = kernel.length;
    var more = use.each("output_padding", axes, 0);
    var wanted = use.wholes("output_shape");
    var mode = use.text("auto_pad", "NOTSET");
    var pads = use.each("pads", 2 * axes, 0);
    var none = Geometry.bare(kernel, use.each("strides", axes, 1), use.each("dilations", axes, 1));
    var before = new int[axes];
    var after = new int[axes];
    var space = new ArrayList<Dim>();
    for (int i = 0; i < axes; i++) {
      var full = x.dim(i + 2).plus(-1).times(none.stride()[i]).plus(none.reach(i) + more[i]);
      if (wanted == null && mode.equals("NOTSET")) {
        before[i] = pads[i];
        after[i] = pads[i + axes];
      } else if (wanted != null || !mode.equals("VALID")) {
        var target = wanted != null ? Dim.of(wanted[wanted.length - axes + i]) : x.dim(i + 2).times(none.stride()[i]);
        int over = Use.fixed(full.minus(target), "how much of its result is cut off");
        before[i] = mode.equals("SAME_UPPER") ? Math.max(0, over) / 2 : Math.max(0, over) - Math.max(0, over) / 2;
        after[i] = Math.max(0, over) - before[i];
        full = target.plus(Math.max(0, over));
      }
      space.add(full.plus(-before[i] - after[i]));
    }
    var bare = none.with(dims(before), dims(after));
    var weights = weights(use);
    int groups = use.small("group", 1);
    if (weights != null && axes <= 3 && bare.isSymmetric() && wanted == null && mode.equals("NOTSET") && isUsual(more, bare)) {
      var named = options(bare, groups, weights.containsKey("b"));
      if (bare.isPadded()) {
        named.put("padding", Geometry.each(bare.before()));
      }
      if (!Geometry.all(more, 0)) {
        named.put("output_padding", Geometry.each(more));
      }
      return List.of(use.let(new Formula.Made("conv_transpose" + axes + "d", List.of(Formulas.of(use.in(1).dim(1).times(groups)), Geometry.each(kernel)), named,
          List.of(Formulas.of(x)), weights, use.origin(1))));
    }
    var plain = (Formula.Apply) conv(x, use.in(1), bare, groups);
    var named = new LinkedHashMap<>(plain.named());
    named.put("space", Formulas.sizes(space));
    return use.one(withBias(use, new Formula.Apply("conv_input", plain.arguments(), named), 2));
  }

  /** Windows back to where they are from, [N, C window, count] to [N, C, ...]: what meets at one place is added, by a transposed convolution with ones. */
  private static List<Term> folded(Use use) {
    var x = use.in(0);
    var space = use.sizes(1, "the sizes of its result");
    int axes = space.size();
    var kernel = use.sizes(2, "the size of a window").stream().mapToInt(size -> Use.fixed(size, "the size of a window")).toArray();
    int window = IntStream.of(kernel).reduce(1, Math::multiplyExact);
    var pads = use.each("pads", 2 * axes, 0);
    var geometry = Geometry.bare(kernel, use.each("strides", axes, 1), use.each("dilations", axes, 1)).with(dims(java.util.Arrays.copyOf(pads, axes)),
        dims(java.util.Arrays.copyOfRange(pads, axes, 2 * axes)));
    var counts = new ArrayList<Dim>();
    for (int i = 0; i < axes; i++) {
      int room = Use.fixed(space.get(i), "a size of its result") + pads[i] + pads[i + axes] - geometry.reach(i);
      counts.add(Dim.of(room / geometry.stride()[i] + 1));
    }
    var channels = x.dim(1).dividedBy(Dim.of(window)).orElseThrow(() -> use.not(x.dim(1) + " channels are no windows of " + window));
    int groups = Use.fixed(channels, "the channels");
    var ones = Use.table(groups, window, window);
    for (int i = 0; i < groups * window; i++) {
      ones[i * window + i % window] = 1;
    }
    var shape = IntStream.concat(IntStream.of(groups * window, 1), IntStream.of(kernel)).toArray();
    var apart = new ArrayList<>(List.of(x.dim(0), x.dim(1)));
    apart.addAll(counts);
    var plain = (Formula.Apply) conv(Formulas.reshape(x, apart), Term.of("", OnnxTensor.of(ElementType.FLOAT, shape, ones)), geometry, groups);
    var named = new LinkedHashMap<>(plain.named());
    named.put("space", Formulas.sizes(space));
    return use.one(new Formula.Apply("conv_input", plain.arguments(), named));
  }

  private static List<Dim> dims(int[] values) {
    return IntStream.of(values).mapToObj(Dim::of).toList();
  }

  private static boolean isUsual(int[] more, Geometry geometry) {
    for (int i = 0; i < more.length; i++) {
      if (more[i] >= Math.max(geometry.stride()[i], geometry.dilation()[i])) {
        return false;
      }
    }
    return true;
  }
}
