package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;

import java.util.List;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;

/**
 * What all ways to convolve by the filter have in common.
 *
 * @param lanes  elements of a logical vector
 * @param chunk  columns (the filters) that are summed at a time
 * @param stride of a row of sums, one for each of these columns
 * @param share  what threads share
 * @param block  channels, or columns, that a thread takes at a time
 */
record FilterGradientWork(ConvolutionGeometry conv, Epilogue epilogue, LoopNest nest, AffineIndex example, AffineIndex group,
    int lanes, int chunk, int stride, Share share, int block) {
  /** Blocks of the channels, the rows of taps, or blocks of the columns. */
  enum Share { CHANNELS, ROWS, COLUMNS }

  /** Of so many channels that blocks of them are worth sharing, a block. */
  static int block(int channels) {
    return channels >= TileTuning.MR_ROWS ? TileTuning.MR_ROWS : 0;
  }

  static FilterGradientWork of(ConvolutionGeometry conv, Epilogue epilogue, AffineIndex group, int lanes, int block) {
    int chunk = chunk(conv, lanes);
    var example = AffineIndex.of(new AffineIndex.Atom.Var("n", conv.batch()));
    return new FilterGradientWork(conv, epilogue, new LoopNest(epilogue.sink), example, group, lanes, chunk, Ints.roundUp(chunk, lanes),
        block > 0 ? Share.CHANNELS : Share.ROWS, block);
  }

  /** Where the batch is the last axis: blocks of some columns, whose partial sums stay in registers. */
  static FilterGradientWork ofBatches(ConvolutionGeometry conv, Epilogue epilogue, AffineIndex group, int lanes) {
    int columns = conv.columns();
    int block = Math.ceilDiv(columns, Math.ceilDiv(columns, ConvolutionTuning.FILTER_GRADIENT_COLUMNS));
    var example = AffineIndex.of(new AffineIndex.Atom.Var("n", conv.batch()));
    return new FilterGradientWork(conv, epilogue, new LoopNest(epilogue.sink), example, group, lanes, columns, columns, Share.COLUMNS, block);
  }

  static int chunk(ConvolutionGeometry conv, int lanes) {
    int panel = 2 * lanes;
    return Math.min(conv.columns(), Math.max(panel, ConvolutionTuning.FILTER_GRADIENT_SUMS / (conv.channels() * conv.taps()) / panel * panel));
  }

  /** Room for sums that lie tap by tap, and of each tap channel by channel. */
  FilterGradientSums.Place tapByTap() {
    int tap = conv.channels() * stride;
    int size = conv.taps() * tap;
    return new FilterGradientSums.Place(epilogue.scratch(size), size, 0, conv.wide().taps() * tap, tap, stride);
  }

  /** The input of an example. */
  SourceRows source() {
    return SourceRows.all(conv, example, group);
  }

  boolean byChannels() {
    return share == Share.CHANNELS;
  }

  private boolean byRows() {
    return share == Share.ROWS;
  }

  int blocks() {
    return switch (share) {
      case CHANNELS -> Math.ceilDiv(conv.channels(), block);
      case ROWS -> conv.high().taps();
      case COLUMNS -> Math.ceilDiv(conv.columns(), block);
    };
  }

  Int fromChannel() {
    return byChannels() ? multiply(KernelInteger.FROM.value(), number(block)) : number(0);
  }

  Int toChannel() {
    int channels = conv.channels();
    if (!byChannels()) {
      return number(channels);
    }
    var to = multiply(KernelInteger.TO.value(), number(block));
    return channels % block == 0 ? to : least(to, number(channels));
  }

  /** The first of the running thread's columns among those from {@code c0} on. */
  Int fromColumn(Int c0) {
    return share == Share.COLUMNS ? multiply(KernelInteger.FROM.value(), number(block)) : c0;
  }

  Int toColumn(Int c0, int columns) {
    return share == Share.COLUMNS ? least(multiply(KernelInteger.TO.value(), number(block)), number(columns)) : add(c0, number(columns));
  }

  Int fromRow() {
    return byRows() ? KernelInteger.FROM.value() : number(0);
  }

  Int toRow() {
    return byRows() ? KernelInteger.TO.value() : number(conv.high().taps());
  }

  /**
   * Copies some columns of an example's gradient, rows of positions side by side.
   *
   * @param column elements from a column to the next
   * @param row    from a row to the next
   */
  void copyGradient(Loop.Buffer to, int column, int row, Int c0, int columns) {
    var values = epilogue.values;
    var y = LoopNest.var("oy", conv.high().out());
    var x = LoopNest.variable("ox", conv.wide().out());
    var body = epilogue.sink.within(() -> values.scoped(() -> {
      var place = add(multiply(subtract(new Int.Var("col"), c0), number(column)), y.times(Dim.of(row)).plus(x).toInt());
      epilogue.sink.add(new Stmt.Store(to, place, gradient(y, x)));
    }));
    body = List.of(new Stmt.For("ox", number(0), number(conv.wide().out()), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("oy", number(0), number(conv.high().out()), LoopKind.SERIAL, body));
    epilogue.sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }

  /** Of column {@code col}, at a position. */
  Expr gradient(AffineIndex y, AffineIndex x) {
    var column = LoopNest.variable("col", conv.columns());
    return epilogue.values.element(conv.other(), conv.at(example, group.times(Dim.of(conv.columns())).plus(column), y, x));
  }
}
