package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import nnc.graph.Dim;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/**
 * {@code Resize} in words of the library, where it has them, and over sizes that are open: then places follow from the sizes at the run.
 *
 * @param coordinates how places of the result are those of the array
 * @param axes        those that are changed
 */
record Resizing(Use use, String mode, String coordinates, int[] axes) {

  /** The largest divisor of a scale of open sizes: a power of two, so that what is cut off is the same however it is computed. */
  private static final int LARGEST_DIVISOR = 1024;

  /**
   * What becomes of an axis: {@code size} elements become {@code count}.
   *
   * @param up   of the scale, where that is a ratio of whole numbers: elements of the result that {@code down} of the array become; else 0
   */
  private record Change(int axis, Dim size, Dim count, long up, long down) {
    boolean isNone() {
      return size.equals(count);
    }

    boolean isExact() {
      return up > 0 && size.times(up).equals(count.times(down));
    }
  }

  static Resizing of(Use use) {
    boolean early = isEarly(use);
    int rank = use.in(0).rank();
    var axes = use.wholes("axes");
    return new Resizing(use, use.text("mode", "nearest"), early ? "asymmetric" : use.text("coordinate_transformation_mode", "half_pixel"),
        axes == null ? IntStream.range(0, rank).toArray() : IntStream.of(axes).map(axis -> Use.axis(axis, rank)).toArray());
  }

  static boolean isEarly(Use use) {
    return use.node().operator().equals("Upsample") || use.opset() < 11;
  }

  /** How much each of the axes is scaled; nothing if sizes are said instead. */
  static double[] scales(Use use) {
    int input = isEarly(use) ? 1 : 2;
    if (use.given("scales")) {
      return use.reals("scales").stream().mapToDouble(scale -> Double.parseDouble(scale.toString())).toArray();
    }
    return use.has(input) ? use.constant(input, "how much it scales").toDoubles() : new double[0];
  }

  private boolean isPlain() {
    return !use.flag("antialias", false) && use.text("keep_aspect_ratio_policy", "stretch").equals("stretch") && !coordinates.equals("tf_crop_and_resize");
  }

  private Dim size(int place) {
    return use.in(0).dim(axes[place]);
  }

  /** Whether it is not known how large an axis is, or becomes. */
  boolean isOpen(int place) {
    return !size(place).isConstant() || scales(use).length == 0 && !use.sizes(3, "the sizes of its result").get(place).isConstant();
  }

  private Change change(int place) {
    var size = size(place);
    var scales = scales(use);
    if (scales.length == 0) {
      var count = use.sizes(3, "the sizes of its result").get(place);
      var up = count.dividedBy(size).filter(Dim::isConstant);
      var down = size.dividedBy(count).filter(Dim::isConstant);
      return new Change(axes[place], size, count, up.map(Dim::fixed).orElse(down.isPresent() ? 1 : 0), down.map(Dim::fixed).orElse(1));
    }
    for (long down = 1; down <= LARGEST_DIVISOR; down *= 2) {
      double up = scales[place] * down;
      if (up == Math.rint(up) && up > 0 && up < 1 << 20) {
        return new Change(axes[place], size, size.times((long) up).dividedDown(down), (long) up, down);
      }
    }
    if (size.isConstant()) {
      return new Change(axes[place], size, Dim.of((long) Math.floor(size.fixed() * scales[place])), 0, 1);
    }
    throw use.not("it makes an open size " + scales[place] + " times as large, and what is cut off is known of halves, quarters and the like alone: give the size with -D");
  }

  // ---- by the library's functions

