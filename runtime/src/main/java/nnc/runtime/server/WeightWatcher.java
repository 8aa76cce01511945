package nnc.runtime.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Consumer;

/** Looks every so often whether files of weights have changed, by date, size and identity. A file that was refused is looked at again when it changes again. */
final class WeightWatcher implements AutoCloseable {
  private final List<ServedModel> models;
  private final String[] seen;
  private final Thread thread;

  /** @param changed takes a model whose file has changed */
  WeightWatcher(List<ServedModel> models, double seconds, Consumer<ServedModel> changed) {
    this.models = models;
    seen = new String[models.size()];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = stamp(models.get(i));
    }
    thread = new Thread("nnc-weights") {
      @Override
      public void run() {
        try {
          while (true) {
            Thread.sleep(Math.max(1, (long) (seconds * 1000)));
            look(changed);
          }
        } catch (InterruptedException e) {
          // closed
        }
      }
    };
    thread.setDaemon(true);
    thread.start();
  }

  private void look(Consumer<ServedModel> changed) {
    for (int i = 0; i < seen.length; i++) {
      String now = stamp(models.get(i));
      // one that is gone will come again, or the weights go on
      if (!now.isEmpty() && !now.equals(seen[i])) {
        seen[i] = now;
        changed.accept(models.get(i));
      }
    }
  }

  private static String stamp(ServedModel model) {
    if (model.weights() == null) {
      return "";
    }
    try {
      var attributes = Files.readAttributes(model.weights(), BasicFileAttributes.class);
      return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
