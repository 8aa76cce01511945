package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;

/** How a window goes over space: sizes, steps and borders of each axis, as operators' attributes say them. */
record Geometry(int[] kernel, int[] stride, int[] dilation, int[] before, int[] after) {

  /** @param space the sizes that it goes over, which must be known where the borders follow from them */
  static Geometry of(Use use, int[] kernel, List<Dim> space) {
    int axes = kernel.length;
    var stride = use.each("strides", axes, 1);
    var dilation = use.each("dilations", axes, 1);
    var before = new int[axes];
    var after = new int[axes];
    var pads = use.wholes("pads");
    switch (use.text("auto_pad", "NOTSET")) {
      case "NOTSET" -> {
        for (int i = 0; pads != null && i < axes; i++) {
          before[i] = pads[i];
          after[i] = pads[i + axes];
        }
      }
      case "VALID" -> { }
      case "SAME_UPPER", "SAME_LOWER" -> {
        boolean upper = use.text("auto_pad", "").equals("SAME_UPPER");
        for (int i = 0; i < axes; i++) {
          int total = same(stride[i] == 1 ? 0 : Use.fixed(space.get(i), "a size that padding follows from"), kernel[i], stride[i], dilation[i]);
          before[i] = upper ? total / 2 : total - total / 2;
          after[i] = total - before[i];
        }
      }
      case String other -> throw use.not("it pads by '" + other + "'");
    }
    return new Geometry(kernel, stride, dilation, before, after);
  }

  /** As many results as steps begun. */
  private static int same(int size, int kernel, int stride, int dilation) {
    int reach = dilation * (kernel - 1) + 1;
    return stride == 1 ? reach - 1 : Math.max(0, (Math.ceilDiv(size, stride) - 1) * stride + reach - size);
  }

  int axes() {
    return kernel.length;
  }

  /** Over how many elements the window reaches. */
  int reach(int axis) {
    return dilation[axis] * (kernel[axis] - 1) + 1;
  }

  boolean isSymmetric() {
    return java.util.Arrays.equals(before, after);
  }

  /** Borders wider by what the last window needs where results are counted upwards. */
  Geometry upwards(List<Dim> space) {
    var wider = after.clone();
    for (int i = 0; i < axes(); i++) {
      int size = Use.fixed(space.get(i), "a size that is counted upwards");
      int room = size + before[i] + after[i] - reach(i);
      int results = Math.ceilDiv(room, stride[i]) + 1;
      // the last window must begin inside of the array or the border before it
      if ((results - 1) * stride[i] >= size + before[i]) {
        results--;
      }
      wider[i] += Math.max(0, (results - 1) * stride[i] - room);
    }
    return new Geometry(kernel, stride, dilation, before, wider);
  }

  /** {@code [before, after]} of each axis. */
  Formula borders() {
    return Formulas.list(IntStream.range(0, axes()).mapToObj(i -> Formulas.list(before[i], after[i])).toList());
  }

  /** A number where all axes have the same, and a list otherwise. */
  static Formula each(int[] values) {
    return IntStream.of(values).distinct().count() == 1 ? Formulas.of(values[0]) : Formulas.list(values);
  }

  /** Whether all are that number. */
  static boolean all(int[] values, int number) {
    return IntStream.of(values).allMatch(value -> value == number);
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
