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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
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
import nnc.lower.common.PackedOperand;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;
import nnc.optimizations.Optimization;

/**
 * Convolutions of several taps, or steps, of a picture that lies with its channels last, to another one, with filters that are the same at each run. Of each row of taps
 * a product: positions by filters, summed over the taps of the row and their channels, which follow each other in memory. Bands of rows are copied with their padding.
 *
 * <pre>
 *   copied rows [row][position][channel]                 filters [panel][ky][kx][channel][filter]
 *
 *      0     a0 a1 .. | b0 b1 .. | c0 c1 .. | ...        position 0:  a0 a1 .. b0 b1 .. c0 c1 ..   by   kx * channels  x  filters
 *            '---- position 0, ky 0 ----'                position 1:  a step of positions further
 *
 *   short rows that are a step apart lie plane by plane, so that the positions of all rows of the result are as far apart as those of one, and are rows of one product:
 *
 *      plane 0:  rows 0, 2, 4, ...      plane 1:  rows 1, 3, 5, ...
 * </pre>
 */
final class LowerChannelsLastConvolution {
  private static final Int ZERO = number(0);

  private final ConvolutionGeometry conv;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final AffineIndex example;
  private final AffineAccess source;
  private final int panel;
  /** Rows of the result that are summed together: a divisor of all. */
  private final int band;
  /** Whether the positions of a band's rows are rows of one product. */
  private final boolean flat;
  /** Positions of a copied row: a multiple of the step. */
  private final int extent;
  private final Loop.Buffer staged;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;
  private final int lanes;

  private LowerChannelsLastConvolution(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    this.conv = conv;
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    lanes = scheduled.lanes();
    example = ChannelsLast.example(scheduled);
    source = ChannelsLast.source(scheduled, conv, epilogue);
    panel = Math.min(Ints.roundUp(conv.columns(), lanes), ConvolutionTuning.PANEL_COLUMNS);
    int step = conv.wide().step();
    extent = Math.ceilDiv(conv.wide().extent(), step) * step;
    flat = conv.high().step() == step && conv.wide().out() < ConvolutionTuning.FLAT_POSITIONS;
    band = IntStream.rangeClosed(1, conv.high().out()).filter(rows -> conv.high().out() % rows == 0 && (rows == 1 || size(rows) <= ConvolutionTuning.TILE_INPUT_ELEMENTS))
        .max().orElseThrow();
    staged = epilogue.scratch(size(band) + lanes);
    var operand = PackedOperand.of(scheduled, filters(), reuse.lifetime(conv.other()), PackedOperand.Search.NONE);
    packed = epilogue.values.buffer(operand, Loop.Space.ARENA);
    sums = epilogue.scratch(band * between() * panel);
  }

  /** Whether picture and result of a convolution lie so, and its terms cannot be saved by a transform, or rows are so short that this saves no time. */
  static boolean takes(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    boolean known = conv.groups() == 1 && !conv.batchLast() && reuse.isFixed(conv.other())
        && PackedOperand.fits(Dim.of(conv.columns()), Dim.of((long) conv.channels() * conv.taps()));
    return known && !isTransformed(scheduled, conv) && ChannelsLast.both(scheduled, conv);
  }

  private static boolean isTransformed(ScheduledKernel scheduled, ConvolutionGeometry conv) {
    return conv.wide().out() >= ConvolutionTuning.MIN_WINOGRAD_POSITIONS && scheduled.switches().on(Optimization.WINOGRAD)
        && WinogradRows.choose(conv, scheduled.lanes()) != null;
  }

