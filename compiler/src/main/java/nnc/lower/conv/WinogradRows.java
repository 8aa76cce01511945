package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
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
import nnc.loops.math.ElementaryFunctions;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/**
 * Toom's and Cook's way along an input's rows: each tile of a few rows of the result is made of products of transformed rows, one for each
 * point, which know no taps but a row's own. All that is added lies side by side, so that the transforms cost little.
 */
final class WinogradRows {
  private static final Int ZERO = number(0);

  private final WinogradMatrices matrices;
  private final int tile;
  private final ConvolutionGeometry conv;
  private final ConvolutionGeometry summed;
  private final int group;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final ValueLowering values;
  private final Loop.Buffer rows;

  /**
   * @param tile  rows from one tile to the next
   * @param tiles of an input
   * @param group elements of a logical vector
   */
  WinogradRows(WinogradMatrices matrices, int tile, int tiles, ConvolutionGeometry conv, int group, Epilogue epilogue) {
    this.matrices = matrices;
    this.tile = tile;
    this.conv = conv;
    this.group = group;
    summed = summed(tiles, conv);
    sink = epilogue.sink;
    values = epilogue.values;
    nest = new LoopNest(sink);
    rows = epilogue.scratch(tile * phase() + group);
  }

  /** For a convolution forward or by its input, whose results a tile is. */
  static WinogradRows of(WinogradMatrices matrices, ConvolutionGeometry conv, int group, Epilogue epilogue) {
    return new WinogradRows(matrices, matrices.out(), Math.ceilDiv(conv.high().out(), matrices.out()), conv, group, epilogue);
  }

  /**
   * The way that takes the fewest cycles; null if that is a plain sum over all taps. What this gains from shifted copies or common padding does
   * not count: as measured, where transforms gain too they gain more.
   */
  static WinogradMatrices choose(ConvolutionGeometry conv, int group) {
    var high = conv.high();
    WinogradMatrices best = null;
    if (high.step() != 1 || high.tap() != 1 || high.taps() < 2) {
      return null;
    }
    var plain = ConvolutionTiling.ofOneCopy(conv.with(high, conv.wide().filled()), group, 1);
    double least = ConvolutionTuning.WINOGRAD_SHARE * (plain.cycles() + ConvolutionTuning.FAR_FILTER_CYCLES * conv.taps() * conv.channels() * conv.columns() / group);
    for (int out = 2; out <= high.out() && out + high.taps() - 1 <= WinogradMatrices.MAX_PRODUCTS; out++) {
      var matrices = WinogradMatrices.of(out, high.taps());
      double cycles = cycles(matrices, conv, group);
      if (cycles < least) {
        least = cycles;
        best = matrices;
      }
    }
    return best;
  }

  private static double cycles(WinogradMatrices matrices, ConvolutionGeometry conv, int group) {
    int tiles = Math.ceilDiv(conv.high().out(), matrices.out());
    var summed = summed(tiles, conv);
    double there = ConvolutionTuning.WINOGRAD_INPUT_CYCLES * conv.channels() * Math.ceilDiv(tiles * conv.wide().extent(), group);
    double back = ConvolutionTuning.WINOGRAD_OUTPUT_CYCLES * conv.columns() * tiles * Math.ceilDiv(conv.wide().out(), group);
    double filters = ConvolutionTuning.FAR_FILTER_CYCLES * summed.taps() * conv.channels() * conv.columns() / group;
    return ConvolutionTiling.ofOneCopy(summed, group, matrices.products()).cycles() + matrices.products() * (there + back + filters);
  }

  /** What is summed for each point: a row for each tile, which has its padding, and no taps from row to row. */
  private static ConvolutionGeometry summed(int tiles, ConvolutionGeometry conv) {
    return conv.with(new ConvolutionGeometry.Axis(tiles, tiles, 1, 1, 1, 1, 0), conv.wide().filled());
  }

  ConvolutionGeometry summed() {
    return summed;
  }

  int tile() {
    return tile;
  }

  int points() {
    return matrices.products();
  }

  /** From one transformed input to the next: its last vector may run over. */
  int plane() {
    return conv.channels() * summed.area() + group;
  }

  // ---- inputs

  /** Every so many rows of a channel lie one behind the other: the rows at one position in their tiles, those of the last tile's neighbours too. */
  private int phase() {
    return (summed.high().out() + (points() - 1) / tile()) * conv.wide().extent();
  }

  /** Zeros in the padding: only what lies between them is copied. */
  void begin() {
    nest.zero(rows, tile() * phase());
  }

  /** A whole example's transforms for some channels, the first point's from {@code start} on. */
  void stage(Loop.Buffer staged, Int start, SourceRows source, Int fromChannel, Int toChannel) {
    stage(staged, start, source, fromChannel, toChannel, Bands.all(summed));
  }

  /**
   * Bands of an example: those from {@code from} to before {@code to}.
   *
   * @param height of a band in rows of sums
   */
  record Bands(Int from, Int to, int height) {
    /** A whole example as one. */
    static Bands all(ConvolutionGeometry summed) {
      return new Bands(ZERO, number(1), summed.high().out());
    }
  }

