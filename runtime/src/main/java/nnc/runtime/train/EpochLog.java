package nnc.runtime.train;

import java.nio.file.Path;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;

/** A file with a line an epoch: CSV if its name ends in {@code .csv}, else JSON; a resumed training adds to it. */
public final class EpochLog {
  private final LogFile file;

  private EpochLog(LogFile file) {
    this.file = file;
  }

  /**
   * An empty one.
   *
   * @throws Fault if the file cannot be written
   */
  public static EpochLog begin(Path file) {
    return new EpochLog(LogFile.begin(file));
  }

  /**
   * One that is added to, as far as it tells of steps up to that one.
   *
   * @throws Fault if the file cannot be read or written
   */
  public static EpochLog resume(Path file, int step) {
    return new EpochLog(LogFile.resume(file, step));
  }

  /** Adds an epoch. */
  void add(Progress.Epoch epoch, Progress progress) {
    file.add(header(epoch), file.csv() ? values(epoch) : JsonProgress.json(epoch, new Json()).toString(), progress);
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
