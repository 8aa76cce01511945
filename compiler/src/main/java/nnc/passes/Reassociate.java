package nnc.passes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;
import nnc.graph.BinaryFn;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * Says arithmetic in the order in which kernels need least memory for it: a factor that two products share is multiplied once, with their sum, and
 * a step of arithmetic on what is reshaped is done before the reshape.
 */
public final class Reassociate {
  public static final Pass PASS = new Pass(Optimization.REASSOCIATE, graph -> {
    var users = new Uses(graph);
    // a result has a reader that no node is
    graph.results().forEach(result -> users.add(result.node(), result.node()));
    return Rewrite.each(graph, (old, in, made, b) -> new Reassociate(users, made, b).settled(old, in));
  });

  private final Uses users;
  private final UnaryOperator<Node> made;
  private final GraphBuilder builder;

  /** @param made what stands for a node that came before */
  private Reassociate(Uses users, UnaryOperator<Node> made, GraphBuilder builder) {
    this.users = users;
    this.made = made;
    this.builder = builder;
  }

  private Node settled(Node node, List<Node> in) {
    var factored = factored(node);
    return factored != null ? factored : reshapedLater(node) ? later(node, in) : null;
  }

  // ---- common factors

  /**
   * {@code g a + g b = g (a + b)}: where g is a gradient that comes last, a + b is computed where a and b are, and stored in their stead.
   */
  private Node factored(Node node) {
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
    return builder.mul(made.apply(common), builder.add(productOf(left), productOf(right)));
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

  private Node productOf(List<Node> factors) {
    return factors.stream().map(made).reduce(builder::mul).orElseThrow();
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

  private Node later(Node node, List<Node> in) {
    return builder.reshape(builder.emit(node.op(), in.stream().map(reshape -> reshape.operand(0)).toList()), node.type().shape());
  }
}
