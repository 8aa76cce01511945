package nnc.decompile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Uses;

/**
 * An operand of a pointwise function as it is written: what only repeats it along axes is left to NumPy's rule where that says the same.
 *
 * @param read  the node that the text is of
 * @param ones  the axes of one element that the text puts into it, ascending, in the text's own axes
 * @param kept  whether it is a reduction whose axes stay, of one element each
 * @param shape of the text
 */
record Stretching(Node read, List<Integer> ones, boolean kept, List<Dim> shape) {

  private static Stretching plain(Node node) {
    return new Stretching(node, List.of(), false, node.type().shape());
  }

  /** The operands of a pointwise node; together they come to its shape. */
  static List<Stretching> operands(Node node, Uses uses) {
    var operands = new ArrayList<>(node.operands().stream().map(operand -> of(operand, uses)).toList());
    for (int i = 0; i < operands.size() && !covers(operands, node.type().shape()); i++) {
      operands.set(i, plain(node.operand(i)));
    }
    return operands;
  }

  private static boolean covers(List<Stretching> operands, List<Dim> shape) {
    var sizes = new Dim[shape.size()];
    Arrays.fill(sizes, Dim.ONE);
    for (var operand : operands) {
      int offset = sizes.length - operand.shape.size();
      for (int i = 0; i < operand.shape.size(); i++) {
        if (!operand.shape.get(i).equals(Dim.ONE)) {
          sizes[offset + i] = operand.shape.get(i);
        }
      }
    }
    return List.of(sizes).equals(shape);
  }

  /** The node itself, or what it repeats. */
  static Stretching of(Node node, Uses uses) {
    if (!(node.op() instanceof Op.Broadcast(var shape, var axes))) {
      return plain(node);
    }
    var source = node.operand(0);
    if (source.op() instanceof Op.Const(_, var kind)) {
      return kind == Kind.BOOL ? plain(node) : plain(source);
    }
    int lead = IntStream.range(0, shape.size()).filter(axis -> !axes.contains(axis)).findFirst().orElse(shape.size());
    var whole = IntStream.range(0, shape.size()).mapToObj(axis -> axes.contains(axis) ? Dim.ONE : shape.get(axis)).toList();
    // what was reshaped before it is repeated may have had its axes of one element already
    for (var at = source; ; at = at.operand(0)) {
      if (at.type().shape().equals(whole)) {
        return plain(at);
      } else if (at.op() instanceof Op.Reduce(_, var reduced) && reduced.equals(axes) && at.operand(0).type().rank() == shape.size() && uses.isReadOnce(at)) {
        return new Stretching(at, List.of(), true, whole);
      } else if (!(at.op() instanceof Op.Reshape)) {
        return new Stretching(source, axes.stream().filter(axis -> axis > lead).map(axis -> axis - lead).toList(), false, whole.subList(lead, shape.size()));
      }
    }
  }
}
