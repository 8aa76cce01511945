package nnc.lower.common;

import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;

/** What an argument of a kernel stands for, which loops know by a name alone. */
public sealed interface Origin permits Origin.Stretch, Origin.Drawn, Origin.Own, PackedOperand {

  /** What is kept somewhere, whichever kernel asks. */
  sealed interface Memory {}

  /** What lies in the weights array. */
  sealed interface Kept extends Memory {}

  /** What a node has in the arena. */
  record Buffer(Node node) implements Memory {}

  /** A parameter, a state or an optimizer's memory. */
  record Weight(String path) implements Kept {
    /** From its first element on. */
    public Stretch whole() {
      return new Stretch(this, Dim.ZERO);
    }
  }

  /** Constants. */
  record Table(Op.Table op) implements Kept {}

  /** Memory from an element on. */
  record Stretch(Memory base, Dim offset) implements Origin {}

  /**
   * The number of the first element of draws that are numbered on from run to run.
   *
   * @param high its upper 32 bits; otherwise the lower ones
   */
  record Drawn(Op.Uniform draws, boolean high) implements Origin {}

  /** Buffers that no node has. */
  enum Own implements Origin {
    /** What a kernel fills that copies an operand. */
    PACKED,
    /** In which the first half of a kernel leaves what the second half reads. */
    PARTIALS
  }
}
