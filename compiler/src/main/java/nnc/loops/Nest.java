package nnc.loops;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import nnc.graph.Dim;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;

/** Loops around statements, and what convolutions do before they sum. */
final class Nest {
  private final Sink sink;

  Nest(Sink sink) {
    this.sink = sink;
  }

  static Int number(long value) {
    return new Int.Number(value);
  }

  /** The variable of a loop; zero if it has a single turn. */
  static Index var(String name, int extent) {
    return extent == 1 ? Index.ZERO : variable(name, extent);
  }

  static Index variable(String name, int extent) {
    return Index.of(atom(name, extent));
  }

  static Index.Atom.Var atom(String name, int extent) {
    return new Index.Atom.Var(name, Dim.of(extent));
  }

  /** Statements in a method of their own. */
  void apart(Runnable work) {
    sink.add(new Stmt.Outline(List.of(), sink.within(work)));
  }

  /** A serial loop; one of a single turn is none. */
  void loop(String name, int count, Consumer<Int> work) {
    if (count == 1) {
      work.accept(number(0));
    } else if (count > 1) {
      sink.add(new Stmt.For(name, number(0), number(count), LoopKind.SERIAL, sink.within(() -> work.accept(new Int.Var(name)))));
    }
  }

  /** Cuts a length into stretches of equal size and a shorter one. */
  void stretches(int length, int size, String name, BiConsumer<Int, Integer> work) {
    loop(name, length / size, i -> work.accept(Index.multiply(i, number(size)), size));
    if (length % size > 0) {
      work.accept(number(length / size * size), length % size);
    }
  }

  /** As above, of these stretches those that are numbered from {@code from} to {@code to}; the shorter one has a loop of its own. */
  void stretches(int length, int size, String name, Int from, Int to, BiConsumer<Int, Integer> work) {
    int whole = length / size;
    int rest = length % size;
    if (whole > 0) {
      var body = sink.within(() -> work.accept(Index.multiply(new Int.Var(name), number(size)), size));
      sink.add(new Stmt.For(name, from, rest == 0 ? to : Index.least(to, number(whole)), LoopKind.SERIAL, body));
    }
    if (rest > 0) {
      var body = sink.within(() -> work.accept(number((long) whole * size), rest));
      sink.add(new Stmt.For("last", Index.most(from, number(whole)), to, LoopKind.SERIAL, body));
    }
  }

  /** As above, a length that need not be known. */
  void stretches(Int from, Int length, int size, String name, BiConsumer<Int, Int> work) {
    if (length instanceof Int.Number(var all)) {
      stretches(Math.toIntExact(all), size, name, (start, count) -> work.accept(Index.add(from, start), number(count)));
      return;
    }
    var start = Index.multiply(new Int.Var(name), number(size));
    var body = sink.within(() -> work.accept(Index.add(from, start), Index.least(number(size), Index.subtract(length, start))));
    sink.add(new Stmt.For(name, number(0), Index.divide(Index.add(length, number(size - 1)), size), LoopKind.SERIAL, body));
  }

  void zero(Buffer buffer, int size) {
    zero(buffer, number(0), number(size));
  }

  void zero(Buffer buffer, Int from, Int to) {
    var store = new Stmt.Store(buffer, new Int.Var("i"), new Expr.Number(0));
    apart(() -> sink.add(new Stmt.For("i", from, to, LoopKind.VECTOR, List.of(store))));
  }

  /** Copies some channels of an example's picture: what is no margin. Its loops have names that no others have. */
  void stage(Values values, Picture picture, Buffer staged, Index example, Index group, Int fromChannel, Int toChannel) {
    var high = picture.high();
    int extent = picture.wide().extent();
    var channel = variable("pc", picture.channels());
    var body = sink.within(() -> stageRows(values, picture, staged, example, group, number(high.first()), number(high.end()), 0, extent, (row, column) ->
        channel.times(Dim.of(high.extent())).plus(row).times(Dim.of(extent)).plus(column).toInt()));
    sink.add(new Stmt.For("pc", fromChannel, toChannel, LoopKind.SERIAL, body));
  }

  /** Runs through the channels {@code pc} of a picture. */
  void channels(Picture picture, Runnable work) {
    sink.add(new Stmt.For("pc", number(0), number(picture.channels()), LoopKind.SERIAL, sink.within(work)));
  }

  /**
   * Copies some rows of the source in channel {@code pc}, what of each lies between two columns of the picture, each element to the place of
   * its row and column in the picture.
   */
  void stageRows(Values values, Picture picture, Buffer staged, Index example, Index group, Int fromRow, Int toRow, int fromColumn, int toColumn,
      BiFunction<Index, Index, Int> place) {
    var high = picture.high();
    var wide = picture.wide();
    var channel = variable("pc", picture.channels());
    var y = var("py", high.size());
    var body = sink.within(() -> values.scoped(() -> {
      var x = variable("px", wide.size());
      var element = values.element(picture.source(), picture.at(example, group.times(Dim.of(picture.channels())).plus(channel), y, x));
      var row = y.times(Dim.of(high.interior())).plus(Dim.of(high.shift()));
      var column = x.times(Dim.of(wide.interior())).plus(Dim.of(wide.shift()));
      sink.add(new Stmt.Store(staged, place.apply(row, column), element));
    }));
    body = List.of(new Stmt.For("px", number(wide.first(fromColumn)), number(wide.end(fromColumn, toColumn)), LoopKind.VECTOR, body));
    sink.add(new Stmt.For("py", fromRow, toRow, LoopKind.SERIAL, body));
  }
}
