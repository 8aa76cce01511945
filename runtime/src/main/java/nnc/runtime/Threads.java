package nnc.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A team of worker threads for loops of a few microseconds: a worker spins for about a millisecond after its last task, then parks.
 * Blocks are dealt out in contiguous ranges; what a block computes does not depend on who runs it, so neither does the result.
 */
public final class Threads implements AutoCloseable {
  /** What is run: blocks [from, to), on the team's thread number {@code thread}. */
  public interface Task {
    void run(int thread, int from, int to);
  }

  private static final int SPINS = 20_000;
  private static final int COUNT_BITS = 10;
  private static final int MOST = (1 << COUNT_BITS) - 1;

  private static final class Shared {
    static final Threads TEAM = new Threads(Runtime.getRuntime().availableProcessors());
  }

  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private Task task;
  private int blocks;

  /** Counts tasks; the low bits say how many threads take part, so that a late worker never reads a later task's fields. */
  private volatile long ticket;
  private volatile boolean closed;

  /** A team of {@code count} threads, the caller included; it starts its threads at the first task that is worth them. */
  public Threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a team of " + count + " threads");
    }
    workers = new Worker[Math.min(count, MOST) - 1];
  }

  /** The team of all processors that the process shares. */
  public static Threads shared() {
    return Shared.TEAM;
  }

  /** How many threads run a task at most; {@code Task.run}'s {@code thread} is less. */
  public int count() {
    return workers.length + 1;
  }

  /**
   * Runs {@code task} over [0, blocks) and returns when all is done. If the team is busy with another caller's task, the caller runs
   * all blocks alone, as thread 0. What a worker throws is thrown here.
   */
  public void run(Task task, int blocks) {
    int parts = Math.min(blocks, count());
    if (parts <= 1 || closed || !busy.compareAndSet(false, true)) {
      task.run(0, 0, blocks);
      return;
    }
    try {
      fork(task, blocks, parts);
    } finally {
      this.task = null;
      busy.set(false);
    }
  }

  private void fork(Task task, int blocks, int parts) {
    if (workers[0] == null) {
      start();
    }
    this.task = task;
    this.blocks = blocks;
    long next = ((ticket >>> COUNT_BITS) + 1 << COUNT_BITS) + parts;
    ticket = next;
    for (int t = 1; t < parts; t++) {
      Worker worker = workers[t - 1];
      if (worker.parked) {
        LockSupport.unpark(worker);
      }
    }
    Throwable failure = null;
    try {
      task.run(0, 0, bound(1, parts));
    } catch (Throwable e) {
      failure = e;
    }
    for (int t = 1; t < parts; t++) {
      workers[t - 1].await(next);
      failure = failure == null ? workers[t - 1].failure : failure;
    }
    if (failure != null) {
      throw rethrown(failure);
    }
  }

  private void start() {
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** The first block of part {@code part}: all parts but for rounding equal. */
  private int bound(int part, int parts) {
    return (int) ((long) blocks * part / parts);
  }

  private static RuntimeException rethrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
  }

  /** Ends the workers; later tasks run on the caller alone. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      if (worker != null) {
        LockSupport.unpark(worker);
      }
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private volatile boolean parked;
    private volatile long done;
    private Throwable failure;

    Worker(int number) {
      super("nnc-" + number);
      this.number = number;
      setDaemon(true);
    }

    @Override
    public void run() {
      long seen = 0;
      while (true) {
        seen = next(seen);
        if (closed) {
          return;
        }
        int parts = (int) (seen & MOST);
        if (number < parts) {
          execute(parts);
          done = seen;
        }
      }
    }

    private void execute(int parts) {
      failure = null;
      try {
        task.run(number, bound(number, parts), bound(number + 1, parts));
      } catch (Throwable e) {
        failure = e;
      }
    }

    private long next(long seen) {
      for (int i = 0; i < SPINS; i++) {
        if (ticket != seen) {
          return ticket;
        }
        Thread.onSpinWait();
      }
      while (ticket == seen && !closed) {
        parked = true;
        if (ticket == seen && !closed) {
          LockSupport.park(Threads.this);
        }
        parked = false;
      }
      return ticket;
    }

    /** Spins until the task is done; gives way where the processors are shared with others. */
    void await(long wanted) {
      for (int i = 0; done != wanted; i++) {
        if (i < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }
  }
}
