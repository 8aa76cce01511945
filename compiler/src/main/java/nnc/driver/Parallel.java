package nnc.driver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import nnc.source.Interruption;

/** Work on all processors, by threads that have room for recursion over the largest graphs that there may be. */
public final class Parallel {
  private Parallel() {}

  /** Bytes of a stack, of which the system gives what is used: recursion over a chain of as many nodes as a graph may have takes a quarter of it. */
  private static final long STACK = 1L << 29;

  /** What a function gives, computed by a thread with a large stack. An interruption of this one reaches it. */
  public static <T> T deep(Supplier<T> work) {
    return map(List.of(work), Supplier::get).getFirst();
  }

  /**
   * What a function makes of each item, in the order of the items. They are begun from the last to the first: of the purposes of a program the
   * last ones take longest, and would keep the others waiting if they came last.
   *
   * @throws java.util.concurrent.CancellationException if this thread is interrupted meanwhile
   */
  public static <T, R> List<R> map(List<T> items, Function<T, R> work) {
    return map(items, work, true);
  }

  /** As {@link #map}, but to its end, whoever interrupts this thread: it stays interrupted. */
  static <T, R> List<R> mapToTheEnd(List<T> items, Function<T, R> work) {
    return map(items, work, false);
  }

  private static <T, R> List<R> map(List<T> items, Function<T, R> work, boolean interruptible) {
    var results = new ArrayList<R>(Collections.nCopies(items.size(), null));
    var left = new AtomicInteger(items.size());
    var fault = new AtomicReference<Throwable>();
    var workers = new ArrayList<Thread>();
    for (int worker = Math.min(items.size(), Runtime.getRuntime().availableProcessors()); worker > 0; worker--) {
      workers.add(new Thread(null, () -> {
        try {
          for (int i = left.decrementAndGet(); i >= 0 && fault.get() == null; i = left.decrementAndGet()) {
            Interruption.check();
            results.set(i, work.apply(items.get(i)));
          }
        } catch (Throwable e) {
          fault.compareAndSet(null, e);
        }
      }, "nnc-compiler-" + worker, STACK));
    }
    workers.forEach(Thread::start);
    workers.forEach(worker -> join(worker, interruptible ? workers : List.of()));
    switch (fault.get()) {
      case null -> { }
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    return results;
  }

  /** Waits for a thread; whoever interrupts this one interrupts others. */
  private static void join(Thread thread, List<Thread> others) {
    boolean interrupted = Thread.interrupted();
    while (true) {
      if (interrupted) {
        others.forEach(Thread::interrupt);
      }
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
