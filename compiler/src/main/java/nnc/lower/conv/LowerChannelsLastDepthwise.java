package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;
import static nnc.lower.conv.ChannelsLast.CHANNEL;
import static nnc.lower.conv.ChannelsLast.POSITION;
import static nnc.lower.conv.ChannelsLast.ROW;

import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineAccess;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.ScheduledKernel;

/**
 * Depthwise convolutions, forward, of pictures that lie with their channels last, with what follows them. A vector holds channels of a place; it is loaded from where it
 * lies once for all sums of a tile whose taps meet it, and these end in their registers. Nothing is copied and nothing padded: rows of taps outside the picture are
 * no turns of their loop, places left and right of it are left out of the tiles at the edges.
 *
 * <pre>
 *     picture [y, x, channel]                            result [y, x, channel]
 *
 *     . a0 b0 c0 d0 ...       each letter a vector      the sums of a tile, side by side in registers:
 *     . a1 b1 c1 d1 ...       of channels                 s(x) += row(y + ky)[x + kx] * filter[ky, kx]      for all kx, then the next ky
 * </pre>
 */
final class LowerChannelsLastDepthwise {
  private static final Int ZERO = number(0);

  private final ConvolutionGeometry conv;
  private final DepthwiseFilters filters;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final AffineIndex example;
  private final AffineAccess source;
  /** Positions of a tile. */
  private final int tile;
  /** Rows of the result that a thread has at least. */
  private final int band;

  private LowerChannelsLastDepthwise(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    this.conv = conv;
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    example = ChannelsLast.example(scheduled);
    source = ChannelsLast.source(scheduled, conv, epilogue);
    filters = new DepthwiseFilters(scheduled, conv, reuse, epilogue);
    tile = filters.tile();
    long row = (long) conv.wide().out() * filters.block() * conv.taps();
    band = (int) Math.clamp(ConvolutionTuning.MIN_DEPTHWISE_TERMS / row, 1, conv.high().out());
  }

