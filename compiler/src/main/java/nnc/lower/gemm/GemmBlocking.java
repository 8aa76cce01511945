package nnc.lower.gemm;

import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.expand.TileTuning;

/**
 * How a product is cut so that what is used again lies near, by the names that BLIS gave them: a panel of nr columns by kc terms in the first
 * cache, a block of mc rows and its sums in the second, chunks of nc columns. All of it follows from the shape alone.
 *
 * <pre>
 *              columns: chunks of nc, panels of nr              terms: kc at a time
 *             +--------+--------+--------+                     +----+----+----+
 *  rows:      |        |        |        |                     |    |    |    |
 *  blocks     |        |   mc   |        |          =          | mc x kc      |   by a chunk of kc x nc, packed in panels:
 *  of mc      |        |  x nc  |        |                     |    |    |    |   nr columns side by side, term behind term
 *             +--------+--------+--------+                     +----+----+----+
 * </pre>
 *
 * @param mc       a row block's rows, a multiple of {@link TileTuning#MR_ROWS}
 * @param packedMc those of a block where the right factor is packed beforehand: small blocks cost no packing then, and their sums stay near
 * @param nc       a chunk's columns
 * @param kc       a depth block's terms
 * @param packedKc the most terms of a right factor that is packed once for all rows; 0 if none should be
 * @param nr       a panel's columns
 * @param lanes    elements of a logical vector
 */
public record GemmBlocking(int mc, int packedMc, int nc, int kc, int packedKc, int nr, int lanes) {
  /**
   * @param lanes    elements of a logical vector: 16 floats, 8 doubles
   * @param prepared whether the right factor is packed beforehand
   * @param shares   whether chunks of columns are dealt out to threads
   * @param updates  whether weights are updated with the result: of each row of them there should be more then
   */
  static GemmBlocking of(GemmOrientation gemm, int lanes, boolean prepared, boolean shares, boolean updates) {
    int nr = (prepared ? GemmTuning.NR_VECTORS_OF_PREPARED : GemmTuning.NR_VECTORS) * lanes;
    int nc = nc(gemm.columns(), lanes, shares, updates);
    int most = rows(GemmTuning.BLOCK_SUMS, nc);
    var rows = gemm.rows();
    int mc = Math.min(most, gemm.isContiguous() ? GemmTuning.MC_ROWS : GemmTuning.MC_ROWS_OF_DEAR_PANELS);
    mc = rows.isConstant() ? Math.min(mc, Ints.roundUp(rows.fixed(), TileTuning.MR_ROWS)) : mc;
    int packedMc = rows.isConstant() ? Math.min(mc, rows(GemmTuning.SMALL_BLOCK_SUMS, nc)) : mc;
    int kc = kc(gemm.depth(), prepared ? GemmTuning.KC_TERMS_OF_PREPARED : GemmTuning.KC_TERMS);
    boolean again = !rows.isConstant() || rows.fixed() > packedMc;
    int packedKc = again ? packedKc(gemm.depth(), Math.max(kc, GemmTuning.PACKED_ELEMENTS / Ints.roundUp(nc, nr))) : 0;
    return new GemmBlocking(mc, packedMc, nc, kc, packedKc, nr, lanes);
  }

  private static int nc(Dim columns, int lanes, boolean shares, boolean updates) {
    if (!columns.isConstant()) {
      return GemmTuning.NC_VECTORS_OF_FEW * lanes;
    }
    int vectors = !shares ? GemmTuning.NC_VECTORS : columns.fixed() < GemmTuning.NC_VECTORS * lanes ? GemmTuning.NC_VECTORS_OF_FEW
        : updates ? GemmTuning.NC_VECTORS_OF_UPDATES : GemmTuning.NC_VECTORS_SHARED;
    return Math.min(vectors * lanes, Ints.roundUp(columns.fixed(), lanes));
  }

  /** Rows of whole tiles, so many columns wide, that so many sums are enough for. */
  private static int rows(int sums, int columns) {
    return Math.max(TileTuning.MR_ROWS, sums / columns / TileTuning.MR_ROWS * TileTuning.MR_ROWS);
  }

  /** Whether there are always too many terms to pack the right factor at once. */
  boolean exceedsPackedKc(GemmOrientation gemm) {
    return packedKc == 0 || gemm.depth().isConstant() && gemm.depth().fixed() > packedKc;
  }

  /** No more terms than there are. */
  private static int packedKc(Dim depth, int most) {
    return depth.isConstant() ? Math.min(depth.fixed(), most) : most;
  }

  /** Blocks of about equal depth. */
  private static int kc(Dim depth, int terms) {
    if (!depth.isConstant()) {
      return terms;
    }
    int all = depth.fixed();
    return all <= terms * 3 / 2 ? all : Math.ceilDiv(all, Math.ceilDiv(all, terms));
  }
}
