package nnc.follow;

/**
 * Work that may take a share of the time between its turns: what takes longer has fewer of them. How long the first turn took says little, as most of that may be
 * Java's loading of what it needs: the second comes soon.
 */
final class Share {
  private static final long SOON_NS = 1_000_000_000;

  private final double most;
  private long due = Long.MIN_VALUE;

  /** @param most of all time, below 1 */
  Share(double most) {
    this.most = most;
  }

  /** Does the work if it is due. */
  void use(Runnable work) {
    long now = System.nanoTime();
    boolean first = due == Long.MIN_VALUE;
    if (!first && now - due < 0) {
      return;
    }
    work.run();
    long ended = System.nanoTime();
    due = ended + (first ? SOON_NS : (long) ((ended - now) / most));
  }
}
