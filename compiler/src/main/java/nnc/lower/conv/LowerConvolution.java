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
import java.util.Set;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Node;
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
import nnc.lower.common.ValueLowering;
import nnc.machine.Core;
import nnc.schedule.Kernel;

/**
 * Convolutions, forward and by their input, with what follows them. Each example's picture is copied with its margin into the thread's
 * scratch, the filters are copied once to where the sums want them, and {@link Stmt.Product} does the rest, without an im2col: along the
 * vectors lie either the columns of the result (its channels), with places as rows, or the places of a row, with columns as rows.
 */
public final class LowerConvolution {
  private static final Int ZERO = new Int.Number(0);

  private final Kernel kernel;
  private final ConvolutionGeometry picture;
  /** Null where taps of all rows are summed plainly. */
  private final WinogradRows transform;
  /** The picture that is summed, once for each point of the transform. */
  private final ConvolutionGeometry summed;
  private final ConvolutionTiling cut;
  /** How a picture lies that is summed. */
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
  private final boolean prepared;
  private final AffineIndex example;
  private final AffineIndex group;
  private final Loop.Buffer staged;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;
  /** The sums in the result's rows: the same, but for a transform. */
  private final Loop.Buffer results;

  private LowerConvolution(Kernel kernel, int precision, Set<Node> stored, ConvolutionGeometry picture, OperandReuse reuse, boolean transforms, int run, boolean merged) {
    this.kernel = kernel;
    this.picture = picture;
    this.run = run;
    this.merged = merged;
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    values = epilogue.values;
    int lanes = Core.lanes(precision);
    var way = transforms ? WinogradRows.choose(picture, lanes) : null;
    transform = way == null ? null : WinogradRows.of(way, picture, lanes, epilogue);
    summed = way == null ? picture : transform.summed();
    cut = way == null ? ConvolutionTiling.of(picture, lanes) : ConvolutionTiling.ofOneCopy(summed, lanes, points());
    staging = InputStaging.of(summed, cut);
    prepared = picture.groups() == 1 && reuse.isFixed(picture.other()) && PackedOperand.fits(Dim.of(picture.columns()), Dim.of((long) each() * points()));
    chunk = prepared ? picture.columns() : Math.min(picture.columns(), Math.max(cut.panel(), ConvolutionTuning.PACKED_FILTER_ELEMENTS / (each() * points()) / cut.panel() * cut.panel()));
    example = AffineIndex.of(new AffineIndex.Atom.Var("n", kernel.domain().shape().getFirst()));
    group = var("g", picture.groups());
    staged = epilogue.scratch(points() * plane() + 4 * lanes);
    packed = prepared ? values.buffer(prepared(precision, stored), Loop.Space.ARENA)
        : epilogue.scratch(cut.panels(chunk) * cut.panel() * each() * points());
    sums = epilogue.scratch(points() * cut.sums(summed));
    results = transform == null ? sums : epilogue.scratch(cut.panel() * cut.band() * tile() * picture.wide().out());
  }

