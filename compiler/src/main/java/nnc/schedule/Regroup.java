package nnc.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;

/** Says arithmetic in the order in which kernels need least memory for it. */
final class Regroup {
  private final GraphBuilder builder;
  private final Map<Node, List<Node>> users = new HashMap<>();

  Regroup(Graph graph, GraphBuilder builder) {
    this.builder = builder;
    graph.nodes().forEach(node -> node.operands().forEach(operand -> users.computeIfAbsent(operand, _ -> new ArrayList<>()).add(node)));
    // a result has a reader that no node is
    graph.results().forEach(result -> users.computeIfAbsent(result.node(), _ -> new ArrayList<>()).add(result.node()));
  }

  /** A node, or what is equal to it; {@code made} has what stands for its operands, and for all nodes before it. */
  Node emit(Node node, Map<Node, Node> made) {
    var factored = factored(node, made);
    var in = node.operands().stream().map(made::get).toList();
    return factored != null ? factored : reshapedLater(node) ? later(node, in) : builder.keep(node, in);
  }

  // ---- common factors

  /**
   * {@code g a + g b = g (a + b)}: where g is a gradient that comes last, a + b is computed where a and b are, and stored in their stead.
   */
  private Node factored(Node node, Map<Node, Node> made) {
    if (!(node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD) || node.type().kind() != Kind.FLOAT) {
      return null;
    }
    var left = new ArrayList<Node>();
    var right = new ArrayList<Node>();
    factors(node.operand(0), left);
    factors(node.operand(1), right);
    var common = left.stream().filter(factor -> right.contains(factor) && !constant(factor)).findFirst().orElse(null);
    if (common == null || left.size() == 1 || right.size() == 1) {
      return null;
    }
    left.remove(common);
    right.remove(common);
    return builder.mul(made.get(common), builder.add(product(left, made), product(right, made)));
  }

  /** The factors of a product that is nobody else's. */
  private void factors(Node node, List<Node> found) {
    if (node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.MUL && users.get(node).size() == 1) {
      node.operands().forEach(operand -> factors(operand, found));
    } else {
      found.add(node);
    }
  }

  private static boolean constant(Node node) {
    return node.op() instanceof Op.Const || Ops.view(node.op()) && node.operands().stream().allMatch(Regroup::constant);
  }

  private Node product(List<Node> factors, Map<Node, Node> made) {
    return factors.stream().map(made::get).reduce(builder::mul).orElseThrow();
  }

  // ---- reshapes

  /**
   * Whether a step of arithmetic on reshaped arithmetic should be done before the reshape, in the kernel of what it reads: if those who
   * read it, products and views, care for no shape.
   */
  private boolean reshapedLater(Node node) {
    return Ops.arithmetic(node.op()) && node.operands().stream().allMatch(o -> o.op() instanceof Op.Reshape)
        && node.operands().stream().anyMatch(o -> Ops.arithmetic(o.operand(0).op()))
        && node.operands().stream().map(o -> o.operand(0).type().shape()).distinct().count() == 1
        && users.getOrDefault(node, List.of()).stream().allMatch(user -> user != node && (Ops.contracts(user.op()) || Ops.view(user.op())));
  }

  /** The operands' reshapes may have been folded into others, or into nothing, while the graph was built. */
  private Node later(Node node, List<Node> in) {
    var before = in.stream().map(operand -> operand.op() instanceof Op.Reshape ? operand.operand(0) : operand).toList();
    boolean alike = before.stream().map(operand -> operand.type().shape()).distinct().count() == 1;
    return alike ? builder.reshape(builder.emit(node.op(), before), node.type().shape()) : builder.emit(node.op(), in);
  }
}
