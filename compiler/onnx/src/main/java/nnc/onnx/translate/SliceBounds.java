package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;

/**
 * What {@code Slice} takes of an axis.
 *
 * @param first where it starts; negative from the end, and cut to the axis
 * @param last  where it ends, which is not taken
 */
record SliceBounds(int axis, Dim first, Dim last, int step) {

  /** From attributes, as before version 10, or from inputs. */
  static List<SliceBounds> of(Use use) {
    int rank = use.in(0).rank();
    List<Dim> starts;
    List<Dim> ends;
    List<Integer> axes;
    if (use.given("starts")) {
      starts = dims(use.wholes("starts"));
      ends = dims(use.wholes("ends"));
      axes = use.axes(99, rank);
    } else {
      starts = use.sizes(1, "where it starts");
      ends = use.sizes(2, "where it ends");
      axes = use.has(3) ? use.axes(3, rank) : null;
    }
    var steps = use.has(4) ? use.sizes(4, "its step") : java.util.Collections.nCopies(starts.size(), Dim.ONE);
    var all = new ArrayList<SliceBounds>();
    for (int i = 0; i < starts.size(); i++) {
      int step = Use.fixed(steps.get(i), "its step");
      if (step == 0) {
        throw new Untranslatable("its step is 0");
      }
      all.add(new SliceBounds(axes == null ? i : axes.get(i), starts.get(i), ends.get(i), step));
    }
    return all;
  }

  private static List<Dim> dims(int[] values) {
    return IntStream.of(values).mapToObj(Dim::of).toList();
  }

  /** The first place, of an axis of known size. */
  long from(int size) {
    return step > 0 ? Math.clamp(placed(first, size), 0, size) : Math.clamp(placed(first, size), -1, size - 1);
  }

  /** The place before which it ends, of an axis of known size. */
  long to(int size) {
    return step > 0 ? Math.clamp(placed(last, size), 0, size) : Math.clamp(placed(last, size), -1, size - 1);
  }

  private static long placed(Dim place, int size) {
    long value = place.constant().orElseThrow(() -> new Untranslatable("it starts or ends at an open place of a known axis"));
    return value < 0 ? value + size : value;
  }
}
