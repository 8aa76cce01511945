package nnc.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.files.AtomicFile;

/** A file with a line an epoch: CSV if its name ends in {@code .csv}, else JSON; a resumed training adds to it. */
public final class EpochLog {
  private final Path file;
  private final boolean csv;
  private boolean broken;

  /**
   * An empty one.
   *
   * @throws Fault if the file cannot be written
   */
  public static EpochLog begin(Path file) {
    return new EpochLog(file, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /**
   * One that is added to.
   *
   * @throws Fault if the file cannot be written
   */
  public static EpochLog resume(Path file) {
    return new EpochLog(file, StandardOpenOption.APPEND);
  }

  private EpochLog(Path file, StandardOpenOption option) {
    this.file = file;
    csv = file.toString().endsWith(".csv");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.WRITE, option);
    } catch (IOException e) {
      throw AtomicFile.fault(file, e);
    }
  }

  /** Adds an epoch; training goes on without a log that cannot be written any more, and {@code progress} is told so. */
  void add(Progress.Epoch epoch, Progress progress) {
    if (broken) {
      return;
    }
    String line = csv ? values(epoch) : JsonProgress.json(epoch, new Json()).toString();
    try {
      boolean empty = !Files.isRegularFile(file) || Files.size(file) == 0;
      Files.writeString(file, (csv && empty ? header(epoch) + "\n" : "") + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      broken = true;
      progress.note("log", AtomicFile.fault(file, e).getMessage() + "; training goes on without the log");
    }
  }

  private static String header(Progress.Epoch epoch) {
    var line = new StringBuilder("epoch,step,seconds");
    names(epoch.training(), "", line);
    if (epoch.validation() != null) {
      names(epoch.validation(), "val_", line);
    }
    return line.toString();
  }

  /** A metric of several numbers has a column for each: {@code recall.0}, {@code recall.1}. */
  private static void names(List<Figure> figures, String prefix, StringBuilder line) {
    for (Figure figure : figures) {
      for (int k = 0; k < figure.values().length; k++) {
        line.append(',').append(prefix).append(figure.name(k));
      }
    }
  }

  private static String values(Progress.Epoch epoch) {
    var line = new StringBuilder().append(epoch.number() + 1).append(',').append(epoch.step()).append(',').append(epoch.seconds());
    values(epoch.training(), line);
    if (epoch.validation() != null) {
      values(epoch.validation(), line);
    }
    return line.toString();
  }

  private static void values(List<Figure> figures, StringBuilder line) {
    for (Figure figure : figures) {
      for (double value : figure.values()) {
        line.append(',').append(value);
      }
    }
  }
}
