package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.divide;
import static nnc.loops.Index.least;
import static nnc.loops.Index.most;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;
import static nnc.loops.Nest.var;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;

/**
 * Convolutions, forward and by their input, with what follows them. Each example's picture is copied with its margin into the thread's
 * scratch, the filters are copied once to where the sums want them, and {@link Stmt.Product} does the rest, without an im2col: along the
 * vectors lie either the columns of the result (its channels), with places as rows, or the places of a row, with columns as rows.
 */
final class LowerConvolution {
  private static final Int ZERO = new Int.Number(0);

  /** Elements of packed filters and of sums that a thread may have at a time. */
  private static final int FILTERS = 1 << 18;
  private static final int SUMS = 1 << 16;

  /** The most columns that are summed together where places lie along the vectors. */
  private static final int TOGETHER = 32;

  /** From so many panels on they are what threads share of an example: filters are many then, and places few. */
  private static final int PANELS = 4;

  /** What it costs to turn sums of columns into rows of places. */
  private static final double TURNED = 1.1;

  private final Kernel kernel;
  private final Picture picture;
  private final Layout layout;
  private final Epilogue epilogue;
  private final Sink sink;
  private final Nest nest;
  private final Values values;
  private final boolean merged;
  /** Whether the filters are the same at each run, and copied beforehand. */
  private final boolean prepared;
  private final Index example;
  private final Index group;
  private final Loop.Buffer staged;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;

  /**
   * How the sums are cut, and what lies along the vectors.
   *
   * @param flat  whether the places of all rows are run through as one
   * @param group elements of a logical vector
   * @param panel columns that are summed together, and whose filters lie side by side
   * @param chunk columns whose filters are copied at a time
   * @param band  rows of the result that are summed at a time
   */
  private record Layout(boolean along, boolean flat, int group, int panel, int chunk, int band) {

    /** By the number of vectors summed, those that are partly empty included. */
    static Layout of(Picture picture, int group, boolean prepared) {
      var wide = picture.wide();
      int turns = wide.taps() > 1 && wide.taps() <= SHORT ? wide.taps() : Integer.MAX_VALUE;
      boolean even = picture.high().step() == 1 && wide.step() == 1;
      int row = Blocking.round(wide.out(), group);
      int all = Blocking.round(picture.high().out() * wide.extent(), group);
      double rows = (double) picture.high().out() * row * Tiles.pace(picture.columns(), row / group, 2, turns);
      double flat = even ? all * Tiles.pace(picture.columns(), all / group, 2, turns) : Double.POSITIVE_INFINITY;
      int width = Blocking.round(picture.columns(), group);
      double across = (double) picture.places() * width * Tiles.pace(wide.out(), width / group, 1, turns) * TURNED;
      double along = picture.columns() * Math.min(rows, flat);
      boolean choice = wide.step() == 1 && along <= across;
      int panel = choice ? Math.min(picture.columns(), TOGETHER) : Math.min(width, 4 * group);
      int each = picture.channels() * picture.taps();
      int chunk = prepared ? picture.columns() : Math.min(picture.columns(), Math.max(panel, FILTERS / each / panel * panel));
      int band = Math.clamp(SUMS / (panel * wide.extent()), 1, picture.high().out());
      return new Layout(choice, choice && flat < rows, group, panel, chunk, band);
    }
  }

  private LowerConvolution(Kernel kernel, int precision, Set<Node> stored, Picture picture, Reuse reuse, boolean merged) {
    this.kernel = kernel;
    this.picture = picture;
    this.merged = merged;
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new Nest(sink);
    values = epilogue.values;
    prepared = picture.groups() == 1 && reuse.isFixed(picture.other()) && Prepared.fits(Dim.of(picture.columns()), Dim.of(each()));
    layout = Layout.of(picture, precision == 64 ? 8 : 16, prepared);
    example = Index.of(new Index.Atom.Var("n", kernel.domain().shape().getFirst()));
    group = var("g", picture.groups());
    staged = epilogue.scratch(picture.channels() * picture.area() + 4 * layout.group);
    packed = prepared ? values.buffer(prepared(precision, stored), Loop.Space.ARENA)
        : epilogue.scratch(panels(layout.chunk) * layout.panel * each());
    sums = epilogue.scratch(sumsSize());
  }

