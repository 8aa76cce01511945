package nnc.lower.conv;

import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Int;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/**
 * Where the elements of an example's picture lie once it is copied for its sums: channel by channel, rows with their margins; or, shifted,
 * a plane for each tap of a row, whose rows are as long as the result's and hold what this tap meets.
 *
 * @param row    from one row to the next
 * @param planes of a channel
 * @param plane  elements of one
 */
record InputStaging(ConvolutionGeometry picture, int row, int planes, int plane) {

  static InputStaging of(ConvolutionGeometry picture, ConvolutionTiling cut) {
    int row = cut.pictureRow(picture);
    int plane = picture.high().extent() * row;
    return cut.way() == ConvolutionTiling.Way.SHIFTED ? new InputStaging(picture, row, picture.wide().taps(), Ints.roundUp(plane, cut.group()))
        : new InputStaging(picture, row, 1, plane);
  }

  boolean shifted() {
    return planes > 1;
  }

  /** From one tap of a row to the next. */
  int tap() {
    return shifted() ? plane : picture.wide().tap();
  }

  /** From one channel to the next. */
  int channel() {
    return planes * plane;
  }

  /** The last row may end in a margin that is common to it and a next one. */
  int size() {
    return picture.channels() * channel() + (shifted() ? 0 : picture.wide().extent() - row);
  }

  /** Copies some of the source's rows in all channels, but for margins. */
  void copy(LoopNest nest, ValueLowering values, Buffer staged, AffineIndex example, AffineIndex group, Int fromRow, Int toRow) {
    int width = shifted() ? row : picture.wide().extent();
    var staging = new PictureStaging(nest.sink(), values, picture);
    for (int copy = 0; copy < planes; copy++) {
      int from = copy * picture.wide().tap();
      var place = LoopNest.variable("pc", picture.channels()).times(Dim.of(channel())).plus(Dim.of(copy * plane - from));
      nest.apart(() -> staging.channels(() -> staging.rows(staged, example, group, fromRow, toRow, from, from + width,
          (y, x) -> place.plus(y.times(Dim.of(row))).plus(x).toInt())));
    }
  }
}
