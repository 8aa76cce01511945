package nnc.lower.common;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.OutlineArguments;
import nnc.loops.math.ElementaryFunctions;

/** Sums of many terms that stand in a buffer: their totals lie beside, as {@link LongSums} has them. */
public final class TotalSums {
  /** Terms that are known to be no more are added one after the other: what many of these lose is little beside what lanes and tiles gain. */
  private static final int MOST = 1 << 13;

  /** Blocks of a part: what is done for the totals is little beside them. */
  private static final int BLOCKS = 4;

  private final StatementBuilder sink;
  private final LongSums.Cut cut;
  private final Loop.Buffer sums;
  private final Loop.Buffer totals;
  private final Loop.Buffer lost;
  private final int stride;

  /**
   * @param rows    of the buffer
   * @param stride  of a row
   * @param scratch makes room for so many elements
   */
  public TotalSums(StatementBuilder sink, LongSums.Cut cut, Loop.Buffer sums, int rows, int stride, IntFunction<Loop.Buffer> scratch) {
    this.sink = sink;
    this.cut = cut;
    this.sums = sums;
    this.stride = stride;
    totals = scratch.apply(rows * stride);
    lost = scratch.apply(rows * stride);
  }

  /**
   * How the terms are cut into parts of some blocks each; null if there are not many.
   *
   * @param block terms that are summed one after the other, and then added to the sum of those before
   */
  public static LongSums.Cut cut(AffineIndex.Atom.Var terms, int block) {
    return areFew(terms) ? null : LongSums.cut(List.of(terms), BLOCKS * block);
  }

  /** As above, where a block goes on from the sum of those before it. */
  public static LongSums.Cut cutOfContinued(AffineIndex.Atom.Var terms, int block) {
    return areFew(terms) ? null : LongSums.cut(List.of(terms), Math.max(1, LongSums.TERMS / block) * block);
  }

  public static boolean areFew(AffineIndex.Atom.Var terms) {
    return terms.extent().isConstant() && terms.extent().fixed() <= MOST;
  }

  /**
   * All terms.
   *
   * @param rows the sums' rows that are used, and of each so many {@code columns}
   * @param work leaves the sums of the terms between two numbers in the buffer
   */
  public void all(Int rows, Int columns, BiConsumer<Int, Int> work) {
    cut.ifLong(sink, () -> each(rows, columns, at -> {
      store(totals, at, new Expr.Number(0));
      store(lost, at, new Expr.Number(0));
    }));
    var part = sink.within(() -> {
      work.accept(cut.from(), cut.to());
      cut.ifLong(sink, () -> each(rows, columns, this::flush));
    });
    cut.around(part).forEach(sink::add);
    cut.ifLong(sink, () -> each(rows, columns, at -> store(sums, at, ElementaryFunctions.apply(Fn.ADD, load(totals, at), load(lost, at)))));
  }

  private void flush(Int at) {
    var total = load(totals, at);
    var part = load(sums, at);
    var next = sink.let(ElementaryFunctions.apply(Fn.ADD, total, part));
    store(lost, at, ElementaryFunctions.apply(Fn.ADD, load(lost, at), LongSums.roundedOff(total, part, next, sink)));
    store(totals, at, next);
  }

  private void each(Int rows, Int columns, Consumer<Int> work) {
    var arguments = new OutlineArguments();
    var height = arguments.of("rn", rows);
    var width = arguments.of("cn", columns);
    var at = Ints.add(Ints.multiply(new Int.Var("r"), new Int.Number(stride)), new Int.Var("c"));
    var row = new Stmt.For("c", new Int.Number(0), width, LoopKind.VECTOR, sink.within(() -> work.accept(at)));
    sink.add(new Stmt.Outline(arguments.list, List.of(new Stmt.For("r", new Int.Number(0), height, LoopKind.SERIAL, List.of(row)))));
  }

  private Expr load(Loop.Buffer buffer, Int at) {
    return sink.let(new Expr.Load(buffer, at));
  }

  private void store(Loop.Buffer buffer, Int at, Expr value) {
    sink.add(new Stmt.Store(buffer, at, value));
  }
}
