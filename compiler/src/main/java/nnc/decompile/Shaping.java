package nnc.decompile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.decompile.Form.Text;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.source.Span;
import nnc.syntax.Ast;

/** Views as they are written: reshapes that put in or take out an axis, slices, padding. */
final class Shaping {
  private Shaping() {}

  static Ast.Expr reshape(Node x, List<Dim> shape, Text text) {
    var old = x.type().shape();
    for (int axis = 0; axis < shape.size(); axis++) {
      if (shape.get(axis).is(1) && Shapes.without(shape, List.of(axis)).equals(old)) {
        return text.call("expand", text.of(x), Trees.number(axis));
      }
    }
    for (int axis = 0; axis < old.size(); axis++) {
      if (old.get(axis).is(1) && Shapes.without(old, List.of(axis)).equals(shape)) {
        return text.call("squeeze", text.of(x), Trees.number(axis));
      }
    }
    if (old.size() == 2 && shape.equals(old.reversed())) {
      // of a row or a column the same elements in the same order
      return text.call("transpose", text.of(x));
    }
    boolean flat = shape.size() == 2 && old.size() > 2 && shape.getFirst().equals(old.getFirst());
    return flat ? text.call("flatten", text.of(x)) : text.call("reshape", text.of(x), Trees.dims(shape));
  }

  static List<Ast.Subscript> slice(Op.Slice slice, Node x) {
    var subscripts = Trees.whole(x.type().rank());
    for (int axis = 0; axis < subscripts.size(); axis++) {
      subscripts.set(axis, slice(slice.start().get(axis), slice.count().get(axis), slice.step().get(axis), x.type().dim(axis)));
    }
    return subscripts;
  }

  private static Ast.Subscript slice(Dim from, Dim count, int step, Dim size) {
    // the bound is just behind the last element, so that nothing has to be rounded
    var reach = count.plus(-1).times(Math.abs(step)).plus(1);
    var to = count.is(0) ? from : step > 0 ? from.plus(reach) : from.minus(reach);
    boolean fromStart = from.equals(step > 0 ? Dim.ZERO : size.plus(-1));
    boolean toEnd = step > 0 ? to.equals(size) : to.is(-1);
    return new Ast.Subscript.Slice(fromStart ? Optional.empty() : Optional.of(Trees.dim(from)), toEnd ? Optional.empty() : Optional.of(Trees.dim(to)),
        step == 1 ? Optional.empty() : Optional.of(Trees.number(step)), Span.NONE);
  }

  /** First what stands between neighbours, axis by axis, then what stands around all. */
  static Ast.Expr pad(Op.Pad pad, Node x, Text text) {
    var written = text.of(x);
    for (int axis = 0; axis < pad.interior().size(); axis++) {
      if (pad.interior().get(axis) > 0) {
        written = text.call(Adjoints.SPREAD, written, Trees.number(axis), Trees.number(pad.interior().get(axis)), Trees.number(pad.value()));
      }
    }
    boolean around = pad.low().stream().anyMatch(width -> !width.is(0)) || pad.high().stream().anyMatch(width -> !width.is(0));
    var arguments = new ArrayList<>(List.of(written, Trees.dims(pad.low()), Trees.dims(pad.high())));
    return !around ? written : text.call("pad", arguments, pad.value() == 0 ? List.of() : List.of(Trees.named("value", Trees.number(pad.value()))));
  }
}
