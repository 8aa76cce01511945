package nnc.lower.common;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;

/** Loops around statements. */
public final class LoopNest {
  private final StatementBuilder sink;

  public LoopNest(StatementBuilder sink) {
    this.sink = sink;
  }

  /** Where the statements go. */
  public StatementBuilder sink() {
    return sink;
  }

  public static Int number(long value) {
    return new Int.Number(value);
  }

  /** The variable of a loop; zero if its trip count is one. */
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

  /** A serial loop; one whose trip count is one is none. */
  public void loop(String name, int count, Consumer<Int> work) {
    if (count == 1) {
      work.accept(number(0));
    } else if (count > 1) {
      sink.add(new Stmt.For(name, number(0), number(count), LoopKind.SERIAL, sink.within(() -> work.accept(new Int.Var(name)))));
    }
  }

  /** Cuts a length into stretches of equal size and a shorter one. */
  public void stretches(int length, int size, String name, BiConsumer<Int, Integer> work) {
    loop(name, length / size, i -> work.accept(Ints.multiply(i, number(size)), size));
    if (length % size > 0) {
      work.accept(number(length - length % size), length % size);
    }
  }

  /** As above, of these stretches those that are numbered from {@code from} to {@code to}; the shorter one has a loop of its own. */
  public void stretches(int length, int size, String name, Int from, Int to, BiConsumer<Int, Integer> work) {
    int whole = length / size;
    int rest = length % size;
    if (whole > 0) {
      var body = sink.within(() -> work.accept(Ints.multiply(new Int.Var(name), number(size)), size));
      sink.add(new Stmt.For(name, from, rest == 0 ? to : Ints.least(to, number(whole)), LoopKind.SERIAL, body));
    }
    if (rest > 0) {
      var body = sink.within(() -> work.accept(number((long) whole * size), rest));
      sink.add(new Stmt.For("last", Ints.most(from, number(whole)), to, LoopKind.SERIAL, body));
    }
  }

  /** As above, a length that need not be known. */
  public void stretches(Int from, Int length, int size, String name, BiConsumer<Int, Int> work) {
    if (length instanceof Int.Number(var all)) {
      stretches(Math.toIntExact(all), size, name, (start, count) -> work.accept(Ints.add(from, start), number(count)));
      return;
    }
    var start = Ints.multiply(new Int.Var(name), number(size));
    var body = sink.within(() -> work.accept(Ints.add(from, start), Ints.least(number(size), Ints.subtract(length, start))));
    sink.add(new Stmt.For(name, number(0), Ints.divide(Ints.add(length, number(size - 1)), size), LoopKind.SERIAL, body));
  }

  /**
   * Loop {@code n} over the examples of which a kernel's blocks are parts, {@code count} of each.
   *
   * @param work is given the first of an example's parts that are among the kernel's blocks, and the one behind the last
   */
  public void parts(int count, BiConsumer<Int, Int> work) {
    var from = KernelInteger.FROM.value();
    var to = KernelInteger.TO.value();
    var before = Ints.multiply(new Int.Var("n"), number(count));
    var body = sink.within(() -> work.accept(Ints.most(number(0), Ints.subtract(from, before)), Ints.least(number(count), Ints.subtract(to, before))));
    sink.add(new Stmt.For("n", Ints.divide(from, count), Ints.divide(Ints.add(to, number(count - 1L)), count), LoopKind.SERIAL, body));
  }

  public void zero(Buffer buffer, int size) {
    fill(buffer, size, 0);
  }

  /** Stores a number in the first elements of a buffer. */
  public void fill(Buffer buffer, int size, double value) {
    fill(buffer, number(0), number(size), value);
  }

  public void zero(Buffer buffer, Int from, Int to) {
    fill(buffer, from, to, 0);
  }

  private void fill(Buffer buffer, Int from, Int to, double value) {
    var store = new Stmt.Store(buffer, new Int.Var("i"), new Expr.Number(value));
    apart(() -> sink.add(new Stmt.For("i", from, to, LoopKind.VECTOR, List.of(store))));
  }
}
