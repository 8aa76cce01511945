package nnc.loops.bounds;

/** What is not shown of numbers that are read from memory, but taken to be so. */
public enum Promise {
  /**
   * An index of a look-up is a place of the axis that it points into: constants and inputs are checked, all else is replaced by what is inside
   * ({@code elaborate.IndexChecks}). The axis is told by the strides beside it; where they do not tell, the index is looked at where it is zero.
   */
  LOOKED_UP,
  /** What a merge of sorted stretches has taken of one of them is no more than it has taken of both. It is looked at where it is zero. */
  COUNTED
}
