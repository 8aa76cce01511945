package nnc.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A team of worker threads for loops of a few microseconds: a worker waits for the next task for about a millisecond, then parks. Who waits
 * lets others run after some microseconds: where two of the team share a processor the one that has work gets it at once.
 *
 * <p>A task's blocks are cut into contiguous parts. A thread takes its own parts first, so that it meets again what its cache holds, then
 * whatever is left: who runs a part decides nothing about the result, and on a busy machine nobody waits for a worker that has not come
 * to run.
 */
public final class Threads implements AutoCloseable {
  /** What is run: blocks [from, to), on the team's thread number {@code thread}. */
  public interface Task {
    void run(int thread, int from, int to);
  }

  /** Turns of a wait in which a thread keeps its processor, and further ones of a worker before it parks. */
  private static final int SPINS = 200;
  private static final int YIELDS = 2_000;
  private static final int PARTS_PER_THREAD = 2;

  private static final int PARTS_BITS = 16;
  private static final int MOST_PARTS = (1 << PARTS_BITS) - 1;

  /** Claims are a cache line apart. */
  private static final int STRIDE = 8;

  private static final class Shared {
    static final Threads TEAM = new Threads(Runtime.getRuntime().availableProcessors());
  }

  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();

  /** By part, the last task in which it was taken. */
  private final AtomicLongArray claims;
  private final AtomicInteger unfinished = new AtomicInteger();
  private Task task;
  private int blocks;
  private volatile Throwable failure;

  /** Counts tasks; its low bits say in how many parts the task is cut, so that a late worker takes none that are a later task's. */
  private volatile long ticket;
  private volatile boolean closed;

  /** A team of {@code count} threads, the caller included; it starts its threads at the first task that is worth them. */
  public Threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a team of " + count + " threads");
    }
    int threads = Math.min(count, MOST_PARTS / PARTS_PER_THREAD);
    workers = new Worker[threads - 1];
    claims = new AtomicLongArray(threads * PARTS_PER_THREAD * STRIDE);
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
    if (blocks <= 1 || workers.length == 0 || closed || !busy.compareAndSet(false, true)) {
      task.run(0, 0, blocks);
      return;
    }
    try {
      fork(task, blocks);
    } finally {
      this.task = null;
      busy.set(false);
    }
  }

  private void fork(Task task, int blocks) {
    if (workers[0] == null) {
      start();
    }
    this.task = task;
    this.blocks = blocks;
    failure = null;
    int parts = Math.min(blocks, claims.length() / STRIDE);
    unfinished.set(parts);
    long current = ((ticket >>> PARTS_BITS) + 1 << PARTS_BITS) + parts;
    ticket = current;
    for (Worker worker : workers) {
      if (worker.parked) {
        LockSupport.unpark(worker);
      }
    }
    work(0, current);
    for (int i = 0; unfinished.get() > 0; i++) {
      pause(i);
    }
    if (failure != null) {
      throw rethrown(failure);
    }
  }

  /**
   * Takes parts of a task until none is left. The task's fields are read only once a part is taken: until that is finished the caller waits,
   * and they stay.
   */
  private void work(int thread, long current) {
    int parts = (int) (current & MOST_PARTS);
    int first = thread * parts / count();
    for (int i = 0; i < parts; i++) {
      int part = (first + i) % parts;
      long last = claims.get(part * STRIDE);
      if (last < current && claims.compareAndSet(part * STRIDE, last, current)) {
        execute(thread, part, parts);
      }
    }
  }

  private void execute(int thread, int part, int parts) {
    try {
      task.run(thread, bound(part, parts), bound(part + 1, parts));
    } catch (Throwable e) {
      failure = e;
    } finally {
      unfinished.decrementAndGet();
    }
  }

  private int bound(int part, int parts) {
    return (int) ((long) blocks * part / parts);
  }

  private void start() {
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** One turn of a wait of so many before it. */
  private static void pause(int waited) {
    if (waited < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
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

    Worker(int number) {
      super("nnc-" + number);
      this.number = number;
      setDaemon(true);
    }

    @Override
    public void run() {
      for (long seen = next(0); !closed; seen = next(seen)) {
        work(number, seen);
      }
    }

    private long next(long seen) {
      for (int i = 0; i < SPINS + YIELDS; i++) {
        if (ticket != seen) {
          return ticket;
        }
        pause(i);
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
  }
}
