package nnc.lower.gemm;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.OutlineArguments;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineAccess;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.StoreLowering;
import nnc.lower.common.TotalSums;
import nnc.lower.common.ValueLowering;
import nnc.machine.Core;
import nnc.schedule.Kernel;
import nnc.schedule.batch.BatchTilingChoice;

/**
 * Matrix products with what follows them. Rows and columns are cut into blocks, the depth too; the right factor's columns are copied panel
 * by panel to where they lie side by side, and {@link Stmt.Product} sums a block of rows with a panel. What follows the product is
 * computed from a block's sums while they are near. Every sum adds its terms in the order of k, whatever the cut; of many terms it adds sums of
 * some hundred.
 */
public final class LowerMatMul {
  private static final Int ZERO = new Int.Number(0);
  private static final Int ONE = new Int.Number(1);
  private static final String SUM = "sum";

  private final Kernel kernel;
  private final Node product;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final ValueLowering values;
  private final List<AffineIndex.Atom.Var> batch = new ArrayList<>();
  private final List<AffineIndex> outer;
  private final List<AffineIndex> place;
  private final GemmOrientation facing;
  private final GemmBlocking cut;
  /** Whether threads share the columns; otherwise the rows, or the first of the outer axes. */
  private final boolean byColumns;
  /** Whether the sums are the result itself. */
  private final boolean direct;
  /** Room to find out whether the left factor has many zeros, which are left out then; null if that is not to be expected. */
  private final Loop.Buffer zeros;
  /** A copy of the right factor that others share; null if there is none. */
  private final PackedOperand prepared;
  private final OperandPacking copies;
  private final Loop.Buffer sums;
  /** The totals of sums of many terms; null if there are few. */
  private final TotalSums totals;
  /** What follows a sum, if it is so little that it is done before the sum leaves its register; otherwise null. */
  private final List<Stmt> little;

  private LowerMatMul(Kernel kernel, int precision, Set<Node> stored, OperandReuse reuse, boolean skips) {
    this.kernel = kernel;
    this.product = kernel.nodes().getFirst();
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    values = epilogue.values;
    var shape = kernel.domain().shape();
    int rank = shape.size();
    for (int i = 0; i < rank - 3; i++) {
      batch.add(new AffineIndex.Atom.Var("n" + i, shape.get(i)));
    }
    outer = batch.stream().map(AffineIndex::of).toList();
    int group = Core.lanes(precision);
    var upright = facing(false, shape.subList(rank - 3, rank));
    var turned = facing(true, shape.subList(rank - 3, rank));
    facing = turned.cost(group, share(turned, reuse)) < upright.cost(group, share(upright, reuse)) ? turned : upright;
    place = facing.place(outer);
    byColumns = batch.isEmpty() && splitsColumns(precision, reuse);
    zeros = skips && ZeroSkipping.isWorthLookingFor(facing, product, group) ? epilogue.scratch(TileTuning.ZERO_SCRATCH_ELEMENTS) : null;
    cut = GemmBlocking.of(facing, group, byColumns, updates());
    var parts = TotalSums.cut(new AffineIndex.Atom.Var(GemmOrientation.TERM, facing.depth()), cut.depth(), zeros != null);
    direct = parts == null && facing.lie() == GemmOrientation.Lie.COLUMNS && kernel.nodes().size() == 1 && kernel.writes().size() == 1 && !updates()
        && !result(place).index().entangled().contains(GemmOrientation.ROW);
    prepared = isPrepared(facing, reuse) ? prepared(precision, stored, reuse) : null;
    copies = new OperandPacking(epilogue, nest, product, outer, facing, cut, prepared, zeros != null, facing.isNear(group));
    int rows = Math.max(cut.rows(), GemmTuning.MIN_ROWS_TO_PACK);
    sums = direct ? null : epilogue.scratch(rows * cut.columns());
    totals = parts == null ? null : new TotalSums(sink, parts, sums, rows, cut.columns(), epilogue::scratch);
    little = direct || totals != null ? null : little(group);
  }

