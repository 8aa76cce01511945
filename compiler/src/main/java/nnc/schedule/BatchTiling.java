package nnc.schedule;

import nnc.graph.Dim;

/**
 * How a batch is cut so that what kernels hand on to each other stays in the cache, or with the thread that has computed it: the first
 * kernels run over a few examples, all of them one after the other, then over the next few; the others run over the whole batch behind
 * them. Only kernels that compute each example by itself are among the first.
 *
 * @param batch   the open dimension that counts examples
 * @param size    examples of a tile, at most
 * @param kernels how many of the schedule's kernels run over tiles, those aside that do not depend on the batch
 */
public record BatchTiling(String batch, int size, int kernels) {
  /** Of what runs over the whole batch. */
  public static final BatchTiling NONE = new BatchTiling("", 0, 0);

  /** The same in tiles of another size. */
  public BatchTiling by(int size) {
    return new BatchTiling(batch, size, kernels);
  }

  /** Whether one of the first kernels computes what is the same for all examples: it need be run only once, before the tiles. */
  public boolean isAlike(Kernel kernel) {
    return kernel.writes().stream().noneMatch(write -> counts(write.node().type().size()));
  }

  /** Whether something has a size for each example. */
  public boolean counts(Dim size) {
    return size.variables().contains(batch);
  }

  /** A size in a tile. */
  public Dim of(Dim size) {
    return size.with(batch, this.size);
  }

  /** The elements of an example of what has so many for the batch. */
  public Dim row(Dim size) {
    return counts(size) ? size.dividedBy(Dim.open(batch)).orElse(Dim.ZERO) : Dim.ZERO;
  }
}
