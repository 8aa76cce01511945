package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;
import static nnc.loops.Nest.var;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
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

  /** What it costs to turn sums of columns into rows of places. */
  private static final double TURNED = 1.1;

  /** What tiles of a single vector cost more than those of two. */
  private static final double SINGLE = 1.4;

  private final Kernel kernel;
  private final Picture picture;
  private final Layout layout;
  private final Epilogue epilogue;
  private final Sink sink;
  private final Nest nest;
  private final Values values;
  private final boolean merged;
  private final Index example;
  private final Index group;
  private final Loop.Buffer staged;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;

  /** How the sums are cut, and what lies along the vectors. */
  private record Layout(boolean along, boolean flat, int group, int chunk, int band, int panel) {

    /** By the number of vectors summed, those that are partly empty included. */
    static Layout of(Picture picture, int group) {
      var wide = picture.wide();
      boolean even = picture.high().step() == 1 && wide.step() == 1;
      int row = Blocking.round(wide.out(), group);
      int all = Blocking.round(picture.high().out() * wide.extent(), group);
      double rows = (double) picture.high().out() * row * idle(picture.columns(), row / group);
      double flat = even ? all * idle(picture.columns(), all / group) : Double.POSITIVE_INFINITY;
      int width = Blocking.round(picture.columns(), group);
      double across = (double) picture.places() * width * idle(wide.out(), width / group) * TURNED;
      double along = picture.columns() * Math.min(rows, flat);
      boolean choice = wide.step() == 1 && along <= across;
      int each = picture.channels() * picture.taps();
      int chunk = Math.min(picture.columns(), Math.max(2 * group, FILTERS / each / (2 * group) * 2 * group));
      int band = Math.clamp(SUMS / (chunk * picture.wide().extent()), 1, picture.high().out());
      return new Layout(choice, choice && flat < rows, group, chunk, band, 2 * group);
    }
  }

  /**
   * How much longer sums take that are too few at a time to hide an addition's latency, or that stand in tiles of one vector, which need a
   * load for each.
   */
  private static double idle(int rows, int vectors) {
    return Math.max(vectors == 1 ? SINGLE : 1, 8.0 / (Math.min(rows, 16) * Math.min(vectors, 2)));
  }

  private LowerConvolution(Kernel kernel, int precision, Set<Node> stored, Picture picture, boolean merged) {
    this.kernel = kernel;
    this.picture = picture;
    this.merged = merged;
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new Nest(sink);
    values = epilogue.values;
    layout = Layout.of(picture, precision == 64 ? 8 : 16);
    example = Index.of(new Index.Atom.Var("n", kernel.domain().shape().getFirst()));
    group = var("g", picture.groups());
    staged = epilogue.scratch(picture.channels() * picture.area() + 2 * layout.panel);
    packed = epilogue.scratch(picture.channels() * picture.taps() * Blocking.round(layout.chunk, layout.group));
    sums = epilogue.scratch(sumsSize());
  }

  static Lowered lower(Kernel kernel, Picture picture, int precision, Set<Node> stored, Reuse reuse) {
    var apart = new LowerConvolution(kernel, precision, stored, picture, false);
    var plain = apart.run();
    return apart.mergeable() ? new LowerConvolution(kernel, precision, stored, picture, true).run() : plain;
  }

  // ---- sums

  /** Places from one row of a column's sums to the next. */
  private int rowLength() {
    return layout.flat ? picture.wide().extent() : picture.wide().out();
  }

  /** Sums of one column, or of one place. A row's last vector may run over into what is computed later. */
  private int stride() {
    return layout.along ? layout.band * rowLength() + layout.panel : Blocking.round(layout.chunk, layout.group);
  }

  private int sumsSize() {
    return layout.along ? layout.chunk * stride() : layout.band * picture.wide().out() * stride();
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
      nest.loop("g", picture.groups(), _ ->
          nest.stretches(picture.columns(), layout.chunk, "chunk", this::chunk));
    });
    var shape = kernel.domain().shape();
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst(), shape);
  }

  private void chunk(Int c0, Integer columns) {
    nest.apart(() -> pack(c0, columns));
    var body = sink.within(() -> {
      nest.apart(() -> nest.stage(values, picture, staged, example, group, ZERO, number(picture.channels())));
      nest.stretches(picture.high().out(), layout.band, "band", (y0, rows) -> {
        products(columns, y0, rows);
        nest.apart(() -> follow(c0, columns, y0, rows));
      });
    });
    sink.add(new Stmt.For("n", new Int.Var("from"), new Int.Var("to"), LoopKind.SERIAL, body));
  }

  // ---- copies

  /** The filters of some columns: panel by panel with columns side by side, or column by column. */
  private void pack(Int c0, int columns) {
    int panels = layout.along ? 0 : columns / layout.panel;
    for (int p = 0; p < panels; p++) {
      panel(c0, p * layout.panel, layout.panel, layout.panel);
    }
    if (panels * layout.panel < columns) {
      int rest = columns - panels * layout.panel;
      panel(c0, panels * layout.panel, rest, Blocking.round(rest, layout.group));
    }
  }

  private void panel(Int c0, int first, int columns, int width) {
    int start = first * picture.channels() * picture.taps();
    var ky = var("ky", picture.high().taps());
    var kx = var("kx", picture.wide().taps());
    var channel = var("c", picture.channels());
    var column = Nest.variable("col", picture.columns());
    var begin = add(c0, number(first));
    var body = sink.within(() -> values.scoped(() -> {
      var element = values.element(picture.other(), picture.weight(group, column, channel, ky, kx));
      var term = ky.times(Dim.of(picture.channels())).plus(channel).times(Dim.of(picture.wide().taps())).plus(kx).toInt();
      var own = subtract(new Int.Var("col"), begin);
      var to = layout.along ? add(multiply(own, number((long) picture.channels() * picture.taps())), term)
          : add(add(multiply(term, number(width)), own), number(start));
      sink.add(new Stmt.Store(packed, to, element));
    }));
    boolean columnsInside = !layout.along;
    if (columnsInside) {
      body = List.of(new Stmt.For("col", begin, add(begin, number(columns)), LoopKind.VECTOR, body));
    }
    body = List.of(new Stmt.For("c", ZERO, number(picture.channels()), columnsInside ? LoopKind.SERIAL : LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("kx", ZERO, number(picture.wide().taps()), LoopKind.SERIAL, body));
    body = List.of(new Stmt.For("ky", ZERO, number(picture.high().taps()), LoopKind.SERIAL, body));
    if (!columnsInside) {
      body = List.of(new Stmt.For("col", begin, add(begin, number(columns)), LoopKind.SERIAL, body));
    }
    body.forEach(sink::add);
  }

  // ---- products

  private void products(int columns, Int y0, int rows) {
    if (layout.along && layout.flat) {
      int width = Blocking.round((rows - 1) * rowLength() + picture.wide().out(), layout.group);
      along(columns, multiply(y0, number(rowLength())), width, ZERO);
    } else {
      nest.loop("row", rows, row -> {
        var start = multiply(add(y0, row), number((long) picture.high().step() * picture.wide().extent()));
        if (layout.along) {
          along(columns, start, Blocking.round(picture.wide().out(), layout.group), multiply(row, number(rowLength())));
        } else {
          across(columns, start, multiply(row, number((long) picture.wide().out() * stride())));
        }
      });
    }
  }

  /** Places along the vectors, columns as rows. */
  private void along(int columns, Int start, int width, Int sum) {
    int each = picture.channels() * picture.taps();
    sink.add(new Stmt.Product(number(columns), 1, number(width), depth(true, 1), new Stmt.Factor(packed, ZERO, number(each)),
        new Stmt.Factor(staged, start, ZERO), new Stmt.Factor(sums, sum, number(stride())), false));
  }

  /** Columns along the vectors, the places of a row as rows. */
  private void across(int columns, Int start, Int sum) {
    int each = picture.channels() * picture.taps();
    var left = new Stmt.Factor(staged, start, number(picture.wide().step()));
    nest.loop("panel", columns / layout.panel, p -> {
      var right = new Stmt.Factor(packed, multiply(p, number((long) layout.panel * each)), ZERO);
      var to = new Stmt.Factor(sums, add(sum, multiply(p, number(layout.panel))), number(stride()));
      sink.add(new Stmt.Product(number(picture.wide().out()), 1, number(layout.panel), depth(false, layout.panel), left, right, to, false));
    });
    int done = columns / layout.panel * layout.panel;
    if (done < columns) {
      int width = Blocking.round(columns - done, layout.group);
      var right = new Stmt.Factor(packed, number((long) done * each), ZERO);
      var to = new Stmt.Factor(sums, add(sum, number(done)), number(stride()));
      sink.add(new Stmt.Product(number(picture.wide().out()), 1, number(width), depth(false, width), left, right, to, false));
    }
  }

  /** The most taps of a row that are summed without a loop. */
  private static final int SHORT = 3;

  /**
   * The loops over taps and channels; the picture is the right factor if places lie along the vectors. A row's taps are innermost, to be
   * written out, unless places that overlap by some of them are a tile's rows: what they share would be more than the registers hold.
   * Otherwise the longest loop is.
   */
  private List<Stmt.Depth> depth(boolean pictureRight, int width) {
    record Sum(int count, int inPicture, int inFilter) {}
    var high = picture.high();
    var wide = picture.wide();
    var sums = Stream.of(new Sum(high.taps(), high.tap() * wide.extent(), picture.channels() * wide.taps() * width),
        new Sum(picture.channels(), picture.area(), wide.taps() * width), new Sum(wide.taps(), wide.tap(), width)).filter(sum -> sum.count > 1);
    boolean innermost = wide.taps() > 1 && wide.taps() <= SHORT && (pictureRight || wide.step() == 1);
    var ordered = (innermost ? sums : sums.sorted(Comparator.comparingInt(Sum::count))).toList();
    var all = ordered.isEmpty() ? List.of(new Sum(1, 0, 0)) : ordered;
    return all.stream().map(sum -> new Stmt.Depth(number(sum.count), number(pictureRight ? sum.inFilter : sum.inPicture),
        number(pictureRight ? sum.inPicture : sum.inFilter))).toList();
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
