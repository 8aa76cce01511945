package nnc.schedule;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;

/**
 * Nodes that are computed together. What crosses its border goes through memory, what stays inside lives in registers.
 *
 * @param nodes  in order
 * @param writes what it stores; sums that are scattered only to the node's own buffer, in which they grow
 */
public record Kernel(KernelForm form, IterationSpace domain, List<Node> nodes, Set<Node> members, List<Write> writes) {
  public Kernel {
    boolean gathers = form == KernelForm.ALONE && nodes.getFirst().op() instanceof Op.ScatterAdd && nodes.size() == 1;
    if (gathers && !writes.stream().allMatch(write -> write.target() instanceof Target.Own)) {
      throw new IllegalArgumentException("scattered sums stored elsewhere than where they grow: " + writes);
    }
  }

  /** The scattered sums that are added to a weight where it is, so that none of it but their places is touched; nothing of other kernels. */
  public Optional<Node> grown() {
    boolean adds = form == KernelForm.ALONE && nodes.size() == 2 && nodes.getFirst().op() instanceof Op.ScatterAdd;
    return adds && writes.size() == 1 && writes.getFirst().target() instanceof Target.Update(var path) && path.equals(OpTraits.path(nodes.getLast().operand(0).op()))
        ? Optional.of(nodes.getFirst()) : Optional.empty();
  }

  /** A member and where it goes. */
  public record Write(Node node, Target target) {
    /** The node in whose buffer, or part of another's, it goes; null if it goes into the weights. */
    public Node buffer() {
      return switch (target) {
        case Target.Own _ -> node;
        case Target.Part(var whole, _, _) -> whole;
        case Target.Place(var whole, _) -> whole;
        case Target.Transposed(var view) -> view;
        case Target.Update _ -> null;
      };
    }
  }

  /** Where a value is stored. */
  public sealed interface Target {
    /** The node's own buffer. */
    record Own() implements Target {}

    /**
     * Its part of another node's buffer, a concatenation's or that of folded windows; the operand is the written node or a reshape of it.
     *
     * @param from where the part begins along a concatenation's axis
     */
    record Part(Node whole, int part, Dim from) implements Target {}

    /** A stretch of another node's buffer, so many elements behind its beginning: what a turn of a loop hands on or adds to what is collected. */
    record Place(Node whole, Dim offset) implements Target {}

    /** The buffer of the node's transpose, which is all that others read of it. */
    record Transposed(Node view) implements Target {}

    /** The weights array, in place: the next value of a parameter or state. */
    record Update(String path) implements Target {}
  }
}
