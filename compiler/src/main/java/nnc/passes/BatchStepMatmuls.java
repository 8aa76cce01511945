package nnc.passes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.optimizations.Optimization;

/**
 * The steps of a sequence, each multiplied by the same matrix, are rows of one product: {@code x[:, t] @ W = (x @ W)[:, t]}. A recurrence
 * that is written out step by step so has the products of its inputs before its loop, all at once.
 */
public final class BatchStepMatmuls {
  public static final Pass PASS = new Pass(Optimization.BATCH_STEP_MATMULS, BatchStepMatmuls::run);

  /** What a step is a step of, and the matrix. */
  private record Key(Node sequence, Node matrix) {}

  /** A step of a sequence {@code [..., steps, features]}: without that axis it is the left factor of a product. */
  private record Step(Node sequence, int number) {

    /** Null if a node is something else. */
    static Step of(Node left) {
      if (!(left.op() instanceof Op.Reshape) || !(left.operand(0).op() instanceof Op.Slice slice)) {
        return null;
      }
      var sequence = left.operand(0).operand(0);
      int axis = sequence.type().rank() - 2;
      if (axis < 0 || !slice.start().get(axis).isConstant() || !slice.count().get(axis).is(1)) {
        return null;
      }
      var one = Shapes.with(sequence.type(), axis, Dim.ONE).shape();
      boolean rest = slice.count().equals(one) && left.type().dim(left.type().rank() - 1).equals(one.getLast());
      return rest ? new Step(sequence, slice.start().get(axis).fixed()) : null;
    }
  }

  /** The steps of which there are products. */
  private final Map<Key, Set<Integer>> steps = new HashMap<>();
  private final NodeMap<Key> keys = new NodeMap<>();
  private final Map<Key, Node> stacked = new HashMap<>();

  private BatchStepMatmuls() {}

  private static Graph run(Graph graph) {
    var stack = new BatchStepMatmuls();
    graph.nodes().forEach(stack::find);
    return Rewrite.each(graph, (old, in, b) -> {
      var key = stack.keys.get(old);
      return key != null && stack.isWhole(key) ? stack.part(key, old, in, b) : null;
    });
  }

  private void find(Node node) {
    var step = node.op() instanceof Op.MatMul && node.type().rank() == 2 ? Step.of(node.operand(0)) : null;
    if (step != null) {
      var key = new Key(step.sequence, node.operand(1));
      keys.put(node, key);
      steps.computeIfAbsent(key, _ -> new HashSet<>()).add(step.number);
    }
  }

  /** Whether all steps are multiplied, and there are several. */
  private boolean isWhole(Key key) {
    var all = key.sequence.type().dim(key.sequence.type().rank() - 2);
    return !all.is(1) && all.is(steps.get(key).size());
  }

  /** A step's product as a part of that of all steps. */
  private Node part(Key key, Node old, List<Node> in, GraphBuilder b) {
    var all = stacked.computeIfAbsent(key, _ -> Compositions.matmul(b, in.getFirst().operand(0).operand(0), in.get(1)));
    var step = old.operand(0).operand(0);
    var slice = (Op.Slice) step.op();
    var count = Shapes.with(step.type(), step.type().rank() - 1, all.type().shape().getLast()).shape();
    return b.reshape(b.emit(new Op.Slice(slice.start(), count, slice.step()), List.of(all)), old.type().shape());
  }
}
