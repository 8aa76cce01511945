package nnc.loops.expand;

import nnc.machine.Core;

/**
 * The numbers that micro-kernels are tuned by. A tile's sums, a row of its left and a vector of its right factor are in registers: 32 of them
 * where vectors have 512 bits, otherwise 16. Cycles were measured on cores with vectors of 512 bits.
 */
public final class TileTuning {
  // ---- dense tiles

  /** Rows of a tile of two vectors (mr): what is cut for tiles is cut in multiples of them. */
  public static final int MR_ROWS = 8;
  /** Vectors of a tile (nr) where there are registers for it: six rows of four take the fewest loads for a multiplication. */
  static final int NR_VECTORS = 4;
  /** The least rows that a tile is cut down to. */
  static final int MIN_ROWS = 4;
  /** Terms that are few beside a sum's own store. */
  static final int SHORT_SUM_TERMS = 64;
  /** Loads a cycle beside two multiplications, as measured. */
  static final double LOADS_PER_CYCLE = 1.1;
  /** The most additions and loads that an iteration of the loop may make: of much larger methods the JIT inlines only a part. */
  static final int UNROLLED_INSTRUCTIONS = 80;

  // ---- tiles of a row, without zeros

  /** Elements of the scratch of {@link nnc.loops.Loop.Stmt.Product#zeros}: two of the widest vectors. */
  public static final int ZERO_SCRATCH_ELEMENTS = 2 * Core.FLOAT_LANES;
  /** Vectors of a row whose sums are in registers. */
  static final int ROW_TILE_VECTORS = 8;
  /** Fewer vectors wait for one another. */
  public static final int MIN_ROW_TILE_VECTORS = 4;
  /** Terms whose vectors stay in the first cache, and whose zeros are the bits of a number. */
  static final int MASK_TERMS = Long.SIZE;
  /** Fewer rows do not make up for looking at the right factor. */
  static final int MIN_ROWS_TO_COUNT = 16;
  /** Of so many rows one is looked at. */
  static final int SAMPLED_ROWS = 4;
  /** The most of the terms that may be other than zero where a row's sums, a term's vectors and its left factor have registers of their own. */
  static final double DENSE_SHARE = 0.6;
  /** The same with 16 registers: what does not fit is loaded once more. */
  static final double DENSE_SHARE_OF_FEW_REGISTERS = 0.4;

  // ---- transpositions

  /** Elements that neighbouring lanes must be apart: every other one is shuffled out of two vectors. */
  static final int MIN_TRANSPOSED_STEP = 3;
  /** Arrays that one nest may transpose. */
  static final int MAX_TRANSPOSED_ARRAYS = 4;

  private TileTuning() {}
}
