package nnc.lower.conv;

import nnc.loops.Loop.Int;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoopNest;

/**
 * Some rows of a convolution's source: those from {@code from} to before {@code to} of an example, in the channels of a group.
 */
record SourceRows(AffineIndex example, AffineIndex group, Int from, Int to) {
  /** All that are read. */
  static SourceRows all(ConvolutionGeometry conv, AffineIndex example, AffineIndex group) {
    return new SourceRows(example, group, LoopNest.number(conv.high().first()), LoopNest.number(conv.high().end()));
  }
}
