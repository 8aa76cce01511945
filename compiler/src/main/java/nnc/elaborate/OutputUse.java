package nnc.elaborate;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import nnc.graph.Type;

/**
 * What an output is, as its program tells.
 *
 * @param form     what its numbers are
 * @param names    the input or target of whose classes it speaks; empty if of none
 * @param compared with which targets, or of a program without with which inputs, in their order
 */
public record OutputUse(String name, Type type, Form form, String names, List<Compared> compared) {

  /** What the numbers of an output are, seen in what computes them. */
  public enum Form {
    /** Softmax over the last axis, or a mean of such. */
    SOFTMAX,
    /** Sigmoid, or a mean of such. */
    SIGMOID,
    /** Logarithms of softmax over the last axis. */
    LOG_SOFTMAX,
    /** None of these. */
    OTHER
  }

  /**
   * A target, or an input, that the output or what it is made of is compared with.
   *
   * @param by       the losses and metrics of the library that do; none if it is done otherwise
   * @param ignored  the label that these do not count
   * @param asItIs   whether it is the output itself that is compared, and not only what it is made of
   * @param withItAs whether the target itself is, and not what is made of it
   */
  public record Compared(String with, Set<String> by, OptionalDouble ignored, boolean asItIs, boolean withItAs) {}
}
