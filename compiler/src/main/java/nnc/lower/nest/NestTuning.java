package nnc.lower.nest;

import nnc.machine.Core;

/** The numbers that loop nests, reductions, scatters and scans are tuned by; cycles were measured on cores with vectors of 512 bits. */
final class NestTuning {
  // ---- which axis lies along the lanes: cycles

  /** To load or store a vector whose lanes lie side by side. */
  static final double CONTIGUOUS_CYCLES = 1;
  /** Whose lanes lie two apart. */
  static final double STRIDE_TWO_CYCLES = 4;
  /** Whose lanes lie any other constant step apart. */
  static final double GATHER_CYCLES = 26;
  /** In which each element stands in several lanes. */
  static final double REPEATED_CYCLES = 3;
  /** In which one element stands in all lanes. */
  static final double BROADCAST_CYCLES = 0.5;
  /** To add up the lanes of a sum. */
  static final double FOLD_CYCLES = 20;
  /** Before a sum can be added to again. */
  static final double ADD_LATENCY_CYCLES = 4;
  /** By what an operation on one number is slower than on a vector: nothing else is done meanwhile. */
  static final double SCALAR_FACTOR = 2;

  // ---- sums

  /** Columns whose sums are kept side by side: what they read of a row is one stretch of memory, and they take 2 KiB of the first cache. */
  static final int COLUMN_SUMS = 512;
  /** Rows of a part of a column that threads share out. */
  static final int COLUMN_PART_ROWS = 32;
  /** Additions for each element of its axis, between which it does not matter that the whole result is added to the totals. */
  static final int SCATTER_ADDITIONS = 16;

  // ---- windows

  /** Elements of a padded plane that is copied before its windows are reduced: a quarter of the second cache. */
  static final int PLANE_ELEMENTS = Core.L2_BYTES / 4 / Core.FLOAT_BYTES;
  /** The most taps of a window that are combined one after the other. */
  static final int WINDOW_TAPS = 1 << 9;

  // ---- scans and sorts

  /** Instructions for an element. */
  static final long SCAN_INSTRUCTIONS = 8;
  /** Instructions for an element. */
  static final long SORT_INSTRUCTIONS = 200;
  /** Doublings of a sorted stretch: no element of 32 bits tells the indices of a longer row apart. */
  static final int SORT_DOUBLINGS = 24;

  private NestTuning() {}
}