  /** Transforms some bands of an example, channel by channel, for which some of the source's rows are copied. */
  void stage(Loop.Buffer staged, Int start, SourceRows source, Int fromChannel, Int toChannel, Bands bands) {
    var body = sink.within(() -> {
      nest.apart(() -> new InputCopy(sink, values, conv).rows(rows, source, InputCopy.Columns.all(conv.wide()), this::index));
      nest.apart(() -> {
        var band = sink.within(() -> transform(staged, start, multiply(new Int.Var("pb"), number(bands.height)), bands.height));
        sink.add(new Stmt.For("pb", bands.from, bands.to, LoopKind.SERIAL, band));
      });
    });
    sink.add(new Stmt.For("pc", fromChannel, toChannel, LoopKind.SERIAL, body));
  }

  private Int index(AffineIndex row, AffineIndex column) {
    var y = row.toInt();
    var tile = divide(y, tile());
    var within = subtract(y, multiply(tile, number(tile())));
    return add(add(multiply(within, number(phase())), multiply(tile, number(conv.wide().extent()))), column.toInt());
  }

  /** In whole vectors: what the last one has too much is written over by the next band or channel. */
  private void transform(Loop.Buffer staged, Int start, Int fromTile, int tiles) {
    int extent = conv.wide().extent();
    var first = multiply(fromTile, number(extent));
    var at = new Int.Var("i");
    var to = add(add(start, multiply(new Int.Var("pc"), number(summed.area()))), at);
    var body = sink.within(() -> {
      combine(sink, matrices.inputs(), points(), new Elements(rows, row -> add(at, number((long) row % tile() * phase() + (long) row / tile() * extent))),
          new Elements(staged, k -> add(to, number((long) k * plane()))));
    });
    sink.add(new Stmt.For("i", first, add(first, number(Ints.roundUp(tiles * extent, group))), LoopKind.VECTOR, body));
  }

  // ---- filters

  /** A filter's element for each point. */
  List<Expr> filters(ValueLowering from, AffineIndex group, AffineIndex column, AffineIndex channel, AffineIndex kx) {
    var taps = IntStream.range(0, matrices.taps())
        .mapToObj(ky -> from.element(conv.other(), conv.weight(group, column, channel, AffineIndex.of(Dim.of(ky)), kx))).toList();
    return Arrays.stream(matrices.filters()).map(coefficients -> combined(coefficients, taps)).toList();
  }

  // ---- results

  /** Arrays of equal size in a buffer, each {@code step} elements behind the one before. */
  record Planes(Loop.Buffer buffer, int step) {}

  /**
   * The rows of some tiles, from their sums.
   *
   * @param sums a plane for each point, as the products leave them
   * @param to   rows of positions without a gap, column by column, or positions with their columns side by side
   */
  void results(ConvolutionTiling tiling, int columns, int tiles, Planes sums, Planes to) {
    int out = conv.wide().out();
    int row = tiling.along() ? out : out * tiling.panel();
    int length = tiling.along() ? tiling.rowLength(summed) : row;
    var tile = new Int.Var("tile");
    var at = new Int.Var("i");
    var column = tiling.along() ? new Int.Var("own") : ZERO;
    var from = add(add(multiply(column, number(tiling.stride(summed))), multiply(tile, number(length))), at);
    var place = add(add(multiply(column, number(to.step)), multiply(tile, number((long) tile() * row))), at);
    var body = sink.within(() -> {
      combine(sink, matrices.results(), points(), new Elements(sums.buffer, k -> add(from, number((long) k * sums.step))),
          new Elements(to.buffer, j -> add(place, number((long) j * row))));
    });
    body = List.of(new Stmt.For("i", ZERO, number(row), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("tile", ZERO, number(tiles), LoopKind.SERIAL, body));
    if (tiling.along()) {
      sink.add(new Stmt.For("own", ZERO, number(columns), LoopKind.SERIAL, body));
    } else {
      body.forEach(sink::add);
    }
  }

  // ---- sums of products with coefficients

  /** Numbered elements of a buffer: where each lies. */
  record Elements(Loop.Buffer buffer, IntFunction<Int> index) {}

  /**
   * Loads some elements and stores for each row of a matrix their sum with its coefficients.
   *
   * @param terms  how many elements; coefficients behind them do not count
   * @param source the elements
   * @param target where each row's sum is stored
   */
  static void combine(StatementBuilder sink, double[][] matrix, int terms, Elements source, Elements target) {
    var loaded = IntStream.range(0, terms).mapToObj(i -> sink.let(new Expr.Load(source.buffer, source.index.apply(i)))).toList();
    for (int row = 0; row < matrix.length; row++) {
      sink.add(new Stmt.Store(target.buffer, target.index.apply(row), combined(matrix[row], loaded)));
    }
  }

  private static Expr combined(double[] coefficients, List<Expr> terms) {
    var used = IntStream.range(0, terms.size()).filter(i -> coefficients[i] != 0).boxed()
        .sorted((a, b) -> Boolean.compare(coefficients[a] != 1, coefficients[b] != 1)).toList();
    Expr sum = null;
    for (int i : used) {
      double factor = coefficients[i];
      var term = terms.get(i);
      sum = sum == null ? (factor == 1 ? term : ElementaryFunctions.apply(Fn.MUL, ElementaryFunctions.number(factor), term))
          : factor == 1 ? ElementaryFunctions.apply(Fn.ADD, sum, term) : factor == -1 ? ElementaryFunctions.apply(Fn.SUB, sum, term)
          : ElementaryFunctions.apply(Fn.FMA, ElementaryFunctions.number(factor), term, sum);
    }
    return sum == null ? ElementaryFunctions.number(0) : sum;
  }
}
