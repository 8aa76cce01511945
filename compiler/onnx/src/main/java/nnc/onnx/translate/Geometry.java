package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;

/**
 * How a window goes over space: sizes, steps and borders of each axis, as operators' attributes say them.
 *
 * @param before elements that are added in front of an axis; of an open size they may follow from it
 * @param after  elements that are added behind
 */
record Geometry(int[] kernel, int[] stride, int[] dilation, List<Dim> before, List<Dim> after) {

  /** Without borders. */
  static Geometry bare(int[] kernel, int[] stride, int[] dilation) {
    var none = Collections.nCopies(kernel.length, Dim.ZERO);
    return new Geometry(kernel, stride, dilation, none, none);
  }

  /** @param space the sizes that it goes over */
  static Geometry of(Use use, int[] kernel, List<Dim> space) {
    int axes = kernel.length;
    var bare = bare(kernel, use.each("strides", axes, 1), use.each("dilations", axes, 1));
    var pads = use.wholes("pads");
    return switch (use.text("auto_pad", "NOTSET")) {
      case "NOTSET" -> pads == null ? bare : bare.with(dims(pads, 0, axes), dims(pads, axes, axes));
      case "VALID" -> bare;
      case "SAME_UPPER" -> {
        var total = bare.same(space);
        yield bare.with(halves(total), rests(total));
      }
      case "SAME_LOWER" -> {
        var total = bare.same(space);
        yield bare.with(rests(total), halves(total));
      }
      case String other -> throw use.not("it pads by '" + other + "'");
    };
  }

  private static List<Dim> dims(int[] values, int from, int count) {
    if (values.length != 2 * count) {
      throw new Untranslatable("its attribute pads has " + values.length + " numbers, and not " + 2 * count);
    }
    return IntStream.range(from, from + count).mapToObj(i -> Dim.of(values[i])).toList();
  }

  Geometry with(List<Dim> low, List<Dim> high) {
    return new Geometry(kernel, stride, dilation, low, high);
  }

  private static List<Dim> halves(List<Dim> total) {
    return total.stream().map(all -> all.dividedDown(2)).toList();
  }

  private static List<Dim> rests(List<Dim> total) {
    return total.stream().map(all -> all.minus(all.dividedDown(2))).toList();
  }

  /** Borders of each axis, on both sides together, for as many results as steps begun: what the last window reaches over the end. */
  private List<Dim> same(List<Dim> space) {
    var total = new ArrayList<Dim>();
    for (int i = 0; i < axes(); i++) {
      int reach = reach(i);
      var size = space.get(i);
      var over = size.dividedUp(stride[i]).times(stride[i]).minus(size);
      // the last window begins so far in front of the end
      int less = stride[i] - reach;
      total.add(stride[i] == 1 ? Dim.of(reach - 1) : less <= 0 ? over.plus(-less) : excess(over, less, stride[i]));
    }
    return total;
  }

  /** By how much a number from 0 to less than {@code below} is more than a limit, or nothing: one for each of the larger numbers that it reaches. */
  private static Dim excess(Dim number, int limit, int below) {
    var sum = Dim.ZERO;
    for (int i = limit + 1; i < below; i++) {
      sum = sum.plus(reaches(number, i, below));
    }
    return sum;
  }

  /** 1 where a number from 0 to less than {@code below} is at least {@code bound}, which is in this range too; else 0. */
  private static Dim reaches(Dim number, int bound, int below) {
    return number.plus(below - bound).dividedDown(below);
  }

  int axes() {
    return kernel.length;
  }

  /** Over how many elements the window reaches. */
  int reach(int axis) {
    return dilation[axis] * (kernel[axis] - 1) + 1;
  }

  boolean isSymmetric() {
    return before.equals(after) && before.stream().allMatch(Dim::isConstant);
  }

  /** Whether these are the borders that the library calls "same". */
  boolean isSame(List<Dim> space) {
    var total = same(space);
    return before.equals(halves(total)) && after.equals(rests(total));
  }

  boolean isPadded() {
    return !all(before, 0) || !all(after, 0);
  }

  /** Borders wider by what the last window needs where results are counted upwards; it must begin inside of the array or the border before it. */
  Geometry upwards(List<Dim> space) {
    var wider = new ArrayList<Dim>();
    for (int i = 0; i < axes(); i++) {
      var room = space.get(i).plus(before.get(i)).plus(after.get(i)).plus(-reach(i));
      var more = room.dividedUp(stride[i]).times(stride[i]).minus(room);
      // from here on the window would begin behind it
      long beyond = Dim.of(reach(i)).minus(after.get(i)).constant().orElseThrow(() -> new Untranslatable("it counts upwards with a border that follows from an open size"));
      wider.add(after.get(i).plus(beyond >= stride[i] ? more : beyond <= 0 ? Dim.ZERO : more.times(Dim.ONE.minus(reaches(more, (int) beyond, stride[i])))));
    }
    return with(before, wider);
  }

  /** {@code [before, after]} of each axis. */
  Formula borders() {
    return Formulas.list(IntStream.range(0, axes()).mapToObj(i -> Formulas.sizes(List.of(before.get(i), after.get(i)))).toList());
  }

  /** An array with these borders around its last axes. */
  Formula padded(Object x, double outside) {
    return !isPadded() ? Formulas.of(x) : outside == 0 ? Formulas.apply("pad", x, Formulas.sizes(before), Formulas.sizes(after))
        : Formulas.apply("pad", x, Formulas.sizes(before), Formulas.sizes(after), "value", outside);
  }

  boolean isFixed() {
    return before.stream().allMatch(Dim::isConstant) && after.stream().allMatch(Dim::isConstant);
  }

  /** A number where all axes have the same, and a list otherwise. */
  static Formula each(int[] values) {
    return IntStream.of(values).distinct().count() == 1 ? Formulas.of(values[0]) : Formulas.list(values);
  }

  /** The same of sizes. */
  static Formula each(List<Dim> values) {
    return values.stream().distinct().count() == 1 ? Formulas.of(values.getFirst()) : Formulas.sizes(values);
  }

  /** Whether all are that number. */
  static boolean all(int[] values, int number) {
    return IntStream.of(values).allMatch(value -> value == number);
  }

  /** The same of sizes. */
  static boolean all(List<Dim> values, int number) {
    return values.stream().allMatch(value -> value.is(number));
  }

  /** The last axes, counted from the end. */
  static Formula last(int axes) {
    var list = new ArrayList<Integer>();
    for (int i = -axes; i < 0; i++) {
      list.add(i);
    }
    return axes == 1 ? Formulas.of(-1) : Formulas.list(list);
  }
}