  public static LoweredKernel lower(Kernel kernel, ConvolutionGeometry picture, int precision, Set<Node> stored, OperandReuse reuse, boolean transforms) {
    int all = picture.high().out();
    var whole = new LowerConvolution(kernel, precision, stored, picture, reuse, transforms, all, false);
    var plain = whole.run();
    int block = whole.block();
    if (whole.mergeable()) {
      return new LowerConvolution(kernel, precision, stored, picture, reuse, transforms, all, true).run();
    }
    if (block < all) {
      var blocks = new LowerConvolution(kernel, precision, stored, picture, reuse, transforms, block, false);
      blocks.run();
      if (blocks.mergeable()) {
        return new LowerConvolution(kernel, precision, stored, picture, reuse, transforms, block, true).run();
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

  /** Places from one row of a column's results to the next. */
  private int resultRow() {
    return transform == null ? cut.rowLength(picture) : picture.wide().out();
  }

  /** Results of one column, or of one place. */
  private int resultStride() {
    return transform == null || !cut.along() ? cut.stride(picture) : cut.band() * tile() * picture.wide().out();
  }

  /** Terms of each sum. */
  private int each() {
    return summed.channels() * summed.taps();
  }

  /** Whether the places of a run of rows can be run through without a seam. */
  private boolean mergeable() {
    if (run == 1 || cut.along() && resultRow() != picture.wide().out()) {
      return false;
    }
    return values.seamless(LoopNest.atom("y", run), LoopNest.atom("x", picture.wide().out()));
  }

  /** Rows of the result in each block of an example, if what is summed at a time never begins or ends inside of one; otherwise all. */
  private int block() {
    int height = rows() / parts();
    boolean even = prepared && !cut.byPanels(picture) && cut.band() % height == 0 && rows() * tile() == picture.high().out();
    return even ? height * tile() : picture.high().out();
  }

  // ---- the kernel

  private LoweredKernel run() {
    var body = sink.within(() -> {
      if (transform != null) {
        transform.begin();
      } else if (picture.hasMargin()) {
        nest.zero(staged, plane());
      }
      if (prepared) {
        shares();
      } else {
        nest.loop("g", picture.groups(), _ -> nest.stretches(picture.columns(), chunk, "chunk", this::chunk));
      }
    });
    var shape = kernel.domain().shape();
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(prepared ? parts() : 1), shape);
  }

  /** Rows of sums. */
  private int rows() {
    return summed.high().out();
  }

  /** Into how many blocks an example's work is cut: panels of the columns, or bands of rows of equal height that are worth a thread. */
  private int parts() {
    if (cut.byPanels(picture)) {
      return cut.panels(picture.columns());
    }
    var equal = picture.wide().out() > 1 ? RowBands.counts(rows()) : List.<Integer>of();
    return equal.stream().filter(bands -> cut.cycles() >= bands * ConvolutionTuning.MIN_BAND_CYCLES).findFirst().or(() -> equal.stream().min(Comparator.naturalOrder())).orElse(1);
  }

  /** Where the filters are there already, a block is part of an example: threads may share a single one. */
  private void shares() {
    int count = parts();
    var from = KernelInteger.FROM.value();
    var to = KernelInteger.TO.value();
    var body = sink.within(() -> {
      var before = multiply(new Int.Var("n"), number(count));
      var first = most(ZERO, subtract(from, before));
      var end = least(number(count), subtract(to, before));
      if (cut.byPanels(picture)) {
        stage();
        panels(ZERO, picture.columns(), first, end, ZERO, rows());
      } else {
        bands(rows() / count, first, end);
      }
    });
    sink.add(new Stmt.For("n", divide(from, count), divide(add(to, number(count - 1)), count), LoopKind.SERIAL, body));
  }

  /** Some bands of an example's rows, and of its picture what these read. All of them are summed as one: fewer vectors are partly empty. */
  private void bands(int height, Int first, Int end) {
    var high = picture.high();
    long step = (long) height * tile() * high.step();
    var from = subtract(multiply(first, number(step)), number(high.shift()));
    var to = add(subtract(multiply(end, number(step)), number(high.step() + high.shift() - 1)), number((long) (high.taps() - 1) * high.tap()));
    boolean apart = high.interior() != 1;
    stage(apart ? number(high.first()) : most(number(high.first()), from), apart ? number(high.end()) : least(number(high.end()), to),
        first, end, height);
    var panels = number(cut.panels(picture.columns()));
    var whole = divide(subtract(end, first), parts());
    var all = sink.within(() -> panels(ZERO, picture.columns(), ZERO, panels, ZERO, rows()));
    sink.add(new Stmt.For("whole", ZERO, whole, LoopKind.SERIAL, all));
    var body = sink.within(() -> panels(ZERO, picture.columns(), ZERO, panels, multiply(new Int.Var("part"), number(height)), height));
    sink.add(new Stmt.For("part", add(first, multiply(whole, number(parts()))), end, LoopKind.SERIAL, body));
  }

  /** Otherwise blocks are examples, and the filters of some columns are copied for all of them. */
  private void chunk(Int c0, int columns) {
    nest.apart(() -> pack(c0, columns));
    var body = sink.within(() -> {
      stage();
      panels(c0, columns, ZERO, number(cut.panels(columns)), ZERO, rows());
    });
    sink.add(new Stmt.For("n", KernelInteger.FROM.value(), KernelInteger.TO.value(), LoopKind.SERIAL, body));
  }

  private void stage() {
    stage(number(picture.high().first()), number(picture.high().end()), ZERO, number(1), rows());
  }

  /** Some of the source's rows, of which some bands of sums are made. */
  private void stage(Int fromRow, Int toRow, Int from, Int to, int height) {
    if (transform == null) {
      staging.copy(nest, values, staged, example, group, fromRow, toRow);
    } else {
      transform.stage(staged, ZERO, example, group, ZERO, number(picture.channels()), fromRow, toRow, from, to, height);
    }
  }

  /** Some rows of some panels of the columns whose filters are there; the last panel of all may be narrower. */
  private void panels(Int c0, int columns, Int from, Int to, Int y0, int rows) {
    nest.stretches(columns, cut.panel(), "panel", from, to, (start, width) -> panel(c0, start, width, y0, rows));
  }

  private void panel(Int c0, Int start, int columns, Int y0, int rows) {
    nest.stretches(rows, cut.band(), "band", (before, height) -> {
      nest.loop("point", points(), point -> products(columns, point, multiply(start, number((long) each() * points())), add(y0, before), height));
      if (transform != null) {
        nest.apart(() -> transform.results(cut, columns, height, sums, cut.sums(summed), results, resultStride()));
      }
      nest.apart(() -> follow(add(c0, start), columns, multiply(add(y0, before), number(tile())), height * tile()));
    });
  }

  // ---- filters

  /** The loops over a column's terms, in the order in which they lie. */
  private List<AffineIndex.Atom.Var> terms() {
    return Stream.of(LoopNest.atom("ky", summed.high().taps()), LoopNest.atom("c", picture.channels()), LoopNest.atom("kx", picture.wide().taps()))
        .filter(term -> !term.extent().is(1)).toList();
  }

  private List<Expr> filters(ValueLowering from) {
    var column = LoopNest.variable("col", picture.columns());
    var channel = var("c", picture.channels());
    var kx = var("kx", picture.wide().taps());
    return transform != null ? transform.filters(from, group, column, channel, kx)
        : List.of(from.element(picture.other(), picture.weight(group, column, channel, var("ky", picture.high().taps()), kx)));
  }

  /** All filters, copied by a kernel of their own. */
  private PackedOperand prepared(int precision, Set<Node> stored) {
    return PackedOperand.panels(kernel, precision, stored, true, LoopNest.atom("col", picture.columns()), terms(), cut.panel(), points(), false, this::filters);
  }

  private void pack(Int c0, int columns) {
    nest.loop("p", cut.panels(columns), p -> {
      var start = multiply(p, number(cut.panel()));
      var first = add(c0, start);
      var end = add(c0, columns % cut.panel() == 0 ? add(start, number(cut.panel())) : least(add(start, number(cut.panel())), number(columns)));
      PackedOperand.panel(sink, values, packed, multiply(start, number((long) each() * points())), "col", first, end, terms(), cut.panel(), -1, this::filters);
    });
  }

  // ---- products

  /** The sums of some rows at a point, given where a panel's filters begin. */
  private void products(int columns, Int point, Int panel, Int y0, int rows) {
    var filters = add(panel, multiply(point, number((long) each() * cut.panel())));
    var plane = multiply(point, number(plane()));
    var sum = multiply(point, number(cut.sums(summed)));
    int rowLength = cut.rowLength(summed);
    if (cut.flat()) {
      int width = Ints.roundUp((rows - 1) * rowLength + picture.wide().out(), cut.group());
      along(columns, filters, add(plane, multiply(y0, number(staging.row()))), width, sum);
      return;
    }
    nest.loop("row", rows, row -> {
      var start = add(plane, multiply(add(y0, row), number((long) summed.high().step() * staging.row())));
      if (cut.along()) {
        along(columns, filters, start, Ints.roundUp(picture.wide().out(), cut.group()), add(sum, multiply(row, number(rowLength))));
      } else {
        across(columns, filters, start, add(sum, multiply(row, number((long) picture.wide().out() * cut.panel()))));
      }
    });
  }

  /** Places along the vectors, columns as rows. */
  private void along(int columns, Int filters, Int start, int width, Int sum) {
    LongProducts.add(sink, ConvolutionTuning.CHAIN_TERMS, new Stmt.Product(number(columns), 1, number(width), depth(), new Stmt.Factor(packed, filters, number(1)),
        new Stmt.Factor(staged, start, ZERO), new Stmt.Factor(sums, sum, number(cut.stride(summed))), Stmt.Prior.REPLACED));
  }

  /** Columns along the vectors, the places of a row as rows. */
  private void across(int columns, Int filters, Int start, Int sum) {
    var left = new Stmt.Factor(staged, start, number(picture.wide().step()));
    var to = new Stmt.Factor(sums, sum, number(cut.stride(summed)));
    LongProducts.add(sink, ConvolutionTuning.CHAIN_TERMS, new Stmt.Product(number(picture.wide().out()), 1, number(Ints.roundUp(columns, cut.group())), depth(), left,
        new Stmt.Factor(packed, filters, ZERO), to, Stmt.Prior.REPLACED));
  }

  /**
   * The loops over taps and channels. A row's taps are innermost, to be written out, unless places that overlap by some of them are a tile's
   * rows: what they share would be more than the registers hold. Otherwise the longest loop is. Of shifted pictures channels and a row's taps
   * are one loop.
   */
  private List<Stmt.Depth> depth() {
    record Sum(int count, int inPicture, int inFilter) {}
    var high = summed.high();
    var wide = summed.wide();
    int width = cut.panel();
    var rows = new Sum(high.taps(), high.tap() * staging.row(), summed.channels() * wide.taps() * width);
    var sums = (staging.shifted() ? Stream.of(rows, new Sum(summed.channels() * wide.taps(), staging.tap(), width))
        : Stream.of(rows, new Sum(summed.channels(), staging.channel(), wide.taps() * width), new Sum(wide.taps(), staging.tap(), width)))
        .filter(sum -> sum.count > 1);
    boolean innermost = !staging.shifted() && wide.taps() > 1 && wide.taps() <= ConvolutionTuning.UNROLLED_TAPS && (cut.along() || wide.step() == 1);
    var ordered = (innermost ? sums : sums.sorted(Comparator.comparingInt(Sum::count))).toList();
    var all = ordered.isEmpty() ? List.of(new Sum(1, 0, 0)) : ordered;
    return all.stream().map(sum -> new Stmt.Depth(number(sum.count), number(cut.along() ? sum.inFilter : sum.inPicture),
        number(cut.along() ? sum.inPicture : sum.inFilter))).toList();
  }

  // ---- what follows

  /** What follows the sums, along the result's rows in memory. */
  private void follow(Int c0, int columns, Int y0, int rows) {
    int out = picture.wide().out();
    int high = picture.high().out();
    var column = LoopNest.variable("col", picture.columns());
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
    var element = cut.along() ? add(add(multiply(own, number(resultStride())), multiply(row, number(resultRow()))), along)
        : add(multiply(add(multiply(row, number(out)), along), number(resultStride())), own);
    var place = picture.at(example, group.times(Dim.of(picture.columns())).plus(column), first.plus(y), x);
    var body = epilogue.stores(place, new Expr.Load(results, element));
    body = List.of(merged ? new Stmt.For("x", multiply(fromY, number(out)), multiply(toY, number(out)), LoopKind.VECTOR, body)
        : new Stmt.For("x", ZERO, number(out), LoopKind.VECTOR, body));
    // what is read as columns is turned best where columns and places are neighbours
    body = cut.along() ? lines(y, fromY, toY, body) : body;
    body = List.of(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
    body = cut.along() ? body : lines(y, fromY, toY, body);
    sink.add(all ? body.getFirst() : new Stmt.For("rows", divide(y0, run), divide(y1, run), LoopKind.SERIAL, body));
  }

  private static List<Stmt> lines(AffineIndex y, Int from, Int to, List<Stmt> body) {
    return y.equals(AffineIndex.ZERO) ? body : List.of(new Stmt.For("y", from, to, LoopKind.SERIAL, body));
  }
}