  static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    return new LowerChannelsLastDepthwise(scheduled, conv, reuse).run(scheduled);
  }

  // ---- the cut

  private LoweredKernel run(ScheduledKernel scheduled) {
    var shape = scheduled.kernel().domain().shape();
    int bands = Math.ceilDiv(conv.high().out(), band);
    int parts = filters.blocks() * bands;
    var body = sink.within(() -> nest.parts(parts, (first, end) -> blocks(bands, first, end)));
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(parts), shape);
  }

  /** Parts of an example: bands of blocks of channels. */
  private void blocks(int bands, Int first, Int end) {
    var body = sink.within(() -> {
      var before = multiply(new Int.Var("cb"), number(bands));
      var from = multiply(most(ZERO, subtract(first, before)), number(band));
      var to = least(number(conv.high().out()), multiply(least(number(bands), subtract(end, before)), number(band)));
      nest.apart(() -> rows(new Int.Var("cb"), from, to));
    });
    sink.add(new Stmt.For("cb", divide(first, bands), divide(add(end, number(bands - 1L)), bands), LoopKind.SERIAL, body));
  }

  private void rows(Int block, Int from, Int to) {
    var c0 = multiply(block, number(filters.block()));
    var channels = filters.channels(c0);
    sink.add(new Stmt.For(ROW, from, to, LoopKind.SERIAL, sink.within(() -> tiles(c0, channels))));
  }

  /** The tiles of a row: those in the middle, whose taps all meet the picture, in a loop, others one by one. */
  private void tiles(Int c0, Int channels) {
    var wide = conv.wide();
    int out = wide.out();
    // the first position whose taps all lie in the picture, and the one behind the last
    int inner = Math.ceilDiv(wide.shift(), wide.step());
    int outer = Math.floorDiv(wide.size() - 1 - (wide.taps() - 1) * wide.tap() + wide.shift(), wide.step()) + 1;
    int first = Math.min(Math.max(0, Math.ceilDiv(inner, tile)), Math.ceilDiv(out, tile));
    int last = Math.max(first, Math.min(outer, out) / tile);
    for (int i = 0; i < first; i++) {
      edge(c0, channels, i);
    }
    if (last - first > 1) {
      var place = LoopNest.variable("tile", last).times(Dim.of(tile));
      sink.add(new Stmt.For("tile", number(first), number(last), LoopKind.SERIAL, sink.within(() -> nest.apart(() -> tile(c0, channels, place, tile)))));
    } else if (last > first) {
      edge(c0, channels, first);
    }
    for (int i = last; i * tile < out; i++) {
      edge(c0, channels, i);
    }
  }

  private void edge(Int c0, Int channels, int number) {
    int count = Math.min(tile, conv.wide().out() - number * tile);
    nest.apart(() -> tile(c0, channels, AffineIndex.of(Dim.of((long) number * tile)), count));
  }

  // ---- a tile

  /** Sums of neighbouring positions of a row, and what follows from them. */
  private void tile(Int c0, Int channels, AffineIndex x0, int count) {
    var high = conv.high();
    var top = subtract(multiply(new Int.Var(ROW), number(high.step())), number(high.shift()));
    // taps above the picture and below it are none
    var from = divide(add(most(ZERO, subtract(ZERO, top)), number(high.tap() - 1L)), high.tap());
    var to = least(number(high.taps()), divide(most(ZERO, add(subtract(number(high.size()), top), number(high.tap() - 1L))), high.tap()));
    var body = sink.within(() -> {
      var totals = IntStream.range(0, count).mapToObj(_ -> sink.fresh()).toList();
      totals.forEach(total -> sink.add(new Stmt.Let(total, new Expr.Number(0))));
      sink.add(new Stmt.For("ky", from, to, LoopKind.SERIAL, sink.within(() -> line(c0, top, x0, totals))));
      for (int i = 0; i < count; i++) {
        var at = conv.at(example, LoopNest.variable(CHANNEL, conv.groups()), var(ROW, high.out()), x0.plus(Dim.of(i)));
        epilogue.stores(at, new Expr.Read(totals.get(i))).forEach(sink::add);
      }
    });
    sink.add(new Stmt.For(CHANNEL, c0, add(c0, channels), LoopKind.VECTOR, body));
  }

  /** Adds what a row of taps meets. */
  private void line(Int c0, Int top, AffineIndex x0, List<String> totals) {
    var wide = conv.wide();
    var ky = new Int.Var("ky");
    var channel = new Int.Var(CHANNEL);
    var taps = filters.row(c0, ky, subtract(channel, c0));
    var row = add(top, multiply(ky, number(conv.high().tap())));
    boolean edge = x0.terms().isEmpty();
    for (int place = 0; place < (totals.size() - 1) * wide.step() + (wide.taps() - 1) * wide.tap() + 1; place++) {
      int within = place;
      var met = IntStream.range(0, totals.size()).filter(i -> meets(within - i * wide.step())).toArray();
      long x = edge ? (long) x0.constant().fixed() * wide.step() + place - wide.shift() : 0;
      if (met.length == 0 || x < 0 || x >= wide.size()) {
        continue;
      }
      var column = add(multiply(x0.toInt(), number(wide.step())), number((long) place - wide.shift()));
      var input = sink.let(new Expr.Load(source.buffer(), source.start(List.of(CHANNEL, ROW, POSITION), List.of(channel, row, column))));
      for (int i : met) {
        var tap = taps.get((within - i * wide.step()) / wide.tap());
        sink.add(new Stmt.Assign(totals.get(i), new Expr.Apply(Fn.FMA, List.of(input, tap, new Expr.Read(totals.get(i))))));
      }
    }
  }

  /** Whether a tap of a row is so far from its first one. */
  private boolean meets(int distance) {
    var wide = conv.wide();
    return distance >= 0 && distance % wide.tap() == 0 && distance / wide.tap() < wide.taps();
  }
}
