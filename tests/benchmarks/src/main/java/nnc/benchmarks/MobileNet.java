package nnc.benchmarks;

import java.util.List;

/** What MobileNetV3-Small's blocks are (Howard et al. 2019, table 2), as {@code MB.nn} has them. */
final class MobileNet {
  private MobileNet() {}

  /** Of batch norm. */
  static final double EPSILON = 0.001;

  /** What follows the name of a layer's first, second and third of its kind. */
  static final List<String> ORDINALS = List.of("", "_2", "_3");

  /**
   * A block: widen, convolve channel by channel, weigh channels, narrow.
   *
   * @param in     channels that come in
   * @param wide   channels in between
   * @param isHard whether its activation is hard swish rather than ReLU
   */
  record Block(int in, int kernel, int wide, int out, boolean isSqueezed, boolean isHard, int stride) {
    boolean isWidened() {
      return wide != in;
    }

    boolean isResidual() {
      return stride == 1 && in == out;
    }
  }

  static final List<Block> BLOCKS = List.of(
      new Block(16, 3, 16, 16, true, false, 2),
      new Block(16, 3, 72, 24, false, false, 2),
      new Block(24, 3, 88, 24, false, false, 1),
      new Block(24, 5, 96, 40, true, true, 2),
      new Block(40, 5, 240, 40, true, true, 1),
      new Block(40, 5, 240, 40, true, true, 1),
      new Block(40, 5, 120, 48, true, true, 1),
      new Block(48, 5, 144, 48, true, true, 1),
      new Block(48, 5, 288, 96, true, true, 2),
      new Block(96, 5, 576, 96, true, true, 1),
      new Block(96, 5, 576, 96, true, true, 1));
}
