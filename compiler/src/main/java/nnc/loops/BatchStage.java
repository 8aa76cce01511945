package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.divide;
import static nnc.loops.Index.least;
import static nnc.loops.Index.most;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;
import static nnc.loops.Nest.var;
import static nnc.loops.Nest.variable;

import java.util.List;
import java.util.function.BiConsumer;
import nnc.graph.Dim;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;

/**
 * Pictures of as many examples as a logical vector has lanes, copied with their margin into the thread's scratch: {@code [row, place, channel,
 * lane]}, so that a row's taps and channels are one run through memory. Rows are copied just before they are read for the first time.
 *
 * @param lanes of a logical vector
 */
record BatchStage(Picture picture, Epilogue epilogue, Nest nest, int lanes, Loop.Buffer buffer) {
  private static final Int ZERO = number(0);

  static BatchStage of(Picture picture, Epilogue epilogue, int lanes) {
    return new BatchStage(picture, epilogue, new Nest(epilogue.sink), lanes, epilogue.scratch(picture.high().extent() * row(picture, lanes)));
  }

  static int row(Picture picture, int lanes) {
    return picture.wide().extent() * picture.channels() * lanes;
  }

  /** Elements from a row of the pictures to the next. */
  int row() {
    return row(picture, lanes);
  }

  /** Elements from a place of a row to the next. */
  int place() {
    return picture.channels() * lanes;
  }

  Index example() {
    return Index.of(new Index.Atom.Var("n", picture.batch()));
  }

  /**
   * The examples a vector at a time: whole ones, and what is left.
   *
   * @param work given the first of them and the one behind the last
   * @param rest what is done before it where lanes are left over
   */
  void blocks(Runnable rest, BiConsumer<Int, Int> work) {
    var sink = epilogue.sink;
    var batch = Index.dim(picture.batch());
    var first = multiply(new Int.Var("b"), number(lanes));
    var whole = divide(batch, lanes);
    sink.add(new Stmt.For("b", ZERO, whole, LoopKind.SERIAL, sink.within(() -> work.accept(first, add(first, number(lanes))))));
    var last = sink.within(() -> {
      rest.run();
      work.accept(first, batch);
    });
    sink.add(new Stmt.For("b", whole, divide(add(batch, number(lanes - 1)), lanes), LoopKind.SERIAL, last));
  }

  // ---- rows

  /** Zeros wherever rows of the result from {@code from} to {@code to} read a margin that is not left out. */
  void margin(Int from, Int to) {
    if (!picture.wide().full() || picture.high().interior() != 1) {
      var high = picture.high();
      var end = add(multiply(subtract(to, number(1)), number(high.step())), number((long) (high.taps() - 1) * high.tap() + 1));
      nest.zero(buffer, multiply(multiply(from, number(high.step())), number(row())), multiply(end, number(row())));
    }
  }

  /** Copies the source's rows that the result's row {@code from} shares with the row before it. */
  void shared(Int from, Int first, Int end) {
    var high = picture.high();
    // ceil((from * step - shift) / interior)
    var begin = divide(add(multiply(from, number(high.step())), number(high.interior() - 1L - high.shift())), high.interior());
    copy(inside(begin), read(subtract(from, number(1))), first, end);
  }

  /** Copies the source's rows that a row of the result reads, and the one before it did not. */
  void next(Int y, Int first, Int end) {
    copy(read(subtract(y, number(1))), read(y), first, end);
  }

  /** Behind the last of the source's rows that a row of the result reads. */
  private Int read(Int y) {
    var high = picture.high();
    var last = add(multiply(y, number(high.step())), number((long) (high.taps() - 1) * high.tap() - high.shift()));
    return inside(add(divide(last, high.interior()), number(1)));
  }

  private Int inside(Int sourceRow) {
    return least(most(sourceRow, number(picture.high().first())), number(picture.high().end()));
  }

  private void copy(Int fromRow, Int toRow, Int first, Int end) {
    var sink = epilogue.sink;
    var values = epilogue.values;
    var high = picture.high();
    var wide = picture.wide();
    var body = sink.within(() -> values.scoped(() -> {
      var y = var("py", high.size());
      var x = variable("px", wide.size());
      var channel = variable("pc", picture.channels());
      var element = values.element(picture.source(), picture.at(example(), channel, y, x));
      var row = y.times(Dim.of(high.interior())).plus(Dim.of(high.shift()));
      var column = x.times(Dim.of(wide.interior())).plus(Dim.of(wide.shift()));
      var place = row.times(Dim.of(row())).plus(column.times(Dim.of(place()))).plus(channel.times(Dim.of(lanes)));
      sink.add(new Stmt.Store(buffer, add(place.toInt(), subtract(new Int.Var("n"), first)), element));
    }));
    body = List.of(new Stmt.For("n", first, end, LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("px", number(wide.first()), number(wide.end()), LoopKind.SERIAL, body));
    body = List.of(new Stmt.For("pc", ZERO, number(picture.channels()), LoopKind.SERIAL, body));
    sink.add(new Stmt.Outline(List.of(), high.size() == 1 ? body : List.of(new Stmt.For("py", fromRow, toRow, LoopKind.SERIAL, body))));
  }

  // ---- what meets only margin

  /** The first of {@code count} turns from which on a row that starts at {@code start} and moves by {@code step} is the source's; all may be. */
  Int from(Int start, int step, int count) {
    var high = picture.high();
    var before = subtract(number(high.first() + high.shift() + step - 1L), start);
    return high.interior() != 1 || high.full() ? ZERO : least(most(divide(before, step), ZERO), number(count));
  }

  /** Behind the last such turn. */
  Int to(Int start, int step, int count) {
    var high = picture.high();
    var before = subtract(number(high.end() + high.shift() + step - 1L), start);
    return high.interior() != 1 || high.full() ? number(count) : least(most(divide(before, step), ZERO), number(count));
  }
}
