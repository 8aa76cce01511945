package nnc.lower.conv;

import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.loops.Ints;
import nnc.schedule.Kernel;

/**
 * A convolution over maps of any size, known or open, and the tiles that its result is cut into.
 *
 * @param node   the convolution
 * @param single of one position: channels, columns and taps are those of each tile
 */
public record OpenConvolution(Node node, ConvolutionGeometry single, Axis high, Axis wide) {
  /** The positions of a tile's row are a multiple of so many where columns lie along the vectors: products then need tiles of two heights alone. */
  static final int POSITIONS = 4;

  /** How many positions the result and the source have along a spatial axis. */
  public record Axis(Dim out, Dim size) {
    private static final Axis NONE = new Axis(Dim.ONE, Dim.ONE);
  }

  /** The convolution that a kernel begins with; null if there is none over one or two axes, or if channels are not known. */
  public static OpenConvolution of(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.Conv conv) || conv.batchLast()) {
      return null;
    }
    var node = kernel.nodes().getFirst();
    var single = ConvolutionGeometry.ofTile(node, conv, 1, 1);
    if (single == null) {
      return null;
    }
    int rank = single.rank();
    var open = new OpenConvolution(node, single, rank == 1 ? Axis.NONE : axis(node, 2), axis(node, rank + 1));
    return (long) single.channels() * open.tile(16).area() > ConvolutionTuning.MAP_ELEMENTS ? null : open;
  }

  private static Axis axis(Node node, int axis) {
    var result = isByFilter(node) ? node.operand(1) : node;
    return new Axis(result.type().dim(axis), node.operand(0).type().dim(axis));
  }

  private static boolean isByFilter(Node node) {
    return ((Op.Conv) node.op()).role() == Op.ConvRole.FILTER;
  }

  boolean isByFilter() {
    return isByFilter(node);
  }

  /** Whether positions had better lie along the vectors: there are too few columns to fill one. */
  boolean prefersPositions(int lanes) {
    return !isByFilter() && single.wide().step() == 1 && Ints.roundUp(single.columns(), lanes) > ConvolutionTuning.IDLE_LANES * single.columns();
  }

  /** A tile: as many positions of a row as keep its products busy, and as many rows as fit the cache. */
  ConvolutionGeometry tile(int lanes) {
    int broad = wide.out.isConstant() ? Math.min(wide.out.fixed(), broad(lanes)) : broad(lanes);
    broad = prefersPositions(lanes) ? broad : Ints.roundUp(broad, POSITIONS);
    var row = ConvolutionGeometry.ofTile(node, (Op.Conv) node.op(), 1, broad);
    long room = ConvolutionTuning.TILE_INPUT_ELEMENTS / ((long) row.channels() * row.wide().extent());
    long most = isByFilter() ? Math.clamp(ConvolutionTuning.TILE_INPUT_ELEMENTS / ((long) broad * Ints.roundUp(row.columns(), lanes)), 1, ConvolutionTuning.TILE_ROWS)
        : ConvolutionTuning.TILE_ROWS;
    long tall = Math.clamp((room - (long) (row.high().taps() - 1) * row.high().tap() - 1) / row.high().step() + 1, 1, most);
    return ConvolutionGeometry.ofTile(node, (Op.Conv) node.op(), high.out.isConstant() ? (int) Math.min(high.out.fixed(), tall) : (int) tall, broad);
  }

  private int broad(int lanes) {
    return prefersPositions(lanes) ? 4 * lanes : ConvolutionTuning.TILE_POSITIONS;
  }

  /** Positions of the result and of the source along all axes. */
  List<Dim> sizes() {
    return List.of(high.out, high.size, wide.out, wide.size);
  }

  /** Whether a tile's input may have elements that no element of the source is copied to. */
  boolean hasPadding() {
    var window = ((Op.Conv) node.op()).window();
    return single.high().interior() > 1 || single.wide().interior() > 1 || single.high().shift() != 0 || single.wide().shift() != 0
        || window.low().stream().anyMatch(width -> width > 0) || window.high().stream().anyMatch(width -> width > 0);
  }
}
