package nnc.lower.gemm;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.List;
import java.util.function.BiConsumer;
import nnc.graph.Dim;
import nnc.graph.NominalSizes;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.OutlineArguments;
import nnc.lower.common.AffineAccess;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.TotalSums;

/**
 * The sums of a block of rows by a chunk of columns, and what is computed from them: {@link Stmt.Product} with its operands where they are or
 * as they were packed, and the epilogue. The sums are the result itself where nothing follows; otherwise they stand in scratch, mc rows of nc.
 */
final class GemmSums {
  private static final Int ZERO = new Int.Number(0);
  private static final List<String> LOOPS = List.of(GemmOrientation.ROW, GemmOrientation.COLUMN, GemmOrientation.TERM);
  private static final String SUM = "sum";
  private static final String PART = "part";

  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final GemmOrientation gemm;
  private final GemmBlocking blocking;
  private final OperandPacking packing;
  /** Room to find out whether the left factor has many zeros, which are left out then; null if that is not to be expected. */
  private final Loop.Buffer zeros;
  /** The result, if the sums are it; otherwise null. */
  private final AffineAccess result;
  private final Loop.Buffer sums;
  /** The totals of sums of many terms; null if there are few. */
  private final TotalSums totals;
  /** The epilogue, if it is so short that it is done before a sum leaves its register; otherwise null. */
  private final List<Stmt> tileEpilogue;

  /** @param zeros room to find out whether the left factor has many zeros; null if that is not to be expected */
  GemmSums(Epilogue epilogue, GemmOrientation gemm, GemmBlocking blocking, OperandPacking packing, Loop.Buffer zeros) {
    this.epilogue = epilogue;
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    this.gemm = gemm;
    this.blocking = blocking;
    this.packing = packing;
    this.zeros = zeros;
    var parts = zeros == null ? TotalSums.cut(gemm.termAxis(), blocking.kc()) : TotalSums.cutOfContinued(gemm.termAxis(), blocking.kc());
    result = parts == null ? plainResult() : null;
    int rows = Math.max(blocking.mc(), GemmTuning.MIN_ROWS_TO_PACK);
    sums = areResult() ? null : epilogue.scratch(rows * blocking.nc());
    totals = parts == null ? null : new TotalSums(sink, parts, sums, rows, blocking.nc(), epilogue::scratch);
    tileEpilogue = areResult() || totals != null ? null : tileEpilogue();
  }

  /** The result, if it is no more than the sums, and its rows lie apart. */
  private AffineAccess plainResult() {
    var kernel = epilogue.kernel;
    if (gemm.layout() != GemmOrientation.Layout.COLUMNS || kernel.nodes().size() > 1 || kernel.writes().size() > 1 || epilogue.updates()) {
      return null;
    }
    var plain = epilogue.result(gemm.index());
    return plain.index().entangled().contains(GemmOrientation.ROW) ? null : plain;
  }

  private List<Stmt> tileEpilogue() {
    boolean whole = gemm.depth().isConstant() && gemm.columns().isConstant() && gemm.columns().fixed() % blocking.lanes() == 0;
    boolean near = gemm.layout() == GemmOrientation.Layout.COLUMNS && NominalSizes.of(gemm.rows()) * NominalSizes.of(gemm.columns()) <= GemmTuning.NEAR_RESULT_ELEMENTS;
    if (!whole || !near || epilogue.updates()) {
      return null;
    }
    var body = epilogue.stores(gemm.index(), new Expr.Read(SUM));
    return new EpilogueCost(GemmOrientation.COLUMN).of(body) <= GemmTuning.TILE_EPILOGUE_OPERATIONS ? body : null;
  }

  /** Whether the sums are the result itself. */
  boolean areResult() {
    return result != null;
  }

  /** Whether the sums of a block of rows stand in scratch, where there is room for so many. */
  boolean areKept() {
    return !areResult() && !endInTiles();
  }

  /** Whether the last block of terms is another one than those before: the epilogue is done in it. */
  boolean endInTiles() {
    return tileEpilogue != null;
  }

  /** All terms; of many, so many at a time as make a partial sum. */
  void terms(Int rows, Int width, BiConsumer<Int, Int> work) {
    if (totals == null) {
      work.accept(ZERO, AffineIndex.dim(gemm.depth()));
    } else {
      totals.all(rows, width, work);
    }
  }

