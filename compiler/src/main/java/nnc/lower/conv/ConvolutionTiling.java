package nnc.lower.conv;

import java.util.EnumSet;
import java.util.Set;
import nnc.loops.Ints;
import nnc.loops.expand.TileProducts;

/**
 * How a convolution's sums are cut, and what lies along the vectors: either the positions of rows, with columns (the result's channels) as rows
 * of products, or columns, with positions as rows.
 *
 * @param lanes  elements of a logical vector
 * @param panel  columns that are summed together, and whose filters lie side by side
 * @param band   rows of the result that are summed at a time
 * @param cycles that an example's products take, roughly
 */
record ConvolutionTiling(Way way, int lanes, int panel, int band, double cycles) {
  /** What the vectors run through. */
  enum Way {
    /** The positions of a row. */
    ROWS,
    /** The positions of all rows as one: between two of the result's rows lies what an input's row has more, but for a common padding. */
    FLAT,
    /** The positions of all rows without a seam: the input is copied once for each tap of a row, so much further to the left. */
    SHIFTED,
    /** The positions of a row, of an input that is copied once for each tap of a row: what this tap meets, a step apart, lies side by side. */
    STRIDED,
    /** The columns of a position. */
    COLUMNS
  }

  /** For an input that is summed by itself: the way that takes the fewest cycles. */
  static ConvolutionTiling of(ConvolutionGeometry conv, int lanes) {
    return of(conv, lanes, 1, EnumSet.allOf(Way.class));
  }

  /**
   * The same among the ways for which each channel is copied once.
   *
   * @param inputs that are summed alike, each to sums of its own
   */
  static ConvolutionTiling ofOneCopy(ConvolutionGeometry conv, int lanes, int inputs) {
    return of(conv, lanes, inputs, EnumSet.complementOf(EnumSet.of(Way.SHIFTED, Way.STRIDED)));
  }

  private static ConvolutionTiling of(ConvolutionGeometry conv, int lanes, int inputs, Set<Way> ways) {
    var best = Way.COLUMNS;
    double least = Double.POSITIVE_INFINITY;
    for (var way : ways) {
      double cycles = cycles(way, conv, lanes, inputs);
      if (cycles < least) {
        best = way;
        least = cycles;
      }
    }
    int columns = best == Way.SHIFTED && isSmall(conv, lanes) ? Math.ceilDiv(conv.columns(), 2) : conv.columns();
    int panel = best == Way.COLUMNS ? Math.min(Ints.roundUp(columns, lanes), 4 * lanes) : Math.min(columns, ConvolutionTuning.PANEL_COLUMNS);
    int band = Math.clamp(ConvolutionTuning.BAND_SUMS / ((long) panel * conv.wide().extent() * inputs), 1, conv.high().out());
    return new ConvolutionTiling(best, lanes, panel, band, least);
  }

  /** By the number of vectors summed, those that are partly empty included; infinite if the way is barred. */
  private static double cycles(Way way, ConvolutionGeometry conv, int lanes, int inputs) {
    var high = conv.high();
    var wide = conv.wide();
    double terms = (double) inputs * conv.channels() * conv.taps();
    int iterations = wide.taps() > 1 && wide.taps() <= ConvolutionTuning.UNROLLED_TAPS ? wide.taps() : Integer.MAX_VALUE;
    boolean barred = switch (way) {
      case ROWS -> wide.step() > 1;
      case FLAT, SHIFTED -> wide.step() > 1 || high.step() > 1;
      case STRIDED -> wide.step() == 1;
      case COLUMNS -> false;
    };
    if (barred) {
      return Double.POSITIVE_INFINITY;
    }
    return switch (way) {
      case ROWS -> terms * high.out() * along(conv, wide.out(), lanes, iterations);
      case FLAT -> terms * along(conv, (high.out() - 1) * wide.pitch() + wide.out(), lanes, iterations);
      case SHIFTED -> terms * along(conv, conv.positions(), lanes, iterations) + copies(conv, lanes, 1);
      case STRIDED -> terms * high.out() * along(conv, wide.out(), lanes, iterations) + copies(conv, lanes, ConvolutionTuning.STRIDED_LOADS);
      case COLUMNS -> {
        int vectors = Math.ceilDiv(conv.columns(), lanes);
        yield terms * conv.positions() * vectors * TileProducts.pace(wide.out(), vectors, 1, iterations) * ConvolutionTuning.TRANSPOSED_FACTOR;
      }
    };
  }

  /** A term of all columns at so many positions. */
  private static double along(ConvolutionGeometry conv, int positions, int lanes, int iterations) {
    int vectors = Math.ceilDiv(positions, lanes);
    return conv.columns() * vectors * TileProducts.pace(conv.columns(), vectors, 2, iterations);
  }

  /** To copy inputs for all taps of a row, and not once. */
  private static double copies(ConvolutionGeometry conv, int lanes, double loads) {
    var wide = conv.wide();
    double more = wide.taps() * Math.ceilDiv(wide.out(), lanes) * loads - Math.ceilDiv(wide.extent(), lanes);
    return ConvolutionTuning.COPY_CYCLES * conv.channels() * conv.high().extent() * more;
  }

  /** Whether threads had better share an example's columns than its positions. */
  private static boolean isSmall(ConvolutionGeometry conv, int lanes) {
    return conv.positions() < ConvolutionTuning.MIN_VECTORS_TO_CUT * lanes && conv.columns() >= lanes;
  }

  /** Whether threads share an example's panels; otherwise they share its rows. */
  boolean byPanels(ConvolutionGeometry conv) {
    return panels(conv.columns()) >= (way == Way.SHIFTED && isSmall(conv, lanes) ? 2 : ConvolutionTuning.MIN_PANELS_TO_SHARE);
  }

  boolean along() {
    return way != Way.COLUMNS;
  }

  /** Whether the positions of all rows are run through as one. */
  boolean flat() {
    return way == Way.FLAT || way == Way.SHIFTED;
  }

  int panels(int columns) {
    return Math.ceilDiv(columns, panel);
  }

  /** Positions from one row of a column's sums to the next. */
  int rowLength(ConvolutionGeometry conv) {
    return way == Way.FLAT ? conv.wide().pitch() : conv.wide().out();
  }

  /** Positions from one row of a copied input to the next. */
  int inputRow(ConvolutionGeometry conv) {
    return flat() || way == Way.STRIDED ? rowLength(conv) : conv.wide().extent();
  }

  /** Whether the input is copied once for each tap of a row. */
  boolean copiesByTap() {
    return way == Way.SHIFTED || way == Way.STRIDED;
  }

  /** Sums of one column, or of one position. A row's last vector may run over into what is computed later. */
  int stride(ConvolutionGeometry conv) {
    return along() ? band * rowLength(conv) + 2 * lanes : panel;
  }

  /** Elements of the sums of a band. */
  int sums(ConvolutionGeometry conv) {
    return along() ? panel * stride(conv) : band * conv.wide().out() * panel;
  }
}
