package nnc.lower.conv;

import java.util.function.BiFunction;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Int;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/**
 * Where the elements of an example's input lie once it is copied for its sums: channel by channel, rows with their padding; or by tap, a plane for each
 * tap of a row, whose rows are as long as the result's and hold what this tap meets.
 *
 * @param byTap  whether there is a plane for each tap of a row; otherwise there is one
 * @param row    from one row to the next
 * @param plane  elements of a plane
 */
record InputStaging(ConvolutionGeometry conv, boolean byTap, int row, int plane) {

  static InputStaging of(ConvolutionGeometry conv, ConvolutionTiling tiling) {
    int row = tiling.inputRow(conv);
    int plane = conv.high().extent() * row;
    return new InputStaging(conv, tiling.copiesByTap(), row, tiling.copiesByTap() ? Ints.roundUp(plane, tiling.lanes()) : plane);
  }

  private int planes() {
    return byTap ? conv.wide().taps() : 1;
  }

  /** From one tap of a row to the next. */
  int tap() {
    return byTap ? plane : conv.wide().tap();
  }

  /** From one channel to the next. */
  int channel() {
    return planes() * plane;
  }

  /** The last row may end in a padding that is common to it and a next one. */
  int size() {
    return conv.channels() * channel() + (byTap ? 0 : conv.wide().extent() - row);
  }

  /** Copies some of the source's rows in all channels, but for padding. */
  void copy(LoopNest nest, ValueLowering values, Buffer staged, SourceRows source) {
    var wide = conv.wide();
    var staging = new InputCopy(nest.sink(), values, conv);
    for (int copy = 0; copy < planes(); copy++) {
      int tap = copy * wide.tap();
      var place = LoopNest.variable("pc", conv.channels()).times(Dim.of(channel())).plus(Dim.of((long) copy * plane));
      BiFunction<AffineIndex, AffineIndex, Int> at = (y, x) -> place.plus(y.times(Dim.of(row))).plus(x).toInt();
      nest.apart(() -> staging.channels(() -> staging.rows(staged, source, byTap ? InputCopy.Columns.ofTap(wide, tap) : InputCopy.Columns.all(wide), at)));
    }
  }
}
