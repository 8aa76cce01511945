package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.least;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;
import static nnc.loops.Nest.var;
import static nnc.loops.Nest.variable;

import java.util.List;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;

/**
 * Convolutions by their filter, with what follows them: for each tap, channels by filters are a matrix product over the places of all
 * examples. Pictures are copied with their margin. Along the vectors lie the filters, and gradients are copied with filters side by side;
 * or, where filters are few and places many, the places, and gradients are copied with the picture's rows. Threads share the channels or the
 * rows of taps.
 */
final class LowerFilter {
  private static final Int ZERO = number(0);

  /** Elements of sums that a thread may have at a time. */
  private static final int SUMS = 1 << 18;

  /** Elements in the first cache. */
  private static final int NEAR = 1 << 13;

  private final Kernel kernel;
  private final Picture picture;
  private final Epilogue epilogue;
  private final Sink sink;
  private final Nest nest;
  private final Values values;
  private final boolean merged;
  private final Index example;
  private final Index group;
  private final int lanes;
  private final boolean dots;
  private final int chunk;
  private final int stride;
  private final Loop.Buffer staged;
  private final Loop.Buffer gradient;
  private final Loop.Buffer sums;
  private final Loop.Buffer line;
  private final Loop.Buffer partial;

  private LowerFilter(Kernel kernel, int precision, Set<Node> stored, Picture picture, boolean merged) {
    this.kernel = kernel;
    this.picture = picture;
    this.merged = merged;
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new Nest(sink);
    values = epilogue.values;
    example = Index.of(new Index.Atom.Var("n", picture.source().type().dim(0)));
    group = var("g", picture.groups());
    lanes = precision == 64 ? 8 : 16;
    int panel = 2 * lanes;
    int each = picture.channels() * picture.taps();
    chunk = Math.min(picture.columns(), Math.max(panel, SUMS / each / panel * panel));
    stride = Blocking.round(chunk, lanes);
    dots = alongPlaces();
    staged = epilogue.scratch(pictures());
    gradient = epilogue.scratch(dots ? chunk * length() : picture.places() * stride);
    sums = epilogue.scratch(each * stride);
    line = epilogue.scratch(each);
    partial = dots ? epilogue.scratch(each * chunk * lanes) : null;
  }

  /** Elements from a filter's first place to behind its last one, in rows as long as the picture's. */
  private int span() {
    return (picture.high().out() - 1) * picture.wide().extent() + picture.wide().out();
  }

  /** Into how many stretches the places are cut, so that those of all channels and filters lie in the first cache. */
  private int parts() {
    int most = Math.max(8, NEAR / lanes / (picture.channels() + chunk));
    return Math.ceilDiv(span(), most * lanes);
  }

  /** The places of a stretch, in whole vectors. */
  private int part() {
    return Blocking.round(Math.ceilDiv(span(), parts()), lanes);
  }

  /** Elements of the pictures and of what is read behind them. */
  private int pictures() {
    return picture.channels() * picture.area() + (dots ? length() - span() : 0);
  }

  private int length() {
    return parts() * part();
  }

  /**
   * Compares cycles, roughly, for an example. Along filters a tile of one vector is bound by its loads, and each element of the gradient is
   * gathered; along places a tile's sums are loaded and stored each time.
   */
  private boolean alongPlaces() {
    if (picture.high().step() != 1 || picture.wide().step() != 1) {
      return false;
    }
    double each = picture.channels() * picture.taps();
    double vectors = Math.ceilDiv(chunk, lanes);
    double filters = each * picture.places() * vectors * (vectors == 1 ? 0.9 : 0.55) + 1.6 * picture.places() * chunk;
    double places = each * chunk / 16 * parts() * (part() / lanes * 9.0 + 60);
    return places < filters && each * chunk * lanes <= 2 * SUMS;
  }

  static Lowered lower(Kernel kernel, Picture picture, int precision, Set<Node> stored) {
    var apart = new LowerFilter(kernel, precision, stored, picture, false);
    var plain = apart.run();
    return apart.mergeable() ? new LowerFilter(kernel, precision, stored, picture, true).run() : plain;
  }

  // ---- who does what

  /** Enough channels that blocks of them are worth sharing; otherwise the rows of taps are shared. */
  private boolean byChannels() {
    return picture.channels() >= Blocking.TILE;
  }

  private Int fromChannel() {
    return byChannels() ? multiply(new Int.Var("from"), number(Blocking.TILE)) : ZERO;
  }

  private Int toChannel() {
    int channels = picture.channels();
    if (!byChannels()) {
      return number(channels);
    }
    var to = multiply(new Int.Var("to"), number(Blocking.TILE));
    return channels % Blocking.TILE == 0 ? to : least(to, number(channels));
  }

