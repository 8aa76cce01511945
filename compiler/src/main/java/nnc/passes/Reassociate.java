package nnc.passes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;

/** Says arithmetic in the order in which kernels need least memory for it. */
final class Reassociate {
  private final GraphBuilder builder;
  private final Uses users;

  Reassociate(Graph graph, GraphBuilder builder) {
    this.builder = builder;
    this.users = new Uses(graph);
    // a result has a reader that no node is
    graph.results().forEach(result -> users.add(result.node(), result.node()));
  }

  /** A node, or what is equal to it; {@code made} has what stands for its operands, and for all nodes before it. */
  Node emit(Node node, NodeMap<Node> made) {
    var factored = factored(node, made);
    if (factored != null) {
      return factored;
    }
    var in = node.operands().with(made);
    return reshapedLater(node) ? later(node, in) : builder.keep(node, in);
  }

  // ---- common factors

  /**
   * {@code g a + g b = g (a + b)}: where g is a gradient that comes last, a + b is computed where a and b are, and stored in their stead.
   */
  private Node factored(Node node, NodeMap<Node> made) {
    if (!(node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD) || node.type().kind() != Kind.FLOAT
        || !product(node.operand(0)) || !product(node.operand(1))) {
      return null;
    }
    var left = factors(node.operand(0));
    var right = factors(node.operand(1));
    var others = new HashSet<>(right);
    var common = left.stream().filter(factor -> others.contains(factor) && !constant(factor)).findFirst().orElse(null);
    if (common == null) {
      return null;
    }
    left.remove(common);
    right.remove(common);
    return builder.mul(made.get(common), builder.add(product(left, made), product(right, made)));
  }

  /** A product that is nobody else's. */
  private boolean product(Node node) {
    return node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.MUL && users.of(node).size() == 1;
  }

  /** What a product, and products in it that are nobody else's, are made of, in order. */
  private List<Node> factors(Node node) {
    var found = new ArrayList<Node>();
    var open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      var next = open.pop();
      if (product(next)) {
        next.operands().reversed().forEach(open::push);
      } else {
        found.add(next);
      }
    }
    return found;
  }

  private static boolean constant(Node node) {
    var at = node;
    while (OpTraits.view(at.op()) && !at.operands().isEmpty()) {
      at = at.operand(0);
    }
    return OpTraits.view(at.op());
  }

  private Node product(List<Node> factors, NodeMap<Node> made) {
    return factors.stream().map(made::get).reduce(builder::mul).orElseThrow();
  }

  // ---- reshapes

  /**
   * Whether a step of arithmetic on reshaped arithmetic should be done before the reshape, in the kernel of what it reads: if those who
   * read it, products and views, care for no shape.
   */
  private boolean reshapedLater(Node node) {
    return node.operands().size() > 0 && node.operand(0).op() instanceof Op.Reshape && OpTraits.arithmetic(node.op())
        && node.operands().stream().allMatch(o -> o.op() instanceof Op.Reshape)
        && node.operands().stream().anyMatch(o -> OpTraits.arithmetic(o.operand(0).op()))
        && node.operands().stream().map(o -> o.operand(0).type().shape()).distinct().count() == 1
        && users.of(node).stream().allMatch(user -> user != node && (OpTraits.contracts(user.op()) || OpTraits.view(user.op())));
  }

  /** The operands' reshapes may have been folded into others, or into nothing, while the graph was built. */
  private Node later(Node node, List<Node> in) {
    var before = in.stream().map(operand -> operand.op() instanceof Op.Reshape ? operand.operand(0) : operand).toList();
    boolean alike = before.stream().map(operand -> operand.type().shape()).distinct().count() == 1;
    return alike ? builder.reshape(builder.emit(node.op(), before), node.type().shape()) : builder.emit(node.op(), in);
  }
}
