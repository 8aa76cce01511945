package nnc.runtime.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec;

/** How to train: the program's {@code train} block under the command line's options. */
public record TrainingSettings(int epochs, int batch, long seed, boolean shuffle, Stopping stopping, Retention retention) {

  /**
   * When training ends before its last epoch, and which weights it ends with.
   *
   * @param patience epochs without a better value before training ends; 0 for never
   * @param minDelta how much better counts as better
   * @param monitor  what is watched on the validation data: {@code loss} or a metric's name
   * @param higher   whether a higher value is better
   * @param last     whether a value is compared with the last epoch's rather than with the best so far
   * @param restore  whether training ends with the best epoch's weights rather than the last's
   */
  public record Stopping(int patience, double minDelta, String monitor, boolean higher, boolean last, boolean restore) {
    /** Whether the validation data decides anything. */
    boolean watches() {
      return patience > 0 || restore;
    }
  }

  /**
   * Which checkpoints are written and stay.
   *
   * @param steps   steps between two checkpoints; 0 for none
   * @param minutes minutes between two checkpoints; 0 for none
   * @param keep    how many stay; 0 for all
   */
  public record Retention(int steps, double minutes, int keep) {}

  /** What the program says. */
  public static TrainingSettings of(ModelSpec spec) {
    return of(spec, Map.of());
  }

  /** What the program says where {@code instead}, by the names of the train block, says nothing else. */
  public static TrainingSettings of(ModelSpec spec, Map<String, Object> instead) {
    Map<String, Object> all = new LinkedHashMap<>(spec.training().settings());
    all.putAll(instead);
    var block = new Block(all, spec.name() + ".nn: train: ");
    return new TrainingSettings(block.count("epochs", 1, 0), block.count("batch", 32, 1), block.whole("seed"), block.flag("shuffle", true),
        stopping(block), new Retention(block.count("checkpoint_steps", 0, 0), block.number("checkpoint_minutes", 0), block.count("keep", 3, 0)));
  }

  private static Stopping stopping(Block block) {
    int patience = block.count("early_stopping", 0, 0);
    String monitor = block.text("monitor", "loss", "");
    String mode = block.text("mode", monitor.equals("loss") || monitor.startsWith("loss.") ? "min" : "max", "min max");
    String compare = block.text("compare", "best", "best last");
    return new Stopping(patience, block.number("min_delta", 0), monitor, mode.equals("max"), compare.equals("last"),
        block.flag("restore_best", patience > 0));
  }

  /** The settings by name, with messages that name them. */
  private record Block(Map<String, Object> settings, String label) {
    double number(String name, double otherwise) {
      Object value = settings.getOrDefault(name, otherwise);
      if (!(value instanceof Number number)) {
        throw new Fault(label + name + " must be a number, not " + value);
      }
      return number.doubleValue();
    }

    /** A number of 64 bits, which as a {@code double} would lose its last. */
    long whole(String name) {
      return settings.get(name) instanceof Long value ? value : (long) number(name, 0);
    }

    int count(String name, int otherwise, int low) {
      double value = number(name, otherwise);
      if (value != Math.rint(value) || value < low || value > Integer.MAX_VALUE) {
        throw new Fault(label + name + " must be a whole number of at least " + low + ", not " + value);
      }
      return (int) value;
    }

    boolean flag(String name, boolean otherwise) {
      Object value = settings.getOrDefault(name, otherwise);
      if (!(value instanceof Boolean flag)) {
        throw new Fault(label + name + " must be true or false, not " + value);
      }
      return flag;
    }

    /** One of some words; any if there are none. */
    String text(String name, String otherwise, String words) {
      Object value = settings.getOrDefault(name, otherwise);
      if (!(value instanceof String text) || !words.isEmpty() && !List.of(words.split(" ")).contains(text)) {
        throw new Fault(label + name + " must be " + (words.isEmpty() ? "a text" : "\"" + words.replace(" ", "\" or \"") + "\"")
            + ", not " + value);
      }
      return text;
    }
  }
}
