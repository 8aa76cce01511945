package nnc.onnx.export;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.onnx.export.OperatorGroup.Target;

/** Sliding windows that no pool is made of, and their transpose, by the places that they read. */
final class WindowGroups {
  /** Of so many places the numbers are written down, of more they are computed. */
  private static final long MOST_PLACES = 4096;

  private WindowGroups() {}

  /** Axis by axis, the last one first, what each window reads is gathered; then windows come before what is in them. */
  static OperatorGroup windows(Node node, Op.Windows windows) {
    int count = windows.size().size();
    int first = node.operand(0).type().rank() - count;
    return new OperatorGroup(node.operands(), (target, in) -> {
      var value = in.getFirst();
      for (int i = count - 1; i >= 0; i--) {
        var places = places(target, node.type().dim(first + i), windows.size().get(i), windows.stride().get(i), windows.dilation().get(i));
        value = target.writer().node("Gather", List.of(value, places), Attributes.of("axis", first + i));
      }
      return count == 1 ? value : target.writer().transpose(value, order(first, count));
    });
  }

  private static List<Integer> order(int first, int count) {
    var order = new ArrayList<Integer>();
    IntStream.range(0, first).forEach(order::add);
    IntStream.range(0, count).forEach(i -> order.add(first + 2 * i));
    IntStream.range(0, count).forEach(i -> order.add(first + 2 * i + 1));
    return order;
  }

  /** {@code [windows, size]}: where along an axis a window's elements stand. */
  private static String places(Target target, Dim windows, int size, int stride, int dilation) {
    var writer = target.writer();
    if (windows.isConstant() && (long) windows.fixed() * size <= MOST_PLACES) {
      var places = new ArrayList<Long>();
      for (int window = 0; window < windows.fixed(); window++) {
        for (int k = 0; k < size; k++) {
          places.add((long) window * stride + (long) k * dilation);
        }
      }
      return writer.integers(windows.fixed(), size, places);
    }
    var begins = writer.unsqueeze(writer.node("Mul", List.of(target.sizes().range(windows), writer.number(stride, Kind.INT))), List.of(1));
    return writer.node("Add", List.of(begins, writer.integers(IntStream.range(0, size).mapToObj(k -> (long) k * dilation).toList())));
  }

  /** What is in the windows is added to its places among all of the space's, which stand in a row. */
  static OperatorGroup fold(Node node, Op.FoldWindows fold) {
    int count = fold.size().size();
    int first = node.type().rank() - count;
    return new OperatorGroup(node.operands(), (target, in) -> {
      var writer = target.writer();
      var from = node.operand(0).type().shape();
      String place = null;
      for (int i = 0; i < count; i++) {
        var own = places(target, from.get(first + i), fold.size().get(i), fold.stride().get(i), fold.dilation().get(i));
        int axis = i;
        // [windows of each axis, elements of each axis]
        var apart = writer.unsqueeze(own, IntStream.range(0, 2 * count).filter(k -> k % count != axis).boxed().toList());
        place = place == null ? apart : writer.node("Add", List.of(writer.node("Mul", List.of(place, target.sizes().scalar(fold.space().get(i)))), apart));
      }
      var lead = from.subList(0, first);
      var rows = new ArrayList<>(lead);
      rows.add(Dim.product(from.subList(first, from.size())));
      var flat = target.sizes().reshape(in.getFirst(), from, rows);
      var places = writer.node("Expand", List.of(writer.node("Reshape", List.of(place, writer.integers(List.of(-1L)))), target.sizes().list(rows)));
      var space = new ArrayList<>(lead);
      space.add(Dim.product(fold.space()));
      var nothing = writer.node("Expand", List.of(writer.number(0, node.type().kind()), target.sizes().list(space)));
      var sums = writer.node("ScatterElements", List.of(nothing, places, flat), Attributes.of("axis", first), Attributes.of("reduction", "add"));
      return target.sizes().reshape(sums, space, node.type().shape());
    });
  }
}