  /** Whether there are partial sums, and totals of them. */
  boolean haveTotals() {
    return totals != null;
  }

  /** What becomes of a sum when a block of terms comes to it that is not the first. */
  Stmt.Prior prior() {
    return zeros == null && totals != null ? Stmt.Prior.ADDED : Stmt.Prior.CONTINUED;
  }

  /**
   * Some terms of all sums.
   *
   * @param prior what becomes of the sums of those before them
   * @param ends  whether they are certainly the last
   */
  record DepthBlock(IndexRange terms, Stmt.Prior prior, boolean ends) {}

  /**
   * Packed factors.
   *
   * @param left       where the terms begin in the left factor's copy, if there is one
   * @param strides    how it lies
   * @param right      where they begin in the first panel
   * @param panelTerms for how many terms a panel has room
   * @param origin     from where the tiles pack the panels; null if they are packed
   */
  record Copied(Int left, OperandPacking.Strides strides, Int right, int panelTerms, Stmt.Factor origin) {}

  /** Sums a block of rows with a chunk of columns; where it is not known how many these are, panel by panel. */
  void product(IndexRange rows, IndexRange chunk, DepthBlock k, Copied copy) {
    if (copy == null) {
      inPlace(rows, chunk, k);
    } else if (chunk.count() instanceof Int.Number) {
      packed(rows, chunk, chunk.first(), k, copy);
    } else {
      chunk.cut(nest, blocking.nr(), "panel", panel -> {
        var right = add(copy.right, multiply(subtract(panel.first(), chunk.first()), new Int.Number(copy.panelTerms)));
        packed(rows, panel, chunk.first(), k, new Copied(copy.left, copy.strides, right, copy.panelTerms, null));
      });
    }
  }

  /** Both factors are read where they are. */
  private void inPlace(IndexRange rows, IndexRange columns, DepthBlock k) {
    var at = List.of(rows.first(), columns.first(), k.terms.first());
    var right = new Stmt.Factor(gemm.right().buffer(), gemm.right().start(LOOPS, at), ZERO);
    var depth = new Stmt.Depth(k.terms.count(), step(gemm.left(), GemmOrientation.TERM), step(gemm.right(), GemmOrientation.TERM));
    sink.add(new Stmt.Product(new Stmt.Extent(rows.count(), gemm.rowUnit(), columns.count(), List.of(depth)), left(at), right, sums(at, ZERO), k.prior)
        .followedBy(follow(rows, columns, k)));
  }

  /**
   * The right factor is read from its copy, and the left one, if it has one.
   *
   * @param c0 where the chunk begins that the columns are of
   */
  private void packed(IndexRange rows, IndexRange columns, Int c0, DepthBlock k, Copied copy) {
    var at = List.of(rows.first(), columns.first(), k.terms.first());
    boolean isLeftCopied = packing.leftCopy != null;
    var left = isLeftCopied ? new Stmt.Factor(packing.leftCopy, copy.left, copy.strides.row()) : left(at);
    var leftStep = isLeftCopied ? copy.strides.term() : step(gemm.left(), GemmOrientation.TERM);
    var depth = new Stmt.Depth(k.terms.count(), leftStep, new Int.Number(packing.stride(columns.count())));
    int panel = columns.count() instanceof Int.Number(var fixed) && fixed > blocking.nr() ? blocking.nr() : 0;
    var right = new Stmt.Factor(packing.panel, copy.right, panel == 0 ? ZERO : new Int.Number((long) panel * copy.panelTerms));
    var extent = new Stmt.Extent(rows.count(), gemm.rowUnit(), across(columns.count()), List.of(depth));
    sink.add(new Stmt.Product(extent, left, right, sums(at, subtract(columns.first(), c0)), k.prior, Stmt.RightOrder.panels(panel))
        .copying(copy.origin).followedBy(follow(rows, columns, k)).skipping(zeros == null ? null : new Stmt.Zeros(zeros, faults(columns.first()))));
  }

  private Stmt.Follow follow(IndexRange rows, IndexRange columns, DepthBlock k) {
    return tileEpilogue == null || !k.ends ? null
        : new Stmt.Follow(GemmOrientation.ROW, rows.first(), GemmOrientation.COLUMN, columns.first(), SUM, tileEpilogue);
  }

