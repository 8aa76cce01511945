package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;

import java.util.List;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.TileProducts;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.LongProducts;
import nnc.lower.common.LoopNest;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;

/**
 * Filters summed in one run through all positions of an input: gradients are copied with filters side by side and zeros where the input has
 * positions that no result begins at, so that a row of sums, a channel's, has all taps of a row side by side, each of which reads the gradient a
 * position further on. From row to row of taps Toom's and Cook's way saves multiplications: the gradient's rows are the filter there, the rows of
 * taps the results. Where inputs are small several examples are run through at a time.
 */
final class SumsOverPlane implements FilterGradientSums {
  private static final Int ZERO = number(0);

  private final FilterGradientWork work;
  private final ConvolutionGeometry conv;
  private final WinogradMatrices matrices;
  private final WinogradRows transform;
  private final int rowsOfTaps;
  private final int tiles;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final int stride;
  private final int together;
  private final Loop.Buffer staged;
  private final Loop.Buffer plain;
  private final Loop.Buffer gradient;
  private final Place sums;

  SumsOverPlane(FilterGradientWork work, Switches switches) {
    this.work = work;
    conv = work.conv();
    var epilogue = work.epilogue();
    sink = epilogue.sink;
    nest = work.nest();
    stride = work.stride();
    matrices = choose(conv, switches);
    rowsOfTaps = isTransformed(matrices) ? 1 : conv.high().taps();
    tiles = tiles(matrices, conv);
    transform = new WinogradRows(matrices, matrices.taps(), inputTiles(matrices, conv), conv, work.lanes(), epilogue);
    int each = points() * (transform.plane() + gradientPlane());
    int fitting = Math.min(ConvolutionTuning.MIN_TERMS_OF_A_TILE / depth(), ConvolutionTuning.PLANES_ELEMENTS / each);
    together = Math.clamp(fitting, 1, ConvolutionTuning.MAX_EXAMPLES_TOGETHER);
    staged = epilogue.scratch(together * points() * transform.plane());
    plain = epilogue.scratch(work.chunk() * plainRow());
    gradient = epilogue.scratch(together * points() * gradientPlane());
    int first = (conv.wide().taps() - 1) * stride;
    sums = new Place(epilogue.scratch(points() * rowsOfTaps * plane()), conv.high().taps() * plane(), first, plane(), -stride, row());
  }

  // ---- whether and how

  /** Not what steps, and not of so few channels that a tile would be low. */
  static boolean takes(ConvolutionGeometry conv) {
    return conv.high().step() == 1 && conv.wide().step() == 1 && conv.channels() >= 4;
  }

  /** Channels that a thread takes at a time. */
  static int block(ConvolutionGeometry conv) {
    return conv.channels() >= 2 * TileTuning.MR_ROWS ? TileTuning.MR_ROWS : Math.ceilDiv(conv.channels(), 2);
  }

  /** The way with the fewest rows of products; of a single one if each row of taps is summed by itself. */
  private static WinogradMatrices choose(ConvolutionGeometry conv, Switches switches) {
    var high = conv.high();
    var best = WinogradMatrices.of(1, 1);
    long least = (long) high.taps() * high.out() * 9 / 10;
    boolean transforms = switches.on(Optimization.WINOGRAD) && high.tap() == 1 && high.taps() > 1;
    for (int tile = 2; transforms && tile <= high.out() && high.taps() + tile - 1 <= WinogradMatrices.MAX_PRODUCTS; tile++) {
      var matrices = WinogradMatrices.of(high.taps(), tile);
      long rows = (long) matrices.products() * tiles(matrices, conv);
      if (rows < least) {
        least = rows;
        best = matrices;
      }
    }
    return best;
  }

  private static boolean isTransformed(WinogradMatrices matrices) {
    return matrices.products() > 1;
  }

  private static int tiles(WinogradMatrices matrices, ConvolutionGeometry conv) {
    return Math.ceilDiv(conv.high().out(), matrices.taps());
  }

  /** Those of the input: where rows of taps are summed by themselves, the rows that the last of them reads too. */
  private static int inputTiles(WinogradMatrices matrices, ConvolutionGeometry conv) {
    return isTransformed(matrices) ? tiles(matrices, conv) : conv.high().extent();
  }

  /** Cycles, roughly, for an example. */
  static double cycles(ConvolutionGeometry conv, int lanes, Switches switches) {
    var matrices = choose(conv, switches);
    int chunk = FilterGradientWork.chunk(conv, lanes);
    int vectors = Math.ceilDiv(chunk, lanes) * conv.wide().taps();
    double rows = (double) matrices.products() * tiles(matrices, conv) * (isTransformed(matrices) ? 1 : conv.high().taps());
    double multiplied = rows * conv.wide().extent() * conv.channels() * vectors * TileProducts.pace(block(conv), vectors, 1, Integer.MAX_VALUE);
    double transformed = ConvolutionTuning.PLANE_TRANSFORM_CYCLES * matrices.products() * tiles(matrices, conv) * (conv.channels() + chunk)
        * conv.wide().extent() / lanes;
    return multiplied + transformed + ConvolutionTuning.GATHER_CYCLES * conv.positions() * chunk;
  }

  // ---- geometry

  private int points() {
    return matrices.products();
  }

  /** Elements of a row of sums: the taps of a row, each with the filters side by side. */
  private int row() {
    return conv.wide().taps() * stride;
  }

  /** Sums of a point, or of a row of taps. */
  private int plane() {
    return conv.channels() * row();
  }

  /** Positions that are zero before the first one. */
  private int lead() {
    return (conv.wide().taps() - 1) * conv.wide().tap();
  }

