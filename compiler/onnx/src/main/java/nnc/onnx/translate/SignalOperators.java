package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Pictures in another size, and parts of them. */
final class SignalOperators {
  private SignalOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Resize", SignalOperators::resize);
    table.put("Upsample", SignalOperators::resize);
    table.put("AffineGrid", SignalOperators::affineGrid);
    table.put("GridSample", SignalOperators::gridSample);
    table.put("RoiAlign", SignalOperators::roiAlign);
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
    var resizing = Resizing.of(use);
    var plain = resizing.inTheLibrary();
    if (plain.isPresent()) {
      return use.one(plain.get());
    }
    var mode = resizing.mode();
    var coordinates = resizing.coordinates();
    Term y = use.in(0);
    for (int i = 0; i < resizing.axes().length; i++) {
      if (resizing.isOpen(i)) {
        y = resizing.along(y, i);
        continue;
      }
      var places = places(use, coordinates, resizing.axes(), i);
      if (!places.isWhole()) {
        y = use.flag("antialias", false) && !mode.equals("nearest") ? smoothed(use, y, places, mode) : resized(use, y, places, mode, coordinates);
      }
    }
    return List.of(y);
  }

  /** Of what becomes smaller, means of all that a result stands for: the interpolation's weights, as much wider. What is beyond the border is as the border is. */
  private static Term smoothed(Use use, Term x, Places places, String mode) {
    double wide = Math.max(1, places.step);
    double a = use.real("cubic_coeff_a", -0.75);
    var weights = Use.table(places.count, places.size);
    for (int i = 0; i < places.count; i++) {
      double sum = 0;
      double centre = places.of(i);
      int reach = (int) Math.ceil(2 * wide) + 1;
      for (int j = (int) Math.floor(centre) - reach; j <= centre + reach; j++) {
        double weight = mode.equals("cubic") ? cubic(Math.abs(j - centre) / wide, a) : Math.max(0, 1 - Math.abs(j - centre) / wide);
        boolean inside = j >= 0 && j < places.size;
        if (inside || !use.flag("exclude_outside", false)) {
          weights[i * places.size + Math.clamp(j, 0, places.size - 1)] += weight;
          sum += weight;
        }
      }
      for (int j = 0; j < places.size; j++) {
        weights[i * places.size + j] /= sum;
      }
    }
    var matrix = Term.of(use.node().name(), OnnxTensor.of(ElementType.FLOAT, new int[] {places.count, places.size}, weights));
    int rank = x.rank();
    if (places.axis == rank - 2) {
      return use.let(Formulas.operate("@", matrix, x));
    }
    var columns = apply("transpose", matrix);
    if (places.axis == rank - 1) {
      return use.let(Formulas.operate("@", x, columns));
    }
    var order = new ArrayList<Integer>();
    IntStream.range(0, rank).filter(axis -> axis != places.axis).forEach(order::add);
    order.add(places.axis);
    return use.let(apply("transpose", Formulas.operate("@", apply("transpose", x, Formulas.list(order)), columns), Formulas.list(ReduceOperators.movedFromEnd(places.axis, rank))));
  }

  /** Keys 1981. */
  private static double cubic(double d, double a) {
    return d < 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }

  /** @param place which of the axes that may change */
  private static Places places(Use use, String coordinates, int[] axes, int place) {
    int axis = axes[place];
    int count = axes.length;
    int size = Use.fixed(use.in(0).dim(axis), "a size that is changed");
    var scales = Resizing.scales(use);
    int results;
    double scale;
    if (scales.length > 0) {
      scale = scales[place];
      results = (int) Math.floor(size * scale);
    } else if (use.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      results = Use.fixed(use.sizes(3, "the sizes of its result").get(place), "a size of its result");
      scale = (double) results / size;
    } else {
      scale = commonScale(use, axes);
      results = (int) Math.floor(scale * size + 0.5);
    }
    return switch (coordinates) {
      case "half_pixel" -> new Places(axis, size, results, 1 / scale, 0.5 / scale - 0.5);
      case "pytorch_half_pixel" -> results > 1 ? new Places(axis, size, results, 1 / scale, 0.5 / scale - 0.5) : new Places(axis, size, results, 0, 0);
      case "half_pixel_symmetric" -> {
        // what rounding the size has cut off is missing on both sides alike
        double middle = size / 2.0 * (1 - results / (scale * size));
        yield new Places(axis, size, results, 1 / scale, middle + 0.5 / scale - 0.5);
      }
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

  /** One for all axes, so that nothing is larger than what is wanted, or nothing smaller. */
  private static double commonScale(Use use, int[] axes) {
    var wanted = use.sizes(3, "the sizes of its result");
    var each = IntStream.range(0, axes.length).mapToDouble(i -> (double) Use.fixed(wanted.get(i), "a size of its result") / Use.fixed(use.in(0).dim(axes[i]), "a size that is changed"));
    return switch (use.text("keep_aspect_ratio_policy", "")) {
      case "not_larger" -> each.min().orElse(1);
      case "not_smaller" -> each.max().orElse(1);
      case String other -> throw use.not("it keeps proportions by '" + other + "'");
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
    var index = new long[Use.table(places.count).length];
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

  /** Where each place of a picture or volume comes from, [N, H, W, 2] or [N, D, H, W, 3]: places count from -1 to 1, columns before rows. */
  private static List<Term> affineGrid(Use use) {
    var theta = use.in(0);
    var sizes = use.sizes(1, "the size of its result");
    int axes = sizes.size() - 2;
    boolean corners = use.flag("align_corners", false);
    var space = new int[axes];
    int count = 1;
    for (int i = 0; i < axes; i++) {
      space[i] = Use.fixed(sizes.get(i + 2), "a size of its result");
      count = Math.multiplyExact(count, space[i]);
    }
    var places = Use.table(count, axes + 1L);
    for (int i = 0; i < count; i++) {
      int rest = i;
      for (int axis = axes - 1; axis >= 0; axis--) {
        int place = rest % space[axis];
        rest /= space[axis];
        places[i * (axes + 1) + axes - 1 - axis] = corners ? space[axis] == 1 ? 0 : 2.0 * place / (space[axis] - 1) - 1 : (2.0 * place + 1) / space[axis] - 1;
      }
      places[i * (axes + 1) + axes] = 1;
    }
    var base = Term.of(use.node().name(), OnnxTensor.of(ElementType.FLOAT, new int[] {count, axes + 1}, places));
    var shape = new ArrayList<>(List.of(theta.dim(0)));
    shape.addAll(sizes.subList(2, sizes.size()));
    shape.add(Dim.of(axes));
    return use.one(Formulas.reshape(Formulas.operate("@", base, apply("transpose", theta, Formulas.list(0, 2, 1))), shape));
  }
}
