package nnc.schedule;

import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;

/**
 * Numbers that follow from the step and the epoch alone: rates, schedules, an optimizer's corrections. They are computed once a step, so double
 * costs nothing, and a float of 32 bits would lose what counts of them: {@code 1 - 0.99999^step} cancels, {@code 0.9999^step} takes an error of
 * its base to the power, and steps beyond 2^24 are no floats. What tensors are computed with is the result, rounded once.
 */
final class StepScalars {
  /** Instructions, roughly, that a method holds which the JIT does not refuse; what takes more is computed like everything else. */
  private static final int MAX_METHOD_INSTRUCTIONS = 600;

  private final NodeSet counted = new NodeSet();
  /** Instructions for each, with all that it is computed from. */
  private final NodeMap<Integer> efforts = new NodeMap<>();

  StepScalars(Graph graph) {
    for (var node : graph.nodes()) {
      if (node.type().size().is(1) && isNumber(node)) {
        add(node);
      }
    }
  }

  private void add(Node node) {
    int effort = node.operands().stream().mapToInt(efforts::get).sum() + OpTraits.weight(node.op());
    if (effort <= MAX_METHOD_INSTRUCTIONS) {
      efforts.put(node, effort);
      if (node.operands().stream().anyMatch(operand -> operand.op() instanceof Op.Counter || counted.contains(operand))) {
        counted.add(node);
      }
    }
  }

  /** Whether a node of one element can be computed from counters, constants and sizes. */
  private boolean isNumber(Node node) {
    return switch (node.op()) {
      case Op.Counter _, Op.Const _, Op.Size _ -> true;
      case Op.Reshape _, Op.Broadcast _ -> efforts.contains(node.operand(0));
      default -> OpTraits.arithmetic(node.op()) && node.operands().stream().allMatch(efforts::contains);
    };
  }

  boolean contains(Node node) {
    return counted.contains(node);
  }

  /** Whether others than counted numbers read one of them, as it is or reshaped. */
  boolean leaves(Node node, Uses users) {
    return users.of(node).stream().anyMatch(user -> !counted.contains(user) || OpTraits.view(user.op()) && leaves(user, users));
  }

  /** Instructions, roughly, to compute one of them from counters. */
  int effort(Node node) {
    return efforts.get(node);
  }
}
