package nnc.loops;

import nnc.graph.Dim;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Int;

/**
 * Where the elements of an example's picture lie once it is copied for its sums: channel by channel, rows with their margins; or, shifted,
 * a plane for each tap of a row, whose rows are as long as the result's and hold what this tap meets.
 *
 * @param row    from one row to the next
 * @param planes of a channel
 * @param plane  elements of one
 */
record Staging(Picture picture, int row, int planes, int plane) {

  static Staging of(Picture picture, ConvolutionCut cut) {
    int row = cut.pictureRow(picture);
    int plane = picture.high().extent() * row;
    return cut.way() == ConvolutionCut.Way.SHIFTED ? new Staging(picture, row, picture.wide().taps(), Blocking.round(plane, cut.group()))
        : new Staging(picture, row, 1, plane);
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
  void copy(Nest nest, Values values, Buffer staged, Index example, Index group, Int fromRow, Int toRow) {
    int width = shifted() ? row : picture.wide().extent();
    for (int copy = 0; copy < planes; copy++) {
      int from = copy * picture.wide().tap();
      var place = Nest.variable("pc", picture.channels()).times(Dim.of(channel())).plus(Dim.of(copy * plane - from));
      nest.apart(() -> nest.channels(picture, () -> nest.stageRows(values, picture, staged, example, group, fromRow, toRow, from, from + width,
          (y, x) -> place.plus(y.times(Dim.of(row))).plus(x).toInt())));
    }
  }
}
