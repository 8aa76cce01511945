package nnc.runtime.base;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A team of worker threads for loops of a few microseconds: a worker waits for the next task for about a millisecond, then parks. Who waits
 * lets others run after some microseconds: where two of the team share a processor the one that has work gets it at once.
 *
 * <p>A task's blocks are cut into contiguous shares, one a thread, so that each meets again what its cache holds. Whoever is done early takes
 * shares that nobody has begun: who runs one decides nothing about the result, and on a busy machine nobody waits for a worker that has not come
 * to run.
 *
 * <p>Between processors far apart a cache line takes 200 ns, as long as a small task: what one thread tells another is one line a task each
 * way, and nothing on the way waits for a line that another thread may have.
 */
public final class Threads implements AutoCloseable {
  /** What is run: blocks [from, to), on the team's thread number {@code thread}. */
  public interface Task {
    void run(int thread, int from, int to);
  }

  /** Turns of a wait in which a thread keeps its processor, and further ones of a worker before it parks. */
  private static final int SPINS = 200;
  private static final int YIELDS = 2_000;

  /** How long a worker that has nothing to do sleeps before it asks again whether the caller's task is over. */
  private static final long FORGETTING_NANOS = 10_000_000;

  /** Turns of a wait for a share before looking whether anybody has begun it. */
  private static final int PATIENCE = 60;

  private static final int SHARES_BITS = 16;
  private static final int MOST_SHARES = (1 << SHARES_BITS) - 1;

  /** Longs from one of {@link #lines} to the next: processors fetch cache lines in pairs. */
  private static final int STRIDE = 16;
  private static final int BUSY = STRIDE;

  private static final class Shared {
    static final Threads TEAM = new Threads(Runtime.getRuntime().availableProcessors());
  }

  /**
   * The present task, in one cache line. Its value counts tasks; the low bits say in how many shares the task is cut, so that a late worker takes
   * none that is a later task's.
   */
  @SuppressWarnings("serial")   // nobody writes it to a stream
  private static final class Post extends AtomicLong {
    Task task;
    int blocks;
  }

  private final Worker[] workers;
  private final Post post = new Post();

  /** Whether a caller has the team, and by share the last task in which it was taken and that in which it was done, each in a line of its own. */
  private final AtomicLongArray lines;
  private volatile Throwable failure;
  private volatile boolean closed;

  /** A team of {@code count} threads, the caller included; it starts its threads at the first task that is worth them. */
  public Threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a team of " + count + " threads");
    }
    int threads = Math.min(count, MOST_SHARES);
    workers = new Worker[threads - 1];
    lines = new AtomicLongArray(doneAt(threads));
  }

  private static int takenAt(int share) {
    return BUSY + (2 * share + 1) * STRIDE;
  }

  private static int doneAt(int share) {
    return takenAt(share) + STRIDE;
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
    if (blocks <= 1 || workers.length == 0 || closed || !lines.compareAndSet(BUSY, 0, 1)) {
      task.run(0, 0, blocks);
      return;
    }
    try {
      fork(task, blocks);
    } finally {
      lines.lazySet(BUSY, 0);
    }
  }

  private void fork(Task task, int blocks) {
    if (workers[0] == null) {
      start();
    }
    post.task = task;
    post.blocks = blocks;
    int shares = Math.min(blocks, count());
    long ticket = ((post.get() >>> SHARES_BITS) + 1 << SHARES_BITS) + shares;
    post.lazySet(ticket);
    // a worker that parks just now may miss the task: then the caller runs its share
    for (int i = 1; i < shares; i++) {
      if (workers[i - 1].parked) {
        LockSupport.unpark(workers[i - 1]);
      }
    }
    execute(0, 0, ticket);
    for (int share = 1; share < shares; share++) {
      if (!isDone(share, ticket, PATIENCE) && takes(share, ticket)) {
        execute(0, share, ticket);
      }
    }
    for (int share = 1; share < shares; share++) {
      isDone(share, ticket, Integer.MAX_VALUE);
    }
    if (failure != null) {
      var thrown = failure;
      failure = null;
      throw rethrown(thrown);
    }
  }

  /** Waits until a share is done, for so many turns. */
  private boolean isDone(int share, long ticket, int turns) {
    for (int i = 0; i < turns; i++) {
      if (lines.get(doneAt(share)) == ticket) {
        return true;
      }
      pause(i);
    }
    return false;
  }

  /** Takes a worker's own share, then others that nobody has begun. */
  private void work(int number, long ticket) {
    int others = (int) (ticket & MOST_SHARES) - 1;
    for (int i = 0; i < others && number <= others; i++) {
      int share = 1 + (number - 1 + i) % others;
      if (takes(share, ticket)) {
        execute(number, share, ticket);
      }
    }
  }

  private boolean takes(int share, long ticket) {
    long last = lines.get(takenAt(share));
    return last < ticket && lines.compareAndSet(takenAt(share), last, ticket);
  }

  /** Runs a share that is taken: until it is done the caller waits, and the task stays. */
  private void execute(int thread, int share, long ticket) {
    try {
      post.task.run(thread, bound(share, ticket), bound(share + 1, ticket));
    } catch (Throwable e) {
      failure = e;
    } finally {
      lines.lazySet(doneAt(share), ticket);
    }
  }

  private int bound(int share, long ticket) {
    return bound(post.blocks, share, (int) (ticket & MOST_SHARES));
  }

  /** Where a share of blocks begins that are cut into so many, and the one before it ends. */
  public static int bound(int blocks, int share, int shares) {
    return (int) ((long) blocks * share / shares);
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

  /** Keeps no task that is over, and nothing that it holds; whether none is kept: while a caller has the team its task may not be over. */
  private boolean forgets() {
    if (!lines.compareAndSet(BUSY, 0, 1)) {
      return false;
    }
    post.task = null;
    lines.lazySet(BUSY, 0);
    return true;
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
        if (post.get() != seen) {
          return post.get();
        }
        pause(i);
      }
      boolean forgotten = false;
      while (post.get() == seen && !closed) {
        forgotten = forgotten || forgets();
        parked = true;
        if (post.get() == seen && !closed) {
          if (forgotten) {
            LockSupport.park(Threads.this);
          } else {
            LockSupport.parkNanos(Threads.this, FORGETTING_NANOS);
          }
        }
        parked = false;
      }
      return post.get();
    }
  }
}
