package nnc.loops.bounds;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a kernel is called with, for all sizes at once: polynomials in the open dimensions, which are numbered as the plan names them.
 *
 * @param sizes   what the open dimensions can be
 * @param places  of each argument that is a place in memory, what it may use there
 * @param values  of each argument that is a number known before a run, what it is
 * @param blocks  how many there are
 * @param scratch elements of scratch that a thread has
 */
public record KernelExtents(Sizes sizes, Map<String, Place> places, Map<String, Polynomial> values, Polynomial blocks, Polynomial scratch) {
  /**
   * What the open dimensions can be: at least one each.
   *
   * @param most      of each dimension the number that it never is larger than, if there is one
   * @param quotients of dimensions, which are numbered behind them
   * @param turns     how many each repeat has: what counts them is numbered behind the quotients
   * @param needs     what is not negative for all sizes that a program allows
   */
  public record Sizes(List<OptionalLong> most, List<Quotient> quotients, List<Polynomial> turns, List<Polynomial> needs) {}

  /**
   * A quotient, rounded down: one at least.
   *
   * @param by the divisor; 0 for the dividend's root, rounded down
   */
  public record Quotient(Polynomial of, long by) {
    boolean isRoot() {
      return by == 0;
    }
  }

  /**
   * A place in a buffer.
   *
   * @param before elements of the buffer that are before it
   * @param sizes  of the buffer, which is as large as the largest of them
   */
  public record Place(Polynomial before, List<Polynomial> sizes) {}
}
