package nnc.passes;

import java.util.List;
import nnc.graph.Compositions;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * Two products with nothing but factors and summands a column between them are one: {@code (x A * g + h) B = x (A * g B) + h B}. The matrix on the
 * right follows from the weights alone and is made once for all runs. Only where it has no more elements than both matrices, which is what a row costs,
 * and nobody else reads the steps between: not in training, where the matrices are others at each step.
 */
public final class CollapseAffine {
  public static final Pass PASS = new Pass(Optimization.COLLAPSE_AFFINE, (graph, _) -> graph.learns() ? "a step that learns would multiply the matrices each time" : "",
      CollapseAffine::run);

  private final Uses uses;
  /** What follows from weights alone. */
  private final NodeSet fixed = new NodeSet();

  private CollapseAffine(Graph graph) {
    uses = new Uses(graph);
  }

  /** Without nodes that nobody needs: they would count as readers. */
  private static Graph run(Graph graph) {
    var live = graph.needed(_ -> false);
    var collapse = new CollapseAffine(live);
    return Rewrite.each(live, collapse::emit).needed(_ -> false);
  }

  private Node emit(Node old, Nodes in, GraphBuilder b) {
    if (isFixed(old)) {
      fixed.add(old);
      return null;
    }
    boolean pair = isProduct(old) && isChain(old.operand(0)) && saves(product(in.get(0)).operand(1), in.get(1));
    return pair ? collapsed(in.get(0), in.get(1), b) : null;
  }

  private boolean isFixed(Node node) {
    return !OpTraits.varies(node) && node.operands().stream().allMatch(fixed::contains);
  }

  /** Whether a node is a product by a matrix that is fixed. */
  private boolean isProduct(Node node) {
    return node.op() instanceof Op.MatMul && node.type().rank() == 2 && fixed.contains(node.operand(1));
  }

  /** Whether a node is such a product, or steps after one, that the next step alone reads. */
  private boolean isChain(Node node) {
    if (!uses.isReadOnce(node)) {
      return false;
    }
    var step = step(node);
    return step == null ? isProduct(node) : fixed.contains(step.values()) && isChain(step.large());
  }

  /** The product that a chain begins with. */
  private static Node product(Node chain) {
    var step = step(chain);
    return step == null ? chain : product(step.large());
  }

  /** {@code [K, M] [M, P]} is worth its {@code K P} elements. */
  private static boolean saves(Node first, Node second) {
    long rows = first.type().dim(0).fixed();
    long between = second.type().dim(0).fixed();
    long columns = second.type().dim(1).fixed();
    return rows * columns <= between * (rows + columns);
  }

  private static Node collapsed(Node chain, Node second, GraphBuilder b) {
    var affine = affine(chain, b);
    var product = b.product(affine.x, b.product(affine.matrix, second));
    return affine.shift == null ? product : b.add(product, Compositions.matmul(b, affine.shift, second));
  }

  /** {@code x matrix + shift}, the shift one a column, or null. */
  private record Affine(Node x, Node matrix, Node shift) {}

  private static Affine affine(Node chain, GraphBuilder b) {
    var step = step(chain);
    if (step == null) {
      return new Affine(chain.operand(0), chain.operand(1), null);
    }
    var before = affine(step.large(), b);
    var column = b.broadcastTo(step.values(), List.of(before.matrix.type().dim(1)));
    var shift = before.shift == null ? null : b.binary(step.fn(), before.shift, column);
    return switch (step.fn()) {
      case ADD -> new Affine(before.x, before.matrix, shift == null ? column : shift);
      case SUB -> new Affine(before.x, before.matrix, shift == null ? b.neg(column) : shift);
      default -> new Affine(before.x, b.binary(step.fn(), before.matrix, column), shift);
    };
  }

  /** An operation of all rows alike, with one number for each column or one for all; null if a node is something else. */
  private static SpreadStep step(Node node) {
    return node.type().rank() != 2 ? null
        : SpreadStep.of(node, operand -> operand.op() instanceof Op.Broadcast(_, var axes) && axes.contains(0));
  }
}
