package nnc.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work that is done side by side. */
final class Jobs {
  private Jobs() {}

  /**
   * Does all of the work, some of it at a time.
   *
   * @return what it has given, in order; nothing if some of it gave null, for it was interrupted
   * @throws RuntimeException the first that some of it threw, once all is over
   */
  static <T> Optional<List<T>> run(int atOnce, List<Callable<T>> work) {
    try (var workers = Executors.newFixedThreadPool(atOnce, job -> {
      var thread = new Thread(job, "nnc-trial");
      thread.setDaemon(true);
      return thread;
    })) {
      var running = work.stream().map(workers::submit).toList();
      var done = new ArrayList<T>();
      for (var one : running) {
        var given = await(one);
        if (given == null) {
          return Optional.empty();
        }
        done.add(given);
      }
      return Optional.of(List.copyOf(done));
    }
  }

  private static <T> T await(Future<T> running) {
    try {
      return running.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
  }
}
