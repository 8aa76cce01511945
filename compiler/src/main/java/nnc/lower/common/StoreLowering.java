package nnc.lower.common;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.schedule.Kernel;

/** Stores what leaves a kernel where it belongs. */
public final class StoreLowering {
  private final StatementBuilder sink;
  private final ValueLowering values;

  public StoreLowering(StatementBuilder sink, ValueLowering values) {
    this.sink = sink;
    this.values = values;
  }

  /**
   * Stores all that belongs to some indices after everything there has been loaded. Arrays often lie a multiple of 4096 bytes apart, and a load waits for the
   * stores before it whose addresses end in the same twelve bits.
   */
  public void store(List<Kernel.Write> writes, List<AffineIndex> indices, Kernel kernel) {
    var stores = new ArrayList<Stmt>();
    for (var write : writes) {
      line(write.node(), sink::add);
      var value = sink.let(value(write.node(), indices, kernel));
      var target = target(write, indices);
      values.used.add(target.index());
      values.loads.add(target.index());
      if (writes.size() > 1) {
        line(write.node(), stores::add);
      }
      stores.add(new Stmt.Store(target.buffer(), target.index().toInt(), value));
    }
    stores.forEach(sink::add);
  }

  private static void line(Node node, Consumer<Stmt> to) {
    if (node.span().line() > 0) {
      to.accept(new Stmt.Line(node.span().line()));
    }
  }

  /** Where a node's element at given indices is stored. */
  public AffineAccess target(Kernel.Write write, List<AffineIndex> indices) {
    var node = write.node();
    var own = AffineIndex.linear(indices, node.type().shape());
    return switch (write.target()) {
      case Kernel.Target.Own _ -> values.arena(node, own);
      case Kernel.Target.Update(var path) -> new AffineAccess(values.buffer(new Origin.Weight(path).whole(), Loop.Space.WEIGHTS), own);
      case Kernel.Target.Transposed(var view) -> values.arena(view, permuted(view, values.indices(own, view.operand(0).type().shape())));
      case Kernel.Target.Place(var whole, var offset) -> values.arena(whole, own.plus(offset));
      case Kernel.Target.Part part -> values.arena(part.whole(), partPlace(part, own));
    };
  }

  private static AffineIndex permuted(Node view, List<AffineIndex> indices) {
    return AffineIndex.linear(((Op.Transpose) view.op()).order().stream().map(indices::get).toList(), view.type().shape());
  }

  /** What is stored: an element, or bits. A node that is copied to its own buffer is read through its operands: the buffer is not yet filled. */
  private Expr value(Node node, List<AffineIndex> indices, Kernel kernel) {
    boolean fills = !kernel.members().contains(node) && !OpTraits.source(node.op())
        && kernel.writes().stream().anyMatch(w -> w.node() == node && w.target() instanceof Kernel.Target.Own);
    var value = fills ? values.derived(node, indices) : values.value(node, indices);
    return node.type().kind() == Kind.BOOL ? ElementaryFunctions.elementOf(value) : value;
  }

  /** An element of a part in the whole. */
  private AffineIndex partPlace(Kernel.Target.Part part, AffineIndex own) {
    var whole = part.whole();
    var operand = whole.operand(part.part());
    if (whole.op() instanceof Op.FoldWindows fold) {
      return folded(values.indices(own, operand.type().shape()), fold, whole);
    }
    int axis = ((Op.Concat) whole.op()).axis();
    var indices = new ArrayList<>(values.indices(own, operand.type().shape()));
    indices.set(axis, indices.get(axis).plus(part.from()));
    return AffineIndex.linear(indices, whole.type().shape());
  }

  /** An element of a window at its place. */
  private static AffineIndex folded(List<AffineIndex> indices, Op.FoldWindows fold, Node whole) {
    int windows = fold.space().size();
    int lead = indices.size() - 2 * windows;
    var to = new ArrayList<>(indices.subList(0, lead));
    for (int w = 0; w < windows; w++) {
      to.add(indices.get(lead + w).times(Dim.of(fold.stride().get(w))).plus(indices.get(lead + windows + w)));
    }
    return AffineIndex.linear(to, whole.type().shape());
  }
}
