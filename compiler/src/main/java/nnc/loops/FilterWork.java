package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.least;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;

import java.util.List;
import nnc.graph.Dim;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;

/**
 * What all ways to convolve by the filter have in common.
 *
 * @param lanes  elements of a logical vector
 * @param chunk  columns (the filters) that are summed at a time
 * @param stride of a row of sums, one for each of these columns
 * @param block  channels that a thread takes at a time; 0 where threads share the rows of taps instead
 */
record FilterWork(Picture picture, Epilogue epilogue, Nest nest, Index example, Index group, int lanes, int chunk, int stride, int block) {
  /** Elements of sums that a thread may have at a time. */
  private static final int SUMS = 1 << 18;

  /** Of so many channels that blocks of them are worth sharing, a block. */
  static int block(int channels) {
    return channels >= Blocking.TILE ? Blocking.TILE : 0;
  }

  static FilterWork of(Picture picture, Epilogue epilogue, Index group, int lanes, int block) {
    int chunk = chunk(picture, lanes);
    var example = Index.of(new Index.Atom.Var("n", picture.batch()));
    return new FilterWork(picture, epilogue, new Nest(epilogue.sink), example, group, lanes, chunk, Blocking.round(chunk, lanes), block);
  }

  static int chunk(Picture picture, int lanes) {
    int panel = 2 * lanes;
    return Math.min(picture.columns(), Math.max(panel, SUMS / (picture.channels() * picture.taps()) / panel * panel));
  }

  boolean byChannels() {
    return block > 0;
  }

  int blocks() {
    return byChannels() ? Math.ceilDiv(picture.channels(), block) : picture.high().taps();
  }

  Int fromChannel() {
    return byChannels() ? multiply(new Int.Var("from"), number(block)) : number(0);
  }

  Int toChannel() {
    int channels = picture.channels();
    if (!byChannels()) {
      return number(channels);
    }
    var to = multiply(new Int.Var("to"), number(block));
    return channels % block == 0 ? to : least(to, number(channels));
  }

  Int fromRow() {
    return byChannels() ? number(0) : new Int.Var("from");
  }

  Int toRow() {
    return byChannels() ? number(picture.high().taps()) : new Int.Var("to");
  }

  /**
   * Copies some columns of an example's gradient, rows of places side by side.
   *
   * @param column elements from a column to the next
   * @param row    from a row to the next
   */
  void copyGradient(Loop.Buffer to, int column, int row, Int c0, int columns) {
    var values = epilogue.values;
    var y = Nest.var("oy", picture.high().out());
    var x = Nest.variable("ox", picture.wide().out());
    var body = epilogue.sink.within(() -> values.scoped(() -> {
      var place = add(multiply(subtract(new Int.Var("col"), c0), number(column)), y.times(Dim.of(row)).plus(x).toInt());
      epilogue.sink.add(new Stmt.Store(to, place, gradient(y, x)));
    }));
    body = List.of(new Stmt.For("ox", number(0), number(picture.wide().out()), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("oy", number(0), number(picture.high().out()), LoopKind.SERIAL, body));
    epilogue.sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }

  /** Of column {@code col}, at a place. */
  Expr gradient(Index y, Index x) {
    var column = Nest.variable("col", picture.columns());
    return epilogue.values.element(picture.other(), picture.at(example, group.times(Dim.of(picture.columns())).plus(column), y, x));
  }

  /** The place of a term's sums among those of all taps and channels. */
  Int term(Int ky, Int kx, Int channel) {
    return add(multiply(add(multiply(ky, number(picture.wide().taps())), kx), number(picture.channels())), channel);
  }

  /** Adds up the partial sums, as many as a vector has lanes, of each sum of the running thread's. */
  void fold(Loop.Buffer partial, Loop.Buffer sums, int columns) {
    var sink = epilogue.sink;
    var place = term(new Int.Var("ky"), new Int.Var("kx"), new Int.Var("c"));
    var from = multiply(add(multiply(place, number(chunk)), new Int.Var("f")), number(lanes));
    var body = sink.within(() -> {
      Expr sum = sink.let(new Expr.Load(partial, from));
      for (int lane = 1; lane < lanes; lane++) {
        sum = sink.let(Elementary.apply(Loop.Fn.ADD, sum, sink.let(new Expr.Load(partial, add(from, number(lane))))));
      }
      sink.add(new Stmt.Store(sums, add(multiply(place, number(stride)), new Int.Var("f")), sum));
    });
    body = List.of(new Stmt.For("f", number(0), number(columns), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("c", fromChannel(), toChannel(), LoopKind.SERIAL, body));
    body = List.of(new Stmt.For("kx", number(0), number(picture.wide().taps()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("ky", fromRow(), toRow(), LoopKind.SERIAL, body));
  }
}
