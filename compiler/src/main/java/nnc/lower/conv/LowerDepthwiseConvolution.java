package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;

import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.ScheduledKernel;

/**
 * Depthwise convolutions, forward and by their input, with what follows them: each channel is summed by itself, so no product has rows to share. Channels lie
 * along the vectors: whatever the size of the maps and the stride, no lane is idle, and a vector of the input serves all positions of a row whose taps meet it.
 * Bands of rows of some channels are transposed on their way into the thread's scratch, and their sums on their way out.
 *
 * <pre>
 *   source [channel, y, x]      copy [y, x, channel]            sums [y, x, channel]           result [channel, y, x]
 *
 *                               . . . . . .                     x = 0  1  2  3    taps
 *   c0: a b c d                 . a b c d .   each letter       a' b' c' d'       in registers:   c0: a' b' c' d'
 *   c1: e f g h       --->      . e f g h .   a vector of  ---> for all positions          --->   c1: e' f' g' h'
 *   ...                         . . . . . .   channels          of a tile at once
 * </pre>
 */
public final class LowerDepthwiseConvolution {
  private static final Int ZERO = number(0);

  private final ScheduledKernel scheduled;
  private final ConvolutionGeometry conv;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  /** Whether the positions of all rows are run through as one. */
  private final boolean merged;
  /** Channels that are summed together. */
  private final int block;
  /** Rows of the result in a band; the last band may have fewer. */
  private final int band;
  private final AffineIndex example;
  private final Loop.Buffer staged;
  private final Loop.Buffer sums;
  private final DepthwiseFilters filters;

  private LowerDepthwiseConvolution(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse, boolean merged) {
    this.scheduled = scheduled;
    this.conv = conv;
    this.merged = merged;
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    example = AffineIndex.of(new AffineIndex.Atom.Var("n", scheduled.kernel().domain().shape().getFirst()));
    filters = new DepthwiseFilters(scheduled, conv, reuse, epilogue);
    block = filters.block();
    band = band(conv, block);
    staged = epilogue.scratch(height() * row() + scheduled.lanes());
    sums = epilogue.scratch(band * conv.wide().out() * block + scheduled.lanes());
  }

  /** Whether each channel of a convolution is summed by itself, and channels along the vectors take less time than positions, or lie so. */
  public static boolean takes(ScheduledKernel scheduled, ConvolutionGeometry conv) {
    int channels = conv.groups();
    return conv.channels() == 1 && conv.columns() == 1 && !conv.batchLast() && channels >= ConvolutionTuning.MIN_DEPTHWISE_CHANNELS
        && conv.wide().taps() <= ConvolutionTuning.DEPTHWISE_TAPS && PackedOperand.fits(Dim.of(Ints.roundUp(channels, DepthwiseFilters.block(channels))), Dim.of(conv.taps()))
        && (isShort(conv) || ChannelsLast.both(scheduled, conv));
  }

  /** Whether rows of the result leave lanes idle, or what they meet, a stride apart, is much to be copied for each tap; and a row's filters fit the registers. */
  private static boolean isShort(ConvolutionGeometry conv) {
    var wide = conv.wide();
    boolean idle = wide.out() < ConvolutionTuning.MIN_DEPTHWISE_CHANNELS;
    boolean strided = wide.step() > 1 && (wide.out() <= ConvolutionTuning.SHORT_DEPTHWISE_ROW || conv.taps() >= ConvolutionTuning.MANY_DEPTHWISE_TAPS);
    return (idle || strided) && conv.taps() > 1
        && (long) reach(conv.high()) * wide.extent() * DepthwiseFilters.block(conv.groups()) <= ConvolutionTuning.DEPTHWISE_ELEMENTS;
  }