  private List<Stmt> little(int group) {
    boolean whole = facing.depth().isConstant() && facing.columns().isConstant() && facing.columns().fixed() % group == 0;
    boolean near = facing.lie() == GemmOrientation.Lie.COLUMNS && NominalSizes.of(facing.rows()) * NominalSizes.of(facing.columns()) <= GemmTuning.NEAR_RESULT_ELEMENTS;
    if (!whole || !near || updates()) {
      return null;
    }
    var body = epilogue.stores(place, new Expr.Read(SUM));
    return new EpilogueCost(GemmOrientation.COLUMN).of(body) <= GemmTuning.TILE_EPILOGUE_OPERATIONS ? body : null;
  }

  /** Whether products, or runs, share a copy of the right factor. */
  private boolean isPrepared(GemmOrientation facing, OperandReuse reuse) {
    return batch.isEmpty() && PackedOperand.fits(facing.columns(), facing.depth()) && reuse.share(facing.rightNode(product)) < 1;
  }

  private double share(GemmOrientation facing, OperandReuse reuse) {
    return isPrepared(facing, reuse) ? reuse.share(facing.rightNode(product)) : 1;
  }

  private PackedOperand prepared(int precision, Set<Node> stored, OperandReuse reuse) {
    var column = new AffineIndex.Atom.Var(GemmOrientation.COLUMN, facing.columns());
    var term = new AffineIndex.Atom.Var(GemmOrientation.TERM, facing.depth());
    return PackedOperand.panels(kernel, precision, stored, reuse.isFixed(facing.rightNode(product)), column, List.of(term), cut.panel(), 1, zeros != null,
        from -> List.of(facing.right(product, outer, from)));
  }

  private GemmOrientation facing(boolean turned, List<Dim> sizes) {
    return GemmOrientation.of(turned, product, outer, sizes.get(0), sizes.get(1), sizes.get(2), sink, values, places -> result(places).index());
  }

  /** Where the kernel stores what belongs to a place of the product; what it writes besides lies likewise. */
  private AffineAccess result(List<AffineIndex> places) {
    return new StoreLowering(sink, values).target(kernel.writes().getFirst(), places);
  }

