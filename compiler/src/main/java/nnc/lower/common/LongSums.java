package nnc.lower.common;

import java.util.List;
import nnc.loops.Ints;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;

/**
 * Sums of many terms. Some dozens of them at a time are added one after the other, and what rounding takes from the total of these partial
 * sums is summed beside it (Ogita, Rump and Oishi 2005, Sum2): the error grows with the terms of a partial sum, not with their number. Partial
 * sums follow from shapes alone, so that sums have the same bits whatever the machine.
 */
public final class LongSums {
  private LongSums() {}

  /** The terms of a partial sum, where a single sum runs through them. */
  public static final int TERMS = 1 << 6;

  /**
   * A loop that is run through in stretches, each of which makes a partial sum.
   *
   * @param place among the loops, of which there are others around it and within it
   * @param iterations of a stretch
   */
  public record Cut(int place, AffineIndex.Atom.Var loop, int iterations) {
    private static final String STRETCH = "stretch";

    /** What is done only if there may be more than one stretch in all. */
    public void ifLong(StatementBuilder sink, Runnable work) {
      var more = place > 0 ? new Int.Number(1) : Ints.divide(Ints.subtract(AffineIndex.dim(loop.extent()), new Int.Number(1)), iterations);
      sink.add(new Stmt.For("long", new Int.Number(0), Ints.least(new Int.Number(1), more), LoopKind.SERIAL, sink.within(work)));
    }

    /** The number of the stretch, of those inside one iteration of the loops around it. */
    private Int stretch() {
      return isWhole() ? new Int.Number(0) : new Int.Var(STRETCH);
    }

    private boolean isWhole() {
      return loop.extent().isConstant() && loop.extent().fixed() <= iterations;
    }

    /** Where a stretch begins. */
    Int from() {
      return Ints.multiply(stretch(), new Int.Number(iterations));
    }

    /** Behind its end. */
    Int to() {
      var length = AffineIndex.dim(loop.extent());
      return isWhole() ? length : Ints.least(length, Ints.add(from(), new Int.Number(iterations)));
    }

    /** The loop over a stretch. */
    public Stmt inside(LoopKind kind, List<Stmt> body) {
      return new Stmt.For(loop.name(), from(), to(), kind, body);
    }

    /** The loop over the stretches. There is one of no iterations where the loop has none: a sum of no terms is a sum too. */
    public List<Stmt> around(List<Stmt> body) {
      var filled = Ints.divide(Ints.add(AffineIndex.dim(loop.extent()), new Int.Number(iterations - 1)), iterations);
      var count = loop.extent().isConstant() ? filled : Ints.most(new Int.Number(1), filled);
      return isWhole() ? body : List.of(new Stmt.For(STRETCH, new Int.Number(0), count, LoopKind.SERIAL, body));
    }
  }

  /** How nested loops are cut into partial sums of so many terms; null if they come to few. */
  public static Cut cut(List<AffineIndex.Atom.Var> loops, int terms) {
    long inside = 1;
    for (int i = loops.size() - 1; i >= 0; i--) {
      var extent = loops.get(i).extent();
      if (!extent.isConstant() || inside * extent.fixed() > 2L * terms) {
        return new Cut(i, loops.get(i), (int) Math.max(1, terms / inside));
      }
      inside *= extent.fixed();
    }
    return null;
  }

  /**
   * The total of partial results, in variables.
   *
   * @param lost what rounding took from the sum; null if nothing is summed
   */
  public record Total(Fn combine, String sum, String lost) {
    public static Total begin(Fn combine, Expr start, StatementBuilder sink) {
      var total = new Total(combine, sink.fresh(), combine == Fn.ADD ? sink.fresh() : null);
      sink.add(new Stmt.Let(total.sum, start));
      if (total.lost != null) {
        sink.add(new Stmt.Let(total.lost, new Expr.Number(0)));
      }
      return total;
    }

    public void add(Expr part, StatementBuilder sink) {
      var before = new Expr.Read(sum);
      var next = sink.let(ElementaryFunctions.apply(combine, before, part));
      if (lost != null) {
        sink.add(new Stmt.Assign(lost, ElementaryFunctions.apply(Fn.ADD, new Expr.Read(lost), roundedOff(before, part, next, sink))));
      }
      sink.add(new Stmt.Assign(sum, next));
    }

    public Expr value() {
      return lost == null ? new Expr.Read(sum) : ElementaryFunctions.apply(Fn.ADD, new Expr.Read(sum), new Expr.Read(lost));
    }
  }

  /** {@code a + b - sum}, exactly (Knuth); zero where that is no number, as of infinities. */
  public static Expr roundedOff(Expr a, Expr b, Expr sum, StatementBuilder sink) {
    var added = sink.let(ElementaryFunctions.apply(Fn.SUB, sum, a));
    var kept = sink.let(ElementaryFunctions.apply(Fn.SUB, sum, added));
    var off = sink.let(ElementaryFunctions.apply(Fn.ADD, ElementaryFunctions.apply(Fn.SUB, a, kept), ElementaryFunctions.apply(Fn.SUB, b, added)));
    return sink.let(ElementaryFunctions.apply(Fn.SELECT, ElementaryFunctions.apply(Fn.EQ, off, off), off, new Expr.Number(0)));
  }
}
