package nnc.loops;

/**
 * How a convolution's sums are cut, and what lies along the vectors: either the places of a row, with columns (the result's channels) as rows
 * of products, or columns, with places as rows.
 *
 * @param along  whether places lie along the vectors
 * @param flat   whether the places of all rows are run through as one
 * @param group  elements of a logical vector
 * @param panel  columns that are summed together, and whose filters lie side by side
 * @param band   rows of the result that are summed at a time
 * @param cycles that an example's products take, roughly
 */
record ConvolutionCut(boolean along, boolean flat, int group, int panel, int band, double cycles) {
  /** Elements of sums that a thread may have at a time. */
  private static final int SUMS = 1 << 16;

  /** The most columns that are summed together where places lie along the vectors. */
  private static final int TOGETHER = 32;

  /** What it costs to turn sums of columns into rows of places. */
  private static final double TURNED = 1.1;

  /** The most taps of a row that are summed without a loop. */
  static final int SHORT = 3;

  /**
   * By the number of vectors summed, those that are partly empty included.
   *
   * @param pictures that are summed alike, each to sums of its own
   */
  static ConvolutionCut of(Picture picture, int group, int pictures) {
    var wide = picture.wide();
    int turns = wide.taps() > 1 && wide.taps() <= SHORT ? wide.taps() : Integer.MAX_VALUE;
    boolean even = picture.high().step() == 1 && wide.step() == 1;
    int row = Blocking.round(wide.out(), group);
    int all = Blocking.round(picture.high().out() * wide.extent(), group);
    double rows = (double) picture.high().out() * row * Tiles.pace(picture.columns(), row / group, 2, turns);
    double flat = even ? all * Tiles.pace(picture.columns(), all / group, 2, turns) : Double.POSITIVE_INFINITY;
    int width = Blocking.round(picture.columns(), group);
    double across = (double) picture.places() * width * Tiles.pace(wide.out(), width / group, 1, turns) * TURNED;
    double along = picture.columns() * Math.min(rows, flat);
    boolean choice = wide.step() == 1 && along <= across;
    int panel = choice ? Math.min(picture.columns(), TOGETHER) : Math.min(width, 4 * group);
    int band = Math.clamp(SUMS / ((long) panel * wide.extent() * pictures), 1, picture.high().out());
    double terms = (double) pictures * picture.channels() * picture.taps();
    return new ConvolutionCut(choice, choice && flat < rows, group, panel, band, terms / group * (choice ? along : across));
  }

  int panels(int columns) {
    return Math.ceilDiv(columns, panel);
  }

  /** Places from one row of a column's sums to the next. */
  int rowLength(Picture picture) {
    return flat ? picture.wide().extent() : picture.wide().out();
  }

  /** Sums of one column, or of one place. A row's last vector may run over into what is computed later. */
  int stride(Picture picture) {
    return along ? band * rowLength(picture) + 2 * group : panel;
  }

  /** Elements of the sums of a band. */
  int sums(Picture picture) {
    return along ? panel * stride(picture) : band * picture.wide().out() * panel;
  }
}
