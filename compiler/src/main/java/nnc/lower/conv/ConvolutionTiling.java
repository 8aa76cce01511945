package nnc.lower.conv;

import java.util.EnumSet;
import java.util.Set;
import nnc.loops.Ints;
import nnc.loops.expand.TileProducts;

/**
 * How a convolution's sums are cut, and what lies along the vectors: either the places of rows, with columns (the result's channels) as rows
 * of products, or columns, with places as rows.
 *
 * @param group  elements of a logical vector
 * @param panel  columns that are summed together, and whose filters lie side by side
 * @param band   rows of the result that are summed at a time
 * @param cycles that an example's products take, roughly
 */
record ConvolutionTiling(Way way, int group, int panel, int band, double cycles) {
  /** What the vectors run through. */
  enum Way {
    /** The places of a row. */
    ROWS,
    /** The places of all rows as one: between two of the result's rows lies what a picture's row has more, but for a common margin. */
    FLAT,
    /** The places of all rows without a seam: the picture is copied once for each tap of a row, so much further to the left. */
    SHIFTED,
    /** The columns of a place. */
    COLUMNS
  }

  /** For a picture that is summed by itself: the way that takes the fewest cycles. */
  static ConvolutionTiling of(ConvolutionGeometry picture, int group) {
    return of(picture, group, 1, EnumSet.allOf(Way.class));
  }

  /**
   * The same among the ways for which each channel is copied once.
   *
   * @param pictures that are summed alike, each to sums of its own
   */
  static ConvolutionTiling ofOneCopy(ConvolutionGeometry picture, int group, int pictures) {
    return of(picture, group, pictures, EnumSet.complementOf(EnumSet.of(Way.SHIFTED)));
  }

  private static ConvolutionTiling of(ConvolutionGeometry picture, int group, int pictures, Set<Way> ways) {
    var best = Way.COLUMNS;
    double least = Double.POSITIVE_INFINITY;
    for (var way : ways) {
      double cycles = cycles(way, picture, group, pictures);
      if (cycles < least) {
        best = way;
        least = cycles;
      }
    }
    int columns = best == Way.SHIFTED && isSmall(picture, group) ? Math.ceilDiv(picture.columns(), 2) : picture.columns();
    int panel = best == Way.COLUMNS ? Math.min(Ints.roundUp(columns, group), 4 * group) : Math.min(columns, ConvolutionTuning.PANEL_COLUMNS);
    int band = Math.clamp(ConvolutionTuning.BAND_SUMS / ((long) panel * picture.wide().extent() * pictures), 1, picture.high().out());
    return new ConvolutionTiling(best, group, panel, band, least);
  }

  /** By the number of vectors summed, those that are partly empty included; infinite if the way is barred. */
  private static double cycles(Way way, ConvolutionGeometry picture, int group, int pictures) {
    var high = picture.high();
    var wide = picture.wide();
    double terms = (double) pictures * picture.channels() * picture.taps();
    int turns = wide.taps() > 1 && wide.taps() <= ConvolutionTuning.UNROLLED_TAPS ? wide.taps() : Integer.MAX_VALUE;
    boolean joinsRows = way == Way.FLAT || way == Way.SHIFTED;
    if (way != Way.COLUMNS && wide.step() > 1 || joinsRows && high.step() > 1) {
      return Double.POSITIVE_INFINITY;
    }
    return switch (way) {
      case ROWS -> terms * high.out() * along(picture, wide.out(), group, turns);
      case FLAT -> terms * along(picture, (high.out() - 1) * wide.pitch() + wide.out(), group, turns);
      case SHIFTED -> terms * along(picture, picture.places(), group, turns) + shifts(picture, group);
      case COLUMNS -> {
        int vectors = Math.ceilDiv(picture.columns(), group);
        yield terms * picture.places() * vectors * TileProducts.pace(wide.out(), vectors, 1, turns) * ConvolutionTuning.TRANSPOSED_FACTOR;
      }
    };
  }

  /** A term of all columns at so many places. */
  private static double along(ConvolutionGeometry picture, int places, int group, int turns) {
    int vectors = Math.ceilDiv(places, group);
    return picture.columns() * vectors * TileProducts.pace(picture.columns(), vectors, 2, turns);
  }

  /** To copy pictures for all taps of a row, and not once. */
  private static double shifts(ConvolutionGeometry picture, int group) {
    var wide = picture.wide();
    int more = wide.taps() * Math.ceilDiv(wide.out(), group) - Math.ceilDiv(wide.extent(), group);
    return ConvolutionTuning.COPY_CYCLES * picture.channels() * picture.high().extent() * more;
  }

  /** Whether threads had better share an example's columns than its places. */
  private static boolean isSmall(ConvolutionGeometry picture, int group) {
    return picture.places() < ConvolutionTuning.MIN_VECTORS_TO_CUT * group && picture.columns() >= group;
  }

  /** Whether threads share an example's panels; otherwise they share its rows. */
  boolean byPanels(ConvolutionGeometry picture) {
    return panels(picture.columns()) >= (way == Way.SHIFTED && isSmall(picture, group) ? 2 : ConvolutionTuning.MIN_PANELS_TO_SHARE);
  }

  boolean along() {
    return way != Way.COLUMNS;
  }

  /** Whether the places of all rows are run through as one. */
  boolean flat() {
    return way == Way.FLAT || way == Way.SHIFTED;
  }

  int panels(int columns) {
    return Math.ceilDiv(columns, panel);
  }

  /** Places from one row of a column's sums to the next. */
  int rowLength(ConvolutionGeometry picture) {
    return way == Way.FLAT ? picture.wide().pitch() : picture.wide().out();
  }

  /** Places from one row of a copied picture to the next. */
  int pictureRow(ConvolutionGeometry picture) {
    return flat() ? rowLength(picture) : picture.wide().extent();
  }

  /** Sums of one column, or of one place. A row's last vector may run over into what is computed later. */
  int stride(ConvolutionGeometry picture) {
    return along() ? band * rowLength(picture) + 2 * group : panel;
  }

  /** Elements of the sums of a band. */
  int sums(ConvolutionGeometry picture) {
    return along() ? panel * stride(picture) : band * picture.wide().out() * panel;
  }
}