  static Lowered lower(Kernel kernel, Picture picture, int precision, Set<Node> stored, Reuse reuse) {
    var apart = new LowerConvolution(kernel, precision, stored, picture, reuse, false);
    var plain = apart.run();
    return apart.mergeable() ? new LowerConvolution(kernel, precision, stored, picture, reuse, true).run() : plain;
  }

  // ---- sums

  /** Places from one row of a column's sums to the next. */
  private int rowLength() {
    return layout.flat ? picture.wide().extent() : picture.wide().out();
  }

  /** Sums of one column, or of one place. A row's last vector may run over into what is computed later. */
  private int stride() {
    return layout.along ? layout.band * rowLength() + 2 * layout.group : layout.panel;
  }

  private int sumsSize() {
    return layout.along ? layout.panel * stride() : layout.band * picture.wide().out() * stride();
  }

  /** Terms of each sum. */
  private int each() {
    return picture.channels() * picture.taps();
  }

  /** Whether the places of the result can be run through without a seam between its rows. */
  private boolean mergeable() {
    if (picture.high().out() == 1 || layout.along && rowLength() != picture.wide().out()) {
      return false;
    }
    return Axes.seamless(Nest.atom("y", picture.high().out()), Nest.atom("x", picture.wide().out()), values.used);
  }

  // ---- the kernel

