package nnc.source;

import java.util.concurrent.CancellationException;

/** A compilation ends where its thread is interrupted: who compiles texts of others, as a page's, may give up one that takes too long. */
public final class Interruption {
  private Interruption() {}

  /**
   * Goes on, unless this thread was interrupted; that stays known of it.
   *
   * @throws CancellationException if it was
   */
  public static void check() {
    check(Thread.currentThread());
  }

  /** As above, for a thread that works for another. */
  public static void check(Thread compiling) {
    if (compiling.isInterrupted()) {
      throw new CancellationException("the compilation was interrupted");
    }
  }
}
