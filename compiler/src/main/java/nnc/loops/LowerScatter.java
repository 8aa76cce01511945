package nnc.loops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;

/** Additions to places known at run time only: the result is cleared, then each value is added in row-major order. */
final class LowerScatter {
  private LowerScatter() {}

  static Lowered lower(Kernel kernel, int precision, Set<Node> stored) {
    var node = kernel.nodes().getFirst();
    int axis = ((Op.ScatterAdd) node.op()).axis();
    var sink = new Sink();
    Map<String, Object> origins = new LinkedHashMap<>();
    var values = new Values(sink, precision, stored, origins, (_, _) -> null);
    var result = values.buffer(new Values.Stretch(node, Dim.ZERO), Loop.Space.ARENA);
    var body = new ArrayList<Stmt>();
    body.add(clear(result, node.type().size()));
    var shape = node.operand(1).type().shape();
    var places = new ArrayList<Index>();
    for (int i = 0; i < shape.size(); i++) {
      places.add(Index.of(new Index.Atom.Var("i" + i, shape.get(i))));
    }
    var inside = sink.within(() -> {
      var target = new ArrayList<>(places);
      target.set(axis, Index.of(new Index.Atom.Element(values.element(node.operand(0), places))));
      var place = Index.linear(target, node.type().shape()).toInt();
      var sum = Elementary.apply(Loop.Fn.ADD, new Expr.Load(result, place), values.element(node.operand(1), places));
      sink.add(new Stmt.Store(result, place, sum));
    });
    List<Stmt> nest = inside;
    for (int i = shape.size() - 1; i >= 0; i--) {
      var kind = i == shape.size() - 1 && axis != i ? LoopKind.VECTOR : LoopKind.SERIAL;
      nest = List.of(new Stmt.For("i" + i, new Int.Number(0), Index.dim(shape.get(i)), kind, nest));
    }
    body.addAll(nest);
    // the loops are the values', of which nothing else need be known
    var dims = values.dims();
    dims.addAll(shape);
    return new Lowered("block", LoopKind.SERIAL, body, 0, origins, Dim.ONE, false, Dim.product(shape), dims, kernel);
  }

  private static Stmt clear(Loop.Buffer buffer, Dim size) {
    return new Stmt.For("z", new Int.Number(0), Index.dim(size), LoopKind.VECTOR,
        List.of(new Stmt.Store(buffer, new Int.Var("z"), new Expr.Number(0))));
  }
}
