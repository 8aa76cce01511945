package nnc.elaborate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/**
 * Words, classes and the like that a layer multiplies by weights as if they were amounts: an int input of one or two dimensions, as it was fed. Who
 * means amounts says so by {@code cast(x, "float")}, or computes with them before. What has more dimensions is taken for a picture.
 */
final class Amounts {
  private static final int DIMENSIONS = 2;

  private final Set<Node> meant = new HashSet<>();

  /** Notes what a primitive has made. */
  void called(String name, Value result) {
    if (name.equals("cast") && result instanceof Value.Tensor(var made)) {
      meant.add(made);
    }
  }

  /** Warns of each product of such an input and a weight. */
  void tell(List<Node> nodes, Diagnostics diagnostics) {
    for (var node : nodes) {
      if (node.op() instanceof Op.MatMul && isWeight(node.operand(1)) && fed(node.operand(0)) instanceof Op.Input(var name, _, var type)
          && type.kind() == Kind.INT && type.rank() <= DIMENSIONS && !node.span().equals(Span.NONE)) {
        diagnostics.warning(WarningName.NAMES_AS_AMOUNTS, node.span(), "this layer multiplies the numbers of " + name + ", " + type + ", by weights, as if the class 4 were twice the class 2")
            .hint("a row of weights for each class: embedding(classes, width)(" + name + "), or one_hot(" + name + ", classes) before the layer")
            .hint("if they are amounts, declare " + name + " as float");
      }
    }
  }

  private static boolean isWeight(Node node) {
    return node.type().rank() == 2 && (node.op() instanceof Op.Parameter || node.op() instanceof Op.State);
  }

  /** What a node is but for how its elements are laid out; null if somebody said that they are amounts. */
  private Op fed(Node node) {
    var at = node;
    while (at.op() instanceof Op.Reshape || at.op() instanceof Op.Cast || at.op() instanceof Op.Slice || at.op() instanceof Op.Transpose
        || at.op() instanceof Op.Broadcast) {
      if (meant.contains(at)) {
        return null;
      }
      at = at.operand(0);
    }
    return at.op();
  }
}
