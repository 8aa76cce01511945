package nnc.loops.expand;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;

/**
 * A {@link Stmt.Product} whose left factor may have many zeros, as relu's results and pictures have: if it does, and the right factor has
 * neither infinity nor NaN, a row at a time without the terms that are zero; otherwise in tiles of all terms. Both add a sum's terms in the
 * same order, and adding a zero changes no sum, so they give the same numbers; a sum that underflows to zero may differ in that zero's sign.
 *
 * <p>A row's tile loads a vector for each multiplication, which takes somewhat longer than that; so it pays from two fifths of zeros on, or from three fifths where
 * there are 16 registers.
 */
public final class ZeroSkippingTiles {
  private final Stmt.Product product;
  private final int lanes;
  private final int registers;
  private final Loop.Buffer room;
  private final Int terms;
  private final int columns;

  ZeroSkippingTiles(Stmt.Product product, int lanes, int registers) {
    this.product = product;
    this.lanes = lanes;
    this.registers = registers;
    room = product.zeros().room();
    terms = product.depth().getFirst().count();
    columns = (int) ((Int.Number) product.columns()).value();
  }

  static boolean takes(Stmt.Product product, int lanes) {
    return lanes > 1 && product.zeros() != null && product.columns() instanceof Int.Number(var columns) && columns % lanes == 0
        && (columns / lanes % TileTuning.ROW_TILE_VECTORS == 0 || columns / lanes % TileTuning.ROW_TILE_VECTORS >= TileTuning.MIN_ROW_TILE_VECTORS);
  }

  List<Stmt> all() {
    var all = new ArrayList<Stmt>();
    all.add(new Stmt.Store(room, number(0), new Expr.Number(0)));
    var enough = product.zeros().faults() != null ? number(1) : Ints.least(number(1), Ints.divide(product.rows(), TileTuning.MIN_ROWS_TO_COUNT));
    all.add(new Stmt.For("enough", number(0), enough, LoopKind.SERIAL, List.of(judge())));
    all.add(new Stmt.For("sparse", number(0), verdict(), LoopKind.SERIAL, sparse()));
    all.add(new Stmt.For("dense", verdict(), number(1), LoopKind.SERIAL, TileProducts.dense(product.skipping(null), lanes, registers)));
    return all;
  }

  private List<Stmt> sparse() {
    var all = new ArrayList<Stmt>();
    if (terms instanceof Int.Number(var known)) {
      int parts = Math.ceilDiv((int) known, TileTuning.MASK_TERMS);
      for (int part = 0; part < parts; part++) {
        all.addAll(part(number(known * part / parts), number(known * (part + 1) / parts), part > 0, part == parts - 1));
      }
      return all;
    }
    all.addAll(part(number(0), Ints.least(number(TileTuning.MASK_TERMS), terms), false, false));
    var from = Ints.multiply(new Int.Var("part"), number(TileTuning.MASK_TERMS));
    var rest = part(from, Ints.least(Ints.add(from, number(TileTuning.MASK_TERMS)), terms), true, false);
    all.add(new Stmt.For("part", number(1), Ints.divide(Ints.add(terms, number(TileTuning.MASK_TERMS - 1)), TileTuning.MASK_TERMS), LoopKind.SERIAL, rest));
    return all;
  }

  /** The product of some of the terms. */
  private List<Stmt> part(Int from, Int to, boolean adds, boolean ends) {
    var depth = product.depth().getFirst();
    var some = new Stmt.Depth(Ints.subtract(to, from), depth.left(), depth.right());
    var extent = new Stmt.Extent(product.rows(), product.extent().unit(), product.columns(), List.of(some));
    var left = moved(product.left(), Ints.multiply(depth.left(), from));
    var right = moved(product.right(), Ints.multiply(depth.right(), from));
    var part = new Stmt.Product(extent, left, right, product.sums(), adds ? Stmt.Prior.CONTINUED : product.prior(), product.order());
    return TileProducts.dense(part.followedBy(ends ? product.follow() : null).skipping(product.zeros()), lanes, registers);
  }

  private static Stmt.Factor moved(Stmt.Factor factor, Int by) {
    return new Stmt.Factor(factor.buffer(), Ints.add(factor.start(), by), factor.step());
  }

  // ---- whether it pays

  /** Leaves 1 in {@link Stmt.Product#zeros} if terms shall be left out, otherwise 0. */
  private Stmt judge() {
    var arguments = new ArrayList<Stmt.Argument>();
    arguments.add(new Stmt.Argument("l", TileProducts.start(product.left(), number(0))));
    var leftStep = TileProducts.argument(arguments, "ls", product.left().step());
    var samples = TileProducts.argument(arguments, "sn", Ints.divide(Ints.add(product.rows(), number(TileTuning.SAMPLED_ROWS - 1)), TileTuning.SAMPLED_ROWS));
    var depth = TileProducts.argument(arguments, "kn", terms);
    var body = new ArrayList<Stmt>();
    body.add(new Stmt.Lanes("others", 0, room.offset()));
    var place = Ints.add(Ints.multiply(new Int.Var("sample"), Ints.multiply(leftStep, number(TileTuning.SAMPLED_ROWS))), new Int.Var("k"));
    var other = truth(apply(Fn.NE, MicroKernel.load(product.left(), "l", place), new Expr.Number(0)));
    var counted = new Stmt.Assign("others", apply(Fn.ADD, new Expr.Read("others"), other));
    body.add(new Stmt.For("sample", number(0), samples, LoopKind.SERIAL, List.of(new Stmt.For("k", number(0), depth, LoopKind.VECTOR, List.of(counted)))));
    body.add(new Stmt.Let("count", new Expr.Fold(Fn.ADD, "others")));
    double share = registers > 2 * TileTuning.ROW_TILE_VECTORS ? TileTuning.DENSE_SHARE : TileTuning.DENSE_SHARE_OF_FEW_REGISTERS;
    var limit = apply(Fn.MUL, new Expr.FromInt(Ints.multiply(samples, depth)), new Expr.Number(share));
    body.add(verdict(apply(Fn.LE, new Expr.Read("count"), limit)));
    body.add(new Stmt.For("few", number(0), verdict(), LoopKind.SERIAL, isBounded(arguments, depth)));
    return new Stmt.Outline(arguments, body);
  }

