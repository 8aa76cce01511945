package nnc.loops;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;
import nnc.schedule.Ops;

/** Stores what leaves a kernel where it belongs. */
final class Writes {
  private final Sink sink;
  private final Values values;

  Writes(Sink sink, Values values) {
    this.sink = sink;
    this.values = values;
  }

  void store(Kernel.Write write, List<Index> places, Kernel kernel) {
    var node = write.node();
    if (node.span().line() > 0) {
      sink.add(new Stmt.Line(node.span().line()));
    }
    var value = value(node, places, kernel);
    var own = Index.linear(places, node.type().shape());
    switch (write.target()) {
      case Kernel.Target.Own _ -> store(values.buffer(node, Loop.Space.ARENA), own, value);
      case Kernel.Target.Update(var path) -> store(values.buffer(path, Loop.Space.WEIGHTS), own, value);
      case Kernel.Target.Part(var whole, var part) -> store(values.buffer(whole, Loop.Space.ARENA), partPlace(whole, part, own), value);
    }
  }

  /** A node that is copied to its own buffer is read through its operands: the buffer is not yet filled. */
  private Expr value(Node node, List<Index> places, Kernel kernel) {
    boolean fills = !kernel.members().contains(node) && !Ops.source(node.op())
        && kernel.writes().stream().anyMatch(w -> w.node() == node && w.target() instanceof Kernel.Target.Own);
    var value = fills ? values.derived(node, places) : values.value(node, places);
    return node.type().kind() == Kind.BOOL ? Elementary.elementOf(value) : value;
  }

  /** An element of a part in the whole. */
  private static Index partPlace(Node whole, int part, Index own) {
    var operand = whole.operand(part);
    if (whole.op() instanceof Op.FoldWindows fold) {
      return folded(Index.places(own, operand.type().shape()), fold, whole);
    }
    int axis = ((Op.Concat) whole.op()).axis();
    var places = new ArrayList<>(Index.places(own, operand.type().shape()));
    var before = Dim.ZERO;
    for (int i = 0; i < part; i++) {
      before = before.plus(whole.operand(i).type().dim(axis));
    }
    places.set(axis, places.get(axis).plus(before));
    return Index.linear(places, whole.type().shape());
  }

  /** An element of a window at its place. */
  private static Index folded(List<Index> places, Op.FoldWindows fold, Node whole) {
    int windows = fold.space().size();
    int lead = places.size() - 2 * windows;
    var to = new ArrayList<>(places.subList(0, lead));
    for (int w = 0; w < windows; w++) {
      to.add(places.get(lead + w).times(Dim.of(fold.stride().get(w))).plus(places.get(lead + windows + w)));
    }
    return Index.linear(to, whole.type().shape());
  }

  private void store(Loop.Buffer buffer, Index place, Expr value) {
    values.used.add(place);
    values.loads.add(place);
    sink.add(new Stmt.Store(buffer, place.toInt(), value));
  }
}