  /** A product that is not so narrow that plain loops serve it better. */
  public static boolean takes(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.MatMul)) {
      return false;
    }
    var columns = kernel.domain().shape().get(kernel.domain().shape().size() - 2);
    return !columns.isConstant() || columns.fixed() >= 4;
  }

  public static LoweredKernel lower(Kernel kernel, int precision, Set<Node> stored, OperandReuse reuse, boolean skips) {
    return new LowerMatMul(kernel, precision, stored, reuse, skips).run();
  }

  private boolean updates() {
    return kernel.writes().stream().anyMatch(write -> write.target() instanceof Kernel.Target.Update);
  }

  /**
   * The factor that is shared out is the larger one, of equal ones that which each thread would copy as a whole. Weights that are updated are
   * shared by rows, which are long stretches of memory, unless that saves too few copies; and so are the steps of a recurrence that learns,
   * for which weights are copied once: a thread then reads of each step what it has computed of the one before.
   */
  private boolean splitsColumns(int precision, OperandReuse reuse) {
    boolean isStep = isPrepared(facing, reuse) && !reuse.isFixed(facing.rightNode(product));
    if (isStep || !BatchTilingChoice.isWide(facing.columns(), precision)) {
      return false;
    }
    long rows = NominalSizes.of(facing.rows());
    boolean prefersRows = updates() && rows >= 8 * TileTuning.MR_ROWS;
    return rows * (prefersRows ? 2 : 1) <= facing.columns().fixed();
  }

  // ---- the kernel

  private LoweredKernel run() {
    var height = AffineIndex.dim(facing.rows());
    if (!batch.isEmpty()) {
      var body = sink.within(() -> chunks(ZERO, height, unit(facing.rows())));
      for (int i = batch.size() - 1; i > 0; i--) {
        body = List.of(new Stmt.For(batch.get(i).name(), ZERO, AffineIndex.dim(batch.get(i).extent()), LoopKind.SERIAL, body));
      }
      return lowered(batch.getFirst().name(), LoopKind.SERIAL, body, batch.getFirst().extent());
    }
    if (byColumns) {
      int count = Math.ceilDiv(facing.columns().fixed(), cut.columns());
      var body = sink.within(() -> chunk(new Int.Var("chunk"), ZERO, height, unit(facing.rows())));
      return lowered("chunk", LoopKind.SERIAL, body, Dim.of(count));
    }
    var tiles = facing.rows().isConstant() ? Dim.of(Math.ceilDiv(facing.rows().fixed(), TileTuning.MR_ROWS))
        : facing.rows().dividedBy(Dim.of(TileTuning.MR_ROWS)).orElse(facing.rows());
    var grain = new Int.Number(tiles.equals(facing.rows()) ? 1 : TileTuning.MR_ROWS);
    var first = multiply(KernelInteger.FROM.value(), grain);
    var count = subtract(least(multiply(KernelInteger.TO.value(), grain), height), first);
    var body = sink.within(() -> chunks(first, count, unit(facing.rows())));
    return lowered("block", LoopKind.RANGE, body, tiles);
  }

  private LoweredKernel lowered(String block, LoopKind kind, List<Stmt> body, Dim blocks) {
    return epilogue.lowered(block, kind, body, blocks, List.of(facing.rows(), facing.columns(), facing.depth()));
  }

  /** A number that divides the rows. */
  private static int unit(Dim rows) {
    return rows.dividedBy(Dim.of(TileTuning.MR_ROWS)).isPresent() ? TileTuning.MR_ROWS : 1;
  }

  // ---- chunks of columns

  /** All columns of some rows. */
  private void chunks(Int first, Int count, int unit) {
    nest.stretches(ZERO, AffineIndex.dim(facing.columns()), cut.columns(), "chunk", (c0, width) -> paths(first, count, unit, c0, width));
  }

  /** One chunk of columns by its number; the last may be narrower. */
  private void chunk(Int.Var number, Int first, Int count, int unit) {
    int whole = facing.columns().fixed() / cut.columns();
    int rest = facing.columns().fixed() % cut.columns();
    if (whole > 0) {
      var body = sink.within(() -> paths(first, count, unit, multiply(number, new Int.Number(cut.columns())), new Int.Number(cut.columns())));
      once(rest == 0 ? ONE : least(ONE, most(ZERO, subtract(new Int.Number(whole), number))), body);
    }
    if (rest > 0) {
      var body = sink.within(() -> paths(first, count, unit, new Int.Number((long) whole * cut.columns()), new Int.Number(rest)));
      once(whole == 0 ? ONE : most(ZERO, subtract(number, new Int.Number(whole - 1))), body);
    }
  }

  /** Statements that are run once or not at all. */
  private void once(Int times, List<Stmt> body) {
    if (times.equals(ONE)) {
      body.forEach(sink::add);
    } else {
      sink.add(new Stmt.For("once", ZERO, times, LoopKind.SERIAL, body));
    }
  }

  /** Few rows read the right factor where it is, as do all a near one; otherwise its panels are copied for many. */
  private void paths(Int first, Int count, int unit, Int c0, Int width) {
    Runnable thin = () -> nest.apart(() -> thin(first, count, unit, c0, width));
    Runnable thick = () -> nest.apart(() -> thick(first, count, unit, c0, width));
    boolean plain = facing.even() && facing.left() != null;
    if (prepared != null) {
      nest.apart(() -> deep(first, count, unit, c0, width));
    } else if (copies.panel == null) {
      thin.run();
    } else if (!plain || AffineIndex.positive(facing.rows().plus(-GemmTuning.MIN_ROWS_TO_PACK))) {
      thick.run();
    } else if (facing.rows().isConstant()) {
      thin.run();
    } else {
      var many = least(ONE, divide(count, GemmTuning.MIN_ROWS_TO_PACK));
      sink.add(new Stmt.For("thick", ZERO, many, LoopKind.SERIAL, sink.within(thick)));
      sink.add(new Stmt.For("thin", many, ONE, LoopKind.SERIAL, sink.within(thin)));
    }
  }

  private void thin(Int first, Int count, int unit, Int c0, Int width) {
    if (totals == null) {
      product(first, count, unit, c0, width, new DepthBlock(ZERO, AffineIndex.dim(facing.depth()), Stmt.Prior.REPLACED, true), null);
    } else {
      totals.all(count, width, (from, to) -> depthBlocks(from, to, k -> product(first, count, unit, c0, width, k, null)));
    }
    follow(first, count, c0, width);
  }

  /** A right factor of few terms is copied once for all rows. */
  private void thick(Int first, Int count, int unit, Int c0, Int width) {
    if (cut.isDeep(facing)) {
      deep(first, count, unit, c0, width);
      return;
    }
    if (facing.depth().isConstant()) {
      shallow(first, count, unit, c0, width);
      return;
    }
    var many = least(ONE, divide(subtract(AffineIndex.dim(facing.depth()), ONE), cut.packed()));
    sink.add(new Stmt.For("shallow", many, ONE, LoopKind.SERIAL, sink.within(() -> nest.apart(() -> shallow(first, count, unit, c0, width)))));
    sink.add(new Stmt.For("deep", ZERO, many, LoopKind.SERIAL, sink.within(() -> nest.apart(() -> deep(first, count, unit, c0, width)))));
  }

  private void shallow(Int first, Int count, int unit, Int c0, Int width) {
    var all = AffineIndex.dim(facing.depth());
    var spread = copies.spread(cut.few(), cut.packed());
    boolean fetches = copies.areFetched(count, unit, width);
    if (!fetches) {
      copies.right(c0, width, ZERO, all, cut.packed());
    }
    blocks(first, count, cut.few(), fetches, (r0, rows, fetch) -> {
      copies.left(r0, rows, ZERO, all, spread);
      depthBlocks(ZERO, all, k -> {
        var right = multiply(k.first, new Int.Number(copies.stride(width)));
        var copy = new Copied(multiply(k.first, spread.term()), spread, right, cut.packed(), fetch ? copies.origin(c0, k.first) : null);
        product(r0, rows, unit, c0, width, k, copy);
      });
      follow(r0, rows, c0, width);
    });
  }

  /** Where the sums of all rows are kept the right factor's terms are copied block by block, otherwise again for each block of rows. */
  private void deep(Int first, Int count, int unit, Int c0, Int width) {
    int few = prepared != null && !cut.isDeep(facing) ? cut.few() : cut.rows();
    boolean fetches = copies.areFetched(count, unit, width);
    if (direct) {
      depthBlocks(ZERO, AffineIndex.dim(facing.depth()), k -> {
        if (!fetches) {
          copies.right(c0, width, k.first, k.count, cut.depth());
        }
        blocks(first, count, few, fetches, (r0, rows, fetch) -> block(r0, rows, unit, c0, width, k, fetch));
      });
      return;
    }
    nest.stretches(first, count, few, "block", (r0, rows) -> {
      terms(rows, width, (from, to) -> depthBlocks(from, to, k -> {
        if (!fetches) {
          copies.right(c0, width, k.first, k.count, cut.depth());
        }
        block(r0, rows, unit, c0, width, k, fetches);
      }));
      follow(r0, rows, c0, width);
    });
  }

  private interface RowBlock {
    void accept(Int r0, Int rows, boolean fetches);
  }

  /** Blocks of rows, of which the first fetches the right factor if any does. */
  private void blocks(Int first, Int count, int few, boolean fetches, RowBlock work) {
    if (fetches) {
      work.accept(first, least(new Int.Number(few), count), true);
    }
    int done = fetches ? few : 0;
    if (!(count instanceof Int.Number(var all)) || all > done) {
      nest.stretches(add(first, new Int.Number(done)), subtract(count, new Int.Number(done)), few, "block", (r0, rows) -> work.accept(r0, rows, false));
    }
  }

  private void block(Int r0, Int rows, int unit, Int c0, Int width, DepthBlock k, boolean fetches) {
    var spread = copies.spread(cut.rows(), cut.depth());
    copies.left(r0, rows, k.first, k.count, spread);
    var right = prepared == null ? ZERO : add(multiply(c0, AffineIndex.dim(facing.depth())), multiply(k.first, new Int.Number(cut.panel())));
    int apart = prepared == null ? cut.depth() : facing.depth().fixed();
    product(r0, rows, unit, c0, width, k, new Copied(ZERO, spread, right, apart, fetches ? copies.origin(c0, k.first) : null));
  }

  /**
   * Some terms of all sums.
   *
   * @param prior what becomes of the sums of those before them
   * @param ends  whether they are certainly the last
   */
  private record DepthBlock(Int first, Int count, Stmt.Prior prior, boolean ends) {}

  /** All terms; of many, so many at a time as make a partial sum. */
  private void terms(Int rows, Int width, BiConsumer<Int, Int> work) {
    if (totals == null) {
      work.accept(ZERO, AffineIndex.dim(facing.depth()));
    } else {
      totals.all(rows, width, work);
    }
  }

  /** Blocks of the terms between two; the last one apart if something is done in it. */
  private void depthBlocks(Int from, Int to, Consumer<DepthBlock> work) {
    var all = subtract(to, from);
    var step = new Int.Number(cut.depth());
    var done = multiply(new Int.Var("kb"), step);
    if (little == null) {
      work.accept(new DepthBlock(from, least(step, all), Stmt.Prior.REPLACED, false));
      boolean equal = all instanceof Int.Number(var size) && size % cut.depth() == 0;
      repeat(divide(add(all, new Int.Number(cut.depth() - 1)), cut.depth()),
          () -> work.accept(new DepthBlock(add(from, done), equal ? step : least(step, subtract(all, done)), zeros == null && totals != null ? Stmt.Prior.ADDED : Stmt.Prior.CONTINUED, false)));
      return;
    }
    int last = Math.ceilDiv(facing.depth().fixed(), cut.depth()) - 1;
    int before = last * cut.depth();
    if (last > 0) {
      work.accept(new DepthBlock(ZERO, step, Stmt.Prior.REPLACED, false));
      repeat(new Int.Number(last), () -> work.accept(new DepthBlock(done, step, Stmt.Prior.CONTINUED, false)));
    }
    work.accept(new DepthBlock(new Int.Number(before), new Int.Number(facing.depth().fixed() - before), last > 0 ? Stmt.Prior.CONTINUED : Stmt.Prior.REPLACED, true));
  }

  /** The second block and those after it, of so many. */
  private void repeat(Int blocks, Runnable work) {
    if (!blocks.equals(ONE)) {
      sink.add(new Stmt.For("kb", ONE, blocks, LoopKind.SERIAL, sink.within(work)));
    }
  }

  // ---- sums, and what follows

  /**
   * What is multiplied out of copies.
   *
   * @param left   where the terms begin in the left factor's copy, if there is one
   * @param spread how it lies
   * @param right  where they begin in the first panel
   * @param apart  for how many terms a panel has room
   * @param origin from where the panels are fetched first; null if they are there
   */
  private record Copied(Int left, OperandPacking.Spread spread, Int right, int apart, Stmt.Factor origin) {}

  /** Sums a block of rows with a chunk of columns; where it is not known how many these are, panel by panel. */
  private void product(Int r0, Int rows, int unit, Int c0, Int width, DepthBlock k, Copied copy) {
    if (copy == null || width instanceof Int.Number) {
      panels(r0, rows, unit, c0, width, c0, k, copy);
    } else {
      nest.stretches(c0, width, cut.panel(), "panel", (p0, columns) -> {
        var right = add(copy.right, multiply(subtract(p0, c0), new Int.Number(copy.apart)));
        panels(r0, rows, unit, p0, columns, c0, k, new Copied(copy.left, copy.spread, right, copy.apart, null));
      });
    }
  }

  private void panels(Int r0, Int rows, int unit, Int p0, Int columns, Int c0, DepthBlock k, Copied copy) {
    var follow = little == null || !k.ends ? null : new Stmt.Follow(GemmOrientation.ROW, r0, GemmOrientation.COLUMN, p0, SUM, little);
    var loops = List.of(GemmOrientation.ROW, GemmOrientation.COLUMN, GemmOrientation.TERM);
    var at = List.of(r0, p0, k.first);
    boolean leftCopied = copy != null && copies.copy != null;
    var first = facing.left();
    var l = leftCopied ? new Stmt.Factor(copies.copy, copy.left, copy.spread.row())
        : new Stmt.Factor(first.buffer(), first.start(loops, at), AffineIndex.dim(first.step(GemmOrientation.ROW)));
    var second = facing.right();
    var leftStep = leftCopied ? copy.spread.term() : AffineIndex.dim(first.step(GemmOrientation.TERM));
    if (copy == null) {
      var r = new Stmt.Factor(second.buffer(), second.start(loops, at), ZERO);
      var depth = new Stmt.Depth(k.count, leftStep, AffineIndex.dim(second.step(GemmOrientation.TERM)));
      sink.add(new Stmt.Product(rows, unit, columns, List.of(depth), l, r, sums(loops, at, ZERO), k.prior, 0, 0, null, follow, null));
      return;
    }
    var depth = new Stmt.Depth(k.count, leftStep, new Int.Number(copies.stride(columns)));
    int panels = columns instanceof Int.Number(var fixed) && fixed > cut.panel() ? cut.panel() : 0;
    var r = new Stmt.Factor(copies.panel, copy.right, panels == 0 ? ZERO : new Int.Number((long) panels * copy.apart));
    sink.add(new Stmt.Product(rows, unit, across(columns), List.of(depth), l, r, sums(loops, at, subtract(p0, c0)), k.prior, panels, 0, copy.origin, follow,
        zeros == null ? null : new Stmt.Zeros(zeros, faults(p0))));
  }

  private Stmt.Factor faults(Int column) {
    return prepared == null ? null : new Stmt.Factor(copies.panel, add(new Int.Number(prepared.faults()), column), ZERO);
  }

  /** In sums of its own a product may be wider than its factors: no vector of it need be cut short. */
  private Int across(Int columns) {
    return direct ? columns : columns instanceof Int.Number(var fixed) ? new Int.Number(Ints.roundUp((int) fixed, cut.panel() / 2)) : new Int.Number(cut.panel());
  }

  private Stmt.Factor sums(List<String> loops, List<Int> at, Int column) {
    if (!direct) {
      return new Stmt.Factor(sums, column, new Int.Number(cut.columns()));
    }
    var result = result(place);
    values.used.add(result.index());
    return new Stmt.Factor(result.buffer(), result.start(loops, at), AffineIndex.dim(result.step(GemmOrientation.ROW)));
  }

  /** What follows the product, along the result's rows. */
  private void follow(Int r0, Int rows, Int c0, Int columns) {
    if (direct || little != null) {
      return;
    }
    var given = new OutlineArguments();
    var fromRow = given.of("r0", r0);
    var toRow = add(fromRow, given.of("rn", rows));
    var fromColumn = given.of("c0", c0);
    var toColumn = add(fromColumn, given.of("cn", columns));
    var element = add(multiply(subtract(new Int.Var(GemmOrientation.ROW), fromRow), new Int.Number(cut.columns())), subtract(new Int.Var(GemmOrientation.COLUMN), fromColumn));
    var body = epilogue.stores(place, new Expr.Load(sums, element));
    boolean byRows = facing.lie() == GemmOrientation.Lie.ROWS;
    var along = byRows ? new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.VECTOR, body)
        : new Stmt.For(GemmOrientation.COLUMN, fromColumn, toColumn, LoopKind.VECTOR, body);
    var all = byRows ? new Stmt.For(GemmOrientation.COLUMN, fromColumn, toColumn, LoopKind.SERIAL, List.of(along))
        : new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(along));
    sink.add(new Stmt.Outline(given.list, List.of(all)));
  }
}
