package nnc.lower.gemm;

import nnc.graph.Dim;
import nnc.graph.NominalSizes;
import nnc.loops.Ints;
import nnc.loops.expand.TileProducts;

/**
 * How a product is cut so that what is used again lies near: a panel of the right factor's columns in the first cache, a block of the left
 * factor and of the sums in the second. All of it follows from the shape alone.
 *
 * @param rows    a row block's rows, a multiple of {@link TileProducts#ROWS}
 * @param few     those of a block where the right factor is copied beforehand: small blocks cost no copies then, and their sums stay near
 * @param columns a chunk's columns
 * @param depth   a depth block's terms
 * @param packed  the most terms of a right factor that is copied once for all rows; 0 if none should be
 * @param panel   a panel's columns
 */
public record GemmBlocking(int rows, int few, int columns, int depth, int packed, int panel) {
  /** From this number of rows on a panel is worth its packing; 32 rows of up to 512 columns are not, as measured. */
  static final int THICK = 40;
  /** Elements of sums that a block may have. */
  private static final int SUMS = 1 << 16;
  private static final int FEW_SUMS = 1 << 15;
  /** Elements of a right factor that may be copied at once. */
  private static final int PACKED = 1 << 17;
  /** Terms of a panel of four vectors that fit into a first cache of 48 KiB beside a tile's rows. */
  private static final int DEPTH = 128;
  /** Rows that lie beside their sums in the second cache. */
  private static final int ROWS = 256;

  /**
   * @param group   elements of a logical vector: 16 floats, 8 doubles
   * @param shares  whether chunks of columns are dealt out to threads
   * @param updates whether weights are updated with the result: of each row of them there should be more then
   */
  static GemmBlocking of(GemmOrientation facing, int group, boolean shares, boolean updates) {
    int panel = 2 * group;
    var columns = facing.columns();
    var rows = facing.rows();
    int wide = columns.isConstant() ? columns.fixed() : NominalSizes.OPEN;
    int chunk = !shares ? 32 * group : wide < 32 * group ? 4 * group : updates ? 16 * group : 8 * group;
    chunk = columns.isConstant() ? Math.min(chunk, Ints.roundUp(wide, group)) : 4 * group;
    int most = Math.max(TileProducts.ROWS, SUMS / chunk / TileProducts.ROWS * TileProducts.ROWS);
    // where packing a panel is dear it should serve many rows
    int block = Math.min(most, facing.even() ? ROWS : 1024);
    block = rows.isConstant() ? Math.min(block, Ints.roundUp(rows.fixed(), TileProducts.ROWS)) : block;
    int few = rows.isConstant() ? Math.min(block, Math.max(TileProducts.ROWS, FEW_SUMS / chunk / TileProducts.ROWS * TileProducts.ROWS)) : block;
    int depth = depthBlock(facing.depth());
    boolean again = !rows.isConstant() || rows.fixed() > few;
    return new GemmBlocking(block, few, chunk, depth, again ? packed(facing.depth(), Math.max(depth, PACKED / Ints.roundUp(chunk, panel))) : 0, panel);
  }

  /** Whether there are always too many terms to copy the right factor at once. */
  boolean isDeep(GemmOrientation facing) {
    return packed == 0 || facing.depth().isConstant() && facing.depth().fixed() > packed;
  }

  /** No more terms than there are. */
  private static int packed(Dim depth, int most) {
    return depth.isConstant() ? Math.min(depth.fixed(), most) : most;
  }

  private static int depthBlock(Dim depth) {
    if (!depth.isConstant()) {
      return DEPTH;
    }
    int all = depth.fixed();
    return all <= DEPTH * 3 / 2 ? all : Math.ceilDiv(all, Math.ceilDiv(all, DEPTH));
  }
}
