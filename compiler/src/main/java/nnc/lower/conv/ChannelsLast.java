package nnc.lower.conv;

import java.util.List;
import java.util.Set;
import nnc.lower.common.AffineAccess;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ScheduledKernel;

/** Which pictures lie with their channels last, {@code [N, H, W, C]}, and the loops over their elements: {@link #CHANNEL}, {@link #ROW}, {@link #POSITION}. */
final class ChannelsLast {
  static final String CHANNEL = "col", ROW = "y", POSITION = "x";

  private ChannelsLast() {}

  static AffineIndex example(ScheduledKernel scheduled) {
    return AffineIndex.of(new AffineIndex.Atom.Var("n", scheduled.kernel().domain().shape().getFirst()));
  }

  private static List<AffineIndex> at(ScheduledKernel scheduled, ConvolutionGeometry conv, int channels, int rows, int positions) {
    return conv.at(example(scheduled), LoopNest.variable(CHANNEL, channels), LoopNest.variable(ROW, rows), LoopNest.variable(POSITION, positions));
  }

  /** Where a convolution's picture lies; null if it is computed on the way or not all of a position's channels lie side by side, and behind them the next position's. */
  static AffineAccess source(ScheduledKernel scheduled, ConvolutionGeometry conv, Epilogue epilogue) {
    int channels = conv.groups() * conv.channels();
    var access = AffineAccess.of(epilogue.sink, epilogue.values, Set.of(CHANNEL, ROW, POSITION),
        () -> epilogue.values.element(conv.source(), at(scheduled, conv, channels, conv.high().size(), conv.wide().size())));
    return access != null && access.step(CHANNEL).is(1) && access.step(POSITION).is(channels) ? access : null;
  }

  /** Whether the picture and the result of a convolution over two axes lie so. */
  static boolean both(ScheduledKernel scheduled, ConvolutionGeometry conv) {
    var trial = new Epilogue(scheduled);
    return conv.forward() && conv.rank() == 2 && source(scheduled, conv, trial) != null
        && trial.result(at(scheduled, conv, conv.groups() * conv.columns(), conv.high().out(), conv.wide().out())).index().factor(CHANNEL).is(1);
  }
}
