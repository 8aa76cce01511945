package nnc.lower.common;

import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.loops.Loop;
import nnc.schedule.Kernel;

/**
 * A kernel as loops, before its names are made canonical.
 *
 * @param scratch elements of a thread's scratch that it needs
 * @param origins what each buffer name stands for
 * @param blocks  how often the outermost loop runs
 * @param dims    factors of its indices, whose open dimensions it must be given
 * @param work    roughly the number of instructions of all blocks
 * @param rest    what is to be done when all blocks are; null if there is nothing
 */
public record LoweredKernel(String block, Loop.LoopKind kind, List<Loop.Stmt> body, Dim scratch, Map<String, Origin> origins, Dim blocks, boolean parallel,
    Dim work, List<Dim> dims, Kernel kernel, Rest rest) {

  /**
   * The second half of a kernel.
   *
   * @param room elements that the first half leaves for it
   */
  public record Rest(LoweredKernel lowered, Dim room) {}

  public LoweredKernel(String block, Loop.LoopKind kind, List<Loop.Stmt> body, int scratch, Map<String, Origin> origins, Dim blocks, boolean parallel,
      Dim work, List<Dim> dims, Kernel kernel) {
    this(block, kind, body, Dim.of(scratch), origins, blocks, parallel, work, dims, kernel, null);
  }

  /** The same loops over other buffers. */
  public LoweredKernel with(Map<String, Origin> origins) {
    return new LoweredKernel(block, kind, body, scratch, origins, blocks, parallel, work, dims, kernel, rest);
  }

  public LoweredKernel with(Rest rest) {
    return new LoweredKernel(block, kind, body, scratch, origins, blocks, parallel, work, dims, kernel, rest);
  }
}
