package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;

import java.util.List;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.TileTuning;
import nnc.loops.math.ElementaryFunctions;
import nnc.lower.common.LongProducts;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/**
 * Filters summed tap by tap: channels by filters are a matrix product over the positions of an example. Along the vectors lie the filters, and
 * gradients are copied with filters side by side; or, where filters are few and positions many, the positions, and gradients are copied with the
 * input's rows.
 */
final class SumsByTap implements FilterGradientSums {
  private static final Int ZERO = number(0);

  private final FilterGradientWork work;
  private final ConvolutionGeometry conv;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final ValueLowering values;
  private final int lanes;
  private final int chunk;
  private final int stride;
  private final boolean dots;
  private final Loop.Buffer staged;
  private final Loop.Buffer gradient;
  private final Place sums;
  private final Loop.Buffer partial;

  SumsByTap(FilterGradientWork work) {
    this.work = work;
    conv = work.conv();
    var epilogue = work.epilogue();
    sink = epilogue.sink;
    values = epilogue.values;
    nest = work.nest();
    lanes = work.lanes();
    chunk = work.chunk();
    stride = work.stride();
    dots = isAlongPlaces(conv, lanes, chunk);
    int each = conv.channels() * conv.taps();
    staged = epilogue.scratch(inputs());
    gradient = epilogue.scratch(dots ? chunk * length() : conv.positions() * stride);
    sums = work.tapByTap();
    partial = dots ? epilogue.scratch(each * chunk * lanes) : null;
  }

  /** Elements from a filter's first position to behind its last one, in rows as long as the input's. */
  private static int span(ConvolutionGeometry conv) {
    return (conv.high().out() - 1) * conv.wide().extent() + conv.wide().out();
  }

  /** Into how many stretches the positions are cut, so that those of all channels and filters lie in the first cache. */
  private static int parts(ConvolutionGeometry conv, int lanes, int chunk) {
    int most = Math.max(8, ConvolutionTuning.L1_ELEMENTS / lanes / (conv.channels() + chunk));
    return Math.ceilDiv(span(conv), most * lanes);
  }

  /** The positions of a stretch, in whole vectors. */
  private static int part(ConvolutionGeometry conv, int lanes, int chunk) {
    return Ints.roundUp(Math.ceilDiv(span(conv), parts(conv, lanes, chunk)), lanes);
  }

  private int parts() {
    return parts(conv, lanes, chunk);
  }

  private int part() {
    return part(conv, lanes, chunk);
  }

  /** Elements of the inputs and of what is read behind them. */
  private int inputs() {
    return conv.channels() * conv.area() + (dots ? length() - span(conv) : 0);
  }

  private int length() {
    return parts() * part();
  }

  /** Cycles, roughly, for an example. */
  static double cycles(ConvolutionGeometry conv, int lanes, int chunk) {
    return isAlongPlaces(conv, lanes, chunk) ? alongPlaces(conv, lanes, chunk) : alongFilters(conv, lanes, chunk);
  }

  private static boolean isAlongPlaces(ConvolutionGeometry conv, int lanes, int chunk) {
    return conv.high().step() == 1 && conv.wide().step() == 1 && alongPlaces(conv, lanes, chunk) < alongFilters(conv, lanes, chunk)
        && (long) conv.channels() * conv.taps() * chunk * lanes <= ConvolutionTuning.PARTIAL_SUMS;
  }

  /** A tile of one vector is bound by its loads, and each element of the gradient is gathered. */
  private static double alongFilters(ConvolutionGeometry conv, int lanes, int chunk) {
    double vectors = Math.ceilDiv(chunk, lanes);
    double each = vectors == 1 ? ConvolutionTuning.NARROW_TERM_CYCLES : ConvolutionTuning.TERM_CYCLES;
    return conv.channels() * conv.taps() * conv.positions() * vectors * each + ConvolutionTuning.GATHER_CYCLES * conv.positions() * chunk;
  }

  /** A tile's sums are loaded and stored each time. */
  private static double alongPlaces(ConvolutionGeometry conv, int lanes, int chunk) {
    double tiles = conv.channels() * conv.taps() * chunk / ConvolutionTuning.DOT_TILE_SUMS;
    int vectors = part(conv, lanes, chunk) / lanes;
    double each = vectors * ConvolutionTuning.DOT_TILE_CYCLES + ConvolutionTuning.DOT_TILE_OVERHEAD_CYCLES;
    return tiles * parts(conv, lanes, chunk) * each;
  }

  @Override
  public Place place() {
    return sums;
  }

  @Override
  public void sum(Int c0, int columns, Int first, Int end) {
    nest.zero(dots ? partial : sums.buffer(), dots ? conv.channels() * conv.taps() * chunk * lanes : sums.size());
    if (dots || conv.hasPadding()) {
      nest.zero(staged, inputs());
    }
    if (dots) {
      nest.zero(gradient, chunk * length());
    }
    var body = sink.within(() -> {
      nest.apart(() -> new InputCopy(work.epilogue().sink, values, conv).stage(staged, work.source(), work.fromChannel(), work.toChannel()));
      nest.apart(() -> stageGradient(c0, columns));
      products(columns);
    });
    sink.add(new Stmt.For("n", first, end, LoopKind.SERIAL, body));
    if (dots) {
      nest.apart(() -> fold(columns));
    }
  }

