package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.RowBands;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LongProducts;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.common.ValueLowering;
import nnc.optimizations.Optimization;
import nnc.schedule.Kernel;

/**
 * Convolutions, forward and by their input, with what follows them. Each example's input is copied with its padding into the thread's
 * scratch, the filters are copied once to where the sums want them, and {@link Stmt.Product} does the rest, without an im2col: along the
 * vectors lie either the columns of the result (its channels), with positions as rows, or the positions of a row, with columns as rows.
 */
public final class LowerConvolution {
  private static final Int ZERO = new Int.Number(0);

  private final Kernel kernel;
  private final ConvolutionGeometry conv;
  /** Null where taps of all rows are summed plainly. */
  private final WinogradRows transform;
  /** The input that is summed, once for each point of the transform. */
  private final ConvolutionGeometry summed;
  private final ConvolutionTiling tiling;
  /** How an input lies that is summed. */
  private final InputStaging staging;
  /** Columns whose filters are copied at a time. */
  private final int chunk;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final ValueLowering values;
  /** Rows of the result that follow each other in memory: all, or those of a block; and whether they are run through as one. */
  private final int run;
  private final boolean merged;
  /** Whether the filters are the same at each run, and copied beforehand. */
  private final boolean packedBefore;
  private final AffineIndex example;
  private final AffineIndex group;
  private final Loop.Buffer staged;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;
  /** The sums in the result's rows: the same, but for a transform. */
  private final Loop.Buffer results;

  private LowerConvolution(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse, int run, boolean merged) {
    kernel = scheduled.kernel();
    this.conv = conv;
    this.run = run;
    this.merged = merged;
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    values = epilogue.values;
    int lanes = scheduled.lanes();
    var way = scheduled.switches().on(Optimization.WINOGRAD) ? WinogradRows.choose(conv, lanes) : null;
    transform = way == null ? null : WinogradRows.of(way, conv, lanes, epilogue);
    summed = way == null ? conv : transform.summed();
    tiling = way == null ? ConvolutionTiling.of(conv, lanes) : ConvolutionTiling.ofOneCopy(summed, lanes, points());
    staging = InputStaging.of(summed, tiling);
    packedBefore = reuse.isFixed(conv.other()) && havePanelsOfTheirOwn() && PackedOperand.fits(Dim.of(filters()), Dim.of((long) each() * points()));
    int fitting = ConvolutionTuning.PACKED_FILTER_ELEMENTS / (each() * points()) / tiling.panel() * tiling.panel();
    chunk = packedBefore ? conv.columns() : Math.min(conv.columns(), Math.max(tiling.panel(), fitting));
    example = AffineIndex.of(new AffineIndex.Atom.Var("n", kernel.domain().shape().getFirst()));
    group = var("g", conv.groups());
    staged = epilogue.scratch(points() * plane() + 4 * lanes);
    var operand = packedBefore ? packedOperand(scheduled, reuse) : null;
    packed = packedBefore ? values.buffer(operand, Loop.Space.ARENA)
        : epilogue.scratch(tiling.panels(chunk) * tiling.panel() * each() * points());
    sums = epilogue.scratch(points() * tiling.sums(summed));
    results = transform == null ? sums : epilogue.scratch(tiling.panel() * tiling.band() * tile() * conv.wide().out());
  }

