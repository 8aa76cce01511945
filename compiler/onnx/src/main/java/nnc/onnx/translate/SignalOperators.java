package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.sub;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Pictures in another size, and windows of signals. */
final class SignalOperators {
  private SignalOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Resize", SignalOperators::resize);
    table.put("Upsample", SignalOperators::resize);
    table.put("GridSample", SignalOperators::gridSample);
    table.put("RoiAlign", SignalOperators::roiAlign);
    table.put("HannWindow", use -> window(use, 0.5, 0.5, 0));
    table.put("HammingWindow", use -> window(use, 25.0 / 46, 21.0 / 46, 0));
    table.put("BlackmanWindow", use -> window(use, 0.42, 0.5, 0.08));
    table.put("DFT", SignalOperators::fourier);
    return table;
  }

  /**
   * Where an axis's results are taken from: result i at {@code step i + offset}.
   *
   * @param count how many
   */
  private record Places(int axis, int size, int count, double step, double offset) {
    double of(int i) {
      return step * i + offset;
    }

    boolean isWhole() {
      return count == size && step == 1 && offset == 0;
    }
  }

  private static List<Term> resize(Use use) {
    var x = use.in(0);
    boolean early = use.node().operator().equals("Upsample") || use.opset() < 11;
    var mode = use.text("mode", "nearest");
    var coordinates = early ? "asymmetric" : use.text("coordinate_transformation_mode", "half_pixel");
    Term y = x;
    var axes = use.wholes("axes");
    int rank = x.rank();
    var all = axes == null ? java.util.stream.IntStream.range(0, rank).toArray() : java.util.Arrays.stream(axes).map(axis -> Use.axis(axis, rank)).toArray();
    for (int i = 0; i < all.length; i++) {
      var places = places(use, coordinates, all[i], i, all.length);
      if (!places.isWhole()) {
        y = resized(use, y, places, mode, coordinates);
      }
    }
    return List.of(y);
  }

  private static double[] scales(Use use, int input) {
    if (use.given("scales")) {
      return use.reals("scales").stream().mapToDouble(scale -> Double.parseDouble(scale.toString())).toArray();
    }
    return use.has(input) ? use.constant(input, "how much it scales").toDoubles() : new double[0];
  }

  private static Places places(Use use, String coordinates, int axis, int place, int count) {
    int size = Use.fixed(use.in(0).dim(axis), "a size that is changed");
    boolean early = use.node().operator().equals("Upsample") || use.opset() < 11;
    var scales = scales(use, early ? 1 : 2);
    int results;
    double scale;
    if (scales.length > 0) {
      scale = scales[place];
      results = (int) Math.floor(size * scale);
    } else {
      results = Use.fixed(use.sizes(3, "the sizes of its result").get(place), "a size of its result");
      scale = (double) results / size;
    }
    return switch (coordinates) {
      case "half_pixel" -> new Places(axis, size, results, 1 / scale, 0.5 / scale - 0.5);
      case "pytorch_half_pixel" -> results > 1 ? new Places(axis, size, results, 1 / scale, 0.5 / scale - 0.5) : new Places(axis, size, results, 0, 0);
      case "asymmetric" -> new Places(axis, size, results, 1 / scale, 0);
      case "align_corners" -> new Places(axis, size, results, results == 1 ? 0 : (size - 1) / (size * scale - 1), 0);
      case "tf_half_pixel_for_nn" -> new Places(axis, size, results, 1 / scale, 0.5 / scale);
      case "tf_crop_and_resize" -> {
        var roi = use.constant(1, "the part that it takes").toDoubles();
        double from = roi[place];
        double to = roi[place + count];
        yield results > 1 ? new Places(axis, size, results, (to - from) * (size - 1) / (results - 1), from * (size - 1))
            : new Places(axis, size, results, 0, 0.5 * (from + to) * (size - 1));
      }
      case String other -> throw use.not("it counts places as '" + other + "'");
    };
  }

  private static Term resized(Use use, Term x, Places places, String mode, String coordinates) {
    boolean crops = coordinates.equals("tf_crop_and_resize");
    return switch (mode) {
      case "nearest" -> nearest(use, x, places, use.text("nearest_mode", use.opset() < 11 ? "floor" : "round_prefer_floor"));
      case "linear", "bilinear" -> use.let(crops
          ? apply("onnx_resize_linear", x, places.axis, places.count, places.step, places.offset, "outside", use.real("extrapolation_value", 0))
          : apply("onnx_resize_linear", x, places.axis, places.count, places.step, places.offset));
      case "cubic" -> use.let(apply("onnx_resize_cubic", x, places.axis, places.count, places.step, places.offset, "a", use.real("cubic_coeff_a", -0.75),
          "exclude", use.flag("exclude_outside", false)));
      case String other -> throw use.not("it interpolates by '" + other + "'");
    };
  }

  private static Term nearest(Use use, Term x, Places places, String rounding) {
    var index = new long[places.count];
    boolean repeats = places.count % places.size == 0;
    for (int i = 0; i < index.length; i++) {
      double place = places.of(i);
      // what is half but for rounding is half
      double near = Math.rint(place * 1e6) / 1e6;
      double chosen = switch (rounding) {
        case "floor" -> Math.floor(near);
        case "ceil" -> Math.ceil(near);
        case "round_prefer_ceil" -> Math.floor(near + 0.5);
        case "round_prefer_floor" -> Math.ceil(near - 0.5);
        case String other -> throw use.not("it rounds by '" + other + "'");
      };
      index[i] = Math.clamp((long) chosen, 0, places.size - 1);
      repeats &= index[i] == i / Math.max(1, places.count / places.size);
    }
    if (repeats) {
      return use.let(apply("repeat", x, places.count / places.size, "axis", places.axis));
    }
    return use.let(apply("take", x, Formulas.list(LongStream.of(index).boxed().toList()), "axis", places.axis));
  }

  private static List<Term> gridSample(Use use) {
    var mode = use.text("mode", "bilinear");
    if (use.in(0).rank() != 4) {
      throw use.not("it samples an array of " + use.in(0).rank() + " axes");
    }
    var kind = switch (mode) {
      case "bilinear", "linear" -> "linear";
      case "bicubic", "cubic" -> "cubic";
      case "nearest" -> "nearest";
      case String other -> throw use.not("it interpolates by '" + other + "'");
    };
    return use.one(apply("onnx_grid_sample", use.in(0), use.in(1), Formulas.text(kind), Formulas.text(use.text("padding_mode", "zeros")), use.flag("align_corners", false)));
  }

  private static List<Term> roiAlign(Use use) {
    int ratio = use.small("sampling_ratio", 0);
    if (ratio == 0) {
      throw use.not("how many points it takes of each bin depends on the boxes (sampling_ratio = 0)");
    }
    var mode = use.text("mode", "avg");
    double offset = use.text("coordinate_transformation_mode", use.opset() < 16 ? "output_half_pixel" : "half_pixel").equals("half_pixel") ? 0.5 : 0;
    return use.one(apply("onnx_roi_align", use.in(0), use.in(1), use.in(2), use.small("output_height", 1), use.small("output_width", 1), "ratio", ratio,
        "scale", use.real("spatial_scale", 1), "offset", offset, "largest", mode.equals("max")));
  }

  /** {@code a - b cos(2 pi n / N) + c cos(4 pi n / N)}, N less one if the window is symmetric. */
  private static List<Term> window(Use use, double a, double b, double c) {
    long size = Use.fixed(use.sizes(0, "the window's size").getFirst(), "the window's size");
    double length = use.flag("periodic", true) ? size : size - 1;
    var n = cast(apply("range", size), "float");
    Formula y = sub(a, mul(b, apply("cos", mul(n, 2 * Math.PI / length))));
    if (c != 0) {
      y = add(y, mul(c, apply("cos", mul(n, 4 * Math.PI / length))));
    }
    return List.of(use.let(y, ElementType.of(use.small("output_datatype", 1), use.node().title())));
  }

  /** Products with the waves of each frequency; real and imaginary parts stand on the last axis. */
  private static List<Term> fourier(Use use) {
    var x = use.in(0);
    int axis = use.has(2) ? Use.axis(Use.fixed(use.sizes(2, "the axis").getFirst(), "the axis"), x.rank()) : use.axis("axis", 1, x.rank());
    int size = Use.fixed(x.dim(axis), "the length of a signal");
    int length = use.has(1) ? Use.fixed(use.sizes(1, "how long the signal is").getFirst(), "the length of a signal") : size;
    if (length != size || axis == x.rank() - 1) {
      throw use.not("it takes " + length + " of " + size + " places");
    }
    boolean inverse = use.flag("inverse", false);
    boolean half = use.flag("onesided", false);
    boolean isReal = x.dim(x.rank() - 1).is(1);
    int results = half ? length / 2 + 1 : length;
    var cosines = waves(results, length, inverse ? 1.0 / length : 1, Math::cos);
    var sines = waves(results, length, inverse ? -1.0 / length : 1, Math::sin);
    var real = use.let(moved(x, axis, 0));
    var imaginary = isReal ? null : use.let(moved(x, axis, 1));
    var order = ReduceOperators.movedFromEnd(axis, x.rank() - 1);
    Formula re = Formulas.operate("@", real, cosines);
    Formula im = Formulas.neg(Formulas.operate("@", real, sines));
    if (!isReal) {
      re = add(re, Formulas.operate("@", imaginary, sines));
      im = add(im, Formulas.operate("@", imaginary, cosines));
    }
    var back = Formulas.list(order);
    return use.one(apply("stack", Formulas.list(List.of(apply("transpose", re, back), apply("transpose", im, back))), "axis", -1));
  }

  /** One part of the numbers, with the signal's axis last. */
  private static Formula moved(Term x, int axis, int part) {
    var order = new java.util.ArrayList<Integer>();
    for (int i = 0; i < x.rank() - 1; i++) {
      if (i != axis) {
        order.add(i);
      }
    }
    order.add(axis);
    return apply("transpose", Formulas.at(x, x.rank() - 1, part), Formulas.list(order));
  }

  private static Term waves(int results, int length, double factor, java.util.function.DoubleUnaryOperator wave) {
    var values = new double[length * results];
    for (int n = 0; n < length; n++) {
      for (int k = 0; k < results; k++) {
        values[n * results + k] = factor * wave.applyAsDouble(2 * Math.PI * ((long) n * k % length) / length);
      }
    }
    return Term.of("", OnnxTensor.of(ElementType.FLOAT, new int[] {length, results}, values));
  }
}
