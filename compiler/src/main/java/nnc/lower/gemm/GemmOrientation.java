package nnc.lower.gemm;

import java.util.List;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.NominalSizes;
import nnc.loops.Loop.Expr;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineAccess;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.ValueLowering;

/**
 * Which operand of a matrix product is the left factor of the micro-kernel, and which the right one, whose columns lie along the vectors.
 *
 * <pre>
 *   upright       a (m x k) by b (k x n):        rows m, columns n
 *   transposed    b' (n x k) by a' (k x m):      rows n, columns m; the result is stored the other way round
 * </pre>
 *
 * @param left   the factor that has rows, where it is plain memory; null if it must be copied
 * @param right  the factor that has columns, likewise
 * @param layout how the result lies in memory: which of the two is side by side
 * @param copied how a left factor that must be copied lies: {@code ROWS} if its rows are side by side
 */
record GemmOrientation(BatchedProduct product, boolean transposed, AffineAccess left, AffineAccess right, Layout layout, Layout copied) {
  enum Layout { COLUMNS, ROWS, NEITHER }

  static final String ROW = "row";
  static final String COLUMN = "col";
  static final String TERM = "k";

  /** Where the factors and the result lie is what the kernel's loads and stores say. */
  static GemmOrientation of(BatchedProduct product, boolean transposed, Epilogue epilogue) {
    var plain = new GemmOrientation(product, transposed, null, null, null, null);
    var loops = Set.of(ROW, COLUMN, TERM);
    var left = AffineAccess.of(epilogue.sink, epilogue.values, loops, () -> plain.left(epilogue.values));
    var right = AffineAccess.of(epilogue.sink, epilogue.values, loops, () -> plain.right(epilogue.values));
    var rows = left != null ? null : AffineAccess.of(epilogue.sink, epilogue.values, Set.of(ROW), () -> plain.left(epilogue.values));
    var copied = rows != null && rows.step(ROW).is(1) ? Layout.ROWS : Layout.NEITHER;
    return new GemmOrientation(product, transposed, left, right, layout(epilogue.result(plain.index()).index()), copied);
  }

  private static Layout layout(AffineIndex result) {
    var tangled = result.entangled();
    return !tangled.contains(COLUMN) && result.factor(COLUMN).is(1) ? Layout.COLUMNS
        : !tangled.contains(ROW) && result.factor(ROW).is(1) ? Layout.ROWS : Layout.NEITHER;
  }

  Dim rows() {
    return transposed ? product.breadth() : product.height();
  }

  Dim columns() {
    return transposed ? product.height() : product.breadth();
  }

  Dim depth() {
    return product.depth();
  }

  /** A number that divides the rows, however many they are: a tile's, if it does. */
  int rowUnit() {
    return rows().dividedBy(Dim.of(TileTuning.MR_ROWS)).isPresent() ? TileTuning.MR_ROWS : 1;
  }

  AffineIndex.Atom.Var columnAxis() {
    return new AffineIndex.Atom.Var(COLUMN, columns());
  }

  AffineIndex.Atom.Var termAxis() {
    return new AffineIndex.Atom.Var(TERM, depth());
  }

  private AffineIndex row() {
    return AffineIndex.of(new AffineIndex.Atom.Var(ROW, rows()));
  }

  private AffineIndex column() {
    return AffineIndex.of(columnAxis());
  }

  private AffineIndex term() {
    return AffineIndex.of(termAxis());
  }

  /** The left factor's element at the loops' indices. */
  Expr left(ValueLowering values) {
    return values.element(leftNode(), transposed ? product.second().indices().at(term(), row()) : product.first().indices().at(row(), term()));
  }

  Expr right(ValueLowering values) {
    return values.element(rightNode(), transposed ? product.first().indices().at(column(), term()) : product.second().indices().at(term(), column()));
  }

  /** The index of the result's element. */
  List<AffineIndex> index() {
    return index(column());
  }

  /** The same in a column that is told otherwise. */
  List<AffineIndex> index(AffineIndex column) {
    return transposed ? product.result().indices().at(column, row()) : product.result().indices().at(row(), column);
  }

  /** Whether the right factor's columns lie side by side. */
  boolean isContiguous() {
    return right != null && right.step(COLUMN).is(1);
  }

  /**
   * Whether the left factor's rows lie side by side and its terms far apart: read where they are, a tile's terms would drive each other out
   * of the cache, for they share a few of its sets.
   */
  boolean hasConflicts() {
    if (left == null || !left.step(ROW).is(1)) {
      return false;
    }
    var step = left.step(TERM);
    return !step.isConstant() || step.fixed() >= GemmTuning.MIN_CONFLICT_STRIDE_ELEMENTS && step.fixed() % GemmTuning.CONFLICT_STRIDE_ELEMENTS == 0;
  }

  /** Whether the left factor is copied in the order in which it lies, its rows side by side. */
  boolean isCopiedByTerms() {
    return hasConflicts() || copied == Layout.ROWS;
  }

  /** Whether the right factor lies in memory as its copy would, all of it in the first cache, and the left one can be read where it is too. */
  boolean isReadInPlace(int lanes) {
    return isContiguous() && left != null && !hasConflicts() && columns().isConstant() && depth().isConstant() && right.step(TERM).equals(columns())
        && columns().fixed() % lanes == 0 && columns().fixed() * (long) depth().fixed() <= (long) GemmTuning.UNPACKED_VECTORS * lanes;
  }

  /** The node that the left factor is. */
  Node leftNode() {
    return (transposed ? product.second() : product.first()).node();
  }

  /** The node that the right factor is. */
  Node rightNode() {
    return (transposed ? product.first() : product.second()).node();
  }

  /**
   * Roughly the instructions beyond loads and stores: sums with lanes that are not used, gathers where rows must become columns().
   *
   * @param share of a copy of the right factor that falls to this product
   */
  double cost(int lanes, double share) {
    double m = NominalSizes.of(rows());
    double p = NominalSizes.of(columns());
    double k = NominalSizes.of(depth());
    return m * k * Math.ceil(p / lanes) / 2 + (isContiguous() ? 0 : share * GemmTuning.GATHER_INSTRUCTIONS * p * k)
        + (layout == Layout.COLUMNS ? 0 : GemmTuning.GATHER_INSTRUCTIONS * m * p);
  }
}
