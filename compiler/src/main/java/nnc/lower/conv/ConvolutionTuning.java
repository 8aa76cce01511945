package nnc.lower.conv;

import nnc.machine.Core;

/**
 * The numbers that convolutions are tuned by. Sizes are of a thread's scratch and follow from those of a {@link Core}'s caches; cycles were
 * measured on cores with vectors of 512 bits.
 */
final class ConvolutionTuning {
  // ---- scratch

  /**
   * Elements of an example's feature map, padded, or of its result, that a thread may have at a time: 32 MiB. Larger ones are computed in
   * tiles.
   */
  static final int MAP_ELEMENTS = 1 << 23;
  /** Elements of the sums of a band: a quarter of the second cache. */
  static final int BAND_SUMS = Core.L2_BYTES / 4 / Core.FLOAT_BYTES;
  /** Elements of packed filters: the second cache. */
  static final int PACKED_FILTER_ELEMENTS = Core.L2_BYTES / Core.FLOAT_BYTES;
  /** Of a map of open size, elements of a tile's input: half of the second cache. */
  static final int TILE_INPUT_ELEMENTS = 1 << 17;
  /** Positions of a tile's row where columns lie along the vectors. */
  static final int TILE_POSITIONS = 32;
  /** The most rows of a tile. */
  static final int TILE_ROWS = 16;
  /** By what the lanes of the columns' vectors may outnumber the columns before positions lie along the vectors. */
  static final double IDLE_LANES = 1.5;

  /** Elements of the sums of a filter gradient: the second cache. */
  static final int FILTER_GRADIENT_SUMS = Core.L2_BYTES / Core.FLOAT_BYTES;
  /** Elements of the partial sums, one in each lane, of a filter gradient: 2 MiB. */
  static final int PARTIAL_SUMS = 1 << 19;
  /** Floats of the first cache. */
  static final int L1_ELEMENTS = Core.L1_BYTES / Core.FLOAT_BYTES;

  /** Elements of a band of a depthwise convolution's input: a quarter of the second cache. */
  static final int DEPTHWISE_ELEMENTS = Core.L2_BYTES / 4 / Core.FLOAT_BYTES;
  /** Positions of a row, a stride apart, up to which channels along the vectors take less time than positions; with many taps of longer rows too. */
  static final int SHORT_DEPTHWISE_ROW = 14;
  /** Taps that are many. */
  static final int MANY_DEPTHWISE_TAPS = 25;
  /** The most taps of a row whose filters are kept in registers. */
  static final int DEPTHWISE_TAPS = 8;
  /** Registers for the sums of a tile and a row's filters: of 16, one has the input, and some are left. */
  static final int DEPTHWISE_REGISTERS = 13;
  /** Positions of a row of which fewer fill tiles badly, and are rows of a product with those of other rows. */
  static final int FLAT_POSITIONS = 24;
  /** Positions of a row of which fewer leave so many lanes of a transformed row idle that plain sums along channels take less time. */
  static final int MIN_WINOGRAD_POSITIONS = 12;
  /** Channels whose filters in a row of taps stay in the first cache, where channels lie side by side. */
  static final int CHANNELS_OF_A_BLOCK = 128;
  /** Terms of a band of rows of some channels that are worth a thread: nothing is copied for a band. */
  static final long MIN_DEPTHWISE_TERMS = 32_768;
  /** Fewer channels than a small vector has lanes leave some of these idle. */
  static final int MIN_DEPTHWISE_CHANNELS = 8;

  // ---- terms that are added one after the other; the more there are, the more rounding takes

  /** Of a convolution: where there are more they are summed in parts, whose sums are loaded and stored. */
  static final int CHAIN_TERMS = 1 << 12;
  /** Of a filter gradient, positions of an example: likewise. */
  static final int CHAIN_POSITIONS = 1 << 10;
  /** Of a filter gradient, examples whose sums are added to one another before these are added to the totals. */
  static final int CHAIN_EXAMPLES = 128;

  // ---- the cut

  /** The most columns that are summed together where positions lie along the vectors. */
  static final int PANEL_COLUMNS = 32;
  /** Fewer vectors of positions than these are not cut for threads: too many would be partly empty. */
  static final int MIN_VECTORS_TO_CUT = 16;
  /** Panels from which on threads share them, not the rows, of an example: filters are many then, and positions few. */
  static final int MIN_PANELS_TO_SHARE = 4;
  /** The most taps of a row that are summed without a loop. */
  static final int UNROLLED_TAPS = 3;
  /** Cycles that the products of a thread's band should take at least. */
  static final double MIN_BAND_CYCLES = 4000;
  /** The most columns whose partial sums for some channels fill the registers. */
  static final int FILTER_GRADIENT_COLUMNS = 4;
  /** Vectors of examples that are staged together where examples are many: as many as a tile has side by side. */
  static final int SET_VECTORS = 4;

  // ---- cycles

  /** By what sums of columns that are transposed to rows of positions take longer. */
  static final double TRANSPOSED_FACTOR = 1.1;
  /** To copy a vector of a row of the input, and to clear its padding before. */
  static final double COPY_CYCLES = 6;
  /** By what that takes longer where it is copied for each tap, every second element or one of more: a row's padding is cleared once, and fewer are idle. */
  static final double STRIDED_LOADS = 0.5;
  /** To transform a row of the input, for a vector and a product. */
  static final double WINOGRAD_INPUT_CYCLES = 3;
  /** To transform a row of sums back, for a vector and a product, with its further loads and stores. */
  static final double WINOGRAD_OUTPUT_CYCLES = 3;
  /** To read a vector of filters that does not lie in the first cache. */
  static final double FAR_FILTER_CYCLES = 1;
  /** The share of a plain sum's cycles below which Winograd's way is taken: of small inputs the transforms take more than is counted. */
  static final double WINOGRAD_SHARE = 0.7;
  /** To gather an element. */
  static final double GATHER_CYCLES = 1.6;
  /** For a term of a vector of filters in a filter gradient. */
  static final double TERM_CYCLES = 0.55;
  /** The same where filters are one vector, whose tile is bound by its loads. */
  static final double NARROW_TERM_CYCLES = 0.9;
  /** Sums of a tile of dot products, four by four. */
  static final double DOT_TILE_SUMS = 16;
  /** For a vector of terms of such a tile. */
  static final double DOT_TILE_CYCLES = 9;
  /** To load and store such a tile's sums. */
  static final double DOT_TILE_OVERHEAD_CYCLES = 60;
  /** To transform a vector of a plane. */
  static final double PLANE_TRANSFORM_CYCLES = 3;

  // ---- planes

  /** Terms that are worth loading and storing a tile of sums. */
  static final int MIN_TERMS_OF_A_TILE = 128;
  /** The most examples whose planes are summed as one. */
  static final int MAX_EXAMPLES_TOGETHER = 8;
  /** Elements that their planes may take: a quarter of the second cache. */
  static final int PLANES_ELEMENTS = Core.L2_BYTES / 4 / Core.FLOAT_BYTES;

  private ConvolutionTuning() {}
}
