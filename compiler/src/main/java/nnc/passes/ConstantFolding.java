package nnc.passes;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.interpret.Interpreter;
import nnc.interpret.ScalarArithmetic;
import nnc.optimizations.Optimization;

/**
 * Computes what depends on constants alone; of arrays filled with one number the number, however large or open they are. Elementwise functions
 * are those of the arithmetic given, so that they may have the bits that they would have at run time.
 */
public final class ConstantFolding {
  private final ScalarArithmetic arithmetic;

  private ConstantFolding(ScalarArithmetic arithmetic) {
    this.arithmetic = arithmetic;
  }

  /** A larger constant would cost more in the jar than its computation at run time. */
  private static final long MAX_CONSTANT_ELEMENTS = 1 << 16;

  static Pass pass(ScalarArithmetic arithmetic) {
    return new Pass(Optimization.CONSTANT_FOLDING, graph -> Rewrite.each(graph, new ConstantFolding(arithmetic)::fold));
  }

  private Node fold(Node old, Nodes in, GraphBuilder b) {
    if (in.isEmpty() || old.op() instanceof Op.Loop || old.op() instanceof Op.LoopResult || !constant(in.getFirst()) && !filled(in.getFirst())) {
      return null;
    }
    if (OpTraits.arithmetic(old.op()) && all(in, ConstantFolding::filled)) {
      return b.broadcastTo(b.constant(compute(old, in.stream().map(ConstantFolding::number).toList())[0], old.type().kind()), old.type().shape());
    }
    if (!all(in, ConstantFolding::constant) || !old.type().shape().stream().allMatch(Dim::isConstant)
        || old.type().size().fixed() > MAX_CONSTANT_ELEMENTS || view(old.op(), in)) {
      return null;
    }
    var value = compute(old, in);
    var first = value[0];
    if (old.type().rank() == 0) {
      return b.constant(first, old.type().kind());
    }
    if (Arrays.stream(value).allMatch(v -> Double.compare(v, first) == 0)) {
      return b.broadcastTo(b.constant(first, old.type().kind()), old.type().shape());
    }
    return b.table(old.type(), Arrays.stream(value).boxed().toList());
  }

  private static boolean all(Nodes nodes, Predicate<Node> what) {
    for (int i = 0; i < nodes.size(); i++) {
      if (!what.test(nodes.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean constant(Node node) {
    return (node.op() instanceof Op.Const || node.op() instanceof Op.Table || node.op() instanceof Op.Iota
        || node.op() instanceof Op.Broadcast && node.operand(0).op() instanceof Op.Const) && node.type().shape().stream().allMatch(Dim::isConstant);
  }

  /** One number everywhere, of whatever shape. */
  private static boolean filled(Node node) {
    return node.op() instanceof Op.Const || node.op() instanceof Op.Broadcast && node.operand(0).op() instanceof Op.Const;
  }

  private static Node number(Node filled) {
    return filled.op() instanceof Op.Const ? filled : filled.operand(0);
  }

  /** Views of constants cost nothing and stay. */
  private static boolean view(Op op, List<Node> in) {
    return op instanceof Op.Broadcast || op instanceof Op.Reshape && in.getFirst().op() instanceof Op.Const;
  }

  private double[] compute(Node old, List<Node> in) {
    var b = new GraphBuilder();
    var operands = in.stream().map(node -> node.op() instanceof Op.Broadcast
        ? b.emit(node.op(), List.of(b.emit(node.operand(0).op(), List.of()))) : b.emit(node.op(), List.of())).toList();
    var node = b.emit(old.op(), operands);
    var graph = b.finish("fold", List.of(new Graph.Result(Graph.Role.OUTPUT, "value", node)));
    return Interpreter.ofConstants(arithmetic).run(graph).get(node).values();
  }
}
