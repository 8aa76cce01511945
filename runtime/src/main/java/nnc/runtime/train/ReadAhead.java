package nnc.runtime.train;

import java.util.Arrays;
import nnc.runtime.base.Fault;

/**
 * Batches of rows that are read, or decoded, when they are fed. While a batch is worked on, a thread of its own reads the one that will probably follow: as far
 * behind it in the order of the rows as it is behind the one before. Which thread reads a row decides nothing about its numbers.
 *
 * <p>The thread begins with the first batch and ends when nobody has wanted any for a while, so that nobody has to close it.
 */
final class ReadAhead {
  /** Reads a row. */
  interface Reader {
    /**
     * Puts a row's numbers into a batch.
     *
     * @param row   its number
     * @param place in the batch
     * @param into  the batch's arrays, as they were given
     */
    void read(int row, int place, Object[] into);
  }

  /** A thread that waits longer for work ends. */
  private static final long IDLE_MS = 500;

  /** Rows of a batch, and what was read of them. */
  private static final class Batch {
    final int[] rows;
    final Object[] numbers;
    /** How many rows are meant; 0 if none are. */
    int count;
    /** What reading has thrown; null if all is there. */
    Throwable failure;

    Batch(int most, Object[] numbers) {
      rows = new int[most];
      this.numbers = numbers;
    }

    void mean(int[] order, int from, int count) {
      System.arraycopy(order, from, rows, 0, count);
      this.count = count;
      failure = null;
    }

    boolean isOf(int[] order, int from, int count) {
      return count == this.count && Arrays.equals(rows, 0, count, order, from, from + count);
    }
  }

  private final Reader reader;
  private Batch present;
  private Batch next;
  /** What the thread has to read; null if nothing. Guarded by this. */
  private Batch wanted;
  private Thread thread;

  private int from = -1;
  private int stride;

  /**
   * @param most    rows of a batch
   * @param present arrays for a batch
   * @param next    as many, for the one that follows
   */
  ReadAhead(Reader reader, int most, Object[] present, Object[] next) {
    this.reader = reader;
    this.present = new Batch(most, present);
    this.next = new Batch(most, next);
    stride = most;
  }

  /**
   * The numbers of rows {@code rows[from]} to {@code rows[from + count - 1]}, which stay until the next call.
   *
   * @throws Fault as the reader does, or whatever else it throws
   */
  Object[] take(int[] rows, int from, int count) {
    if (!present.isOf(rows, from, count)) {
      await();
      if (next.isOf(rows, from, count)) {
        Batch read = next;
        next = present;
        present = read;
      } else {
        present.mean(rows, from, count);
        read(present);
      }
    }
    if (present.failure != null) {
      present.count = 0;
      throw thrown(present.failure);
    }
    lookAhead(rows, from);
    return present.numbers;
  }

  /** Has the thread read what probably follows. */
  private void lookAhead(int[] rows, int from) {
    if (from == this.from) {
      return;
    }
    stride = this.from >= 0 && from > this.from ? from - this.from : stride;
    this.from = from;
    int following = from + stride;
    int count = Math.min(next.rows.length, rows.length - following);
    if (count > 0) {
      await();
      next.mean(rows, following, count);
      begin();
    }
  }

  private static RuntimeException thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException plain ? plain : new IllegalStateException(failure);
  }

  private void read(Batch batch) {
    try {
      for (int i = 0; i < batch.count; i++) {
        reader.read(batch.rows[i], i, batch.numbers);
      }
    } catch (Throwable e) {
      batch.failure = e;
    }
  }

  // ---- the thread

  private synchronized void begin() {
    wanted = next;
    if (thread == null) {
      thread = new Thread(this::work, "nnc reading ahead");
      thread.setDaemon(true);
      thread.start();
    } else {
      notifyAll();
    }
  }

  /** Until nothing is being read. */
  private synchronized void await() {
    boolean interrupted = false;
    while (wanted != null) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    for (Batch batch = work(null); batch != null; batch = work(batch)) {
      read(batch);
    }
  }

  /** Tells that a batch is done, if it is one, and waits for the next; null if none comes. */
  private synchronized Batch work(Batch done) {
    if (done != null) {
      wanted = null;
      notifyAll();
    }
    long end = System.nanoTime() + IDLE_MS * 1_000_000;
    while (wanted == null) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        thread = null;
        return null;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        thread = null;
        return null;
      }
    }
    return wanted;
  }
}