  /** As one call of the library's, if it has a function that computes the same. */
  Optional<Formula> inTheLibrary() {
    var x = use.in(0);
    if (!isPlain() || x.rank() < 3 || x.rank() > 5 || !x.element().isFloat()) {
      return Optional.empty();
    }
    var sizes = new ArrayList<>(x.shape());
    var factors = new ArrayList<>(Collections.nCopies(x.rank(), 1L));
    boolean repeats = mode.equals("nearest");
    for (int place = 0; place < axes.length; place++) {
      if (scales(use).length > 0 && !isOpen(place) && change(place).up == 0) {
        return Optional.empty();
      }
      var change = change(place);
      if (change.axis < 2 && !change.isNone() || change.count.is(0)) {
        return Optional.empty();
      }
      repeats &= change.isNone() || change.isExact() && change.down == 1 && repeats(change);
      if (!mode.equals("nearest") && !change.isNone() && !isUsual(change)) {
        return Optional.empty();
      }
      sizes.set(change.axis, change.count);
      factors.set(change.axis, change.isNone() ? 1 : change.up);
    }
    if (sizes.equals(x.shape())) {
      return Optional.of(Formulas.of(x));
    } else if (mode.equals("nearest")) {
      return repeats ? Optional.of(apply("upsample" + (x.rank() - 2) + "d", x, Geometry.each(factors.stream().skip(2).map(Dim::of).toList()))) : Optional.empty();
    }
    return between(x, sizes, factors);
  }