  private Int fromRow() {
    return byChannels() ? ZERO : new Int.Var("from");
  }

  private Int toRow() {
    return byChannels() ? number(picture.high().taps()) : new Int.Var("to");
  }

  /** Whether a filter's elements can be run through without a seam between channels and taps. */
  private boolean mergeable() {
    if (!byChannels()) {
      return false;
    }
    var channel = Nest.atom("c", picture.channels());
    var row = Nest.atom("ky", picture.high().taps());
    var tap = Nest.atom("kx", picture.wide().taps());
    return picture.high().taps() == 1 ? Axes.seamless(channel, tap, values.used)
        : Axes.seamless(channel, row, values.used) && Axes.seamless(row, tap, values.used);
  }

  // ---- the kernel

  private Lowered run() {
    var body = sink.within(() -> nest.loop("g", picture.groups(), _ -> nest.stretches(picture.columns(), chunk, "chunk", this::chunk)));
    int blocks = byChannels() ? Math.ceilDiv(picture.channels(), Blocking.TILE) : picture.high().taps();
    return epilogue.lowered("block", LoopKind.RANGE, body, Dim.of(blocks), kernel.domain().shape());
  }

  private void chunk(Int c0, int columns) {
    int each = picture.channels() * picture.taps();
    nest.zero(dots ? partial : sums, each * (dots ? chunk * lanes : stride));
    if (dots || picture.hasMargin()) {
      nest.zero(staged, pictures());
    }
    if (dots) {
      nest.zero(gradient, chunk * length());
    }
    var body = sink.within(() -> {
      nest.apart(() -> nest.stage(values, picture, staged, example, group, fromChannel(), toChannel()));
      nest.apart(() -> stageGradient(c0, columns));
      products(columns);
    });
    sink.add(new Stmt.For("n", ZERO, Index.dim(picture.source().type().dim(0)), LoopKind.SERIAL, body));
    if (dots) {
      nest.apart(() -> fold(columns));
    }
    nest.apart(() -> follow(c0, columns));
  }

