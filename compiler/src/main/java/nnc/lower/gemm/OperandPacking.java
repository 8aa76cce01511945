package nnc.lower.gemm;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.List;
import java.util.function.UnaryOperator;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.OutlineArguments;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.ValueLowering;

/**
 * Packing of a product's factors: the right one's columns in panels, the left one's rows where they are computed or would conflict in the cache.
 *
 * <pre>
 *   right (kc x nc) as it lies        packed: panels of nr columns, term behind term
 *   k0: a b c d e f g h               a b c d | i j k l | ...     panel 0, kc terms
 *   k1: i j k l m n o p               e f g h | m n o p | ...     panel 1, kc terms
 * </pre>
 */
final class OperandPacking {
  private static final Int ONE = new Int.Number(1);

  private final StatementBuilder sink;
  private final ValueLowering values;
  private final LoopNest nest;
  private final GemmOrientation gemm;
  private final GemmBlocking blocking;
  /** A copy of the right factor that others share; null if there is none. */
  final PackedOperand packedOperand;
  /** Whether the left factor's zeros may be looked for. */
  final boolean sparse;
  /** Whether the left factor's copy has the rows side by side, as it is itself. */
  private final boolean byTerms;
  /** Where the right factor's panels are; null if it is read where it is. */
  final Loop.Buffer panel;
  /** Where the left factor's copy is; null if there is none. */
  final Loop.Buffer leftCopy;

  /**
   * @param packedOperand a copy of the right factor that others share; null if there is none
   * @param sparse        whether the left factor's zeros may be looked for: its copy has the terms side by side then, and the right one's is made beforehand
   */
  OperandPacking(Epilogue epilogue, GemmOrientation gemm, GemmBlocking blocking, PackedOperand packedOperand, boolean sparse) {
    sink = epilogue.sink;
    values = epilogue.values;
    nest = new LoopNest(sink);
    this.gemm = gemm;
    this.blocking = blocking;
    this.packedOperand = packedOperand;
    panel = packedOperand != null ? values.buffer(packedOperand, Loop.Space.ARENA) : gemm.isReadInPlace(blocking.lanes()) ? null
        : epilogue.scratch((blocking.exceedsPackedKc(gemm) ? blocking.kc() : blocking.packedKc()) * Ints.roundUp(blocking.nc(), blocking.nr()));
    this.sparse = sparse;
    byTerms = gemm.isCopiedByTerms() && !sparse;
    leftCopy = gemm.left() != null && !gemm.hasConflicts() ? null
        : epilogue.scratch(Math.max(room(blocking.mc(), blocking.kc()), room(blocking.packedMc(), blocking.packedKc())));
  }

  /** Elements of a left factor's copy, which is read beyond its end where zeros are looked for. */
  private int room(int rows, int terms) {
    return sparse ? rows * (terms + GemmTuning.PADDING_ELEMENTS) + Long.SIZE : (rows + GemmTuning.PADDING_ELEMENTS) * terms;
  }

  /** A panel's pitch: elements from a term to the next. */
  int stride(Int columns) {
    boolean narrow = packedOperand == null && columns instanceof Int.Number(var fixed) && fixed <= blocking.lanes();
    return narrow ? blocking.lanes() : blocking.nr();
  }

  /**
   * Whether a chunk's columns are packed by the tiles that multiply them first: whole vectors of plain memory that was written a short while
   * ago. Weights come from far, faster in their rows' order than in a tile's. It must be certain that there is a first tile: of a number of
   * rows that is not known, that it is a multiple of a tile's.
   */
  boolean arePackedByTiles(Int rows, Int width) {
    if (packedOperand != null || sparse || !gemm.isContiguous() || gemm.right().buffer().space() != Loop.Space.ARENA) {
      return false;
    }
    boolean known = rows instanceof Int.Number;
    // the tiles of half a panel are taller
    return (known || gemm.rowUnit() == TileTuning.MR_ROWS) && width instanceof Int.Number(var columns) && columns % (known ? blocking.lanes() : blocking.nr()) == 0;
  }

