package nnc.lower.nest;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.math.ElementaryFunctions;
import nnc.loops.math.WholeArithmetic;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.ValueLowering;

/** What a contraction sums at one index of its iteration space. */
final class ContractionTerms {
  private final ValueLowering values;
  private final List<AffineIndex> indices;
  /** Whether feature maps have the batch as their last axis. */
  private final boolean batchLast;

  ContractionTerms(ValueLowering values, List<AffineIndex> indices) {
    this(values, indices, false);
  }

  private ContractionTerms(ValueLowering values, List<AffineIndex> indices, boolean batchLast) {
    this.values = values;
    this.indices = indices;
    this.batchLast = batchLast;
  }

  /** The two factors. */
  List<Expr> product(Node node) {
    return switch (node.op()) {
      case Op.MatMul() -> matmul(node);
      case Op.Conv conv -> (conv.batchLast() ? batchFirst(node, conv) : this).convolution(node, conv);
      default -> throw new IllegalStateException("no contraction: " + node);
    };
  }

  private List<Expr> convolution(Node node, Op.Conv conv) {
    return switch (conv.role()) {
      case FORWARD -> forward(node, conv.window());
      case INPUT -> input(node, conv.window());
      case FILTER -> filter(node, conv.window());
    };
  }

  /** The same terms where the result's indices begin with the batch. */
  private ContractionTerms batchFirst(Node node, Op.Conv conv) {
    var first = new ArrayList<>(indices);
    if (conv.role() != Op.ConvRole.FILTER) {
      first.addFirst(first.remove(node.type().rank() - 1));
    }
    return new ContractionTerms(values, first, true);
  }

  /** An element of a feature map at [n, channel, position...]. */
  private Expr element(Node x, List<AffineIndex> at) {
    if (!batchLast) {
      return values.element(x, at);
    }
    var last = new ArrayList<>(at);
    last.addLast(last.removeFirst());
    return values.element(x, last);
  }

  private Dim space(Node map, int axis) {
    return map.type().dim(axis + (batchLast ? 1 : 2));
  }

  /** Indices are [batch..., m, p, k]. */
  private List<Expr> matmul(Node node) {
    int rank = node.type().rank();
    var a = new ArrayList<>(indices.subList(0, rank - 1));
    a.add(indices.get(rank));
    var b = new ArrayList<>(indices.subList(0, rank - 2));
    b.add(indices.get(rank));
    b.add(indices.get(rank - 1));
    return List.of(values.element(node.operand(0), a), values.element(node.operand(1), b));
  }

  /** Indices are [n, f, o..., c, k...]. */
  private List<Expr> forward(Node node, Op.Window window) {
    var x = node.operand(0);
    var w = node.operand(1);
    int n = window.stride().size();
    var kernel = indices.subList(3 + n, 3 + 2 * n);
    var from = new ArrayList<>(List.of(indices.get(0), channel(indices.get(1), w.type().dim(0), w.type().dim(1), window, indices.get(2 + n))));
    var inside = read(from, indices.subList(2, 2 + n), kernel, x, node, window);
    var weight = new ArrayList<>(List.of(indices.get(1), indices.get(2 + n)));
    weight.addAll(kernel);
    return List.of(guarded(x, from, inside), values.element(w, weight));
  }

  /** The input channel of a filter and its own channel number. */
  private static AffineIndex channel(AffineIndex filter, Dim filters, Dim perGroup, Op.Window window, AffineIndex own) {
    return window.groups() == 1 ? own : filter.dividedBy(Dim.of(filters.fixed() / window.groups())).times(perGroup).plus(own);
  }

  /** Adds where in x a position of a window lies; the mask of being inside, null if always. */
  private Expr read(List<AffineIndex> from, List<AffineIndex> out, List<AffineIndex> kernel, Node x, Node y, Op.Window window) {
    Expr inside = null;
    for (int s = 0; s < out.size(); s++) {
      var index = out.get(s).times(Dim.of(window.stride().get(s))).plus(kernel.get(s).times(Dim.of(window.dilation().get(s))))
          .plus(Dim.of(-window.low().get(s)));
      boolean same = index.equals(out.get(s)) && space(y, s).equals(space(x, s));
      inside = same ? inside : ValueLowering.and(inside, values.guard(index, Dim.ONE, space(x, s)));
      from.add(index);
    }
    return inside;
  }

  private Expr guarded(Node x, List<AffineIndex> from, Expr inside) {
    boolean whole = x.type().kind() == Kind.INT;
    if (inside == null) {
      return whole ? values.bits(x, from) : element(x, from);
    }
    var at = new ArrayList<>(from);
    if (batchLast) {
      at.addLast(at.removeFirst());
    }
    return ElementaryFunctions.apply(Fn.SELECT, inside, values.guarded(x, at, inside), whole ? WholeArithmetic.number(0) : new Expr.Number(0));
  }

  /** Indices are [n, c, s..., f, k...]. */
  private List<Expr> input(Node node, Op.Window window) {
    var y = node.operand(0);
    var w = node.operand(1);
    int n = window.stride().size();
    int perGroup = w.type().dim(1).fixed();
    int filters = w.type().dim(0).fixed() / window.groups();
    var channel = indices.get(1);
    var f = window.groups() == 1 ? indices.get(2 + n) : channel.dividedBy(Dim.of(perGroup)).times(Dim.of(filters)).plus(indices.get(2 + n));
    var from = new ArrayList<>(List.of(indices.get(0), f));
    var weight = new ArrayList<>(List.of(f, window.groups() == 1 ? channel : channel.modulo(Dim.of(perGroup))));
    Expr inside = null;
    for (int s = 0; s < n; s++) {
      var k = indices.get(3 + n + s);
      var stride = Dim.of(window.stride().get(s));
      var off = indices.get(2 + s).plus(Dim.of(window.low().get(s))).minus(k.times(Dim.of(window.dilation().get(s))));
      inside = ValueLowering.and(inside, values.guard(off, stride, space(y, s)));
      from.add(off.dividedBy(stride));
      weight.add(k);
    }
    return List.of(guarded(y, from, inside), values.element(w, weight));
  }

  /** Indices are [f, c, k..., n, o...]. */
  private List<Expr> filter(Node node, Op.Window window) {
    var x = node.operand(0);
    var y = node.operand(1);
    int n = window.stride().size();
    var batch = indices.get(2 + n);
    var out = indices.subList(3 + n, 3 + 2 * n);
    var from = new ArrayList<>(List.of(batch, channel(indices.get(0), y.type().dim(batchLast ? 0 : 1), node.type().dim(1), window, indices.get(1))));
    var inside = read(from, out, indices.subList(2, 2 + n), x, y, window);
    var to = new ArrayList<>(List.of(batch, indices.get(0)));
    to.addAll(out);
    return List.of(guarded(x, from, inside), element(y, to));
  }

  /** What one position of a window adds to an element: indices are [lead..., s..., k...]. */
  Expr fold(Node node, Op.FoldWindows fold) {
    var x = node.operand(0);
    int n = fold.size().size();
    int lead = node.type().rank() - n;
    var from = new ArrayList<>(indices.subList(0, lead));
    Expr inside = null;
    for (int w = 0; w < n; w++) {
      var stride = Dim.of(fold.stride().get(w));
      var off = indices.get(lead + w).minus(indices.get(lead + n + w).times(Dim.of(fold.dilation().get(w))));
      inside = ValueLowering.and(inside, values.guard(off, stride, x.type().dim(lead + w)));
      from.add(off.dividedBy(stride));
    }
    from.addAll(indices.subList(lead + n, lead + 2 * n));
    return guarded(x, from, inside);
  }
}
