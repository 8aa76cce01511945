package nnc.lower.nest;

import java.util.List;
import nnc.graph.Op;
import nnc.loops.Ints;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.loops.math.WholeArithmetic;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.ScheduledKernel;

/**
 * The order of a row by merging: of stretches that are in order two at a time become one of twice the length, until one is left. The last is
 * filled up with what comes behind all others, so that two always have one length: then half of the merged one is found from their beginnings
 * and the other half from their ends, two chains of steps that the processor takes side by side, and neither stretch ends before.
 */
public final class LowerSort {
  private static final Buffer SCRATCH = new Buffer("scratch", Space.SCRATCH, 0);
  private static final Int WIDTH = new Int.Var("width");
  private static final Int PAIR = new Int.Var("pair");
  private static final Int MERGED = new Int.Var("merged");

  /** Elements in scratch, their indices, and what both are merged into: each has room for what the row is filled up with, less than its length. */
  private enum Field { KEY, INDEX, MERGED_KEY, MERGED_INDEX }

  private final AxisKernel along;
  private final StatementBuilder sink;
  private final boolean descending;

  private LowerSort(AxisKernel along, boolean descending) {
    this.along = along;
    this.sink = along.sink;
    this.descending = descending;
  }

  public static LoweredKernel lower(ScheduledKernel scheduled) {
    var op = (Op.ArgSort) scheduled.kernel().nodes().getFirst().op();
    var along = new AxisKernel(scheduled, op.axis());
    var sort = new LowerSort(along, op.descending());
    return along.lowered(sort::row, false, along.size.times(2L * Field.values().length), NestTuning.SORT_INSTRUCTIONS);
  }

  private void row() {
    var size = AffineIndex.dim(along.size);
    sink.add(along.loop(() -> {
      store(Field.KEY, AxisKernel.alongAxis(), along.element(false));
      store(Field.INDEX, AxisKernel.alongAxis(), new Expr.BitsOf(AxisKernel.alongAxis()));
    }));
    var last = along.isWhole() ? WholeArithmetic.number(descending ? Integer.MIN_VALUE : Integer.MAX_VALUE)
        : new Expr.Number(descending ? Double.NEGATIVE_INFINITY : Double.NaN);
    sink.add(new Stmt.For("i", size, Ints.multiply(size, number(2)), LoopKind.VECTOR, sink.within(() -> {
      store(Field.KEY, new Int.Var("i"), last);
      store(Field.INDEX, new Int.Var("i"), WholeArithmetic.number(0));
    })));
    for (int level = 0; level < NestTuning.SORT_DOUBLINGS && !(along.size.isConstant() && 1 << level >= along.size.fixed()); level++) {
      long width = 1L << level;
      var pairs = Ints.divide(Ints.add(size, number(width - 1)), 2 * width);
      sink.add(new Stmt.Outline(List.of(new Stmt.Argument("width", number(width)), new Stmt.Argument("pairs", pairs)), sink.within(this::merges)));
    }
    sink.add(along.loop(() -> along.store(load(Field.INDEX, AxisKernel.alongAxis()), false)));
  }

  private static Int number(long value) {
    return new Int.Number(value);
  }

  private Int at(Field part, Int index) {
    return Ints.add(index, AffineIndex.dim(along.size.times(2L * part.ordinal())));
  }

  private Expr load(Field part, Int index) {
    boolean bits = along.isWhole() || part == Field.INDEX || part == Field.MERGED_INDEX;
    return bits ? new Expr.LoadBits(SCRATCH, at(part, index)) : new Expr.Load(SCRATCH, at(part, index));
  }

  private void store(Field part, Int index, Expr value) {
    sink.add(new Stmt.Store(SCRATCH, at(part, index), value));
  }

  /** All pairs of stretches of a length, and back to where they were. */
  private void merges() {
    sink.add(new Stmt.For("pair", number(0), new Int.Var("pairs"), LoopKind.SERIAL, sink.within(this::merge)));
    var all = Ints.multiply(Ints.multiply(new Int.Var("pairs"), WIDTH), number(2));
    sink.add(new Stmt.For("i", number(0), all, LoopKind.VECTOR, sink.within(() -> {
      store(Field.KEY, new Int.Var("i"), load(Field.MERGED_KEY, new Int.Var("i")));
      store(Field.INDEX, new Int.Var("i"), load(Field.MERGED_INDEX, new Int.Var("i")));
    })));
  }

  /** How many of the first, and of the second counted from its end, have been taken is held in bits: integers are never assigned. */
  private void merge() {
    var first = Ints.multiply(Ints.multiply(PAIR, WIDTH), number(2));
    var second = Ints.add(first, WIDTH);
    var behind = Ints.add(second, WIDTH);
    var ahead = new Expr.Read(sink.fresh());
    var back = new Expr.Read(sink.fresh());
    sink.add(new Stmt.Let(ahead.var(), WholeArithmetic.number(0)));
    sink.add(new Stmt.Let(back.var(), WholeArithmetic.number(0)));
    sink.add(new Stmt.For("merged", number(0), WIDTH, LoopKind.SERIAL, sink.within(() -> {
      var taken = new Int.FromBits(ahead);
      step(Ints.add(first, taken), Ints.add(second, Ints.subtract(MERGED, taken)), Ints.add(first, MERGED), true, ahead);
      var left = new Int.FromBits(back);
      var end = Ints.subtract(behind, number(1));
      step(Ints.subtract(Ints.subtract(second, number(1)), Ints.subtract(MERGED, left)), Ints.subtract(end, left), Ints.subtract(end, MERGED), false, back);
    })));
  }

  /** Takes what comes first, or last, of an element of the first and one of the second stretch; counts those of the first, or of the second. */
  private void step(Int first, Int second, Int to, boolean ahead, Expr.Read count) {
    var a = sink.let(load(Field.KEY, first));
    var b = sink.let(load(Field.KEY, second));
    var inOrder = sink.let(inOrder(a, b));
    store(Field.MERGED_KEY, to, ElementaryFunctions.apply(Fn.SELECT, inOrder, ahead ? a : b, ahead ? b : a));
    var index = load(Field.INDEX, first);
    var other = load(Field.INDEX, second);
    store(Field.MERGED_INDEX, to, ElementaryFunctions.apply(Fn.SELECT, inOrder, ahead ? index : other, ahead ? other : index));
    sink.add(new Stmt.Assign(count.var(), ElementaryFunctions.apply(Fn.BITS_ADD, count, WholeArithmetic.of(inOrder))));
  }

  /** Whether {@code b} may stand behind {@code a}: true of equals both ways, and not a number is the largest. */
  private Expr inOrder(Expr a, Expr b) {
    var low = descending ? b : a;
    var high = descending ? a : b;
    if (along.isWhole()) {
      return ElementaryFunctions.apply(Fn.BITS_LE, low, high);
    }
    return ElementaryFunctions.apply(Fn.OR, ElementaryFunctions.apply(Fn.LE, low, high), ElementaryFunctions.apply(Fn.NE, high, high));
  }
}
