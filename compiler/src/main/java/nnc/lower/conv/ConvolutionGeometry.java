package nnc.lower.conv;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.graph.Type;
import nnc.lower.common.AffineIndex;
import nnc.schedule.Kernel;

/**
 * A convolution over one or two spatial axes in terms of inputs padded with zeros: {@code y[n, column, o] = sum over channels c and
 * taps k of input[c, o * step + k * tap] * weight[column, c, k]}. The convolution by its input is of this form too: its input is the
 * gradient, spread out by the stride, its taps run backwards. By its filter it sums {@code picture * y} over n and o instead. Spatial axes
 * are two; a sequence has a first one of size 1.
 *
 * @param source    what the inputs are copied from, [n, channel, position...]
 * @param other     the other factor: the filters, [filter, channel of its group, tap...], or y, [n, filter, position...]
 * @param batchLast whether n is the last axis of these instead
 * @param channels  of the input in each group
 * @param columns   of the result in each group
 * @param forward   whether columns are filters; otherwise they are input channels
 * @param rank      of the spatial axes: 1 or 2
 */
public record ConvolutionGeometry(Node source, Node other, boolean batchLast, int groups, int channels, int columns, boolean forward, int rank, Axis high, Axis wide) {
  /**
   * A spatial axis.
   *
   * @param out      positions of the result
   * @param size     positions of the source
   * @param taps     of the kernel
   * @param step     from one result to the next, in the input
   * @param tap      from one tap to the next, in the input
   * @param interior from one element of the source to the next, in the input
   * @param shift    where the source's first element lies in the input
   */
  public record Axis(int out, int size, int taps, int step, int tap, int interior, int shift) {
    private static final Axis NONE = new Axis(1, 1, 1, 1, 1, 1, 0);

    /** Positions of the input. */
    public int extent() {
      return (out - 1) * step + (taps - 1) * tap + 1;
    }

    /** The first element of the source inside the input. */
    public int first() {
      return first(0);
    }

    /** Behind the last element of the source inside the input. */
    public int end() {
      return end(0, extent());
    }

    /** The first element of the source from a position of the input on. */
    public int first(int from) {
      return Math.max(0, Math.ceilDiv(from - shift, interior));
    }

    /** Behind the last element of the source between two positions of the input. */
    public int end(int from, int to) {
      return Math.max(first(from), Math.min(size, Math.floorDiv(to - 1 - shift, interior) + 1));
    }

    /** Positions from one row to the next if the padding that ends the one may be what begins the other, and results do not overlap. */
    int pitch() {
      int before = first() * interior + shift;
      int after = extent() - 1 - (end() - 1) * interior - shift;
      return first() == end() ? extent() : Math.max(out, extent() - Math.min(before, after));
    }

    /** The same positions of a source that has the padding too. */
    Axis filled() {
      return new Axis(out, extent(), taps, step, tap, 1, 0);
    }

    /** Whether the source fills the input. */
    boolean full() {
      return interior == 1 && first() + shift == 0 && end() - first() == extent();
    }
  }

