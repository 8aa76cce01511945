package nnc.loops;

import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.schedule.Kernel;

/**
 * A kernel as loops, before its names are made canonical.
 *
 * @param origins what each buffer name stands for: a {@link Values.Stretch} or a weight's path
 * @param blocks  how often the outermost loop runs
 * @param dims    factors of its indices, whose open dimensions it must be given
 * @param work    roughly the number of instructions of all blocks
 */
record Lowered(String block, Loop.LoopKind kind, List<Loop.Stmt> body, int scratch, Map<String, Object> origins, Dim blocks, boolean parallel,
    Dim work, List<Dim> dims, Kernel kernel) {

  /** The same loops over other buffers. */
  Lowered with(Map<String, Object> origins) {
    return new Lowered(block, kind, body, scratch, origins, blocks, parallel, work, dims, kernel);
  }
}
