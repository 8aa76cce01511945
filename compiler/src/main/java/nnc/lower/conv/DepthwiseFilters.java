package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;

/**
 * The filters of a depthwise convolution with channels along the vectors, copied block by block.
 *
 * <pre>
 *   [block of channels] [ky] [kx] [channel of the block]
 * </pre>
 */
final class DepthwiseFilters {
  private final ConvolutionGeometry conv;
  private final Epilogue epilogue;
  private final Loop.Buffer packed;

  DepthwiseFilters(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse, Epilogue epilogue) {
    this.conv = conv;
    this.epilogue = epilogue;
    var terms = Stream.of(LoopNest.atom("ky", conv.high().taps()), LoopNest.atom("kx", conv.wide().taps())).filter(term -> !term.extent().is(1)).toList();
    var layout = new PanelLayout(LoopNest.atom("col", conv.groups()), terms, block(), 1, from -> List.of(from.element(conv.other(),
        conv.weight(LoopNest.variable("col", conv.groups()), AffineIndex.ZERO, AffineIndex.ZERO, var("ky", conv.high().taps()), var("kx", conv.wide().taps())))));
    packed = epilogue.values.buffer(PackedOperand.of(scheduled, layout, reuse.lifetime(conv.other()), PackedOperand.Search.NONE), Loop.Space.ARENA);
  }

  /** Channels of a block: whole vectors on every machine if there are as many. */
  static int block(int channels) {
    return channels <= 32 ? channels : Stream.of(16, 24, 32).filter(size -> channels % size == 0).findFirst().orElse(16);
  }

  int block() {
    return block(conv.groups());
  }

  int blocks() {
    return Math.ceilDiv(conv.groups(), block());
  }

  /** How many channels the block has that begins with this one. */
  Int channels(Int first) {
    return conv.groups() % block() == 0 ? number(block()) : least(number(block()), subtract(number(conv.groups()), first));
  }

  /** Positions of a tile: their sums, a row's filters and a vector of the input fill no more than 16 registers. */
  int tile() {
    int out = conv.wide().out();
    int most = ConvolutionTuning.DEPTHWISE_REGISTERS - conv.wide().taps();
    return IntStream.rangeClosed(Math.ceilDiv(most, 2), most).filter(size -> out % size == 0).max().orElse(Math.min(out, most));
  }

  /** A row's taps of a channel of the block that begins with channel {@code c0}. */
  List<Expr> row(Int c0, Int ky, Int channel) {
    int taps = conv.wide().taps();
    var start = add(multiply(c0, number(conv.taps())), multiply(ky, number((long) taps * block())));
    return IntStream.range(0, taps).mapToObj(kx -> epilogue.sink.let(new Expr.Load(packed, add(add(start, number((long) kx * block())), channel)))).toList();
  }
}