  private Optional<Formula> between(Term x, List<Dim> sizes, List<Long> factors) {
    boolean byScale = factors.stream().skip(2).distinct().count() == 1 && factors.getLast() > 1 && IntStream.range(2, x.rank()).allMatch(i -> x.dim(i).times(factors.getLast()).equals(sizes.get(i)));
    var arguments = new ArrayList<Object>(List.of(x, byScale ? "scale" : "size", byScale ? factors.getLast() : Formulas.sizes(sizes.subList(2, sizes.size()))));
    switch (mode) {
      case "linear", "bilinear" -> arguments.addAll(List.of("mode", Formulas.text("linear")));
      case "cubic" -> {
        arguments.addAll(List.of("mode", Formulas.text("cubic")));
        double a = use.real("cubic_coeff_a", -0.75);
        if (a != -0.75) {
          arguments.addAll(List.of("a", a));
        }
        if (use.flag("exclude_outside", false)) {
          return Optional.empty();
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    if (coordinates.equals("align_corners")) {
      arguments.addAll(List.of("align_corners", true));
    }
    return Optional.of(apply("resize", arguments.toArray()));
  }

  /** Whether the library counts places so: what a scale cuts off is counted by it alone where there is nothing to cut off. */
  private boolean isUsual(Change change) {
    boolean isExact = scales(use).length == 0 || change.isExact();
    return isExact && switch (coordinates) {
      case "half_pixel", "align_corners" -> true;
      case "pytorch_half_pixel" -> change.count.isConstant() ? change.count.fixed() > 1 : change.isExact() && change.up > change.down;
      default -> false;
    };
  }

  // ---- elements that are nearest, by whole numbers

  /** That place {@code i} of the result is place {@code floor((i times + more) / by)} of the array. */
  private record Nearest(Dim times, Dim more, Dim by) {}

  private Nearest nearest(Change change) {
    var down = change.up > 0 ? Dim.of(change.down) : change.size;
    var up = change.up > 0 ? Dim.of(change.up) : change.count;
    var place = switch (coordinates) {
      case "asymmetric" -> new Nearest(down, Dim.ZERO, up);
      case "half_pixel" -> new Nearest(down.times(2), down.minus(up), up.times(2));
      case "tf_half_pixel_for_nn" -> new Nearest(down.times(2), down, up.times(2));
      case String other -> throw use.not("it takes the nearest element of an open size, and counts places as '" + other + "': give the size with -D");
    };
    return switch (use.text("nearest_mode", use.opset() < 11 ? "floor" : "round_prefer_floor")) {
      case "floor" -> place;
      case "ceil" -> new Nearest(place.times, place.more.plus(place.by).plus(-1), place.by);
      case "round_prefer_ceil" -> new Nearest(place.times.times(2), place.more.times(2).plus(place.by), place.by.times(2));
      case "round_prefer_floor" -> new Nearest(place.times.times(2), place.more.times(2).plus(place.by).plus(-1), place.by.times(2));
      case String other -> throw use.not("it rounds by '" + other + "'");
    };
  }

  /** Whether each element is there as often as the whole number says by which it scales. */
  private boolean repeats(Change change) {
    if (!coordinates.matches("asymmetric|half_pixel|tf_half_pixel_for_nn") || !use.text("nearest_mode", "floor").matches("floor|ceil|round_prefer_ceil|round_prefer_floor")) {
      return false;
    }
    var nearest = nearest(change);
    return LongStream.range(0, change.up).allMatch(i -> Math.floorDiv(i * nearest.times.fixed() + nearest.more.fixed(), nearest.by.fixed()) == 0);
  }

  // ---- an axis of an open size

  /** The array with one of the axes changed. */
  Term along(Term x, int place) {
    if (!isPlain()) {
      throw use.not("it makes an open size another with antialiasing, kept proportions or of a part: give the size with -D");
    }
    var change = change(place);
    if (change.isNone()) {
      return x;
    }
    return switch (mode) {
      case "nearest" -> nearest(x, change);
      case "linear", "bilinear" -> use.let(apply("onnx_resize_linear", x, change.axis, change.count, step(change), offset(change)));
      case "cubic" -> use.let(apply("onnx_resize_cubic", x, change.axis, change.count, step(change), offset(change), "a", use.real("cubic_coeff_a", -0.75),
          "exclude", use.flag("exclude_outside", false)));
      case String other -> throw use.not("it interpolates by '" + other + "'");
    };
  }

  private Term nearest(Term x, Change change) {
    if (change.isExact() && change.down == 1 && repeats(change)) {
      return use.let(apply("repeat", x, change.up, "axis", change.axis));
    }
    var places = nearest(change);
    return use.let(apply("onnx_resize_nearest", x, change.axis, change.count, whole(places.times), whole(places.more), whole(places.by)));
  }

  private static Formula whole(Dim number) {
    return number.isConstant() ? Formulas.of(number) : Formulas.cast(number, "int");
  }

  /** How far places of the array are apart that neighbours of the result are taken from. */
  private Formula step(Change change) {
    return switch (coordinates) {
      case "align_corners" -> Formulas.div(change.size.plus(-1), change.up > 0 && !change.isExact()
          ? Formulas.div(change.size.times(change.up).plus(-change.down), change.down) : apply("maximum", change.count.plus(-1), 1));
      case "pytorch_half_pixel" -> Formulas.mul(scaled(change), severalOf(change));
      case "half_pixel", "half_pixel_symmetric", "asymmetric", "tf_half_pixel_for_nn" -> scaled(change);
      case String other -> throw use.not("it counts places as '" + other + "'");
    };
  }

  /** What one element of the result is of the array. */
  private static Formula scaled(Change change) {
    return change.up > 0 ? Formulas.of((double) change.down / change.up) : Formulas.div(change.size, change.count);
  }

  /** 0 if there is but one element in the result, otherwise 1. */
  private static Formula severalOf(Change change) {
    return apply("minimum", change.count.plus(-1), 1);
  }

  private Formula offset(Change change) {
    var half = Formulas.div(scaled(change), 2);
    return switch (coordinates) {
      case "asymmetric", "align_corners" -> Formulas.of(0);
      case "half_pixel" -> Formulas.sub(half, 0.5);
      case "pytorch_half_pixel" -> Formulas.mul(Formulas.sub(half, 0.5), severalOf(change));
      case "tf_half_pixel_for_nn" -> half;
      // what rounding the size has cut off is missing on both sides alike
      case "half_pixel_symmetric" -> Formulas.sub(Formulas.add(Formulas.sub(Formulas.div(change.size, 2), Formulas.div(Formulas.mul(change.count, scaled(change)), 2)), half), 0.5);
      case String other -> throw use.not("it counts places as '" + other + "'");
    };
  }
}