  public static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    if (ChannelsLast.both(scheduled, conv)) {
      return LowerChannelsLastDepthwise.lower(scheduled, conv, reuse);
    }
    var rows = new LowerDepthwiseConvolution(scheduled, conv, reuse, false);
    var plain = rows.run();
    boolean mergeable = rows.epilogue.values.seamless(LoopNest.atom("y", conv.high().out()), LoopNest.atom("x", conv.wide().out()));
    return mergeable ? new LowerDepthwiseConvolution(scheduled, conv, reuse, true).run() : plain;
  }

  // ---- the cut

  /** Rows of a band: as many as the scratch holds, cut evenly. */
  private static int band(ConvolutionGeometry conv, int block) {
    int out = conv.high().out();
    int row = conv.wide().extent() * block;
    int fitting = (ConvolutionTuning.DEPTHWISE_ELEMENTS / row - reach(conv.high())) / conv.high().step() + 1;
    return Math.ceilDiv(out, Math.ceilDiv(out, Math.clamp(fitting, 1, out)));
  }

  /** Rows that a row of the result reads, or positions that one of its positions does, from the first to the last. */
  private static int reach(ConvolutionGeometry.Axis axis) {
    return (axis.taps() - 1) * axis.tap() + 1;
  }

  /** From one row of the copy to the next. */
  private int row() {
    return conv.wide().extent() * block;
  }

  /** Rows of the copy. */
  private int height() {
    return (band - 1) * conv.high().step() + reach(conv.high());
  }

  private int bands() {
    return Math.ceilDiv(conv.high().out(), band);
  }

  private LoweredKernel run() {
    var shape = scheduled.kernel().domain().shape();
    int parts = filters.blocks() * bands();
    var body = sink.within(() -> {
      nest.zero(staged, height() * row());
      nest.parts(parts, this::blocks);
    });
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(parts), shape);
  }

  /** Parts of an example: bands of blocks of channels. */
  private void blocks(Int first, Int end) {
    var body = sink.within(() -> {
      var before = multiply(new Int.Var("cb"), number(bands()));
      var bands = sink.within(() -> band(new Int.Var("cb"), new Int.Var("band")));
      sink.add(new Stmt.For("band", most(ZERO, subtract(first, before)), least(number(bands()), subtract(end, before)), LoopKind.SERIAL, bands));
    });
    sink.add(new Stmt.For("cb", divide(first, bands()), divide(add(end, number(bands() - 1L)), bands()), LoopKind.SERIAL, body));
  }

  private void band(Int number, Int index) {
    var c0 = multiply(number, number(block));
    var channels = filters.channels(c0);
    var y0 = multiply(index, number(band));
    var rows = conv.high().out() % band == 0 ? number(band) : least(number(band), subtract(number(conv.high().out()), y0));
    stage(c0, channels, y0, rows);
    nest.apart(() -> sums(c0, channels, rows));
    nest.apart(() -> epilogue(c0, channels, y0, rows));
  }

  // ---- the input

  /** Copies what a band reads, channel by channel side by side. Rows that are padding are cleared: another band has had them. */
  private void stage(Int c0, Int channels, Int y0, Int rows) {
    var high = conv.high();
    // the input's row with which the band begins, and rows of it
    var top = multiply(y0, number(high.step()));
    var height = add(multiply(subtract(rows, number(1)), number(high.step())), number(reach(high)));
    var shift = subtract(number(high.shift()), top);
    var from = most(number(high.first()), behind(subtract(ZERO, shift)));
    var to = least(number(high.end()), behind(subtract(height, shift)));
    if (high.interior() > 1) {
      nest.zero(staged, ZERO, multiply(height, number(row())));
    } else if (!high.full()) {
      nest.zero(staged, ZERO, multiply(least(height, add(from, shift)), number(row())));
      nest.zero(staged, multiply(most(ZERO, add(to, shift)), number(row())), multiply(height, number(row())));
    }
    copy(c0, channels, top, from, to);
  }

  /** The first element of the source that lies no sooner than so many rows behind its first one in the input. */
  private Int behind(Int rows) {
    int interior = conv.high().interior();
    return interior == 1 ? rows : divide(add(most(ZERO, rows), number(interior - 1L)), interior);
  }

  private void copy(Int c0, Int channels, Int top, Int from, Int to) {
    var high = conv.high();
    var wide = conv.wide();
    var channel = LoopNest.variable("pc", conv.groups());
    var y = var("py", high.size());
    var x = LoopNest.variable("px", wide.size());
    var body = sink.within(() -> epilogue.values.scoped(() -> {
      var element = epilogue.values.element(conv.source(), conv.at(example, channel, y, x));
      var inRow = add(multiply(add(multiply(new Int.Var("px"), number(wide.interior())), number(wide.shift())), number(block)), subtract(new Int.Var("pc"), c0));
      var at = subtract(y.times(Dim.of(high.interior())).plus(Dim.of(high.shift())).toInt(), top);
      sink.add(new Stmt.Store(staged, add(multiply(at, number(row())), inRow), element));
    }));
    // what lies side by side along a row is read across channels: squares of both are transposed
    body = List.of(new Stmt.For("pc", c0, add(c0, channels), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("px", number(wide.first()), number(wide.end()), LoopKind.SERIAL, body));
    var all = List.<Stmt>of(new Stmt.For("py", from, to, LoopKind.SERIAL, body));
    nest.apart(() -> all.forEach(sink::add));
  }

  // ---- sums

  private void sums(Int c0, Int channels, Int rows) {
    var body = sink.within(() -> nest.stretches(conv.wide().out(), filters.tile(), "tile", (x0, count) -> nest.apart(() -> tile(c0, channels, x0, count))));
    sink.add(new Stmt.For("row", ZERO, rows, LoopKind.SERIAL, body));
  }

  /** Sums of neighbouring positions of a row: each vector of the input is loaded once for all taps of a row that meet it. */
  private void tile(Int c0, Int channels, Int x0, int count) {
    var wide = conv.wide();
    var lane = new Int.Var("pc");
    var body = sink.within(() -> {
      var totals = IntStream.range(0, count).mapToObj(_ -> sink.fresh()).toList();
      totals.forEach(total -> sink.add(new Stmt.Let(total, new Expr.Number(0))));
      nest.loop("ky", conv.high().taps(), ky -> {
        var line = add(multiply(new Int.Var("row"), number(conv.high().step())), multiply(ky, number(conv.high().tap())));
        var start = add(multiply(line, number(row())), multiply(x0, number((long) wide.step() * block)));
        var taps = filters.row(c0, ky, lane);
        for (int place = 0; place <= (count - 1) * wide.step() + reach(wide) - 1; place++) {
          addTo(totals, taps, place, add(add(start, number((long) place * block)), lane));
        }
      });
      for (int i = 0; i < count; i++) {
        var at = add(add(multiply(new Int.Var("row"), number(wide.out())), x0), number(i));
        sink.add(new Stmt.Store(sums, add(multiply(at, number(block)), lane), new Expr.Read(totals.get(i))));
      }
    });
    sink.add(new Stmt.For("pc", ZERO, channels, LoopKind.VECTOR, body));
  }

  /** Adds a place of the input to the sums of those positions whose taps meet it. */
  private void addTo(List<String> totals, List<Expr> taps, int place, Int at) {
    var wide = conv.wide();
    Expr input = null;
    for (int i = 0; i < totals.size(); i++) {
      int within = place - i * wide.step();
      if (within >= 0 && within % wide.tap() == 0 && within / wide.tap() < taps.size()) {
        input = input == null ? sink.let(new Expr.Load(staged, at)) : input;
        sink.add(new Stmt.Assign(totals.get(i), new Expr.Apply(Fn.FMA, List.of(input, taps.get(within / wide.tap()), new Expr.Read(totals.get(i))))));
      }
    }
  }

  // ---- what follows

  private void epilogue(Int c0, Int channels, Int y0, Int rows) {
    int out = conv.wide().out();
    var channel = LoopNest.variable("col", conv.groups());
    var y = merged ? AffineIndex.ZERO : var("y", conv.high().out());
    var x = LoopNest.variable("x", merged ? conv.positions() : out);
    var first = multiply(y0, number(out));
    var along = merged ? new Int.Var("x") : add(multiply(y.toInt(), number(out)), new Int.Var("x"));
    var element = add(multiply(subtract(along, first), number(block)), subtract(new Int.Var("col"), c0));
    var body = epilogue.stores(conv.at(example, channel, y, x), new Expr.Load(sums, element));
    var end = add(y0, rows);
    body = List.of(merged ? new Stmt.For("x", first, multiply(end, number(out)), LoopKind.VECTOR, body) : new Stmt.For("x", ZERO, number(out), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("col", c0, add(c0, channels), LoopKind.SERIAL, body));
    body = merged || conv.high().out() == 1 ? body : List.of(new Stmt.For("y", y0, end, LoopKind.SERIAL, body));
    body.forEach(sink::add);
  }
}
