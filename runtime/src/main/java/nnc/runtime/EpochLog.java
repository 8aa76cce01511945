package nnc.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file with a line an epoch: CSV if its name ends in {@code .csv}, else JSON; a resumed training adds to it. */
final class EpochLog {
  private final Path file;
  private final boolean csv;

  EpochLog(Path file, boolean resumed) {
    this.file = file;
    csv = file.toString().endsWith(".csv");
    if (!resumed) {
      write("", StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }
  }

  void add(Progress.Epoch epoch) {
    String line = csv ? values(epoch) : JsonProgress.json(epoch, new Json()).toString();
    write((csv && empty() ? header(epoch) + "\n" : "") + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private boolean empty() {
    try {
      return !Files.exists(file) || Files.size(file) == 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static String header(Progress.Epoch epoch) {
    var line = new StringBuilder("epoch,step,seconds");
    for (int i = 0; i < epoch.training().count(); i++) {
      line.append(',').append(epoch.training().name(i));
    }
    for (int i = 0; epoch.validation() != null && i < epoch.validation().count(); i++) {
      line.append(",val_").append(epoch.validation().name(i));
    }
    return line.toString();
  }

  private static String values(Progress.Epoch epoch) {
    var line = new StringBuilder().append(epoch.number() + 1).append(',').append(epoch.step()).append(',').append(epoch.seconds());
    for (int i = 0; i < epoch.training().count(); i++) {
      line.append(',').append(epoch.training().value(i));
    }
    for (int i = 0; epoch.validation() != null && i < epoch.validation().count(); i++) {
      line.append(',').append(epoch.validation().value(i));
    }
    return line.toString();
  }

  private void write(String text, StandardOpenOption... options) {
    try {
      Files.writeString(file, text, options);
    } catch (IOException e) {
      throw new Fault(file + ": the log cannot be written: " + e, "", e);
    }
  }
}
