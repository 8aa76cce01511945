package nnc.runtime.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C and SIGTERM as a request: the process ends when the work has come to a good place and says so. */
public final class Interrupt {
  private static final long PATIENCE_SECONDS = 120;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private Thread hook;

  /** From now on the process waits, when it is told to end, until {@link #finish}. */
  public void install() {
    hook = new Thread("nnc-interrupt") {
      @Override
      public void run() {
        requested = true;
        try {
          finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Asks the work to end as a signal would. */
  public void request() {
    requested = true;
  }

  /** Whether the work has been asked to end. */
  public boolean requested() {
    return requested;
  }

  /** All is saved: the process may end, or go on without waiting next time. */
  public void finish() {
    finished.countDown();
    if (hook != null && !requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        requested = true;
      }
    }
  }
}
