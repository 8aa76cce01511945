package nnc.lower.gemm;

import nnc.machine.Core;

/**
 * The numbers that matrix products are tuned by. Sizes follow from those of a {@link Core}'s caches, costs and thresholds were measured on
 * cores with vectors of 512 bits.
 */
final class GemmTuning {
  // ---- blocks

  /**
   * A depth block's terms (kc): of a panel of four vectors they fill what older cores have as their first cache; in 48 KiB a tile's rows fit beside
   * them.
   */
  static final int KC_TERMS = Core.L1_BYTES / (4 * Core.VECTOR_BYTES);
  /** The same where the right factor is packed beforehand: of two panels they fill that cache, and a stretch of memory that is read at once is longer. */
  static final int KC_TERMS_OF_PREPARED = Core.L1_BYTES / (2 * Core.VECTOR_BYTES);
  /** The most rows of a block (mc) where packing a panel is cheap: they lie beside their sums in the second cache. */
  static final int MC_ROWS = 256;
  /** The same where a panel's elements are gathered, so that each copy serves more rows. */
  static final int MC_ROWS_OF_DEAR_PANELS = 1024;
  /** Elements of a block's sums (mc x nc): a quarter of the second cache. */
  static final int BLOCK_SUMS = Core.L2_BYTES / 4 / Core.FLOAT_BYTES;
  /** The same where the right factor is packed beforehand, and small blocks cost no packing. */
  static final int SMALL_BLOCK_SUMS = BLOCK_SUMS / 2;
  /** Elements of a right factor that may be packed at once (kc x nc): half of the second cache. */
  static final int PACKED_ELEMENTS = Core.L2_BYTES / 2 / Core.FLOAT_BYTES;
  /** Vectors of a packed panel's columns (nr): those of two tiles of one vector, or of a tile of two. */
  static final int NR_VECTORS = 2;
  /**
   * The same where the right factor is packed beforehand: a panel's term is a cache line then, whatever tiles vectors make, and far weights are read line by line as prefetchers
   * expect it.
   */
  static final int NR_VECTORS_OF_PREPARED = 1;
  /** Vectors of a chunk's columns (nc) where a thread has all of them. */
  static final int NC_VECTORS = 32;
  /** Where threads share the columns out. */
  static final int NC_VECTORS_SHARED = 8;
  /** Where weights are updated with the result: of each row of them more is written at a time. */
  static final int NC_VECTORS_OF_UPDATES = 16;
  /** Where there are few columns for the threads, or an unknown number. */
  static final int NC_VECTORS_OF_FEW = 4;
  /** Columns of a part of a result whose columns lie apart: a cache line of each, at whatever power of two they are apart, stays in the first cache while rows fill it. */
  static final int STRIDED_COLUMNS = 32;
  /** Rows from which on a panel is worth its packing; 32 rows of up to 512 columns are not, as measured. */
  static final int MIN_ROWS_TO_PACK = 40;
  /** Positions of a picture from which on threads share them, not the filters. */
  static final int MIN_POSITIONS_TO_SHARE = 512;
  /** The fewest positions that are columns of a product. */
  static final int MIN_BAND_POSITIONS = 32;

  // ---- how factors lie

  /** Vector instructions that gathering an element costs. */
  static final double GATHER_INSTRUCTIONS = 2.5;
  /** Vectors of a right factor that is read where it is, since it lies as its copy would: half of the first cache. */
  static final int UNPACKED_VECTORS = Core.L1_BYTES / 2 / Core.VECTOR_BYTES;
  /**
   * A step between terms, in elements, at which a few dozen of them fill what the cache has for them, if it is a multiple of {@link
   * #CONFLICT_STRIDE_ELEMENTS} too.
   */
  static final int MIN_CONFLICT_STRIDE_ELEMENTS = 256;
  /** Terms a multiple of so many elements apart meet in eight of the first cache's sets or fewer. */
  static final int CONFLICT_STRIDE_ELEMENTS = Core.L1_WAY_BYTES / 8 / Core.FLOAT_BYTES;
  /** Added to the pitch of a packed left factor, which often is a power of two: its terms then lie in different sets of the cache. */
  static final int PADDING_ELEMENTS = Core.FLOAT_LANES;

  // ---- epilogues

  /** Elements of a result that stay in the second cache: what is farther is read and written faster in the order of its rows than tile by tile. */
  static final int NEAR_RESULT_ELEMENTS = Core.L2_BYTES / 4 / Core.FLOAT_BYTES;
  /** Loads, stores and steps of arithmetic that an epilogue in the tile may have: with more its method becomes too large to be compiled well. */
  static final int TILE_EPILOGUE_OPERATIONS = 8;
  /** Steps of arithmetic that an index may take there. */
  static final int INDEX_OPERATIONS = 8;

  // ---- zero skipping

  /** Operands of operands that are looked at for a reason that a left factor may be zero. */
  static final int ZERO_SEARCH_LEVELS = 6;
  /** Multiplications of a product that is worth counting its zeros. */
  static final long ZERO_SKIPPING_MULTIPLICATIONS = 1 << 20;

  private GemmTuning() {}
}
