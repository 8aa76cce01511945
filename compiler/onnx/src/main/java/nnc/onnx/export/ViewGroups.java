package nnc.onnx.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.onnx.export.OperatorGroup.Target;

/** Parts of arrays, and arrays with more around them. */
final class ViewGroups {
  private ViewGroups() {}

  static OperatorGroup slice(Node node, Op.Slice slice) {
    return new OperatorGroup(node.operands(), (target, in) -> {
      var value = in.getFirst();
      var axes = new ArrayList<Integer>();
      for (int axis = 0; axis < node.type().rank(); axis++) {
        boolean whole = slice.start().get(axis).is(0) && slice.step().get(axis) == 1 && slice.count().get(axis).equals(node.operand(0).type().dim(axis));
        if (!whole && slice.count().get(axis).is(1) && !slice.start().get(axis).isConstant()) {
          value = place(target, value, slice.start().get(axis), axis);
        } else if (!whole && endIsKnown(slice, axis)) {
          axes.add(axis);
        } else if (!whole) {
          value = gathered(target, value, slice, axis);
        }
      }
      return axes.isEmpty() ? value : sliced(target, value, slice, axes);
    });
  }

  /** One place of an axis, which stays. */
  private static String place(Target target, String value, Dim place, int axis) {
    return target.writer().unsqueeze(target.writer().node("Gather", List.of(value, target.sizes().scalar(place)), Attributes.of("axis", axis)), List.of(axis));
  }

  /** Whether it is known on which side of the first element a slice ends: an end below zero would count from the other side. */
  private static boolean endIsKnown(Op.Slice slice, int axis) {
    return slice.step().get(axis) > 0 || end(slice, axis).isConstant() || end(slice, axis).isNatural();
  }

  private static Dim end(Op.Slice slice, int axis) {
    int step = slice.step().get(axis);
    if (slice.count().get(axis).is(0)) {
      return slice.start().get(axis);
    }
    // not further than it reaches: an end outside says nothing else
    return slice.start().get(axis).plus(slice.count().get(axis).plus(-1).times(step)).plus(step > 0 ? 1 : -1);
  }

  private static String sliced(Target target, String value, Op.Slice slice, List<Integer> axes) {
    var starts = axes.stream().map(slice.start()::get).toList();
    // what ends before the first element ends at minus infinity, as ONNX has it
    var ends = axes.stream().map(axis -> end(slice, axis).isConstant() && end(slice, axis).fixed() < 0 ? Dim.of(-Long.MAX_VALUE) : end(slice, axis)).toList();
    var writer = target.writer();
    return writer.node("Slice", List.of(value, target.sizes().list(starts), target.sizes().list(ends),
        writer.integers(axes.stream().map(Integer::longValue).toList()), writer.integers(axes.stream().map(axis -> (long) slice.step().get(axis)).toList())));
  }

  private static String gathered(Target target, String value, Op.Slice slice, int axis) {
    var writer = target.writer();
    var steps = writer.node("Mul", List.of(target.sizes().range(slice.count().get(axis)), writer.number(slice.step().get(axis), Kind.INT)));
    var places = writer.node("Add", List.of(steps, target.sizes().scalar(slice.start().get(axis))));
    return writer.node("Gather", List.of(value, places), Attributes.of("axis", axis));
  }

  static OperatorGroup pad(Node node, Op.Pad pad) {
    return new OperatorGroup(node.operands(), (target, in) -> {
      var spread = spread(target, in.getFirst(), node, pad);
      boolean bare = pad.low().stream().allMatch(low -> low.is(0)) && pad.high().stream().allMatch(high -> high.is(0));
      return bare ? spread : padded(target, spread, pad.low(), pad.high(), target.writer().number(pad.value(), node.type().kind()));
    });
  }

  static String padded(Target target, String x, List<Dim> low, List<Dim> high, String value) {
    var both = new ArrayList<>(low);
    both.addAll(high);
    return target.writer().node("Pad", List.of(x, target.sizes().list(both), value));
  }

  /** Elements between neighbours: each element gets an axis of its own, which is padded and laid along the axis, and what is behind the last is cut off. */
  private static String spread(Target target, String x, Node node, Op.Pad pad) {
    var writer = target.writer();
    var shape = new ArrayList<>(node.operand(0).type().shape());
    var value = writer.number(pad.value(), node.type().kind());
    var result = x;
    for (int axis = 0; axis < shape.size(); axis++) {
      int more = pad.interior().get(axis);
      if (more == 0) {
        continue;
      }
      var high = new ArrayList<Dim>(Collections.nCopies(shape.size() + 1, Dim.ZERO));
      high.set(axis + 1, Dim.of(more));
      var apart = padded(target, writer.unsqueeze(result, List.of(axis + 1)), Collections.nCopies(shape.size() + 1, Dim.ZERO), high, value);
      var from = new ArrayList<>(shape);
      from.add(axis + 1, Dim.of(more + 1));
      shape.set(axis, shape.get(axis).times(more + 1));
      var flat = target.sizes().reshape(apart, from, shape);
      shape.set(axis, shape.get(axis).plus(-more));
      result = writer.node("Slice", List.of(flat, writer.integers(List.of(0L)), writer.integers(List.of((long) -more)), writer.integers(List.of((long) axis))));
    }
    return result;
  }
}
