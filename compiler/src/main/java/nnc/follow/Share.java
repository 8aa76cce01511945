package nnc.follow;

/** Work that may take a share of the time between its turns: what takes longer has fewer of them. */
final class Share {
  private final double most;
  private long due = Long.MIN_VALUE;

  /** @param most of all time, below 1 */
  Share(double most) {
    this.most = most;
  }

  /** Does the work if it is due. */
  void use(Runnable work) {
    long now = System.nanoTime();
    if (due != Long.MIN_VALUE && now - due < 0) {
      return;
    }
    work.run();
    long ended = System.nanoTime();
    due = ended + (long) ((ended - now) / most);
  }
}
