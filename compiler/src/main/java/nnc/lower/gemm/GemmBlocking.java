package nnc.lower.gemm;

import nnc.graph.Dim;
import nnc.graph.NominalSizes;
import nnc.loops.Ints;
import nnc.loops.expand.TileTuning;

/**
 * How a product is cut so that what is used again lies near: a panel of the right factor's columns in the first cache, a block of the left
 * factor and of the sums in the second. All of it follows from the shape alone.
 *
 * @param rows    a row block's rows, a multiple of {@link TileTuning#MR_ROWS}
 * @param few     those of a block where the right factor is copied beforehand: small blocks cost no copies then, and their sums stay near
 * @param columns a chunk's columns
 * @param depth   a depth block's terms
 * @param packed  the most terms of a right factor that is copied once for all rows; 0 if none should be
 * @param panel   a panel's columns
 */
public record GemmBlocking(int rows, int few, int columns, int depth, int packed, int panel) {
  /**
   * @param group   elements of a logical vector: 16 floats, 8 doubles
   * @param shares  whether chunks of columns are dealt out to threads
   * @param updates whether weights are updated with the result: of each row of them there should be more then
   */
  static GemmBlocking of(GemmOrientation facing, int group, boolean shares, boolean updates) {
    int panel = GemmTuning.NR_VECTORS * group;
    var columns = facing.columns();
    var rows = facing.rows();
    int wide = columns.isConstant() ? columns.fixed() : NominalSizes.OPEN;
    int vectors = !columns.isConstant() ? GemmTuning.NC_VECTORS_OF_FEW : !shares ? GemmTuning.NC_VECTORS
        : wide < GemmTuning.NC_VECTORS * group ? GemmTuning.NC_VECTORS_OF_FEW : updates ? GemmTuning.NC_VECTORS_OF_UPDATES : GemmTuning.NC_VECTORS_SHARED;
    int chunk = columns.isConstant() ? Math.min(vectors * group, Ints.roundUp(wide, group)) : vectors * group;
    int most = Math.max(TileTuning.MR_ROWS, GemmTuning.BLOCK_SUMS / chunk / TileTuning.MR_ROWS * TileTuning.MR_ROWS);
    // where packing a panel is dear it should serve many rows
    int block = Math.min(most, facing.even() ? GemmTuning.MC_ROWS : GemmTuning.MC_ROWS_OF_DEAR_PANELS);
    block = rows.isConstant() ? Math.min(block, Ints.roundUp(rows.fixed(), TileTuning.MR_ROWS)) : block;
    int few = rows.isConstant() ? Math.min(block, Math.max(TileTuning.MR_ROWS, GemmTuning.SMALL_BLOCK_SUMS / chunk / TileTuning.MR_ROWS * TileTuning.MR_ROWS)) : block;
    int depth = depthBlock(facing.depth());
    boolean again = !rows.isConstant() || rows.fixed() > few;
    return new GemmBlocking(block, few, chunk, depth, again ? packed(facing.depth(), Math.max(depth, GemmTuning.PACKED_ELEMENTS / Ints.roundUp(chunk, panel))) : 0, panel);
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
      return GemmTuning.KC_TERMS;
    }
    int all = depth.fixed();
    return all <= GemmTuning.KC_TERMS * 3 / 2 ? all : Math.ceilDiv(all, Math.ceilDiv(all, GemmTuning.KC_TERMS));
  }
}
