package nnc.lower.nest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.BlockLoop;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.Origin;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.common.StoreLowering;
import nnc.lower.common.ValueLowering;
import nnc.schedule.Kernel;

/** A kernel whose only node goes along one axis element by element: what the axes before and behind it are loops for, and what is read and written. */
final class AxisKernel {
  private static final String ROW = "row";
  private static final String COLUMN = "column";
  private static final String ALONG = "along";

  final StatementBuilder sink = new StatementBuilder();
  final ValueLowering values;
  final Dim size;
  private final Kernel kernel;
  private final Node node;
  private final int axis;
  private final Map<String, Origin> origins = new LinkedHashMap<>();
  private final Dim rows;
  private final Dim columns;
  private Expr result;

  AxisKernel(ScheduledKernel scheduled, int axis) {
    kernel = scheduled.kernel();
    this.node = kernel.nodes().getFirst();
    this.axis = axis;
    var shape = node.type().shape();
    rows = Dim.product(shape.subList(0, axis));
    size = shape.get(axis);
    columns = Dim.product(shape.subList(axis + 1, shape.size()));
    values = scheduled.values(sink, origins, (asked, _) -> asked == node ? result : null);
  }

  /** The variable that goes along the axis, from 0. */
  static Int alongAxis() {
    return new Int.Var(ALONG);
  }

  private AffineIndex index() {
    return size.is(1) ? AffineIndex.ZERO : AffineIndex.of(new AffineIndex.Atom.Var(ALONG, size));
  }

  private static AffineIndex index(String name, Dim extent) {
    return extent.is(1) ? AffineIndex.ZERO : AffineIndex.of(new AffineIndex.Atom.Var(name, extent));
  }

  private List<AffineIndex> indices(boolean fromEnd) {
    var shape = node.type().shape();
    var indices = new ArrayList<AffineIndex>();
    if (axis > 0) {
      indices.addAll(AffineIndex.indices(index(ROW, rows), shape.subList(0, axis)));
    }
    indices.add(fromEnd ? AffineIndex.of(size.plus(-1)).minus(index()) : index());
    if (axis + 1 < shape.size()) {
      indices.addAll(AffineIndex.indices(index(COLUMN, columns), shape.subList(axis + 1, shape.size())));
    }
    return indices;
  }

  /** Whether the operand's elements are whole numbers. */
  boolean isWhole() {
    return node.operand(0).type().kind() == Kind.INT;
  }

  /** The operand's element, bits if it is a whole number, at the variable, counted from the other end of the axis if {@code fromEnd}. */
  Expr element(boolean fromEnd) {
    var at = indices(fromEnd);
    return sink.let(isWhole() ? values.bits(node.operand(0), at) : values.element(node.operand(0), at));
  }

  /** Stores the node's element, or bits if it is a whole number, there wherever it belongs. */
  void store(Expr element, boolean fromEnd) {
    result = sink.let(element);
    new StoreLowering(sink, values).store(kernel.writes(), indices(fromEnd), kernel);
  }

  /** A loop along the axis. */
  Stmt loop(Runnable body) {
    return new Stmt.For(ALONG, new Int.Number(0), AffineIndex.dim(size), LoopKind.SERIAL, sink.within(() -> values.scoped(body)));
  }

  /**
   * The kernel: what is done for all elements of a row and a column.
   *
   * @param lanes   whether columns may be side by side in lanes
   * @param scratch elements of a thread's scratch that it needs
   * @param work    steps for an element, roughly
   */
  LoweredKernel lowered(Runnable body, boolean lanes, Dim scratch, long work) {
    var statements = sink.within(body);
    var kind = lanes && !columns.is(1) ? LoopKind.VECTOR : LoopKind.SERIAL;
    var all = node.type().size().times(work);
    if (rows.is(1)) {
      return new LoweredKernel(kernel, new BlockLoop(COLUMN, kind, columns, !columns.is(1), all), statements, scratch, origins, values.dims());
    }
    if (!columns.is(1)) {
      statements = List.of(new Stmt.For(COLUMN, new Int.Number(0), AffineIndex.dim(columns), kind, statements));
    }
    return new LoweredKernel(kernel, new BlockLoop(ROW, LoopKind.SERIAL, rows, true, all), statements, scratch, origins, values.dims());
  }
}
