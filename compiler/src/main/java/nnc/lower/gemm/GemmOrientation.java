package nnc.lower.gemm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.NominalSizes;
import nnc.loops.Loop.Expr;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineAccess;
import nnc.lower.common.AffineIndex;
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
 */
record GemmOrientation(boolean transposed, Dim rows, Dim columns, Dim depth, AffineAccess left, AffineAccess right, Layout layout) {
  enum Layout { COLUMNS, ROWS, NEITHER }

  static final String ROW = "row";
  static final String COLUMN = "col";
  static final String TERM = "k";

  static GemmOrientation of(boolean transposed, Node product, List<AffineIndex> batch, Dim height, Dim breadth, Dim depth, StatementBuilder sink, ValueLowering values,
      Function<List<AffineIndex>, AffineIndex> result) {
    var rows = transposed ? breadth : height;
    var columns = transposed ? height : breadth;
    var plain = new GemmOrientation(transposed, rows, columns, depth, null, null, null);
    var loops = Set.of(ROW, COLUMN, TERM);
    var left = AffineAccess.of(sink, values, loops, () -> plain.left(product, batch, values));
    var right = AffineAccess.of(sink, values, loops, () -> plain.right(product, batch, values));
    return new GemmOrientation(transposed, rows, columns, depth, left, right, layout(result.apply(plain.index(batch))));
  }

  private static Layout layout(AffineIndex result) {
    var tangled = result.entangled();
    return !tangled.contains(COLUMN) && result.factor(COLUMN).is(1) ? Layout.COLUMNS
        : !tangled.contains(ROW) && result.factor(ROW).is(1) ? Layout.ROWS : Layout.NEITHER;
  }

  AffineIndex row() {
    return AffineIndex.of(new AffineIndex.Atom.Var(ROW, rows));
  }

  AffineIndex column() {
    return AffineIndex.of(new AffineIndex.Atom.Var(COLUMN, columns));
  }

  private AffineIndex term() {
    return AffineIndex.of(new AffineIndex.Atom.Var(TERM, depth));
  }

  /** The left factor's element at the loops' indices. */
  Expr left(Node product, List<AffineIndex> batch, ValueLowering values) {
    return values.element(leftNode(product), transposed ? indices(batch, term(), row()) : indices(batch, row(), term()));
  }

  Expr right(Node product, List<AffineIndex> batch, ValueLowering values) {
    return values.element(rightNode(product), transposed ? indices(batch, column(), term()) : indices(batch, term(), column()));
  }

  /** The index of the result's element. */
  List<AffineIndex> index(List<AffineIndex> batch) {
    return transposed ? indices(batch, column(), row()) : indices(batch, row(), column());
  }

  private static List<AffineIndex> indices(List<AffineIndex> batch, AffineIndex first, AffineIndex second) {
    var indices = new ArrayList<>(batch);
    indices.add(first);
    indices.add(second);
    return indices;
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

  /** Whether the right factor lies in memory as its copy would, all of it in the first cache, and the left one can be read where it is too. */
  boolean isReadInPlace(int lanes) {
    return isContiguous() && left != null && !hasConflicts() && columns.isConstant() && depth.isConstant() && right.step(TERM).equals(columns)
        && columns.fixed() % lanes == 0 && columns.fixed() * (long) depth.fixed() <= (long) GemmTuning.UNPACKED_VECTORS * lanes;
  }

  /** The node that the left factor is. */
  Node leftNode(Node product) {
    return product.operand(transposed ? 1 : 0);
  }

  /** The node that the right factor is. */
  Node rightNode(Node product) {
    return product.operand(transposed ? 0 : 1);
  }

  /**
   * Roughly the instructions beyond loads and stores: sums with lanes that are not used, gathers where rows must become columns.
   *
   * @param share of a copy of the right factor that falls to this product
   */
  double cost(int lanes, double share) {
    double m = NominalSizes.of(rows);
    double p = NominalSizes.of(columns);
    double k = NominalSizes.of(depth);
    return m * k * Math.ceil(p / lanes) / 2 + (isContiguous() ? 0 : share * GemmTuning.GATHER_INSTRUCTIONS * p * k) + (layout == Layout.COLUMNS ? 0 : GemmTuning.GATHER_INSTRUCTIONS * m * p);
  }
}
