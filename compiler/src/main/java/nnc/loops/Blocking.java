package nnc.loops;

import nnc.graph.Dim;

/**
 * How a product is cut so that what is used again lies near: a panel of the right factor's columns in the first cache, a block of the left
 * factor and of the sums in the second. All of it follows from the shape alone.
 *
 * @param rows    a row block's rows, a multiple of {@link #TILE}
 * @param columns a chunk's columns
 * @param depth   a depth block's terms
 * @param panel   a panel's columns
 */
record Blocking(int rows, int columns, int depth, int panel) {
  /** Rows that tiles are made of. */
  static final int TILE = 8;
  /** From this number of rows on a panel is worth its packing. */
  static final int THICK = 16;
  /** What an open dimension is taken for. */
  private static final int NOMINAL = 64;
  /** Elements of sums that a block may have. */
  private static final int SUMS = 1 << 16;
  private static final int DEPTH = 256;

  /**
   * @param group  elements of a logical vector: 16 floats, 8 doubles
   * @param dear   whether packing a panel is dear, so that it should serve many rows
   * @param shares whether chunks of columns are dealt out to threads
   */
  static Blocking of(Dim rows, Dim columns, Dim depth, int group, boolean dear, boolean shares) {
    int panel = 2 * group;
    int wide = columns.isConstant() ? columns.fixed() : NOMINAL;
    int chunk = shares ? (wide >= 32 * group ? 8 * group : 4 * group) : 32 * group;
    chunk = columns.isConstant() ? Math.min(chunk, round(wide, group)) : 4 * group;
    int most = Math.max(TILE, SUMS / chunk / TILE * TILE);
    int block = Math.min(most, dear ? 1024 : DEPTH);
    block = rows.isConstant() ? Math.min(block, round(rows.fixed(), TILE)) : block;
    return new Blocking(block, chunk, depthBlock(depth), panel);
  }

  private static int depthBlock(Dim depth) {
    if (!depth.isConstant()) {
      return DEPTH;
    }
    int all = depth.fixed();
    return all <= DEPTH * 3 / 2 ? all : Math.ceilDiv(all, Math.ceilDiv(all, DEPTH));
  }

  static int round(int size, int to) {
    return Math.ceilDiv(size, to) * to;
  }

  /** A dimension's size for the sake of choosing. */
  static long size(Dim dim) {
    return dim.evaluate(_ -> NOMINAL);
  }
}
