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
 * Matrix products with their epilogue: the loops around the micro-kernel. Rows, columns and depth are blocked ({@link GemmBlocking}), factors
 * packed ({@link OperandPacking}), and {@link Stmt.Product} sums a block of rows by panels of columns. The epilogue is computed from a block's
 * sums while they are in the cache. Every sum adds its terms in the order of k, whatever the blocks; of many terms it adds partial sums of some
 * hundred.
 *
 * <pre>
 *   for a chunk of nc columns
 *     for a depth block of kc terms            pack right: kc x nc
 *       for a block of mc rows                 pack left: mc x kc, where needed
 *         Product: mc x nc sums                tiles of mr rows by nr columns
 *   epilogue of each block of rows
 * </pre>
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
  private final List<AffineIndex.Atom.Var> batchAxes = new ArrayList<>();
  private final List<AffineIndex> batch;
  private final List<AffineIndex> index;
  private final GemmOrientation gemm;
  private final GemmBlocking blocking;
  /** Whether threads share the columns; otherwise the rows, or the first of the batch axes. */
  private final boolean byColumns;
  /** Whether the sums are the result itself. */
  private final boolean direct;
  /** Room to find out whether the left factor has many zeros, which are left out then; null if that is not to be expected. */
  private final Loop.Buffer zeros;
  /** A copy of the right factor that others share; null if there is none. */
  private final PackedOperand packedOperand;
  private final OperandPacking packing;
  private final Loop.Buffer sums;
  /** The totals of sums of many terms; null if there are few. */
  private final TotalSums totals;
  /** The epilogue, if it is so short that it is done before a sum leaves its register; otherwise null. */
  private final List<Stmt> tileEpilogue;

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
      batchAxes.add(new AffineIndex.Atom.Var("n" + i, shape.get(i)));
    }
    batch = batchAxes.stream().map(AffineIndex::of).toList();
    int lanes = Core.lanes(precision);
    var upright = orientation(false, shape.subList(rank - 3, rank));
    var transposed = orientation(true, shape.subList(rank - 3, rank));
    gemm = transposed.cost(lanes, share(transposed, reuse)) < upright.cost(lanes, share(upright, reuse)) ? transposed : upright;
    index = gemm.index(batch);
    byColumns = batchAxes.isEmpty() && splitsColumns(precision, reuse);
    zeros = skips && ZeroSkipping.isWorthLookingFor(gemm, product, lanes) ? epilogue.scratch(TileTuning.ZERO_SCRATCH_ELEMENTS) : null;
    blocking = GemmBlocking.of(gemm, lanes, byColumns, updates());
    var parts = TotalSums.cut(new AffineIndex.Atom.Var(GemmOrientation.TERM, gemm.depth()), blocking.kc(), zeros != null);
    direct = parts == null && gemm.layout() == GemmOrientation.Layout.COLUMNS && kernel.nodes().size() == 1 && kernel.writes().size() == 1 && !updates()
        && !result(index).index().entangled().contains(GemmOrientation.ROW);
    packedOperand = isPackedBefore(gemm, reuse) ? packedOperand(precision, stored, reuse) : null;
    packing = new OperandPacking(epilogue, nest, product, batch, gemm, blocking, packedOperand, zeros != null, gemm.isReadInPlace(lanes));
    int rows = Math.max(blocking.mc(), GemmTuning.MIN_ROWS_TO_PACK);
    sums = direct ? null : epilogue.scratch(rows * blocking.nc());
    totals = parts == null ? null : new TotalSums(sink, parts, sums, rows, blocking.nc(), epilogue::scratch);
    tileEpilogue = direct || totals != null ? null : tileEpilogue(lanes);
  }

  private List<Stmt> tileEpilogue(int lanes) {
    boolean whole = gemm.depth().isConstant() && gemm.columns().isConstant() && gemm.columns().fixed() % lanes == 0;
    boolean near = gemm.layout() == GemmOrientation.Layout.COLUMNS && NominalSizes.of(gemm.rows()) * NominalSizes.of(gemm.columns()) <= GemmTuning.NEAR_RESULT_ELEMENTS;
    if (!whole || !near || updates()) {
      return null;
    }
    var body = epilogue.stores(index, new Expr.Read(SUM));
    return new EpilogueCost(GemmOrientation.COLUMN).of(body) <= GemmTuning.TILE_EPILOGUE_OPERATIONS ? body : null;
  }

  /** Whether products, or runs, share a copy of the right factor. */
  private boolean isPackedBefore(GemmOrientation gemm, OperandReuse reuse) {
    return batchAxes.isEmpty() && PackedOperand.fits(gemm.columns(), gemm.depth()) && reuse.share(gemm.rightNode(product)) < 1;
  }

  private double share(GemmOrientation gemm, OperandReuse reuse) {
    return isPackedBefore(gemm, reuse) ? reuse.share(gemm.rightNode(product)) : 1;
  }

  private PackedOperand packedOperand(int precision, Set<Node> stored, OperandReuse reuse) {
    var column = new AffineIndex.Atom.Var(GemmOrientation.COLUMN, gemm.columns());
    var term = new AffineIndex.Atom.Var(GemmOrientation.TERM, gemm.depth());
    return PackedOperand.panels(kernel, precision, stored, reuse.isFixed(gemm.rightNode(product)), column, List.of(term), blocking.nr(), 1, zeros != null,
        from -> List.of(gemm.right(product, batch, from)));
  }

  private GemmOrientation orientation(boolean transposed, List<Dim> sizes) {
    return GemmOrientation.of(transposed, product, batch, sizes.get(0), sizes.get(1), sizes.get(2), sink, values, indices -> result(indices).index());
  }

  /** Where the kernel stores what belongs to an element of the product; what it writes besides lies likewise. */
  private AffineAccess result(List<AffineIndex> indices) {
    return new StoreLowering(sink, values).target(kernel.writes().getFirst(), indices);
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
    boolean isStep = isPackedBefore(gemm, reuse) && !reuse.isFixed(gemm.rightNode(product));
    if (isStep || !BatchTilingChoice.isWide(gemm.columns(), precision)) {
      return false;
    }
    long rows = NominalSizes.of(gemm.rows());
    boolean prefersRows = updates() && rows >= 8 * TileTuning.MR_ROWS;
    return rows * (prefersRows ? 2 : 1) <= gemm.columns().fixed();
  }

  // ---- the kernel

  private LoweredKernel run() {
    var height = AffineIndex.dim(gemm.rows());
    if (!batchAxes.isEmpty()) {
      var body = sink.within(() -> chunks(ZERO, height, unit(gemm.rows())));
      for (int i = batchAxes.size() - 1; i > 0; i--) {
        body = List.of(new Stmt.For(batchAxes.get(i).name(), ZERO, AffineIndex.dim(batchAxes.get(i).extent()), LoopKind.SERIAL, body));
      }
      return lowered(batchAxes.getFirst().name(), LoopKind.SERIAL, body, batchAxes.getFirst().extent());
    }
    if (byColumns) {
      int count = Math.ceilDiv(gemm.columns().fixed(), blocking.nc());
      var body = sink.within(() -> chunk(new Int.Var("chunk"), ZERO, height, unit(gemm.rows())));
      return lowered("chunk", LoopKind.SERIAL, body, Dim.of(count));
    }
    var tiles = gemm.rows().isConstant() ? Dim.of(Math.ceilDiv(gemm.rows().fixed(), TileTuning.MR_ROWS))
        : gemm.rows().dividedBy(Dim.of(TileTuning.MR_ROWS)).orElse(gemm.rows());
    var grain = new Int.Number(tiles.equals(gemm.rows()) ? 1 : TileTuning.MR_ROWS);
    var first = multiply(KernelInteger.FROM.value(), grain);
    var count = subtract(least(multiply(KernelInteger.TO.value(), grain), height), first);
    var body = sink.within(() -> chunks(first, count, unit(gemm.rows())));
    return lowered("block", LoopKind.RANGE, body, tiles);
  }

  private LoweredKernel lowered(String block, LoopKind kind, List<Stmt> body, Dim blocks) {
    return epilogue.lowered(block, kind, body, blocks, List.of(gemm.rows(), gemm.columns(), gemm.depth()));
  }

  /** A number that divides the rows. */
  private static int unit(Dim rows) {
    return rows.dividedBy(Dim.of(TileTuning.MR_ROWS)).isPresent() ? TileTuning.MR_ROWS : 1;
  }

  // ---- chunks of columns

  /** All columns of some rows. */
  private void chunks(Int first, Int count, int unit) {
    nest.stretches(ZERO, AffineIndex.dim(gemm.columns()), blocking.nc(), "chunk", (c0, width) -> paths(first, count, unit, c0, width));
  }

  /** One chunk of columns by its number; the last may be narrower. */
  private void chunk(Int.Var number, Int first, Int count, int unit) {
    int whole = gemm.columns().fixed() / blocking.nc();
    int rest = gemm.columns().fixed() % blocking.nc();
    if (whole > 0) {
      var body = sink.within(() -> paths(first, count, unit, multiply(number, new Int.Number(blocking.nc())), new Int.Number(blocking.nc())));
      once(rest == 0 ? ONE : least(ONE, most(ZERO, subtract(new Int.Number(whole), number))), body);
    }
    if (rest > 0) {
      var body = sink.within(() -> paths(first, count, unit, new Int.Number((long) whole * blocking.nc()), new Int.Number(rest)));
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

  /** Few rows read the right factor where it is, as do all where it lies as packed; otherwise its panels are packed for many. */
  private void paths(Int first, Int count, int unit, Int c0, Int width) {
    Runnable unpacked = () -> nest.apart(() -> unpacked(first, count, unit, c0, width));
    Runnable packed = () -> nest.apart(() -> packed(first, count, unit, c0, width));
    boolean plain = gemm.isContiguous() && gemm.left() != null;
    if (packedOperand != null) {
      nest.apart(() -> packedByDepth(first, count, unit, c0, width));
    } else if (packing.panel == null) {
      unpacked.run();
    } else if (!plain || AffineIndex.positive(gemm.rows().plus(-GemmTuning.MIN_ROWS_TO_PACK))) {
      packed.run();
    } else if (gemm.rows().isConstant()) {
      unpacked.run();
    } else {
      var many = least(ONE, divide(count, GemmTuning.MIN_ROWS_TO_PACK));
      sink.add(new Stmt.For("thick", ZERO, many, LoopKind.SERIAL, sink.within(packed)));
      sink.add(new Stmt.For("thin", many, ONE, LoopKind.SERIAL, sink.within(unpacked)));
    }
  }

  private void unpacked(Int first, Int count, int unit, Int c0, Int width) {
    if (totals == null) {
      product(first, count, unit, c0, width, new DepthBlock(ZERO, AffineIndex.dim(gemm.depth()), Stmt.Prior.REPLACED, true), null);
    } else {
      totals.all(count, width, (from, to) -> depthBlocks(from, to, k -> product(first, count, unit, c0, width, k, null)));
    }
    epilogue(first, count, c0, width);
  }

  /** A right factor of few terms is packed once for all rows. */
  private void packed(Int first, Int count, int unit, Int c0, Int width) {
    if (blocking.exceedsPackedKc(gemm)) {
      packedByDepth(first, count, unit, c0, width);
      return;
    }
    if (gemm.depth().isConstant()) {
      packedOnce(first, count, unit, c0, width);
      return;
    }
    var many = least(ONE, divide(subtract(AffineIndex.dim(gemm.depth()), ONE), blocking.packedKc()));
    sink.add(new Stmt.For("shallow", many, ONE, LoopKind.SERIAL, sink.within(() -> nest.apart(() -> packedOnce(first, count, unit, c0, width)))));
    sink.add(new Stmt.For("deep", ZERO, many, LoopKind.SERIAL, sink.within(() -> nest.apart(() -> packedByDepth(first, count, unit, c0, width)))));
  }

  private void packedOnce(Int first, Int count, int unit, Int c0, Int width) {
    var all = AffineIndex.dim(gemm.depth());
    var strides = packing.strides(blocking.packedMc(), blocking.packedKc());
    boolean packs = packing.arePackedByTiles(count, unit, width);
    if (!packs) {
      packing.right(c0, width, ZERO, all, blocking.packedKc());
    }
    blocks(first, count, blocking.packedMc(), packs, (r0, rows, packsThese) -> {
      packing.left(r0, rows, ZERO, all, strides);
      depthBlocks(ZERO, all, k -> {
        var right = multiply(k.first, new Int.Number(packing.stride(width)));
        var copy = new Copied(multiply(k.first, strides.term()), strides, right, blocking.packedKc(), packsThese ? packing.origin(c0, k.first) : null);
        product(r0, rows, unit, c0, width, k, copy);
      });
      epilogue(r0, rows, c0, width);
    });
  }

  /** Where the sums of all rows are kept the right factor is packed depth block by depth block, otherwise again for each block of rows. */
  private void packedByDepth(Int first, Int count, int unit, Int c0, Int width) {
    int few = packedOperand != null && !blocking.exceedsPackedKc(gemm) ? blocking.packedMc() : blocking.mc();
    boolean packs = packing.arePackedByTiles(count, unit, width);
    if (direct) {
      depthBlocks(ZERO, AffineIndex.dim(gemm.depth()), k -> {
        if (!packs) {
          packing.right(c0, width, k.first, k.count, blocking.kc());
        }
        blocks(first, count, few, packs, (r0, rows, packsThese) -> block(r0, rows, unit, c0, width, k, packsThese));
      });
      return;
    }
    nest.stretches(first, count, few, "block", (r0, rows) -> {
      terms(rows, width, (from, to) -> depthBlocks(from, to, k -> {
        if (!packs) {
          packing.right(c0, width, k.first, k.count, blocking.kc());
        }
        block(r0, rows, unit, c0, width, k, packs);
      }));
      epilogue(r0, rows, c0, width);
    });
  }

  private interface RowBlock {
    void accept(Int r0, Int rows, boolean packs);
  }

  /** Blocks of rows, of which the first packs the right factor if its tiles do. */
  private void blocks(Int first, Int count, int few, boolean packs, RowBlock work) {
    if (packs) {
      work.accept(first, least(new Int.Number(few), count), true);
    }
    int done = packs ? few : 0;
    if (!(count instanceof Int.Number(var all)) || all > done) {
      nest.stretches(add(first, new Int.Number(done)), subtract(count, new Int.Number(done)), few, "block", (r0, rows) -> work.accept(r0, rows, false));
    }
  }

  private void block(Int r0, Int rows, int unit, Int c0, Int width, DepthBlock k, boolean packs) {
    var strides = packing.strides(blocking.mc(), blocking.kc());
    packing.left(r0, rows, k.first, k.count, strides);
    var right = packedOperand == null ? ZERO : add(multiply(c0, AffineIndex.dim(gemm.depth())), multiply(k.first, new Int.Number(blocking.nr())));
    int panelTerms = packedOperand == null ? blocking.kc() : gemm.depth().fixed();
    product(r0, rows, unit, c0, width, k, new Copied(ZERO, strides, right, panelTerms, packs ? packing.origin(c0, k.first) : null));
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
      work.accept(ZERO, AffineIndex.dim(gemm.depth()));
    } else {
      totals.all(rows, width, work);
    }
  }

  /** Blocks of the terms between two; the last one apart if something is done in it. */
  private void depthBlocks(Int from, Int to, Consumer<DepthBlock> work) {
    var all = subtract(to, from);
    var step = new Int.Number(blocking.kc());
    var done = multiply(new Int.Var("kb"), step);
    if (tileEpilogue == null) {
      work.accept(new DepthBlock(from, least(step, all), Stmt.Prior.REPLACED, false));
      boolean equal = all instanceof Int.Number(var size) && size % blocking.kc() == 0;
      repeat(divide(add(all, new Int.Number(blocking.kc() - 1)), blocking.kc()),
          () -> work.accept(new DepthBlock(add(from, done), equal ? step : least(step, subtract(all, done)), zeros == null && totals != null ? Stmt.Prior.ADDED : Stmt.Prior.CONTINUED, false)));
      return;
    }
    int last = Math.ceilDiv(gemm.depth().fixed(), blocking.kc()) - 1;
    int before = last * blocking.kc();
    if (last > 0) {
      work.accept(new DepthBlock(ZERO, step, Stmt.Prior.REPLACED, false));
      repeat(new Int.Number(last), () -> work.accept(new DepthBlock(done, step, Stmt.Prior.CONTINUED, false)));
    }
    work.accept(new DepthBlock(new Int.Number(before), new Int.Number(gemm.depth().fixed() - before), last > 0 ? Stmt.Prior.CONTINUED : Stmt.Prior.REPLACED, true));
  }

  /** The second block and those after it, of so many. */
  private void repeat(Int blocks, Runnable work) {
    if (!blocks.equals(ONE)) {
      sink.add(new Stmt.For("kb", ONE, blocks, LoopKind.SERIAL, sink.within(work)));
    }
  }

  // ---- sums and epilogue

  /**
   * Packed factors.
   *
   * @param left       where the terms begin in the left factor's copy, if there is one
   * @param strides    how it lies
   * @param right      where they begin in the first panel
   * @param panelTerms for how many terms a panel has room
   * @param origin     from where the tiles pack the panels; null if they are packed
   */
  private record Copied(Int left, OperandPacking.Strides strides, Int right, int panelTerms, Stmt.Factor origin) {}

  /** Sums a block of rows with a chunk of columns; where it is not known how many these are, panel by panel. */
  private void product(Int r0, Int rows, int unit, Int c0, Int width, DepthBlock k, Copied copy) {
    if (copy == null || width instanceof Int.Number) {
      panels(r0, rows, unit, c0, width, c0, k, copy);
    } else {
      nest.stretches(c0, width, blocking.nr(), "panel", (p0, columns) -> {
        var right = add(copy.right, multiply(subtract(p0, c0), new Int.Number(copy.panelTerms)));
        panels(r0, rows, unit, p0, columns, c0, k, new Copied(copy.left, copy.strides, right, copy.panelTerms, null));
      });
    }
  }

  private void panels(Int r0, Int rows, int unit, Int p0, Int columns, Int c0, DepthBlock k, Copied copy) {
    var follow = tileEpilogue == null || !k.ends ? null : new Stmt.Follow(GemmOrientation.ROW, r0, GemmOrientation.COLUMN, p0, SUM, tileEpilogue);
    var loops = List.of(GemmOrientation.ROW, GemmOrientation.COLUMN, GemmOrientation.TERM);
    var at = List.of(r0, p0, k.first);
    boolean leftCopied = copy != null && packing.leftCopy != null;
    var first = gemm.left();
    var l = leftCopied ? new Stmt.Factor(packing.leftCopy, copy.left, copy.strides.row())
        : new Stmt.Factor(first.buffer(), first.start(loops, at), AffineIndex.dim(first.step(GemmOrientation.ROW)));
    var second = gemm.right();
    var leftStep = leftCopied ? copy.strides.term() : AffineIndex.dim(first.step(GemmOrientation.TERM));
    if (copy == null) {
      var r = new Stmt.Factor(second.buffer(), second.start(loops, at), ZERO);
      var depth = new Stmt.Depth(k.count, leftStep, AffineIndex.dim(second.step(GemmOrientation.TERM)));
      sink.add(new Stmt.Product(rows, unit, columns, List.of(depth), l, r, sums(loops, at, ZERO), k.prior, 0, 0, null, follow, null));
      return;
    }
    var depth = new Stmt.Depth(k.count, leftStep, new Int.Number(packing.stride(columns)));
    int panels = columns instanceof Int.Number(var fixed) && fixed > blocking.nr() ? blocking.nr() : 0;
    var r = new Stmt.Factor(packing.panel, copy.right, panels == 0 ? ZERO : new Int.Number((long) panels * copy.panelTerms));
    sink.add(new Stmt.Product(rows, unit, across(columns), List.of(depth), l, r, sums(loops, at, subtract(p0, c0)), k.prior, panels, 0, copy.origin, follow,
        zeros == null ? null : new Stmt.Zeros(zeros, faults(p0))));
  }

  private Stmt.Factor faults(Int column) {
    return packedOperand == null ? null : new Stmt.Factor(packing.panel, add(new Int.Number(packedOperand.faults()), column), ZERO);
  }

  /** In sums of its own a product may be wider than its factors: no vector of it need be cut short. */
  private Int across(Int columns) {
    return direct ? columns : columns instanceof Int.Number(var fixed) ? new Int.Number(Ints.roundUp((int) fixed, blocking.nr() / 2)) : new Int.Number(blocking.nr());
  }

  private Stmt.Factor sums(List<String> loops, List<Int> at, Int column) {
    if (!direct) {
      return new Stmt.Factor(sums, column, new Int.Number(blocking.nc()));
    }
    var result = result(index);
    values.used.add(result.index());
    return new Stmt.Factor(result.buffer(), result.start(loops, at), AffineIndex.dim(result.step(GemmOrientation.ROW)));
  }

  /** The epilogue of a block of sums, along the result's rows. */
  private void epilogue(Int r0, Int rows, Int c0, Int columns) {
    if (direct || tileEpilogue != null) {
      return;
    }
    var arguments = new OutlineArguments();
    var fromRow = arguments.of("r0", r0);
    var toRow = add(fromRow, arguments.of("rn", rows));
    var fromColumn = arguments.of("c0", c0);
    var toColumn = add(fromColumn, arguments.of("cn", columns));
    var element = add(multiply(subtract(new Int.Var(GemmOrientation.ROW), fromRow), new Int.Number(blocking.nc())), subtract(new Int.Var(GemmOrientation.COLUMN), fromColumn));
    var body = epilogue.stores(index, new Expr.Load(sums, element));
    boolean byRows = gemm.layout() == GemmOrientation.Layout.ROWS;
    var along = byRows ? new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.VECTOR, body)
        : new Stmt.For(GemmOrientation.COLUMN, fromColumn, toColumn, LoopKind.VECTOR, body);
    var all = byRows ? new Stmt.For(GemmOrientation.COLUMN, fromColumn, toColumn, LoopKind.SERIAL, List.of(along))
        : new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(along));
    sink.add(new Stmt.Outline(arguments.list, List.of(all)));
  }
}