  /** Each filter's positions as in the input, zeros between its rows; or the positions as rows, the filters side by side. */
  private void stageGradient(Int c0, int columns) {
    if (dots) {
      work.copyGradient(gradient, length(), conv.wide().extent(), c0, columns);
      return;
    }
    var y = var("oy", conv.high().out());
    var x = var("ox", conv.wide().out());
    var body = sink.within(() -> values.scoped(() -> {
      var row = y.times(Dim.of(conv.wide().out())).plus(x).toInt();
      sink.add(new Stmt.Store(gradient, add(multiply(row, number(stride)), subtract(new Int.Var("col"), c0)), work.gradient(y, x)));
    }));
    body = List.of(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ox", ZERO, number(conv.wide().out()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("oy", ZERO, number(conv.high().out()), LoopKind.SERIAL, body));
  }

  // ---- products

  private void products(int columns) {
    boolean tapRows = !work.byChannels() && conv.wide().taps() > conv.channels();
    var row = sink.within(() -> {
      if (tapRows) {
        nest.loop("c", conv.channels(), c -> product(columns, c, ZERO, number(conv.wide().taps()), conv.wide().tap(), conv.channels()));
      } else {
        nest.loop("kx", conv.wide().taps(), kx -> product(columns, work.fromChannel(), kx, subtract(work.toChannel(), work.fromChannel()), conv.area(), 1));
      }
    });
    var rows = new Stmt.For("ky", work.fromRow(), work.toRow(), LoopKind.SERIAL, row);
    nest.loop("part", dots ? parts() : 1, _ -> sink.add(rows));
  }

  private void product(int columns, Int channel, Int kx, Int rows, int pictureStep, int sumStep) {
    var ky = new Int.Var("ky");
    var high = conv.high();
    var wide = conv.wide();
    var start = add(add(multiply(channel, number(conv.area())), multiply(ky, number((long) high.tap() * wide.extent()))),
        multiply(kx, number(wide.tap())));
    var sum = sums.at(ky, kx, channel);
    int unit = work.byChannels() && conv.channels() % TileTuning.MR_ROWS == 0 ? TileTuning.MR_ROWS : 1;
    if (dots) {
      int filter = chunk * lanes;
      var place = add(multiply(add(multiply(ky, number(wide.taps())), kx), number(conv.channels())), channel);
      var from = parts() == 1 ? ZERO : multiply(new Int.Var("part"), number(part()));
      var extent = new Stmt.Extent(rows, unit, number(columns), List.of(new Stmt.Depth(number(part() / lanes), number(lanes), number(lanes))));
      sink.add(new Stmt.Product(extent,
          new Stmt.Factor(staged, add(start, from), number(pictureStep)), new Stmt.Factor(gradient, from, number(length())),
          new Stmt.Factor(partial, multiply(place, number(filter)), number((long) sumStep * filter)), Stmt.Prior.ADDED, Stmt.RightOrder.terms(lanes)));
      return;
    }
    var extent = new Stmt.Extent(rows, unit, number(Ints.roundUp(columns, lanes)), depth());
    LongProducts.add(sink, ConvolutionTuning.CHAIN_POSITIONS, new Stmt.Product(extent, new Stmt.Factor(staged, start, number(pictureStep)),
        new Stmt.Factor(gradient, ZERO, ZERO), new Stmt.Factor(sums.buffer(), sum, number((long) sumStep * stride)), Stmt.Prior.ADDED));
  }

  /** Adds the partial sums of each sum. */
  private void fold(int columns) {
    var tap = add(multiply(new Int.Var("ky"), number(conv.wide().taps())), new Int.Var("kx"));
    var place = add(multiply(tap, number(conv.channels())), new Int.Var("c"));
    var from = multiply(add(multiply(place, number(chunk)), new Int.Var("f")), number(lanes));
    var body = sink.within(() -> {
      Expr sum = sink.let(new Expr.Load(partial, from));
      for (int lane = 1; lane < lanes; lane++) {
        sum = sink.let(ElementaryFunctions.apply(Loop.Fn.ADD, sum, sink.let(new Expr.Load(partial, add(from, number(lane))))));
      }
      sink.add(new Stmt.Store(sums.buffer(), add(multiply(place, number(stride)), new Int.Var("f")), sum));
    });
    body = List.of(new Stmt.For("f", ZERO, number(columns), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("c", work.fromChannel(), work.toChannel(), LoopKind.SERIAL, body));
    body = List.of(new Stmt.For("kx", ZERO, number(conv.wide().taps()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("ky", work.fromRow(), work.toRow(), LoopKind.SERIAL, body));
  }

  private List<Stmt.Depth> depth() {
    var high = conv.high();
    var wide = conv.wide();
    var across = new Stmt.Depth(number(wide.out()), number(wide.step()), number(stride));
    var down = new Stmt.Depth(number(high.out()), number((long) high.step() * wide.extent()), number((long) wide.out() * stride));
    return high.out() == 1 ? List.of(across) : List.of(down, across);
  }
}
