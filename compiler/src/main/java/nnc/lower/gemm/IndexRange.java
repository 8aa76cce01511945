package nnc.lower.gemm;

import java.util.function.Consumer;
import nnc.loops.Loop.Int;
import nnc.lower.common.LoopNest;

/** Rows, columns or terms that lie side by side: so many from one on. */
record IndexRange(Int first, Int count) {
  /** Loops over stretches of a size, of which the last may be shorter; the loop's variable has a name. */
  void cut(LoopNest nest, int size, String name, Consumer<IndexRange> work) {
    nest.stretches(first, count, size, name, (start, length) -> work.accept(new IndexRange(start, length)));
  }
}
