package nnc.passes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.optimizations.Optimization;

/**
 * Computes element by element what stands in windows side by side only to be folded back: {@code fold(f(windows(x), broadcast(y))) =
 * f(x, repeat(y))}. So looks the gradient of pooling; in the shape of its input it joins what reads it. What windows leave over at the end
 * of an axis is zero.
 */
public final class FuseWindowGradients {
  private FuseWindowGradients() {}

  /** The most computations that are moved; others may need them in windows too. */
  private static final int MAX_MOVED_NODES = 8;

  public static final Pass PASS = new Pass(Optimization.FUSE_WINDOW_GRADIENTS, graph -> Rewrite.each(graph, (old, in, b) ->
      old.op() instanceof Op.FoldWindows fold && fold.size().equals(fold.stride()) && fold.dilation().stream().allMatch(d -> d == 1)
          ? padded(new Elements(fold, old.type().shape(), covered(fold, in.getFirst()), b).all(in.getFirst()), old.type().shape(), b) : null));

  /** What of the folded array is in windows. */
  private static List<Dim> covered(Op.FoldWindows fold, Node windows) {
    int spatial = fold.size().size();
    int lead = windows.type().rank() - 2 * spatial;
    var shape = new ArrayList<>(windows.type().shape().subList(0, lead));
    for (int i = 0; i < spatial; i++) {
      shape.add(windows.type().dim(lead + i).times(fold.size().get(i)));
    }
    return shape;
  }

  private static Node padded(Node x, List<Dim> shape, GraphBuilder b) {
    if (x == null) {
      return null;
    }
    var high = new ArrayList<Dim>();
    for (int i = 0; i < shape.size(); i++) {
      high.add(shape.get(i).minus(x.type().dim(i)));
    }
    return b.pad(x, Collections.nCopies(shape.size(), Dim.ZERO), high, Collections.nCopies(shape.size(), 0), 0);
  }

  private static final class Elements {
    final Op.FoldWindows fold;
    final List<Dim> whole;
    final List<Dim> shape;
    final GraphBuilder b;
    int moved;

    Elements(Op.FoldWindows fold, List<Dim> whole, List<Dim> covered, GraphBuilder b) {
      this.fold = fold;
      this.whole = whole;
      this.shape = covered;
      this.b = b;
    }

    /** What is in the windows as one array; null if it is more than computed from windows and from what is the same all over a window. */
    Node all(Node x) {
      return movable(x) ? element(x) : null;
    }

    private boolean movable(Node x) {
      if (OpTraits.arithmetic(x.op())) {
        return ++moved <= MAX_MOVED_NODES && !OpTraits.dear(x) && x.operands().stream().allMatch(this::movable);
      }
      return switch (x.op()) {
        case Op.Windows(var size, var stride, var dilation) -> size.equals(fold.size()) && stride.equals(fold.stride())
            && dilation.equals(fold.dilation()) && x.operand(0).type().shape().equals(whole);
        case Op.Broadcast(_, var axes) -> {
          int rank = x.type().rank();
          yield axes.size() >= fold.size().size() && axes.subList(axes.size() - fold.size().size(), axes.size()).getFirst() == rank - fold.size().size();
        }
        default -> false;
      };
    }

    private Node element(Node x) {
      return switch (x.op()) {
        case Op.Windows _ -> b.slice(x.operand(0), Collections.nCopies(shape.size(), Dim.ZERO), shape, Collections.nCopies(shape.size(), 1));
        case Op.Broadcast(var windows, var axes) -> x.operand(0).op() instanceof Op.Const ? b.broadcastTo(x.operand(0), shape)
            : repeated(windows, axes, x.operand(0));
        default -> b.emit(x.op(), x.operands().stream().map(this::element).toList());
      };
    }

    /** What is the same in all places of a window, so often as a window has places. */
    private Node repeated(List<Dim> windows, List<Integer> axes, Node x) {
      int spatial = fold.size().size();
      int lead = windows.size() - 2 * spatial;
      var outer = axes.subList(0, axes.size() - spatial);
      var one = outer.isEmpty() ? x : b.emit(new Op.Broadcast(windows.subList(0, lead + spatial), outer), List.of(x));
      var beside = new ArrayList<>(windows.subList(0, lead));
      var places = new ArrayList<Integer>();
      for (int i = 0; i < spatial; i++) {
        beside.add(windows.get(lead + i));
        places.add(beside.size());
        beside.add(windows.get(lead + spatial + i));
      }
      return b.reshape(b.emit(new Op.Broadcast(beside, places), List.of(one)), shape);
    }
  }
}