  /** The left factor where it is. */
  private Stmt.Factor left(List<Int> at) {
    return new Stmt.Factor(gemm.left().buffer(), gemm.left().start(LOOPS, at), step(gemm.left(), GemmOrientation.ROW));
  }

  private static Int step(AffineAccess access, String loop) {
    return AffineIndex.dim(access.step(loop));
  }

  private Stmt.Factor faults(Int column) {
    return packing.packedOperand == null ? null : new Stmt.Factor(packing.panel, add(new Int.Number(packing.packedOperand.faults()), column), ZERO);
  }

  /** In sums of its own a product may be wider than its factors: no vector of it need be cut short. */
  private Int across(Int columns) {
    return areResult() ? columns
        : new Int.Number(columns instanceof Int.Number(var fixed) ? Ints.roundUp((int) fixed, blocking.lanes()) : blocking.nr());
  }

  private Stmt.Factor sums(List<Int> at, Int column) {
    if (!areResult()) {
      return new Stmt.Factor(sums, column, new Int.Number(blocking.nc()));
    }
    epilogue.values.used.add(result.index());
    return new Stmt.Factor(result.buffer(), result.start(LOOPS, at), step(result, GemmOrientation.ROW));
  }

  /** The epilogue of a block of sums, along the result's rows; of a result whose rows are cut into parts, as heads of attention are, part by part. */
  void epilogue(IndexRange rows, IndexRange columns) {
    if (!areKept()) {
      return;
    }
    var arguments = new OutlineArguments();
    var fromRow = arguments.of("r0", rows.first());
    var toRow = add(fromRow, arguments.of("rn", rows.count()));
    var fromColumn = arguments.of("c0", columns.first());
    var toColumn = add(fromColumn, arguments.of("cn", columns.count()));
    var row = multiply(subtract(new Int.Var(GemmOrientation.ROW), fromRow), new Int.Number(blocking.nc()));
    int part = part();
    var column = part == 0 ? AffineIndex.of(gemm.columnAxis())
        : AffineIndex.of(new AffineIndex.Atom.Var(PART, Dim.of(gemm.columns().fixed() / part))).times(Dim.of(part)).plus(AffineIndex.of(new AffineIndex.Atom.Var(GemmOrientation.COLUMN, Dim.of(part))));
    var body = epilogue.stores(gemm.index(column), new Expr.Load(sums, add(row, subtract(column.toInt(), fromColumn))));
    if (gemm.layout() == GemmOrientation.Layout.ROWS) {
      var along = new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.VECTOR, body);
      sink.add(new Stmt.Outline(arguments.list, List.of(new Stmt.For(GemmOrientation.COLUMN, fromColumn, toColumn, LoopKind.SERIAL, List.of(along)))));
      return;
    }
    var along = part == 0 ? new Stmt.For(GemmOrientation.COLUMN, fromColumn, toColumn, LoopKind.VECTOR, body)
        : new Stmt.For(GemmOrientation.COLUMN, ZERO, new Int.Number(part), LoopKind.VECTOR, body);
    var all = new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(along));
    sink.add(new Stmt.Outline(arguments.list, List.of(part == 0 ? all : new Stmt.For(PART, divide(fromColumn, part), divide(toColumn, part), LoopKind.SERIAL, List.of(all)))));
  }

  /**
   * Columns of a part of the result's rows; 0 if these are whole. Where columns do not lie side by side, parts are so short that of each column the cache line stays near until
   * its rows have filled it.
   */
  private int part() {
    if (gemm.layout() != GemmOrientation.Layout.NEITHER || !gemm.columns().isConstant()) {
      return 0;
    }
    var index = epilogue.result(gemm.index()).index();
    var cut = index.terms().keySet().stream().filter(atom -> atom instanceof AffineIndex.Atom.Mod(var value, var by) && value.equals(AffineIndex.of(gemm.columnAxis())) && by.isConstant())
        .mapToInt(atom -> ((AffineIndex.Atom.Mod) atom).by().fixed()).findFirst();
    int part = cut.orElse(index.entangled().contains(GemmOrientation.COLUMN) ? 1 : GemmTuning.STRIDED_COLUMNS);
    int all = gemm.columns().fixed();
    return part % blocking.lanes() == 0 && all % part == 0 && (blocking.nc() % part == 0 || blocking.nc() >= all) ? part : 0;
  }
}