  /** Positions that are run through. */
  private int depth() {
    return tiles * conv.wide().extent();
  }

  private int gradientPlane() {
    return (lead() + depth()) * stride;
  }

  /** From one filter's positions to the next one's: not a power of two, so that the same position of all does not meet in one of the cache's sets. */
  private int plainRow() {
    return Ints.roundUp(conv.positions(), work.lanes()) + work.lanes();
  }

  @Override
  public Place place() {
    return sums;
  }

  @Override
  public int examples() {
    return ConvolutionTuning.CHAIN_EXAMPLES / together * together;
  }

  // ---- sums

  @Override
  public void sum(Int c0, int columns, Int from, Int end) {
    nest.zero(sums.buffer(), points() * rowsOfTaps * plane());
    nest.zero(gradient, together * points() * gradientPlane());
    transform.begin();
    var groups = divide(end, together);
    if (together > 1) {
      var first = multiply(new Int.Var("some"), number(together));
      var body = sink.within(() -> {
        var one = sink.within(() -> stage(c0, columns, subtract(new Int.Var("n"), first)));
        sink.add(new Stmt.For("n", first, add(first, number(together)), LoopKind.SERIAL, one));
        products(columns, together);
      });
      sink.add(new Stmt.For("some", divide(from, together), groups, LoopKind.SERIAL, body));
    }
    var body = sink.within(() -> {
      stage(c0, columns, ZERO);
      products(columns, 1);
    });
    sink.add(new Stmt.For("n", together > 1 ? multiply(groups, number(together)) : from, end, LoopKind.SERIAL, body));
    if (isTransformed(matrices)) {
      nest.apart(this::results);
    }
  }

  private void stage(Int c0, int columns, Int slot) {
    transform.stage(staged, multiply(slot, number((long) points() * transform.plane())), work.source(), work.fromChannel(), work.toChannel());
    // as it lies in memory, but for what is computed on the way
    nest.apart(() -> work.copyGradient(plain, plainRow(), conv.wide().out(), c0, columns));
    int whole = conv.high().out() / matrices.taps();
    int rest = conv.high().out() % matrices.taps();
    nest.apart(() -> turnGradient(columns, slot, ZERO, whole, matrices.taps()));
    if (rest > 0) {
      nest.apart(() -> turnGradient(columns, slot, number(whole), 1, rest));
    }
  }

  /** Some tiles of so many rows each, transformed, with the filters side by side. */
  private void turnGradient(int columns, Int slot, Int firstTile, int count, int rows) {
    int out = conv.wide().out();
    var tile = add(firstTile, new Int.Var("tile"));
    var x = new Int.Var("ox");
    var own = new Int.Var("own");
    var place = add(add(multiply(tile, number(conv.wide().extent())), x), number(lead()));
    var to = add(add(multiply(slot, number((long) points() * gradientPlane())), multiply(place, number(stride))), own);
    var from = add(add(multiply(own, number(plainRow())), multiply(tile, number((long) matrices.taps() * out))), x);
    var body = sink.within(() -> WinogradRows.combine(sink, matrices.filters(), rows, new WinogradRows.Elements(plain, i -> add(from, number((long) i * out))),
        new WinogradRows.Elements(gradient, k -> add(to, number((long) k * gradientPlane())))));
    body = List.of(new Stmt.For("own", ZERO, number(columns), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ox", ZERO, number(out), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("tile", ZERO, number(count), LoopKind.SERIAL, body));
  }

  private void products(int columns, int examples) {
    nest.stretches(conv.channels(), work.block(), "b", KernelInteger.FROM.value(), KernelInteger.TO.value(),
        (channel, channels) -> products(columns, examples, channel, channels));
  }

  private void products(int columns, int examples, Int channel, int channels) {
    int across = (conv.wide().taps() - 1) * stride + Ints.roundUp(columns, work.lanes());
    var places = new Stmt.Depth(number(depth()), number(1), number(stride));
    var all = new Stmt.Depth(number(examples), number((long) points() * transform.plane()), number((long) points() * gradientPlane()));
    nest.loop("point", points(), point -> nest.loop("ky", rowsOfTaps, ky -> {
      var first = add(multiply(point, number(transform.plane())), multiply(channel, number(transform.summed().area())));
      var left = new Stmt.Factor(staged, add(first, multiply(ky, number((long) conv.high().tap() * conv.wide().extent()))), number(transform.summed().area()));
      var right = new Stmt.Factor(gradient, multiply(point, number(gradientPlane())), number((long) conv.wide().tap() * stride));
      var own = add(multiply(add(point, ky), number(plane())), multiply(channel, number(row())));
      var extent = new Stmt.Extent(number(channels), 1, number(across), examples > 1 ? List.of(all, places) : List.of(places));
      LongProducts.add(sink, ConvolutionTuning.CHAIN_POSITIONS, new Stmt.Product(extent, left, right,
          new Stmt.Factor(sums.buffer(), own, number(row())), Stmt.Prior.ADDED, Stmt.RightOrder.panels(stride)));
    }));
  }

  /** The rows of taps from the sums of all points, where they belong. */
  private void results() {
    var at = new Int.Var("i");
    var body = sink.within(() -> {
      var planes = new WinogradRows.Elements(sums.buffer(), k -> add(at, number((long) k * plane())));
      WinogradRows.combine(sink, matrices.results(), points(), planes, planes);
    });
    sink.add(new Stmt.For("i", multiply(work.fromChannel(), number(row())), multiply(work.toChannel(), number(row())), LoopKind.VECTOR, body));
  }
}