  private Stmt verdict(Expr yes) {
    return new Stmt.Store(room, number(0), truth(yes));
  }

  private static Expr truth(Expr mask) {
    return apply(Fn.SELECT, mask, new Expr.Number(1), new Expr.Number(0));
  }

  private Int verdict() {
    return new Int.FromElement(new Expr.Load(room, number(0)));
  }

  /** Whether the right factor is all finite: otherwise zero times it is not zero. */
  private List<Stmt> isBounded(List<Stmt.Argument> arguments, Int depth) {
    var fault = new Expr.Load(room, Ints.add(number(TileTuning.ZERO_SCRATCH_ELEMENTS / 2), new Int.Var("j")));
    return List.of(new Stmt.For("j", number(0), number(lanes), LoopKind.VECTOR, product.zeros().faults() == null ? faults(arguments, depth) : known(arguments)),
        new Stmt.Lanes("all", 0, room.offset()),
        new Stmt.For("j", number(0), number(lanes), LoopKind.VECTOR, List.of(new Stmt.Assign("all", apply(Fn.ADD, new Expr.Read("all"), fault)))),
        new Stmt.Let("fault", new Expr.Fold(Fn.ADD, "all")), verdict(apply(Fn.EQ, new Expr.Read("fault"), new Expr.Number(0))));
  }

  private List<Stmt> known(List<Stmt.Argument> arguments) {
    var faults = product.zeros().faults();
    arguments.add(new Stmt.Argument("f", TileProducts.start(faults, number(0))));
    var vectors = IntStream.range(0, columns / lanes).mapToObj(v -> MicroKernel.load(faults, "f", Ints.add(new Int.Var("j"), number((long) v * lanes))));
    return List.of(fault(vectors.reduce((a, b) -> apply(Fn.ADD, a, b)).orElseThrow()));
  }

  private Stmt fault(Expr vector) {
    return new Stmt.Store(room, Ints.add(number(TileTuning.ZERO_SCRATCH_ELEMENTS / 2), new Int.Var("j")), vector);
  }

  /** Zero times each vector of the right factor, added up: not zero in lanes that have met an infinity or a NaN. */
  private List<Stmt> faults(List<Stmt.Argument> arguments, Int depth) {
    arguments.add(new Stmt.Argument("r", TileProducts.start(product.right(), number(0))));
    var rightStep = TileProducts.argument(arguments, "rs", product.depth().getFirst().right());
    var panelStep = TileProducts.argument(arguments, "ps", product.right().step());
    int panel = product.order().panel() == 0 ? columns : product.order().panel();
    int vectors = panel / lanes;
    var sums = IntStream.range(0, Math.max(vectors, TileTuning.MIN_ROW_TILE_VECTORS)).mapToObj(v -> "f" + v).toList();
    var body = new ArrayList<Stmt>();
    sums.forEach(sum -> body.add(new Stmt.Let(sum, new Expr.Number(0))));
    int together = Math.ceilDiv(TileTuning.MIN_ROW_TILE_VECTORS, vectors);
    var start = Ints.add(Ints.multiply(new Int.Var("p"), panelStep), new Int.Var("j"));
    var many = Ints.multiply(Ints.divide(depth, together), number(together));
    var whole = new Stmt.For("k", number(0), Ints.divide(depth, together), LoopKind.SERIAL, added(together, vectors, start, rightStep, number(0), sums));
    var rest = new Stmt.For("k", number(0), Ints.subtract(depth, many), LoopKind.SERIAL, added(1, vectors, start, rightStep, many, sums));
    body.add(new Stmt.For("p", number(0), number(Math.ceilDiv(columns, panel)), LoopKind.SERIAL, many.equals(depth) ? List.of(whole) : List.of(whole, rest)));
    var total = sums.stream().map(sum -> (Expr) new Expr.Read(sum)).reduce((a, b) -> apply(Fn.ADD, a, b)).orElseThrow();
    body.add(fault(total));
    return body;
  }

  private List<Stmt> added(int together, int vectors, Int start, Int step, Int first, List<String> sums) {
    var body = new ArrayList<Stmt>();
    for (int t = 0; t < together; t++) {
      var term = Ints.add(Ints.add(Ints.multiply(new Int.Var("k"), number(together)), first), number(t));
      for (int v = 0; v < vectors; v++) {
        var sum = sums.get((t * vectors + v) % sums.size());
        var place = Ints.add(Ints.add(start, Ints.multiply(term, step)), number((long) v * lanes));
        body.add(new Stmt.Assign(sum, apply(Fn.FMA, MicroKernel.load(product.right(), "r", place), new Expr.Number(0), new Expr.Read(sum))));
      }
    }
    return body;
  }

  private static Expr apply(Fn fn, Expr... arguments) {
    return new Expr.Apply(fn, List.of(arguments));
  }

  private static Int number(long value) {
    return new Int.Number(value);
  }
}