  public static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv, OperandReuse reuse) {
    if (LowerChannelsLastConvolution.takes(scheduled, conv, reuse)) {
      return LowerChannelsLastConvolution.lower(scheduled, conv, reuse);
    }
    int all = conv.high().out();
    var whole = new LowerConvolution(scheduled, conv, reuse, all, false);
    var plain = whole.run();
    int block = whole.block();
    if (whole.mergeable()) {
      return new LowerConvolution(scheduled, conv, reuse, all, true).run();
    }
    if (block < all) {
      var blocks = new LowerConvolution(scheduled, conv, reuse, block, false);
      blocks.run();
      if (blocks.mergeable()) {
        return new LowerConvolution(scheduled, conv, reuse, block, true).run();
      }
    }
    return plain;
  }

  // ---- sums

  private int points() {
    return transform == null ? 1 : transform.points();
  }

  private int plane() {
    return transform == null ? staging.size() : transform.plane();
  }

  /** Rows of the result that are made of a row of sums at each point. */
  private int tile() {
    return transform == null ? 1 : transform.tile();
  }

  /** Positions from one row of a column's results to the next. */
  private int resultRow() {
    return transform == null ? tiling.rowLength(conv) : conv.wide().out();
  }

  /** Results of one column, or of one position. */
  private int resultStride() {
    return transform == null || !tiling.along() ? tiling.stride(conv) : tiling.band() * tile() * conv.wide().out();
  }

  /** Terms of each sum. */
  private int each() {
    return summed.channels() * summed.taps();
  }

  /** Whether the positions of a run of rows can be run through without a seam. */
  private boolean mergeable() {
    if (run == 1 || tiling.along() && resultRow() != conv.wide().out()) {
      return false;
    }
    return values.seamless(LoopNest.atom("y", run), LoopNest.atom("x", conv.wide().out()));
  }

  /** Rows of the result in each block of an example, if what is summed at a time never begins or ends inside of one; otherwise all. */
  private int block() {
    int height = rows() / parts();
    boolean even = packedBefore && conv.groups() == 1 && !tiling.byPanels(conv) && tiling.band() % height == 0 && rows() * tile() == conv.high().out();
    return even ? height * tile() : conv.high().out();
  }

  // ---- the kernel

  private LoweredKernel run() {
    var body = sink.within(() -> {
      if (transform != null) {
        transform.begin();
      } else if (conv.hasPadding()) {
        nest.zero(staged, plane());
      }
      if (packedBefore) {
        shares();
      } else {
        nest.loop("g", conv.groups(), _ -> nest.stretches(conv.columns(), chunk, "chunk", this::chunk));
      }
    });
    var shape = kernel.domain().shape();
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(packedBefore ? parts() : 1), shape);
  }

  /** Of all groups. */
  private int filters() {
    return conv.groups() * conv.columns();
  }

  /** Whether each group's filters fill whole panels, so that those of all groups can be packed as if they were one's. */
  private boolean havePanelsOfTheirOwn() {
    return conv.groups() == 1 || conv.forward() && conv.columns() % tiling.panel() == 0;
  }

  /** Rows of sums. */
  private int rows() {
    return summed.high().out();
  }

  /** Into how many blocks an example's work is cut: groups, panels of the columns, or bands of rows of equal height that are worth a thread. */
  private int parts() {
    if (conv.groups() > 1) {
      return conv.groups();
    } else if (tiling.byPanels(conv)) {
      return tiling.panels(conv.columns());
    }
    var equal = conv.wide().out() > 1 ? RowBands.counts(rows()) : List.<Integer>of();
    return equal.stream().filter(bands -> tiling.cycles() >= bands * ConvolutionTuning.MIN_BAND_CYCLES).findFirst()
        .or(() -> equal.stream().min(Comparator.naturalOrder())).orElse(1);
  }

  /** Where the filters are there already, a block is part of an example: threads may share a single one. */
  private void shares() {
    int count = parts();
    nest.parts(count, (first, end) -> {
      if (conv.groups() > 1) {
        sink.add(new Stmt.For("g", first, end, LoopKind.SERIAL, sink.within(() -> {
          stage();
          panels(ZERO, conv.columns(), ZERO, number(tiling.panels(conv.columns())), ZERO, rows());
        })));
      } else if (tiling.byPanels(conv)) {
        stage();
        panels(ZERO, conv.columns(), first, end, ZERO, rows());
      } else {
        bands(rows() / count, first, end);
      }
    });
  }

  /** Some bands of an example's rows, and of its input what these read. All of them are summed as one: fewer vectors are partly empty. */
  private void bands(int height, Int first, Int end) {
    var high = conv.high();
    long step = (long) height * tile() * high.step();
    var from = subtract(multiply(first, number(step)), number(high.shift()));
    var to = add(subtract(multiply(end, number(step)), number(high.step() + high.shift() - 1)), number((long) (high.taps() - 1) * high.tap()));
    boolean apart = high.interior() != 1;
    var source = apart ? SourceRows.all(conv, example, group)
        : new SourceRows(example, group, most(number(high.first()), from), least(number(high.end()), to));
    stage(source, new WinogradRows.Bands(first, end, height));
    var panels = number(tiling.panels(conv.columns()));
    var whole = divide(subtract(end, first), parts());
    var all = sink.within(() -> panels(ZERO, conv.columns(), ZERO, panels, ZERO, rows()));
    sink.add(new Stmt.For("whole", ZERO, whole, LoopKind.SERIAL, all));
    var body = sink.within(() -> panels(ZERO, conv.columns(), ZERO, panels, multiply(new Int.Var("part"), number(height)), height));
    sink.add(new Stmt.For("part", add(first, multiply(whole, number(parts()))), end, LoopKind.SERIAL, body));
  }

  /** Otherwise blocks are examples, and the filters of some columns are copied for all of them. */
  private void chunk(Int c0, int columns) {
    nest.apart(() -> pack(c0, columns));
    var body = sink.within(() -> {
      stage();
      panels(c0, columns, ZERO, number(tiling.panels(columns)), ZERO, rows());
    });
    sink.add(new Stmt.For("n", KernelInteger.FROM.value(), KernelInteger.TO.value(), LoopKind.SERIAL, body));
  }

  private void stage() {
    stage(SourceRows.all(conv, example, group), WinogradRows.Bands.all(summed));
  }

  /** Some of the source's rows, of which some bands of sums are made. */
  private void stage(SourceRows source, WinogradRows.Bands bands) {
    if (transform == null) {
      staging.copy(nest, values, staged, source);
    } else {
      transform.stage(staged, ZERO, source, ZERO, number(conv.channels()), bands);
    }
  }

  /** Some rows of some panels of the columns whose filters are there; the last panel of all may be narrower. */
  private void panels(Int c0, int columns, Int from, Int to, Int y0, int rows) {
    nest.stretches(columns, tiling.panel(), "panel", from, to, (start, width) -> panel(c0, start, width, y0, rows));
  }

  private void panel(Int c0, Int start, int columns, Int y0, int rows) {
    var packedFrom = packedBefore ? add(multiply(group.toInt(), number(conv.columns())), start) : start;
    nest.stretches(rows, tiling.band(), "band", (before, height) -> {
      nest.loop("point", points(), point -> products(columns, point, multiply(packedFrom, number((long) each() * points())), add(y0, before), height));
      if (transform != null) {
        nest.apart(() -> transform.results(tiling, columns, height, new WinogradRows.Planes(sums, tiling.sums(summed)),
            new WinogradRows.Planes(results, resultStride())));
      }
      nest.apart(() -> epilogue(add(c0, start), columns, multiply(add(y0, before), number(tile())), height * tile()));
    });
  }

  // ---- filters

  /** The loops over a column's terms, in the order in which they lie. */
  private List<AffineIndex.Atom.Var> terms() {
    return Stream.of(LoopNest.atom("ky", summed.high().taps()), LoopNest.atom("c", conv.channels()), LoopNest.atom("kx", conv.wide().taps()))
        .filter(term -> !term.extent().is(1)).toList();
  }

  /** The filter elements of loop {@code col}: through a group's columns, or, packed beforehand, through those of all. */
  private List<Expr> filters(ValueLowering from) {
    var column = LoopNest.variable("col", packedBefore ? filters() : conv.columns());
    var group = packedBefore ? AffineIndex.ZERO : this.group;
    var channel = var("c", conv.channels());
    var kx = var("kx", conv.wide().taps());
    return transform != null ? transform.filters(from, group, column, channel, kx)
        : List.of(from.element(conv.other(), conv.weight(group, column, channel, var("ky", conv.high().taps()), kx)));
  }

  /** All filters, copied by a kernel of their own. */
  private PackedOperand packedOperand(ScheduledKernel scheduled, OperandReuse reuse) {
    return PackedOperand.of(scheduled, panels(), reuse.lifetime(conv.other()), PackedOperand.Search.NONE);
  }

  private PanelLayout panels() {
    return new PanelLayout(LoopNest.atom("col", packedBefore ? filters() : conv.columns()), terms(), tiling.panel(), points(), this::filters);
  }

  private void pack(Int c0, int columns) {
    nest.loop("p", tiling.panels(columns), p -> {
      var start = multiply(p, number(tiling.panel()));
      var first = add(c0, start);
      var end = add(c0, columns % tiling.panel() == 0 ? add(start, number(tiling.panel())) : least(add(start, number(tiling.panel())), number(columns)));
      panels().pack(sink, values, new PanelLayout.Panel(packed, multiply(start, number((long) each() * points()))), first, end);
    });
  }

  // ---- products

  /** The sums of some rows at a point, given where a panel's filters begin. */
  private void products(int columns, Int point, Int panel, Int y0, int rows) {
    var filters = add(panel, multiply(point, number((long) each() * tiling.panel())));
    var plane = multiply(point, number(plane()));
    var sum = multiply(point, number(tiling.sums(summed)));
    int rowLength = tiling.rowLength(summed);
    if (tiling.flat()) {
      int width = Ints.roundUp((rows - 1) * rowLength + conv.wide().out(), tiling.lanes());
      along(columns, filters, add(plane, multiply(y0, number(staging.row()))), width, sum);
      return;
    }
    nest.loop("row", rows, row -> {
      var start = add(plane, multiply(add(y0, row), number((long) summed.high().step() * staging.row())));
      if (tiling.along()) {
        along(columns, filters, start, Ints.roundUp(conv.wide().out(), tiling.lanes()), add(sum, multiply(row, number(rowLength))));
      } else {
        across(columns, filters, start, add(sum, multiply(row, number((long) conv.wide().out() * tiling.panel()))));
      }
    });
  }

  /** Positions along the vectors, columns as rows. */
  private void along(int columns, Int filters, Int start, int width, Int sum) {
    var extent = new Stmt.Extent(number(columns), 1, number(width), depth());
    LongProducts.add(sink, ConvolutionTuning.CHAIN_TERMS, new Stmt.Product(extent, new Stmt.Factor(packed, filters, number(1)),
        new Stmt.Factor(staged, start, ZERO), new Stmt.Factor(sums, sum, number(tiling.stride(summed))), Stmt.Prior.REPLACED));
  }

  /** Columns along the vectors, the positions of a row as rows. */
  private void across(int columns, Int filters, Int start, Int sum) {
    var left = new Stmt.Factor(staged, start, number(conv.wide().step()));
    var to = new Stmt.Factor(sums, sum, number(tiling.stride(summed)));
    var extent = new Stmt.Extent(number(conv.wide().out()), 1, number(Ints.roundUp(columns, tiling.lanes())), depth());
    LongProducts.add(sink, ConvolutionTuning.CHAIN_TERMS, new Stmt.Product(extent, left,
        new Stmt.Factor(packed, filters, ZERO), to, Stmt.Prior.REPLACED));
  }

  /**
   * The loops over taps and channels. A row's taps are innermost, to be written out, unless positions that overlap by some of them are a tile's
   * rows: what they share would be more than the registers hold. Otherwise the longest loop is. Of shifted inputs channels and a row's taps
   * are one loop.
   */
  private List<Stmt.Depth> depth() {
    record Sum(int count, int inPicture, int inFilter) {}
    var high = summed.high();
    var wide = summed.wide();
    int width = tiling.panel();
    var rows = new Sum(high.taps(), high.tap() * staging.row(), summed.channels() * wide.taps() * width);
    var sums = (staging.byTap() ? Stream.of(rows, new Sum(summed.channels() * wide.taps(), staging.tap(), width))
        : Stream.of(rows, new Sum(summed.channels(), staging.channel(), wide.taps() * width), new Sum(wide.taps(), staging.tap(), width)))
        .filter(sum -> sum.count > 1);
    boolean innermost = !staging.byTap() && wide.taps() > 1 && wide.taps() <= ConvolutionTuning.UNROLLED_TAPS && (tiling.along() || wide.step() == 1);
    var ordered = (innermost ? sums : sums.sorted(Comparator.comparingInt(Sum::count))).toList();
    var all = ordered.isEmpty() ? List.of(new Sum(1, 0, 0)) : ordered;
    return all.stream().map(sum -> new Stmt.Depth(number(sum.count), number(tiling.along() ? sum.inFilter : sum.inPicture),
        number(tiling.along() ? sum.inPicture : sum.inFilter))).toList();
  }

  // ---- what follows

  /** What follows the sums, along the result's rows in memory. */
  private void epilogue(Int c0, int columns, Int y0, int rows) {
    int out = conv.wide().out();
    int high = conv.high().out();
    var column = LoopNest.variable("col", conv.columns());
    var first = var("rows", high / run).times(Dim.of(run));
    var y = merged ? AffineIndex.ZERO : var("y", run);
    var x = LoopNest.variable("x", merged ? run * out : out);
    var end = add(y0, number(rows));
    var y1 = rows() * tile() > high ? least(end, number(high)) : end;
    // of all rows some are asked for; of a block always all
    boolean all = run == high;
    var fromY = all ? y0 : ZERO;
    var toY = all ? y1 : number(run);
    var own = subtract(new Int.Var("col"), c0);
    var row = all ? subtract(y.toInt(), y0) : subtract(add(first.toInt(), y.toInt()), y0);
    row = merged && all ? ZERO : row;
    var along = merged && all ? subtract(new Int.Var("x"), multiply(y0, number(out))) : new Int.Var("x");
    var element = tiling.along() ? add(add(multiply(own, number(resultStride())), multiply(row, number(resultRow()))), along)
        : add(multiply(add(multiply(row, number(out)), along), number(resultStride())), own);
    var place = conv.at(example, group.times(Dim.of(conv.columns())).plus(column), first.plus(y), x);
    var body = epilogue.stores(place, new Expr.Load(results, element));
    body = List.of(merged ? new Stmt.For("x", multiply(fromY, number(out)), multiply(toY, number(out)), LoopKind.VECTOR, body)
        : new Stmt.For("x", ZERO, number(out), LoopKind.VECTOR, body));
    // what is read as columns is transposed best where columns and positions are neighbours
    body = tiling.along() ? lines(y, fromY, toY, body) : body;
    body = List.of(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
    body = tiling.along() ? body : lines(y, fromY, toY, body);
    sink.add(all ? body.getFirst() : new Stmt.For("rows", divide(y0, run), divide(y1, run), LoopKind.SERIAL, body));
  }

  private static List<Stmt> lines(AffineIndex y, Int from, Int to, List<Stmt> body) {
    return y.equals(AffineIndex.ZERO) ? body : List.of(new Stmt.For("y", from, to, LoopKind.SERIAL, body));
  }
}
