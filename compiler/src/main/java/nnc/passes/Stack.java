package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;

/**
 * The steps of a sequence, each multiplied by the same matrix, are rows of one product: {@code x[:, t] @ W = (x @ W)[:, t]}. A recurrence
 * that is written out step by step so has the products of its inputs before its loop, all at once.
 */
public final class Stack {
  public static final Pass PASS = new Pass("stack", Stack::run);

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
      var one = with(sequence.type().shape(), axis, Dim.ONE);
      boolean rest = slice.count().equals(one) && left.type().dim(left.type().rank() - 1).equals(one.getLast());
      return rest ? new Step(sequence, slice.start().get(axis).fixed()) : null;
    }
  }

  private final Map<Key, Map<Integer, List<Node>>> products = new HashMap<>();
  private final NodeMap<Key> keys = new NodeMap<>();
  private final Map<Key, Node> stacked = new HashMap<>();

  private Stack() {}

  private static Graph run(Graph graph) {
    var stack = new Stack();
    graph.nodes().forEach(stack::find);
    return Rewrite.each(graph, (old, in, b) -> stack.step(old, in, b));
  }

  private void find(Node node) {
    var step = node.op() instanceof Op.MatMul && node.type().rank() == 2 ? Step.of(node.operand(0)) : null;
    if (step != null) {
      var key = new Key(step.sequence, node.operand(1));
      keys.put(node, key);
      products.computeIfAbsent(key, _ -> new HashMap<>()).computeIfAbsent(step.number, _ -> new ArrayList<>()).add(node);
    }
  }

  /** A step's product as a part of all steps'; null if there are not all of them. */
  private Node step(Node old, List<Node> in, GraphBuilder b) {
    var key = keys.get(old);
    var shape = key == null ? null : key.sequence.type().shape();
    int axis = key == null ? 0 : shape.size() - 2;
    if (key == null || !shape.get(axis).is(products.get(key).size()) || shape.get(axis).is(1)) {
      return null;
    }
    var all = stacked.get(key);
    var slice = (Op.Slice) old.operand(0).operand(0).op();
    if (all == null) {
      var sequence = in.getFirst().operand(0).operand(0);
      all = b.matmul(sequence, in.get(1));
      stacked.put(key, all);
    }
    var count = with(slice.count(), axis + 1, all.type().shape().getLast());
    return b.reshape(b.emit(new Op.Slice(slice.start(), count, slice.step()), List.of(all)), old.type().shape());
  }

  private static List<Dim> with(List<Dim> shape, int axis, Dim size) {
    var changed = new ArrayList<>(shape);
    changed.set(axis, size);
    return List.copyOf(changed);
  }
}
