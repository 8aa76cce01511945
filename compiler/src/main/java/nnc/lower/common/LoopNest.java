package nnc.lower.common;

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
import nnc.loops.StatementBuilder;
import nnc.lower.conv.ConvolutionGeometry;

/** Loops around statements, and what convolutions do before they sum. */
public final class LoopNest {
  private final StatementBuilder sink;

  public LoopNest(StatementBuilder sink) {
    this.sink = sink;
  }

  public static Int number(long value) {
    return new Int.Number(value);
  }

  /** The variable of a loop; zero if it has a single turn. */
  public static AffineIndex var(String name, int extent) {
    return extent == 1 ? AffineIndex.ZERO : variable(name, extent);
  }

  public static AffineIndex variable(String name, int extent) {
    return AffineIndex.of(atom(name, extent));
  }

  public static AffineIndex.Atom.Var atom(String name, int extent) {
    return new AffineIndex.Atom.Var(name, Dim.of(extent));
  }

  /** Statements in a method of their own. */
  public void apart(Runnable work) {
    sink.add(new Stmt.Outline(List.of(), sink.within(work)));
  }

  /** A serial loop; one of a single turn is none. */
  public void loop(String name, int count, Consumer<Int> work) {
    if (count == 1) {
      work.accept(number(0));
    } else if (count > 1) {
      sink.add(new Stmt.For(name, number(0), number(count), LoopKind.SERIAL, sink.within(() -> work.accept(new Int.Var(name)))));
    }
  }

  /** Cuts a length into stretches of equal size and a shorter one. */
  public void stretches(int length, int size, String name, BiConsumer<Int, Integer> work) {
    loop(name, length / size, i -> work.accept(AffineIndex.multiply(i, number(size)), size));
    if (length % size > 0) {
      work.accept(number(length / size * size), length % size);
    }
  }

  /** As above, of these stretches those that are numbered from {@code from} to {@code to}; the shorter one has a loop of its own. */
  public void stretches(int length, int size, String name, Int from, Int to, BiConsumer<Int, Integer> work) {
    int whole = length / size;
    int rest = length % size;
    if (whole > 0) {
      var body = sink.within(() -> work.accept(AffineIndex.multiply(new Int.Var(name), number(size)), size));
      sink.add(new Stmt.For(name, from, rest == 0 ? to : AffineIndex.least(to, number(whole)), LoopKind.SERIAL, body));
    }
    if (rest > 0) {
      var body = sink.within(() -> work.accept(number((long) whole * size), rest));
      sink.add(new Stmt.For("last", AffineIndex.most(from, number(whole)), to, LoopKind.SERIAL, body));
    }
  }

  /** As above, a length that need not be known. */
  public void stretches(Int from, Int length, int size, String name, BiConsumer<Int, Int> work) {
    if (length instanceof Int.Number(var all)) {
      stretches(Math.toIntExact(all), size, name, (start, count) -> work.accept(AffineIndex.add(from, start), number(count)));
      return;
    }
    var start = AffineIndex.multiply(new Int.Var(name), number(size));
    var body = sink.within(() -> work.accept(AffineIndex.add(from, start), AffineIndex.least(number(size), AffineIndex.subtract(length, start))));
    sink.add(new Stmt.For(name, number(0), AffineIndex.divide(AffineIndex.add(length, number(size - 1)), size), LoopKind.SERIAL, body));
  }

  public void zero(Buffer buffer, int size) {
    zero(buffer, number(0), number(size));
  }

  void zero(Buffer buffer, Int from, Int to) {
    var store = new Stmt.Store(buffer, new Int.Var("i"), new Expr.Number(0));
    apart(() -> sink.add(new Stmt.For("i", from, to, LoopKind.VECTOR, List.of(store))));
  }

  /** Copies some channels of an example's picture: what is no margin. Its loops have names that no others have. */
  public void stage(ValueLowering values, ConvolutionGeometry picture, Buffer staged, AffineIndex example, AffineIndex group, Int fromChannel, Int toChannel) {
    var high = picture.high();
    int extent = picture.wide().extent();
    var channel = variable("pc", picture.channels());
    var body = sink.within(() -> stageRows(values, picture, staged, example, group, number(high.first()), number(high.end()), 0, extent, (row, column) ->
        channel.times(Dim.of(high.extent())).plus(row).times(Dim.of(extent)).plus(column).toInt()));
    sink.add(new Stmt.For("pc", fromChannel, toChannel, LoopKind.SERIAL, body));
  }

  /** Runs through the channels {@code pc} of a picture. */
  public void channels(ConvolutionGeometry picture, Runnable work) {
    sink.add(new Stmt.For("pc", number(0), number(picture.channels()), LoopKind.SERIAL, sink.within(work)));
  }

  /**
   * Copies some rows of the source in channel {@code pc}, what of each lies between two columns of the picture, each element to the place of
   * its row and column in the picture.
   */
  public void stageRows(ValueLowering values, ConvolutionGeometry picture, Buffer staged, AffineIndex example, AffineIndex group, Int fromRow, Int toRow, int fromColumn, int toColumn,
      BiFunction<AffineIndex, AffineIndex, Int> place) {
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
