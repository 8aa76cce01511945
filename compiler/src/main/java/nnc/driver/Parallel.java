package nnc.driver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import nnc.source.Interruption;

/** Work on all processors. */
public final class Parallel {
  private Parallel() {}

  /**
   * What a function makes of each item, in the order of the items. They are begun from the last to the first: of the purposes of a program the
   * last ones take longest, and would keep the others waiting if they came last.
   *
   * @throws java.util.concurrent.CancellationException if this thread is interrupted meanwhile
   */
  public static <T, R> List<R> map(List<T> items, Function<T, R> work) {
    var results = new ArrayList<R>(Collections.nCopies(items.size(), null));
    var left = new AtomicInteger(items.size());
    var caller = Thread.currentThread();
    int workers = Math.min(items.size(), Runtime.getRuntime().availableProcessors());
    IntStream.range(0, workers).parallel().forEach(_ -> {
      for (int i = left.decrementAndGet(); i >= 0; i = left.decrementAndGet()) {
        Interruption.check(caller);
        results.set(i, work.apply(items.get(i)));
      }
    });
    return results;
  }
}