  /** The gradient's places as rows, the filters side by side; or each filter's places as in the picture, zeros between its rows. */
  private void stageGradient(Int c0, int columns) {
    var column = variable("col", picture.columns());
    var y = var("oy", picture.high().out());
    var x = var("ox", picture.wide().out());
    var body = sink.within(() -> values.scoped(() -> {
      var element = values.element(picture.other(), picture.at(example, group.times(Dim.of(picture.columns())).plus(column), y, x));
      var row = y.times(Dim.of(dots ? picture.wide().extent() : picture.wide().out())).plus(x).toInt();
      var own = subtract(new Int.Var("col"), c0);
      sink.add(new Stmt.Store(gradient, dots ? add(multiply(own, number(length())), row) : add(multiply(row, number(stride)), own), element));
    }));
    if (dots) {
      body = List.of(new Stmt.For("ox", ZERO, number(picture.wide().out()), LoopKind.VECTOR, body));
      body = List.of(new Stmt.For("oy", ZERO, number(picture.high().out()), LoopKind.SERIAL, body));
      sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
      return;
    }
    body = List.of(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ox", ZERO, number(picture.wide().out()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("oy", ZERO, number(picture.high().out()), LoopKind.SERIAL, body));
  }

  // ---- products

  private void products(int columns) {
    boolean tapRows = !byChannels() && picture.wide().taps() > picture.channels();
    var row = sink.within(() -> {
      if (tapRows) {
        nest.loop("c", picture.channels(), c -> product(columns, c, ZERO, number(picture.wide().taps()), picture.wide().tap(), picture.channels()));
      } else {
        nest.loop("kx", picture.wide().taps(), kx -> product(columns, fromChannel(), kx, subtract(toChannel(), fromChannel()), picture.area(), 1));
      }
    });
    var rows = new Stmt.For("ky", fromRow(), toRow(), LoopKind.SERIAL, row);
    nest.loop("part", dots ? parts() : 1, _ -> sink.add(rows));
  }

  private void product(int columns, Int channel, Int kx, Int rows, int pictureStep, int sumStep) {
    var ky = new Int.Var("ky");
    var high = picture.high();
    var wide = picture.wide();
    var start = add(add(multiply(channel, number(picture.area())), multiply(ky, number((long) high.tap() * wide.extent()))),
        multiply(kx, number(wide.tap())));
    var place = add(multiply(add(multiply(ky, number(wide.taps())), kx), number(picture.channels())), channel);
    var sum = multiply(place, number(stride));
    int unit = byChannels() && picture.channels() % Blocking.TILE == 0 ? Blocking.TILE : 1;
    if (dots) {
      int filter = chunk * lanes;
      var from = parts() == 1 ? ZERO : multiply(new Int.Var("part"), number(part()));
      sink.add(new Stmt.Product(rows, unit, number(columns), List.of(new Stmt.Depth(number(part() / lanes), number(lanes), number(lanes))),
          new Stmt.Factor(staged, add(start, from), number(pictureStep)), new Stmt.Factor(gradient, from, number(length())),
          new Stmt.Factor(partial, multiply(place, number(filter)), number((long) sumStep * filter)), true, 0, lanes));
      return;
    }
    var depth = depth();
    sink.add(new Stmt.Product(rows, unit, number(Blocking.round(columns, lanes)), depth, new Stmt.Factor(staged, start, number(pictureStep)),
        new Stmt.Factor(gradient, ZERO, ZERO), new Stmt.Factor(sums, sum, number((long) sumStep * stride)), true));
  }

  /** Adds the partial sums of each sum. */
  private void fold(int columns) {
    var tap = add(multiply(new Int.Var("ky"), number(picture.wide().taps())), new Int.Var("kx"));
    var place = add(multiply(tap, number(picture.channels())), new Int.Var("c"));
    var from = multiply(add(multiply(place, number(chunk)), new Int.Var("f")), number(lanes));
    var body = sink.within(() -> {
      Expr sum = sink.let(new Expr.Load(partial, from));
      for (int lane = 1; lane < lanes; lane++) {
        sum = sink.let(Elementary.apply(Loop.Fn.ADD, sum, sink.let(new Expr.Load(partial, add(from, number(lane))))));
      }
      sink.add(new Stmt.Store(sums, add(multiply(place, number(stride)), new Int.Var("f")), sum));
    });
    body = List.of(new Stmt.For("f", ZERO, number(columns), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("c", fromChannel(), toChannel(), LoopKind.SERIAL, body));
    body = List.of(new Stmt.For("kx", ZERO, number(picture.wide().taps()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("ky", fromRow(), toRow(), LoopKind.SERIAL, body));
  }

  private List<Stmt.Depth> depth() {
    var high = picture.high();
    var wide = picture.wide();
    var across = new Stmt.Depth(number(wide.out()), number(wide.step()), number(stride));
    var down = new Stmt.Depth(number(high.out()), number((long) high.step() * wide.extent()), number((long) wide.out() * stride));
    return high.out() == 1 ? List.of(across) : List.of(down, across);
  }

  // ---- what follows

  private void follow(Int c0, int columns) {
    var body = sink.within(() -> {
      if (merged) {
        copyLine(c0);
        followLine();
      } else {
        followTaps(c0);
      }
    });
    sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }

  private Int sum(Int c0) {
    var tap = add(multiply(new Int.Var("ky"), number(picture.wide().taps())), new Int.Var("kx"));
    return add(multiply(add(multiply(tap, number(picture.channels())), new Int.Var("c")), number(stride)), subtract(new Int.Var("col"), c0));
  }

  /** A filter's sums in the order in which it lies in memory. */
  private void copyLine(Int c0) {
    var tap = add(multiply(new Int.Var("ky"), number(picture.wide().taps())), new Int.Var("kx"));
    var to = add(multiply(new Int.Var("c"), number(picture.taps())), tap);
    List<Stmt> body = List.of(new Stmt.Store(line, to, new Expr.Load(sums, sum(c0))));
    body = List.of(new Stmt.For("c", fromChannel(), toChannel(), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("kx", ZERO, number(picture.wide().taps()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("ky", ZERO, number(picture.high().taps()), LoopKind.SERIAL, body));
  }

  private void followLine() {
    int each = picture.channels() * picture.taps();
    var body = stores(Index.ZERO, Index.ZERO, variable("q", each), new Expr.Load(line, new Int.Var("q")));
    var taps = number(picture.taps());
    sink.add(new Stmt.For("q", multiply(fromChannel(), taps), multiply(toChannel(), taps), LoopKind.VECTOR, body));
  }

  private void followTaps(Int c0) {
    var body = stores(variable("c", picture.channels()), var("ky", picture.high().taps()), variable("kx", picture.wide().taps()),
        new Expr.Load(sums, sum(c0)));
    body = List.of(new Stmt.For("kx", ZERO, number(picture.wide().taps()), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ky", fromRow(), toRow(), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("c", fromChannel(), toChannel(), LoopKind.SERIAL, body));
  }

  private List<Stmt> stores(Index channel, Index ky, Index kx, Expr sum) {
    var filter = group.times(Dim.of(picture.columns())).plus(variable("col", picture.columns()));
    return epilogue.stores(picture.rank() == 1 ? List.of(filter, channel, kx) : List.of(filter, channel, ky, kx), sum);
  }
}