  private Lowered run() {
    var body = sink.within(() -> {
      if (picture.hasMargin()) {
        nest.zero(staged, picture.channels() * picture.area());
      }
      if (prepared) {
        shares();
      } else {
        nest.loop("g", picture.groups(), _ -> nest.stretches(picture.columns(), layout.chunk, "chunk", this::chunk));
      }
    });
    var shape = kernel.domain().shape();
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(prepared ? parts() : 1), shape);
  }

  private int panels(int columns) {
    return Math.ceilDiv(columns, layout.panel);
  }

  private boolean byPanels() {
    return panels(picture.columns()) >= PANELS;
  }

  /** Into how many blocks an example's work is cut: panels of the columns, or bands of rows of equal height. */
  private int parts() {
    int rows = picture.high().out();
    return byPanels() ? panels(picture.columns())
        : IntStream.of(4, 5, 6, 7, 3, 2).filter(bands -> rows % bands == 0 && picture.wide().out() > 1).findFirst().orElse(1);
  }

  /** Where the filters are there already, a block is part of an example: threads may share a single one. */
  private void shares() {
    int count = parts();
    var from = new Int.Var("from");
    var to = new Int.Var("to");
    var body = sink.within(() -> {
      var before = multiply(new Int.Var("n"), number(count));
      var first = most(ZERO, subtract(from, before));
      var end = least(number(count), subtract(to, before));
      if (byPanels()) {
        stage();
        panels(ZERO, picture.columns(), first, end, ZERO, picture.high().out());
      } else {
        bands(picture.high().out() / count, first, end);
      }
    });
    sink.add(new Stmt.For("n", divide(from, count), divide(add(to, number(count - 1)), count), LoopKind.SERIAL, body));
  }

  /** Some bands of an example's rows, and of its picture what these read. */
  private void bands(int height, Int first, Int end) {
    var high = picture.high();
    var from = subtract(multiply(first, number((long) height * high.step())), number(high.shift()));
    var to = add(subtract(multiply(end, number((long) height * high.step())), number(high.step() + high.shift() - 1)), number((long) (high.taps() - 1) * high.tap()));
    boolean all = high.interior() != 1;
    nest.apart(() -> nest.stage(values, picture, staged, example, group, ZERO, number(picture.channels()),
        all ? number(high.first()) : most(number(high.first()), from), all ? number(high.end()) : least(number(high.end()), to)));
    var body = sink.within(() -> panels(ZERO, picture.columns(), ZERO, number(panels(picture.columns())), multiply(new Int.Var("part"), number(height)), height));
    sink.add(new Stmt.For("part", first, end, LoopKind.SERIAL, body));
  }

  /** Otherwise blocks are examples, and the filters of some columns are copied for all of them. */
  private void chunk(Int c0, int columns) {
    nest.apart(() -> pack(c0, columns));
    var body = sink.within(() -> {
      stage();
      panels(c0, columns, ZERO, number(panels(columns)), ZERO, picture.high().out());
    });
    sink.add(new Stmt.For("n", new Int.Var("from"), new Int.Var("to"), LoopKind.SERIAL, body));
  }

  private void stage() {
    nest.apart(() -> nest.stage(values, picture, staged, example, group, ZERO, number(picture.channels())));
  }

  /** Some rows of some panels of the columns whose filters are there; the last panel of all may be narrower. */
  private void panels(Int c0, int columns, Int from, Int to, Int y0, int rows) {
    int whole = columns / layout.panel;
    int rest = columns % layout.panel;
    if (whole > 0) {
      var start = multiply(new Int.Var("panel"), number(layout.panel));
      var body = sink.within(() -> panel(c0, start, layout.panel, y0, rows));
      sink.add(new Stmt.For("panel", from, rest == 0 ? to : least(to, number(whole)), LoopKind.SERIAL, body));
    }
    if (rest > 0) {
      var body = sink.within(() -> panel(c0, number((long) whole * layout.panel), rest, y0, rows));
      sink.add(new Stmt.For("last", most(from, number(whole)), to, LoopKind.SERIAL, body));
    }
  }

  private void panel(Int c0, Int start, int columns, Int y0, int rows) {
    nest.stretches(rows, layout.band, "band", (before, height) -> {
      products(columns, multiply(start, number(each())), add(y0, before), height);
      nest.apart(() -> follow(add(c0, start), columns, add(y0, before), height));
    });
  }

  // ---- filters

  /** The loops over a column's terms, in the order in which they lie. */
  private List<Index.Atom.Var> terms() {
    return Stream.of(Nest.atom("ky", picture.high().taps()), Nest.atom("c", picture.channels()), Nest.atom("kx", picture.wide().taps()))
        .filter(term -> !term.extent().is(1)).toList();
  }

  private Expr filter(Values from) {
    return from.element(picture.other(), picture.weight(group, Nest.variable("col", picture.columns()), var("c", picture.channels()),
        var("ky", picture.high().taps()), var("kx", picture.wide().taps())));
  }

  /** All filters, copied by a kernel of their own. */
  private Prepared prepared(int precision, Set<Node> stored) {
    return Prepared.panels(kernel, precision, stored, true, Nest.atom("col", picture.columns()), terms(), layout.panel, this::filter);
  }

  private void pack(Int c0, int columns) {
    nest.loop("p", panels(columns), p -> {
      var start = multiply(p, number(layout.panel));
      var first = add(c0, start);
      var end = add(c0, columns % layout.panel == 0 ? add(start, number(layout.panel)) : least(add(start, number(layout.panel)), number(columns)));
      Prepared.panel(sink, values, packed, multiply(start, number(each())), "col", first, end, terms(), layout.panel, this::filter);
    });
  }

  // ---- products

  private void products(int columns, Int filters, Int y0, int rows) {
    if (layout.along && layout.flat) {
      int width = Blocking.round((rows - 1) * rowLength() + picture.wide().out(), layout.group);
      along(columns, filters, multiply(y0, number(rowLength())), width, ZERO);
    } else {
      nest.loop("row", rows, row -> {
        var start = multiply(add(y0, row), number((long) picture.high().step() * picture.wide().extent()));
        if (layout.along) {
          along(columns, filters, start, Blocking.round(picture.wide().out(), layout.group), multiply(row, number(rowLength())));
        } else {
          across(columns, filters, start, multiply(row, number((long) picture.wide().out() * stride())));
        }
      });
    }
  }

  /** Places along the vectors, columns as rows. */
  private void along(int columns, Int filters, Int start, int width, Int sum) {
    sink.add(new Stmt.Product(number(columns), 1, number(width), depth(), new Stmt.Factor(packed, filters, number(1)),
        new Stmt.Factor(staged, start, ZERO), new Stmt.Factor(sums, sum, number(stride())), false));
  }

  /** Columns along the vectors, the places of a row as rows. */
  private void across(int columns, Int filters, Int start, Int sum) {
    var left = new Stmt.Factor(staged, start, number(picture.wide().step()));
    var to = new Stmt.Factor(sums, sum, number(stride()));
    sink.add(new Stmt.Product(number(picture.wide().out()), 1, number(Blocking.round(columns, layout.group)), depth(), left,
        new Stmt.Factor(packed, filters, ZERO), to, false));
  }

  /** The most taps of a row that are summed without a loop. */
  private static final int SHORT = 3;

  /**
   * The loops over taps and channels. A row's taps are innermost, to be written out, unless places that overlap by some of them are a tile's
   * rows: what they share would be more than the registers hold. Otherwise the longest loop is.
   */
  private List<Stmt.Depth> depth() {
    record Sum(int count, int inPicture, int inFilter) {}
    var high = picture.high();
    var wide = picture.wide();
    int width = layout.panel;
    var sums = Stream.of(new Sum(high.taps(), high.tap() * wide.extent(), picture.channels() * wide.taps() * width),
        new Sum(picture.channels(), picture.area(), wide.taps() * width), new Sum(wide.taps(), wide.tap(), width)).filter(sum -> sum.count > 1);
    boolean innermost = wide.taps() > 1 && wide.taps() <= SHORT && (layout.along || wide.step() == 1);
    var ordered = (innermost ? sums : sums.sorted(Comparator.comparingInt(Sum::count))).toList();
    var all = ordered.isEmpty() ? List.of(new Sum(1, 0, 0)) : ordered;
    return all.stream().map(sum -> new Stmt.Depth(number(sum.count), number(layout.along ? sum.inFilter : sum.inPicture),
        number(layout.along ? sum.inPicture : sum.inFilter))).toList();
  }

  // ---- what follows

  /** What follows the sums, along the result's rows in memory. */
  private void follow(Int c0, int columns, Int y0, int rows) {
    int out = picture.wide().out();
    var column = Nest.variable("col", picture.columns());
    var x = merged ? Nest.variable("x", picture.places()) : Nest.variable("x", out);
    var y = merged ? Index.ZERO : var("y", picture.high().out());
    var own = subtract(new Int.Var("col"), c0);
    var fromX = merged ? multiply(y0, number(out)) : ZERO;
    var along = subtract(new Int.Var("x"), fromX);
    var row = y.equals(Index.ZERO) ? ZERO : subtract(new Int.Var("y"), y0);
    var element = layout.along ? add(add(multiply(own, number(stride())), multiply(row, number(rowLength()))), along)
        : add(multiply(add(multiply(row, number(out)), along), number(stride())), own);
    var place = picture.at(example, group.times(Dim.of(picture.columns())).plus(column), y, x);
    var body = epilogue.stores(place, new Expr.Load(sums, element));
    body = List.of(new Stmt.For("x", fromX, add(fromX, number(merged ? (long) rows * out : out)), LoopKind.VECTOR, body));
    body = y.equals(Index.ZERO) ? body : List.of(new Stmt.For("y", y0, add(y0, number(rows)), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }
}
