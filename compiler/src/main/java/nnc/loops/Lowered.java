package nnc.loops;

import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.schedule.Kernel;

/**
 * A kernel as loops, before its names are made canonical.
 *
 * @param scratch elements of a thread's scratch that it needs
 * @param origins what each buffer name stands for: a {@link Values.Stretch} or a weight's path
 * @param blocks  how often the outermost loop runs
 * @param dims    factors of its indices, whose open dimensions it must be given
 * @param work    roughly the number of instructions of all blocks
 * @param rest    what is to be done when all blocks are; null if there is nothing
 */
record Lowered(String block, Loop.LoopKind kind, List<Loop.Stmt> body, Dim scratch, Map<String, Object> origins, Dim blocks, boolean parallel,
    Dim work, List<Dim> dims, Kernel kernel, Rest rest) {

  /** Among the origins: the room in which a kernel leaves what its rest reads. */
  static final Object ROOM = new Object();

  /**
   * The second half of a kernel.
   *
   * @param room elements that the first half leaves for it
   */
  record Rest(Lowered lowered, Dim room) {}

  Lowered(String block, Loop.LoopKind kind, List<Loop.Stmt> body, int scratch, Map<String, Object> origins, Dim blocks, boolean parallel,
      Dim work, List<Dim> dims, Kernel kernel) {
    this(block, kind, body, Dim.of(scratch), origins, blocks, parallel, work, dims, kernel, null);
  }

  /** The same loops over other buffers. */
  Lowered with(Map<String, Object> origins) {
    return new Lowered(block, kind, body, scratch, origins, blocks, parallel, work, dims, kernel, rest);
  }

  Lowered with(Rest rest) {
    return new Lowered(block, kind, body, scratch, origins, blocks, parallel, work, dims, kernel, rest);
  }
}
