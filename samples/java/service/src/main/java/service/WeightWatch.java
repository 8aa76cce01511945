package service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import nnc.runtime.base.Fault;

/** Looks every second whether a file of weights has changed, and has a network answer by the new ones. */
final class WeightWatch {
  private final Path weights;
  private final Iris iris;
  private FileTime seen;

  WeightWatch(Path weights, Iris iris) throws IOException {
    this.weights = weights;
    this.iris = iris;
    seen = Files.getLastModifiedTime(weights);
  }

  static void follow(Path weights, Iris iris) throws IOException {
    WeightWatch watch = new WeightWatch(weights, iris);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
      Thread thread = new Thread(work, "weights");
      thread.setDaemon(true);
      return thread;
    });
    clock.scheduleWithFixedDelay(watch::look, 1, 1, TimeUnit.SECONDS);
  }

  /** Whether there were new ones. A file that does not fit changes nothing: requests are answered by the earlier weights. */
  boolean look() {
    try {
      FileTime now = Files.getLastModifiedTime(weights);
      if (now.equals(seen)) {
        return false;
      }
      seen = now;
      iris.reload(weights);
      System.out.println("answering by " + weights + " of " + now);
      return true;
    } catch (IOException | Fault e) {
      System.err.println(weights + " was not taken: " + e.getMessage());
      return false;
    }
  }
}
