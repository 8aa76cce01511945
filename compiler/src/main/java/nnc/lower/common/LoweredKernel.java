package nnc.lower.common;

import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.loops.Loop;
import nnc.schedule.Kernel;

/**
 * A kernel as loops, before its names are made canonical.
 *
 * @param body    of the outermost loop
 * @param scratch elements of a thread's scratch that it needs
 * @param origins what each buffer name stands for
 * @param dims    factors of its indices, whose open dimensions it must be given
 * @param second  what is to be done when all blocks are; null if there is nothing
 */
public record LoweredKernel(Kernel kernel, BlockLoop outermost, List<Loop.Stmt> body, Dim scratch, Map<String, Origin> origins, List<Dim> dims, SecondPhase second) {

  /** In how many phases a kernel may be run: not in two where threads run it at once, each for a tile. */
  public enum Phases { ONE, ONE_OR_TWO }

  /**
   * The second phase of a kernel, which goes on from what the first has left.
   *
   * @param partials elements of that
   */
  public record SecondPhase(LoweredKernel lowered, Dim partials) {}

  public LoweredKernel(Kernel kernel, BlockLoop outermost, List<Loop.Stmt> body, Dim scratch, Map<String, Origin> origins, List<Dim> dims) {
    this(kernel, outermost, body, scratch, origins, dims, null);
  }

  /** The same with a second phase. */
  public LoweredKernel followedBy(SecondPhase other) {
    return new LoweredKernel(kernel, outermost, body, scratch, origins, dims, other);
  }
}
