package nnc.loops.expand;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.loops.Ints;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;

/**
 * A tile's own loops, in terms of the places {@code l}, {@code r} and {@code s} that it is given and of the lane {@code j}: sums in registers,
 * and for each term, or each whose left factor is not zero, a load from each row of the left factor and each column of the right one.
 *
 * @param height     rows
 * @param lanes      elements of a vector
 * @param leftStep   from row to row of the left factor
 * @param columns    where each column, or vector of them, begins in the right one
 * @param sumsStep   from row to row of the sums
 * @param depth      the product's depth, in terms of what the tile is given
 * @param originStep from term to term of the right factor's origin {@code o}, if this tile fetches it; otherwise null
 */
record MicroKernel(Stmt.Product product, int height, int lanes, Int leftStep, List<Int> columns, Int sumsStep, List<Stmt.Depth> depth, Int originStep) {
  private int width() {
    return columns.size();
  }

  List<Stmt> body() {
    var body = new ArrayList<Stmt>();
    for (int i = 0; i < height; i++) {
      for (int v = 0; v < width(); v++) {
        var start = product.prior() == Stmt.Prior.CONTINUED ? load(product.sums(), "s", sums(i, v)) : new Expr.Number(0);
        body.add(new Stmt.Let(sum(i, v), start));
      }
    }
    int last = depth.size() - 1;
    boolean unrolled = isUnrolled(depth.get(last));
    var inner = unrolled ? iterations((int) ((Int.Number) depth.get(last).count()).value()) : terms(new Int.Var("k" + last), "");
    if (product.zeros() != null) {
      inner = List.of(new Stmt.Nonzeros("k0", depth.getLast().count(), buffer(product.left(), "l"), base(product.left(), "l", number(0)), inner));
    } else {
      for (int d = unrolled ? last - 1 : last; d >= 0; d--) {
        inner = List.of(new Stmt.For("k" + d, number(0), depth.get(d).count(), LoopKind.SERIAL, inner));
      }
    }
    body.addAll(inner);
    for (int i = 0; i < height; i++) {
      for (int v = 0; v < width(); v++) {
        body.addAll(end(i, v));
      }
    }
    return body;
  }

  /** What becomes of a vector of sums. */
  private List<Stmt> end(int row, int vector) {
    Expr sum = new Expr.Read(sum(row, vector));
    if (product.prior() == Stmt.Prior.ADDED) {
      sum = new Expr.Apply(Fn.ADD, List.of(load(product.sums(), "s", sums(row, vector)), sum));
    }
    var follow = product.follow();
    if (follow == null) {
      return List.of(new Stmt.Store(buffer(product.sums(), "s"), base(product.sums(), "s", sums(row, vector)), sum));
    }
    var places = Map.of(follow.row(), Ints.add(new Int.Var("fr"), number(row)),
        follow.column(), Ints.add(Ints.add(new Int.Var("fc"), number((long) vector * lanes)), new Int.Var("j")));
    return new Substitution(places, Map.of(follow.sum(), sum), "_" + row + "_" + vector).of(follow.body());
  }

  /** Whether the innermost loop, a short one, is written out: the loop around it then does more in an iteration. */
  private boolean isUnrolled(Stmt.Depth innermost) {
    return lanes > 1 && depth.size() > 1 && innermost.count() instanceof Int.Number(var count) && unrolls(count, height, width());
  }

  /** Whether so many iterations are few enough to be written out in a tile of some rows by some vectors. */
  static boolean unrolls(long iterations, int height, int width) {
    return iterations * (height * width + height + width) <= TileTuning.UNROLLED_INSTRUCTIONS;
  }

  private List<Stmt> iterations(int count) {
    var all = new ArrayList<Stmt>();
    for (int k = 0; k < count; k++) {
      all.addAll(terms(number(k), "_" + k));
    }
    return all;
  }

  /**
   * What is added for one term.
   *
   * @param last the innermost loop's iteration
   * @param name what its variables' names end in
   */
  private List<Stmt> terms(Int last, String name) {
    var terms = new ArrayList<Stmt>();
    Int left = product.order().lanes() > 0 ? new Int.Var("j") : number(0);
    Int right = new Int.Var("j");
    for (int d = 0; d < depth.size(); d++) {
      var k = d == depth.size() - 1 ? last : new Int.Var("k" + d);
      left = Ints.add(left, Ints.multiply(k, depth.get(d).left()));
      right = Ints.add(right, Ints.multiply(k, depth.get(d).right()));
    }
    // what is checked of a load stands before all that uses it: right's vectors, loaded last, may then be operands of the multiplications in memory
    for (int i = 0; i < height; i++) {
      terms.add(new Stmt.Let("a" + i + name, load(product.left(), "l", Ints.add(left, times(i, leftStep)))));
      for (int v = 0; v < width(); v++) {
        if (i == 0) {
          right(last, Ints.add(right, columns.get(v)), v, "b" + v + name, terms);
        }
        terms.add(new Stmt.Assign(sum(i, v), new Expr.Apply(Fn.FMA, List.of(new Expr.Read("a" + i + name), new Expr.Read("b" + v + name), new Expr.Read(sum(i, v))))));
      }
    }
    return terms;
  }

  /** A vector of the right factor's term: read where it is, or fetched there. */
  private void right(Int term, Int place, int vector, String name, List<Stmt> terms) {
    if (originStep == null) {
      terms.add(new Stmt.Let(name, load(product.right(), "r", place)));
      return;
    }
    var from = Ints.add(Ints.multiply(term, originStep), Ints.add(new Int.Var("j"), number((long) vector * lanes)));
    terms.add(new Stmt.Let(name, load(product.origin(), "o", from)));
    terms.add(new Stmt.Store(buffer(product.right(), "r"), base(product.right(), "r", place), new Expr.Read(name)));
  }

  private Int sums(int row, int column) {
    int apart = product.order().lanes() > 0 ? product.order().lanes() : lanes;
    return Ints.add(new Int.Var("j"), Ints.add(times(row, sumsStep), number((long) column * apart)));
  }

  private static Int number(long value) {
    return new Int.Number(value);
  }

  private static String sum(int row, int column) {
    return "c" + row + "_" + column;
  }

  private static Int times(int count, Int step) {
    return Ints.multiply(step, number(count));
  }

  /** In scratch the place given counts from the scratch's beginning, elsewhere it is one of the whole array. */
  private static Buffer buffer(Stmt.Factor factor, String name) {
    return factor.buffer().space() == Space.SCRATCH ? new Buffer("scratch", Space.SCRATCH, 0) : new Buffer(name, factor.buffer().space(), 0);
  }

  private static Int base(Stmt.Factor factor, String name, Int offset) {
    return factor.buffer().space() == Space.SCRATCH ? Ints.add(new Int.Var(name), offset) : offset;
  }

  static Expr load(Stmt.Factor factor, String name, Int offset) {
    return new Expr.Load(buffer(factor, name), base(factor, name, offset));
  }
}
