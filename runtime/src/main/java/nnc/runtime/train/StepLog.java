package nnc.runtime.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;

/**
 * A file with a line every so many steps: CSV if its name ends in {@code .csv}, else JSON; a resumed training adds to it. A line has the losses, the
 * penalty and the metrics of that step's batch, as it was seen before the step has changed the weights.
 */
public final class StepLog {
  private final LogFile file;
  private final int every;
  private Map<String, int[]> shapes = Map.of();
  private String header = "";

  private StepLog(LogFile file, int every) {
    this.file = file;
    this.every = every;
  }

  /** Where the steps of a training are logged whose epochs are in a file: {@code run-steps.csv} beside {@code run.csv}. */
  public static Path beside(Path log) {
    String name = log.getFileName().toString();
    int point = name.lastIndexOf('.');
    return log.resolveSibling(point < 0 ? name + "-steps" : name.substring(0, point) + "-steps" + name.substring(point));
  }

  /**
   * An empty one.
   *
   * @param every a line at each step whose number, from 1 on, is a multiple of this
   * @throws Fault if the file cannot be written
   */
  public static StepLog begin(Path file, int every) {
    return new StepLog(LogFile.begin(file), every);
  }

  /**
   * One that is added to, as far as it tells of steps up to that one.
   *
   * @throws Fault if the file cannot be read or written
   */
  public static StepLog resume(Path file, int every, int step) {
    return new StepLog(LogFile.resume(file, step), every);
  }

  boolean isDue(int step) {
    return step % every == 0;
  }

  /** Says what all lines tell of: the names and shapes of figures, those of losses that are not lowered at each step included. */
  void columns(Map<String, int[]> shapes) {
    var names = new StringBuilder("step,epoch");
    for (var shape : shapes.entrySet()) {
      var empty = new Figure(shape.getKey(), shape.getValue(), new double[size(shape.getValue())]);
      for (int k = 0; k < empty.values().length; k++) {
        names.append(',').append(empty.name(k));
      }
    }
    this.shapes = shapes;
    header = names.toString();
  }

  private static int size(int[] shape) {
    int size = 1;
    for (int axis : shape) {
      size *= axis;
    }
    return size;
  }

  /**
   * Adds a line.
   *
   * @param epoch   from 0 on
   * @param figures what the step has come to
   */
  void add(int step, int epoch, List<Figure> figures, Progress progress) {
    file.add(header, file.csv() ? line(step, epoch, figures) : json(step, epoch, figures), progress);
  }

  private String line(int step, int epoch, List<Figure> figures) {
    var line = new StringBuilder().append(step).append(',').append(epoch + 1);
    for (var shape : shapes.entrySet()) {
      Figure figure = find(shape.getKey(), figures);
      for (int k = 0; k < size(shape.getValue()); k++) {
        line.append(',').append(figure == null ? "" : Double.toString(figure.values()[k]));
      }
    }
    return line.toString();
  }

  private static Figure find(String name, List<Figure> figures) {
    for (Figure figure : figures) {
      if (figure.name().equals(name)) {
        return figure;
      }
    }
    return null;
  }

  private static String json(int step, int epoch, List<Figure> figures) {
    var json = new Json().put("step", step).put("epoch", epoch + 1);
    JsonProgress.values(figures, "", json);
    return json.toString();
  }
}
