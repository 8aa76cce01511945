package nnc.lower.gemm;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.List;
import java.util.function.UnaryOperator;
import nnc.graph.Node;
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

/** The factors of a product, copied to where its tiles read them fast: the right one's columns in panels, the left one's rows if they lie badly. */
final class OperandPacking {
  private static final Int ONE = new Int.Number(1);

  private final StatementBuilder sink;
  private final ValueLowering values;
  private final LoopNest nest;
  private final GemmOrientation facing;
  private final Node product;
  private final List<AffineIndex> outer;
  private final GemmBlocking cut;
  private final PackedOperand prepared;
  private final boolean sparse;
  /** Whether the left factor's copy has the rows side by side, as it is itself. */
  private final boolean byTerms;
  /** Where the right factor's panels are; null if it is read where it is. */
  final Loop.Buffer panel;
  /** Where the left factor's copy is; null if there is none. */
  final Loop.Buffer copy;

  /**
   * @param outer    places along the batch axes
   * @param prepared a copy of the right factor that others share; null if there is none
   * @param sparse   whether the left factor's zeros may be looked for: its copy has the terms side by side then, and the right one's is made beforehand
   * @param near     whether the right factor, if it is not prepared, is read where it is, however many rows there are
   */
  OperandPacking(Epilogue epilogue, LoopNest nest, Node product, List<AffineIndex> outer, GemmOrientation facing, GemmBlocking cut, PackedOperand prepared, boolean sparse, boolean near) {
    sink = epilogue.sink;
    values = epilogue.values;
    this.nest = nest;
    this.facing = facing;
    this.product = product;
    this.outer = outer;
    this.cut = cut;
    this.prepared = prepared;
    panel = prepared != null ? values.buffer(prepared, Loop.Space.ARENA) : near ? null
        : epilogue.scratch((cut.isDeep(facing) ? cut.depth() : cut.packed()) * Ints.roundUp(cut.columns(), cut.panel()));
    this.sparse = sparse;
    byTerms = facing.far() && !sparse;
    copy = facing.left() == null || facing.far() ? epilogue.scratch(Math.max(room(cut.rows(), cut.depth()), room(cut.few(), cut.packed()))) : null;
  }

  /** Elements of a left factor's copy, which is read beyond its end where zeros are looked for. */
  private int room(int rows, int terms) {
    return sparse ? rows * (terms + GemmTuning.PADDING_ELEMENTS) + Long.SIZE : (rows + GemmTuning.PADDING_ELEMENTS) * terms;
  }

  /** How far apart a copied panel's terms are. */
  int stride(Int columns) {
    boolean narrow = prepared == null && columns instanceof Int.Number(var fixed) && fixed <= cut.panel() / 2;
    return narrow ? cut.panel() / 2 : cut.panel();
  }

  /**
   * Whether a chunk's columns are copied by the tiles that multiply them first: whole vectors of plain memory that was written a short while
   * ago. Weights come from far, faster in their rows' order than in a tile's. It must be certain that there is a first tile: of a number of
   * rows that is not known, that it is a multiple of a tile's.
   *
   * @param unit a number that divides the rows
   */
  boolean areFetched(Int rows, int unit, Int width) {
    if (prepared != null || sparse || !facing.even() || facing.right().buffer().space() != Loop.Space.ARENA) {
      return false;
    }
    boolean known = rows instanceof Int.Number;
    // the tiles of half a panel are taller
    return (known || unit % TileTuning.MR_ROWS == 0) && width instanceof Int.Number(var columns) && columns % (known ? cut.panel() / 2 : cut.panel()) == 0;
  }

  /** Where a chunk's columns and terms begin in the right factor itself. */
  Stmt.Factor origin(Int c0, Int k0) {
    var right = facing.right();
    return new Stmt.Factor(right.buffer(), right.start(List.of(GemmOrientation.COLUMN, GemmOrientation.TERM), List.of(c0, k0)), AffineIndex.dim(right.step(GemmOrientation.TERM)));
  }

  /**
   * Copies a chunk's columns to panels that have room for so many terms; a factor that is prepared is there. It is read in the order in
   * which it lies, as far as that is known: from far memory that is several times faster.
   */
  void right(Int c0, Int width, Int k0, Int terms, int room) {
    if (prepared != null) {
      return;
    }
    var given = new OutlineArguments();
    var from = given.of("c0", c0);
    var columns = given.of("cn", width);
    var fromTerm = given.of("k0", k0);
    var toTerm = add(fromTerm, given.of("kn", terms));
    int stride = stride(width);
    UnaryOperator<List<Stmt>> overTerms = body -> List.of(new Stmt.For(GemmOrientation.TERM, fromTerm, toTerm, LoopKind.SERIAL, body));
    boolean even = facing.even();
    var body = sink.within(() -> nest.stretches(from, columns, cut.panel(), "panel", (p0, wide) -> {
      var start = multiply(subtract(p0, from), new Int.Number(room));
      var term = List.of(copyPanel(p0, wide, add(start, multiply(subtract(new Int.Var(GemmOrientation.TERM), fromTerm), new Int.Number(stride)))));
      (even ? term : overTerms.apply(term)).forEach(sink::add);
    }));
    sink.add(new Stmt.Outline(given.list, even ? overTerms.apply(body) : body));
  }

  /** Copies a term of some columns. */
  private Stmt copyPanel(Int p0, Int columns, Int to) {
    var store = sink.within(() -> values.scoped(() ->
        sink.add(new Stmt.Store(panel, add(to, subtract(new Int.Var(GemmOrientation.COLUMN), p0)), facing.right(product, outer, values)))));
    return new Stmt.For(GemmOrientation.COLUMN, p0, add(p0, columns), LoopKind.VECTOR, store);
  }

  /** Copies the left factor's block, if it cannot be read where it is or should not. */
  void left(Int r0, Int rows, Int k0, Int terms, Spread to) {
    if (copy == null) {
      return;
    }
    var given = new OutlineArguments();
    var fromRow = given.of("r0", r0);
    var toRow = add(fromRow, given.of("rn", rows));
    var fromTerm = given.of("k0", k0);
    var toTerm = add(fromTerm, given.of("kn", terms));
    var row = subtract(new Int.Var(GemmOrientation.ROW), fromRow);
    var term = subtract(new Int.Var(GemmOrientation.TERM), fromTerm);
    var store = sink.within(() -> values.scoped(() -> {
      var element = facing.left(product, outer, values);
      sink.add(new Stmt.Store(copy, add(multiply(row, to.row), multiply(term, to.term)), element));
    }));
    var loops = byTerms
        ? new Stmt.For(GemmOrientation.TERM, fromTerm, toTerm, LoopKind.SERIAL, List.of(new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.VECTOR, store)))
        : new Stmt.For(GemmOrientation.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(new Stmt.For(GemmOrientation.TERM, fromTerm, toTerm, LoopKind.VECTOR, store)));
    sink.add(new Stmt.Outline(given.list, List.of(loops)));
  }

  /** How far apart the rows, and the terms, of a left factor's copy are that has so many of them. */
  record Spread(Int row, Int term) {}

  Spread spread(int rows, int terms) {
    return byTerms ? new Spread(ONE, new Int.Number(rows + GemmTuning.PADDING_ELEMENTS)) : new Spread(new Int.Number(terms + (sparse ? GemmTuning.PADDING_ELEMENTS : 0)), ONE);
  }
}
