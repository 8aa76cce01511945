package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.lower.common.LoopNest.number;

import nnc.loops.Loop;
import nnc.loops.Loop.Int;

/** A way to sum inputs times gradients over all positions of all examples. */
sealed interface FilterGradientSums permits SumsByTap, SumsByTile, SumsOverPlane, SumsByBatch {

  /** Examples that should be summed at a time. */
  default int examples() {
    return ConvolutionTuning.CHAIN_EXAMPLES;
  }

  /**
   * Sums for some columns from {@code c0} on, for the channels or rows of taps that are the running thread's, over the positions of the examples
   * from {@code first}, a multiple of {@link #examples}, to before {@code end}, which is one too or the last.
   */
  void sum(Int c0, int columns, Int first, Int end);

  /** Where they are left. */
  Place place();

  /**
   * A buffer of sums: those of the columns side by side, and elements from a row of taps, a tap and a channel to the next.
   *
   * @param size  elements in all
   * @param start where the first row, tap and channel is
   */
  record Place(Loop.Buffer buffer, int size, int start, int row, int tap, int channel) {
    /** Where the sum of the first column for a channel and a tap is. */
    Int at(Int ky, Int kx, Int c) {
      return add(add(add(number(start), multiply(ky, number(row))), multiply(kx, number(tap))), multiply(c, number(channel)));
    }
  }
}
