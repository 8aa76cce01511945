package nnc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How busy the machine is with other things, as Linux tells it; on other systems it always seems quiet. */
final class Quiet {
  private Quiet() {}

  private static final Path STAT = Path.of("/proc/stat");
  private static final double TICK_NANOS = 1e7;
  private static final int PAUSE_MILLIS = 50;
  private static final int MOST_PAUSES = 10;

  /** Waits until nothing runs, half a second at most: an engine's threads spin for tens of milliseconds after its last run (ONNX Runtime's 30). */
  static void await() throws IOException {
    try {
      for (int i = 0; i < MOST_PAUSES; i++) {
        double before = busy();
        Thread.sleep(PAUSE_MILLIS);
        if (busy() - before <= TICK_NANOS) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nanoseconds that all processors have been busy or taken away by the host since the start. */
  static double busy() throws IOException {
    if (!Files.exists(STAT)) {
      return 0;
    }
    try (var lines = Files.lines(STAT)) {
      var words = lines.findFirst().orElse("cpu").trim().split("\\s+");
      double ticks = 0;
      for (int i = 1; i < Math.min(words.length, 9); i++) {
        // idle and waiting for the disk do not count
        ticks += i == 4 || i == 5 ? 0 : Double.parseDouble(words[i]);
      }
      return ticks * TICK_NANOS;
    }
  }
}