  /** Where a chunk's columns and terms begin in the right factor itself. */
  Stmt.Factor origin(Int c0, Int k0) {
    var right = gemm.right();
    var start = right.start(List.of(GemmOrientation.COLUMN, GemmOrientation.TERM), List.of(c0, k0));
    return new Stmt.Factor(right.buffer(), start, AffineIndex.dim(right.step(GemmOrientation.TERM)));
  }

  /**
   * Copies a chunk's columns to panels that have room for so many terms; a factor that is prepared is there. It is read in the order in
   * which it lies, as far as that is known: from far memory that is several times faster.
   */
  void right(IndexRange chunk, IndexRange terms, int room) {
    if (packedOperand != null) {
      return;
    }
    var arguments = new OutlineArguments();
    var from = arguments.of("c0", chunk.first());
    var columns = arguments.of("cn", chunk.count());
    var fromTerm = arguments.of("k0", terms.first());
    var toTerm = add(fromTerm, arguments.of("kn", terms.count()));
    int stride = stride(chunk.count());
    UnaryOperator<List<Stmt>> overTerms = body -> List.of(new Stmt.For(GemmOrientation.TERM, fromTerm, toTerm, LoopKind.SERIAL, body));
    boolean even = gemm.isContiguous();
    var body = sink.within(() -> nest.stretches(from, columns, blocking.nr(), "panel", (p0, wide) -> {
      var start = multiply(subtract(p0, from), new Int.Number(room));
      var term = List.of(copyPanel(p0, wide, add(start, multiply(subtract(new Int.Var(GemmOrientation.TERM), fromTerm), new Int.Number(stride)))));
      (even ? term : overTerms.apply(term)).forEach(sink::add);
    }));
    sink.add(new Stmt.Outline(arguments.list, even ? overTerms.apply(body) : body));
  }

  /** Copies a term of some columns. */
  private Stmt copyPanel(Int p0, Int columns, Int to) {
    var store = sink.within(() -> values.scoped(() ->
        sink.add(new Stmt.Store(panel, add(to, subtract(new Int.Var(GemmOrientation.COLUMN), p0)), gemm.right(values)))));
    return new Stmt.For(GemmOrientation.COLUMN, p0, add(p0, columns), LoopKind.VECTOR, store);
  }

  /** Copies the left factor's block, if it cannot be read where it is or should not. */
  void left(IndexRange rows, IndexRange terms, Strides to) {
    if (leftCopy == null) {
      return;
    }
    var arguments = new OutlineArguments();
    var fromRow = arguments.of("r0", rows.first());
    var toRow = add(fromRow, arguments.of("rn", rows.count()));
    var fromTerm = arguments.of("k0", terms.first());
    var toTerm = add(fromTerm, arguments.of("kn", terms.count()));
    var row = subtract(new Int.Var(GemmOrientation.ROW), fromRow);
    var term = subtract(new Int.Var(GemmOrientation.TERM), fromTerm);
    var store = sink.within(() -> values.scoped(() -> {
      var element = gemm.left(values);
      sink.add(new Stmt.Store(leftCopy, add(multiply(row, to.row), multiply(term, to.term)), element));
    }));
    var loops = byTerms
        ? new Stmt.For(GemmOrientation.TERM, fromTerm, toTerm, LoopKind.SERIAL, List.of(new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.VECTOR, store)))
        : new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(new Stmt.For(GemmOrientation.TERM, fromTerm, toTerm, LoopKind.VECTOR, store)));
    sink.add(new Stmt.Outline(arguments.list, List.of(loops)));
  }

  /** Elements from a row, and from a term, to the next of a left factor's copy that has so many of them. */
  record Strides(Int row, Int term) {}

  Strides strides(int rows, int terms) {
    return byTerms ? new Strides(ONE, new Int.Number(rows + GemmTuning.PADDING_ELEMENTS))
        : new Strides(new Int.Number(terms + (sparse ? GemmTuning.PADDING_ELEMENTS : 0)), ONE);
  }
}