  static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    return new LowerChannelsLastConvolution(scheduled, conv, reuse).run(scheduled);
  }

  // ---- the cut

  private LoweredKernel run(ScheduledKernel scheduled) {
    var shape = scheduled.kernel().domain().shape();
    int parts = conv.high().out() / band * panels();
    var body = sink.within(() -> {
      if (conv.hasPadding()) {
        nest.zero(staged, size(band));
      }
      nest.parts(parts, this::bands);
    });
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(parts), shape);
  }

  /** Parts of an example: panels of columns of bands. */
  private void bands(Int first, Int end) {
    var before = multiply(new Int.Var("band"), number(panels()));
    var y0 = multiply(new Int.Var("band"), number(band));
    var body = sink.within(() -> {
      stage(y0);
      var each = sink.within(() -> panel(y0, multiply(new Int.Var("panel"), number(panel))));
      sink.add(new Stmt.For("panel", most(ZERO, subtract(first, before)), least(number(panels()), subtract(end, before)), LoopKind.SERIAL, each));
    });
    sink.add(new Stmt.For("band", divide(first, panels()), divide(add(end, number(panels() - 1L)), panels()), LoopKind.SERIAL, body));
  }

  private int panels() {
    return Math.ceilDiv(conv.columns(), panel);
  }

  // ---- the copy

  /** Elements of a copied row. */
  private int row() {
    return extent * conv.channels();
  }

  /** Rows of the picture, padding among them, of which so many rows of the result are made. */
  private int height(int rows) {
    return (rows - 1) * conv.high().step() + (conv.high().taps() - 1) * conv.high().tap() + 1;
  }

  private int planes() {
    return flat ? conv.high().step() : 1;
  }

  private int rowsOfPlane(int rows) {
    return Math.ceilDiv(height(rows), planes());
  }

  private int size(int rows) {
    return planes() * rowsOfPlane(rows) * row();
  }

  /** Where a row of the band's input begins in the copy. */
  private Int place(Int row) {
    var within = planes() == 1 ? row
        : add(multiply(new Int.Apply(Loop.IntFn.MOD, row, number(planes())), number(rowsOfPlane(band))), divide(row, planes()));
    return multiply(within, number(row()));
  }

  /** Copies what a band reads, a row of positions and channels as one, and clears rows that are padding: those of another band have been there. */
  private void stage(Int y0) {
    var high = conv.high();
    var wide = conv.wide();
    var top = subtract(multiply(y0, number(high.step())), number(high.shift()));
    var row = new Int.Var("py");
    var element = new Int.Var("pe");
    var lane = add(element, number((long) wide.shift() * conv.channels()));
    int copied = Math.min(wide.size(), wide.extent() - wide.shift());
    var source = new Expr.Load(this.source.buffer(), this.source.start(List.of(CHANNEL, ROW, POSITION), List.of(element, add(top, row), ZERO)));
    var copy = List.<Stmt>of(new Stmt.For("pe", ZERO, number((long) copied * conv.channels()), LoopKind.VECTOR, List.of(new Stmt.Store(staged, add(place(row), lane), source))));
    var clear = List.<Stmt>of(new Stmt.For("pe", ZERO, number(row()), LoopKind.VECTOR, List.of(new Stmt.Store(staged, add(place(row), element), new Expr.Number(0)))));
    var height = number(height(band));
    var from = least(height, most(ZERO, subtract(ZERO, top)));
    var to = most(from, least(height, subtract(number(high.size()), top)));
    nest.apart(() -> sink.add(new Stmt.For("py", from, to, LoopKind.SERIAL, copy)));
    if (!high.full()) {
      nest.apart(() -> {
        sink.add(new Stmt.For("py", ZERO, from, LoopKind.SERIAL, clear));
        sink.add(new Stmt.For("py", to, height, LoopKind.SERIAL, clear));
      });
    }
  }

  // ---- sums

  private PanelLayout filters() {
    var terms = Stream.of(LoopNest.atom("ky", conv.high().taps()), LoopNest.atom("kx", conv.wide().taps()), LoopNest.atom("c", conv.channels()))
        .filter(term -> !term.extent().is(1)).toList();
    return new PanelLayout(LoopNest.atom(CHANNEL, conv.columns()), terms, panel, 1, from -> List.of(from.element(conv.other(),
        conv.weight(AffineIndex.ZERO, LoopNest.variable(CHANNEL, conv.columns()), var("c", conv.channels()), var("ky", conv.high().taps()), var("kx", conv.wide().taps())))));
  }

  /** Positions from a row of sums to the next. */
  private int between() {
    return flat ? extent / conv.wide().step() : conv.wide().out();
  }

  /** Sums of a band by some columns, and what follows from them. */
  private void panel(Int y0, Int c0) {
    int line = conv.wide().taps() * conv.channels();
    for (int ky = 0; ky < conv.high().taps(); ky++) {
      var filters = add(multiply(c0, number((long) conv.taps() * conv.channels())), number((long) ky * line * panel));
      for (int c = 0; c < conv.channels(); c += ConvolutionTuning.CHANNELS_OF_A_BLOCK) {
        products(ky, c, add(filters, number((long) c * panel)), ky + c == 0 ? Stmt.Prior.REPLACED : Stmt.Prior.ADDED);
      }
    }
    nest.apart(() -> epilogue(y0, c0));
  }

  /** The terms of a row of taps in some channels. */
  private void products(int ky, int c, Int filters, Stmt.Prior prior) {
    var wide = conv.wide();
    var depth = new ArrayList<Stmt.Depth>();
    if (wide.taps() > 1) {
      depth.add(new Stmt.Depth(number(wide.taps()), number((long) wide.tap() * conv.channels()), number((long) conv.channels() * panel)));
    }
    depth.add(new Stmt.Depth(number(Math.min(ConvolutionTuning.CHANNELS_OF_A_BLOCK, conv.channels() - c)), number(1), number(panel)));
    var step = number((long) wide.step() * conv.channels());
    int tap = ky * conv.high().tap();
    if (flat) {
      var start = add(place(number(tap)), number(c));
      product((band - 1) * between() + wide.out(), depth, new Stmt.Factor(staged, start, step), filters, ZERO, prior);
    } else {
      nest.loop("row", band, row -> {
        var start = add(place(add(multiply(row, number(conv.high().step())), number(tap))), number(c));
        product(wide.out(), depth, new Stmt.Factor(staged, start, step), filters, multiply(row, number((long) between() * panel)), prior);
      });
    }
  }

  private void product(int rows, List<Stmt.Depth> depth, Stmt.Factor left, Int filters, Int sum, Stmt.Prior prior) {
    sink.add(new Stmt.Product(new Stmt.Extent(number(rows), 1, number(panel), depth), left, new Stmt.Factor(packed, filters, ZERO),
        new Stmt.Factor(sums, sum, number(panel)), prior));
  }

  private void epilogue(Int y0, Int c0) {
    int out = conv.wide().out();
    var y = LoopNest.variable(ROW, conv.high().out());
    var position = add(multiply(subtract(y.toInt(), y0), number(between())), new Int.Var(POSITION));
    var sum = new Expr.Load(sums, add(multiply(position, number(panel)), subtract(new Int.Var(CHANNEL), c0)));
    var place = conv.at(example, LoopNest.variable(CHANNEL, conv.columns()), y, LoopNest.variable(POSITION, out));
    var end = conv.columns() % panel == 0 ? add(c0, number(panel)) : least(number(conv.columns()), add(c0, number(panel)));
    var body = List.<Stmt>of(new Stmt.For(CHANNEL, c0, end, LoopKind.VECTOR, epilogue.stores(place, sum)));
    body = List.of(new Stmt.For(POSITION, ZERO, number(out), LoopKind.SERIAL, body));
    sink.add(new Stmt.For(ROW, y0, add(y0, number(band)), LoopKind.SERIAL, body));
  }
}