  /** The form of the convolution that a kernel begins with; null if there is none, if its sizes are not all known, or if they are huge: {@link OpenConvolution}. */
  public static ConvolutionGeometry of(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.Conv conv)) {
      return null;
    }
    var geometry = of(kernel.nodes().getFirst(), conv);
    boolean huge = geometry == null || (long) geometry.channels * geometry.area() > ConvolutionTuning.MAP_ELEMENTS
        || conv.role() == Op.ConvRole.FILTER && (long) geometry.positions() * geometry.columns > ConvolutionTuning.MAP_ELEMENTS;
    return huge ? null : geometry;
  }

  /**
   * The same for a tile of a result of whatever size: so many rows and positions of a row, and an input that has all that they read.
   *
   * @return null if there are more than two axes of space, or if channels or filters are not known
   */
  static ConvolutionGeometry ofTile(Node node, Op.Conv conv, int rows, int positions) {
    int rank = conv.window().stride().size();
    boolean byFilter = conv.role() == Op.ConvRole.FILTER;
    var source = node.operand(0).type();
    var weights = byFilter ? node.type() : node.operand(1).type();
    var result = byFilter ? node.operand(1).type() : node.type();
    if (rank > 2 || !weights.shape().stream().allMatch(Dim::isConstant) || !source.dim(1).isConstant() || !result.dim(1).isConstant()) {
      return null;
    }
    boolean forward = conv.role() != Op.ConvRole.INPUT;
    int groups = conv.window().groups();
    int filters = weights.dim(0).fixed() / groups;
    int own = weights.dim(1).fixed();
    var high = rank == 1 ? Axis.NONE : axis(conv.window(), 0, forward, rows, 0, weights.dim(2).fixed());
    var wide = axis(conv.window(), rank - 1, forward, positions, 0, weights.dim(rank + 1).fixed());
    return new ConvolutionGeometry(node.operand(0), node.operand(1), false, groups, forward ? own : filters, forward ? filters : own, forward, rank, high, wide);
  }

  private static ConvolutionGeometry of(Node node, Op.Conv conv) {
    int rank = conv.window().stride().size();
    boolean byFilter = conv.role() == Op.ConvRole.FILTER;
    var source = batchFirst(node.operand(0), conv);
    var weights = byFilter ? node.type() : node.operand(1).type();
    var result = batchFirst(byFilter ? node.operand(1) : node, conv);
    if (rank > 2 || !known(source) || !known(weights) || !known(result)) {
      return null;
    }
    boolean forward = conv.role() != Op.ConvRole.INPUT;
    int groups = conv.window().groups();
    int filters = weights.dim(0).fixed() / groups;
    int own = weights.dim(1).fixed();
    var axes = new ArrayList<Axis>(List.of(Axis.NONE));
    for (int s = 2; s < 2 + rank; s++) {
      axes.add(axis(conv.window(), s - 2, forward, result.dim(s).fixed(), source.dim(s).fixed(), weights.dim(s).fixed()));
    }
    return new ConvolutionGeometry(node.operand(0), node.operand(1), conv.batchLast(), groups, forward ? own : filters, forward ? filters : own, forward, rank,
        axes.get(axes.size() - 2), axes.getLast());
  }

  private static Type batchFirst(Node inputs, Op.Conv conv) {
    return conv.batchLast() ? Shapes.batchFirst(inputs.type()) : inputs.type();
  }

  private static Axis axis(Op.Window window, int s, boolean forward, int out, int size, int taps) {
    int stride = window.stride().get(s);
    int dilation = window.dilation().get(s);
    int low = window.low().get(s);
    return forward ? new Axis(out, size, taps, stride, dilation, 1, low) : new Axis(out, size, taps, 1, dilation, stride, (taps - 1) * dilation - low);
  }

  /** Whether all dimensions but the first are constants. */
  private static boolean known(Type type) {
    return type.shape().stream().skip(1).allMatch(Dim::isConstant);
  }

  ConvolutionGeometry with(Axis high, Axis wide) {
    return new ConvolutionGeometry(source, other, batchLast, groups, channels, columns, forward, rank, high, wide);
  }

  /** How many examples there are. */
  Dim batch() {
    return batchLast ? source.type().shape().getLast() : source.type().dim(0);
  }

  int taps() {
    return high.taps() * wide.taps();
  }

  /** Positions of a channel's input. */
  int area() {
    return high.extent() * wide.extent();
  }

  /** Positions of a channel's result. */
  int positions() {
    return high.out() * wide.out();
  }

  boolean hasPadding() {
    return !high.full() || !wide.full();
  }

  /** Where a source element or a result lies: the spatial positions are as many as there are axes. */
  public List<AffineIndex> at(AffineIndex n, AffineIndex channel, AffineIndex y, AffineIndex x) {
    if (batchLast) {
      return rank == 1 ? List.of(channel, x, n) : List.of(channel, y, x, n);
    }
    return rank == 1 ? List.of(n, channel, x) : List.of(n, channel, y, x);
  }

  /** The filter element that a channel of the input meets at a tap on its way to a column. */
  List<AffineIndex> weight(AffineIndex group, AffineIndex column, AffineIndex channel, AffineIndex ky, AffineIndex kx) {
    var filter = group.times(Dim.of(forward ? columns : channels)).plus(forward ? column : channel);
    var own = forward ? channel : column;
    var y = forward ? ky : ky.times(Dim.of(-1)).plus(Dim.of(high.taps() - 1));
    var x = forward ? kx : kx.times(Dim.of(-1)).plus(Dim.of(wide.taps() - 1));
    return rank == 1 ? List.of(filter, own, x) : List.of(filter, own, y, x);
  }
}
