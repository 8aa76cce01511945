package nnc.onnx.export;

import static nnc.onnx.export.NodePatterns.bare;
import static nnc.onnx.export.NodePatterns.is;
import static nnc.onnx.export.NodePatterns.isNumber;
import static nnc.onnx.export.NodePatterns.mean;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;

/** Pools, which are reductions of windows, and means. */
final class PoolGroups {
  private PoolGroups() {}

  static Optional<OperatorGroup> of(Node node) {
    var average = average(node);
    if (average.isPresent()) {
      return average;
    }
    var mean = mean(node);
    if (mean != null && bare(node) == node) {
      return Optional.of(new OperatorGroup(List.of(mean.x()), (target, in) -> {
        var reduced = target.writer().reduce("ReduceMean", in.getFirst(), mean.axes());
        return target.sizes().reshape(reduced, nnc.graph.Shapes.without(mean.x().type().shape(), mean.axes()), node.type().shape());
      }));
    }
    var windows = windows(node, ReduceFn.MAX, Double.NEGATIVE_INFINITY);
    if (windows != null) {
      return Optional.of(new OperatorGroup(List.of(windows.x), (target, in) -> target.writer().node("MaxPool", in, windows.attributes(
          Attributes.of("dilations", windows.op.dilation())))));
    }
    var sums = windows(node, ReduceFn.SUM, 0);
    return sums == null || !sums.isDense() ? Optional.empty() : Optional.of(new OperatorGroup(List.of(sums.x), (target, in) -> target.writer().node("Mul",
        List.of(target.writer().node("AveragePool", in, sums.attributes(Attributes.of("count_include_pad", 1))), target.writer().number(sums.size(), Kind.FLOAT)))));
  }

  /** What windows over the spatial axes of {@code [N, C, S...]} are made of. */
  private record Windowed(Node x, Op.Windows op, List<Integer> low, List<Integer> high) {
    nnc.onnx.message.AttributeProto[] attributes(nnc.onnx.message.AttributeProto more) {
      var pads = new ArrayList<>(low);
      pads.addAll(high);
      return new nnc.onnx.message.AttributeProto[] {Attributes.of("kernel_shape", op.size()), Attributes.of("strides", op.stride()), Attributes.of("pads", pads), more};
    }

    /** Averages of ONNX's version 17 know no dilation. */
    boolean isDense() {
      return op.dilation().stream().allMatch(dilation -> dilation == 1);
    }

    int size() {
      return op.size().stream().reduce(1, (a, b) -> a * b);
    }

    boolean isPadded() {
      return low.stream().anyMatch(width -> width > 0) || high.stream().anyMatch(width -> width > 0);
    }
  }

  /** A reduction of windows over all spatial axes, padded by a number that does not count; null if a node is something else. */
  private static Windowed windows(Node node, ReduceFn wanted, double neutral) {
    if (!(node.op() instanceof Op.Reduce(var fn, var axes)) || fn != wanted || !(node.operand(0).op() instanceof Op.Windows op) || node.type().kind() != Kind.FLOAT) {
      return null;
    }
    int spatial = op.size().size();
    var x = node.operand(0).operand(0);
    if (x.type().rank() != spatial + 2 || !axes.equals(IntStream.range(2 + spatial, 2 + 2 * spatial).boxed().toList())) {
      return null;
    }
    var none = IntStream.range(0, spatial).map(_ -> 0).boxed().toList();
    var plain = new Windowed(x, op, none, none);
    if (!(x.op() instanceof Op.Pad pad) || pad.value() != neutral) {
      return plain;
    }
    var low = widths(pad.low(), op);
    var high = widths(pad.high(), op);
    boolean joined = low.isPresent() && high.isPresent() && pad.interior().stream().allMatch(apart -> apart == 0);
    return joined ? new Windowed(x.operand(0), op, low.get(), high.get()) : plain;
  }

  /** Widths of the spatial axes, if there are none of others and each is less than a window: what is more no pool takes. */
  private static Optional<List<Integer>> widths(List<Dim> all, Op.Windows op) {
    var widths = new ArrayList<Integer>();
    for (int axis = 0; axis < all.size(); axis++) {
      var width = all.get(axis);
      if (axis < 2 ? !width.is(0) : !width.isConstant() || width.fixed() >= op.size().get(axis - 2)) {
        return Optional.empty();
      }
      if (axis >= 2) {
        widths.add(width.fixed());
      }
    }
    return Optional.of(widths);
  }

  /** A sum of windows over how many elements each has, or over how many of them are not padding. */
  private static Optional<OperatorGroup> average(Node node) {
    boolean quotient = is(node, BinaryFn.DIV);
    if (!quotient && !is(node, BinaryFn.MUL)) {
      return Optional.empty();
    }
    for (int side = 0; side < (quotient ? 1 : 2); side++) {
      var sums = windows(node.operand(side), ReduceFn.SUM, 0);
      if (sums != null && sums.isDense()) {
        var count = node.operand(1 - side);
        boolean all = isNumber(count, quotient ? sums.size() : 1.0 / sums.size());
        if (all || quotient && sums.isPadded() && countsInside(count, sums)) {
          return Optional.of(OperatorGroup.of("AveragePool", List.of(sums.x), sums.attributes(Attributes.of("count_include_pad", all ? 1 : 0))));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a node is, for each window, the number of its elements that are not padding. */
  private static boolean countsInside(Node node, Windowed sums) {
    int spatial = sums.op.size().size();
    if (!(node.op() instanceof Op.Broadcast(_, var axes)) || !axes.equals(List.of(0, 1)) || !(node.operand(0).op() instanceof Op.Table(var type, var values))) {
      return false;
    }
    for (int place = 0; place < values.size(); place++) {
      int count = 1;
      for (int i = spatial - 1, rest = place; i >= 0; i--) {
        int windows = type.dim(i).fixed();
        int from = rest % windows * sums.op.stride().get(i) - sums.low.get(i);
        rest /= windows;
        count *= Math.min(from + sums.op.size().get(i), sums.x.type().dim(2 + i).fixed()) - Math.max(from, 0);
      }
      if (values.get(place) != count) {
        return false;
      }
    }
    return true;
  }
}
