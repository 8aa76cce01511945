package nnc.lower.conv;

import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop.Buffer;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/**
 * Where the elements of an example's input lie once it is copied for its sums: channel by channel, rows with their padding; or, shifted,
 * a plane for each tap of a row, whose rows are as long as the result's and hold what this tap meets.
 *
 * @param row    from one row to the next
 * @param planes of a channel
 * @param plane  elements of one
 */
record InputStaging(ConvolutionGeometry conv, int row, int planes, int plane) {

  static InputStaging of(ConvolutionGeometry conv, ConvolutionTiling tiling) {
    int row = tiling.inputRow(conv);
    int plane = conv.high().extent() * row;
    return tiling.way() == ConvolutionTiling.Way.SHIFTED ? new InputStaging(conv, row, conv.wide().taps(), Ints.roundUp(plane, tiling.lanes()))
        : new InputStaging(conv, row, 1, plane);
  }

  boolean shifted() {
    return planes > 1;
  }

  /** From one tap of a row to the next. */
  int tap() {
    return shifted() ? plane : conv.wide().tap();
  }

  /** From one channel to the next. */
  int channel() {
    return planes * plane;
  }

  /** The last row may end in a padding that is common to it and a next one. */
  int size() {
    return conv.channels() * channel() + (shifted() ? 0 : conv.wide().extent() - row);
  }

  /** Copies some of the source's rows in all channels, but for padding. */
  void copy(LoopNest nest, ValueLowering values, Buffer staged, SourceRows source) {
    int width = shifted() ? row : conv.wide().extent();
    var staging = new InputCopy(nest.sink(), values, conv);
    for (int copy = 0; copy < planes; copy++) {
      int from = copy * conv.wide().tap();
      var place = LoopNest.variable("pc", conv.channels()).times(Dim.of(channel())).plus(Dim.of(copy * plane - from));
      nest.apart(() -> staging.channels(() -> staging.rows(staged, source, from, from + width,
          (y, x) -> place.plus(y.times(Dim.of(row))).plus(x).toInt())));
    }
  }
}
