package nnc.lower.conv;

import nnc.loops.Loop;
import nnc.loops.Loop.Int;

/** A way to sum pictures times gradients over all places of all examples. */
sealed interface FilterGradientSums permits SumsByTap, SumsOverPlane, SumsByBatch {

  /** Sums for some columns from {@code c0} on, for the channels or rows of taps that are the running thread's. */
  void sum(Int c0, int columns);

  Loop.Buffer sums();

  /** Where the sum of column {@code c0} for a channel and a tap is; those of the other columns follow it. */
  Int at(Int ky, Int kx, Int channel);
}
